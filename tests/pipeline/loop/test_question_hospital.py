"""A question to a hospital that speaks HL7 v2, from the message that asks to the message that tells the answer."""

import pytest

from tests.pipeline.line.world import Resource, World, answer, discharge
from tests.pipeline.loop.asking import (
    ANOTHER,
    TEXT,
    TOLD,
    codes,
    document,
    number,
    question,
    questions,
    said,
    speaking,
    stand,
)


@pytest.fixture
def asked(world: World) -> World:
    """A referral whose site waits for information."""
    world.referred()
    world.sends("stelle-senne", answer(world.case(), "received", "awaiting-information", TEXT))
    return world


def segments(world: World, about: str = "question") -> dict[str, list[str]]:
    """The segments of the last message of a kind that the hospital was sent, by name."""
    text = world.outbox("senneklinik", about)[-1].data.decode()
    found: dict[str, list[str]] = {}
    for line in text.split("\r"):
        found.setdefault(line[:3], []).append(line)
    return found


def only(world: World) -> Resource:
    (task,) = questions(world)
    return task


# --- asked -----------------------------------------------------------------------------------------------------------


def test_a_site_that_waits_for_information_asks_the_source(asked: World) -> None:
    assert asked.stand() == "received awaiting-information"
    task = only(asked)
    assert (task["owner"], stand(task)) == ({"reference": "Organization/senneklinik"}, "requested dispatched")
    assert task["description"] == f"Rückfrage: {TEXT}"
    assert task["requester"]["reference"] == "Organization/stelle-senne"


def test_the_hospital_reads_who_asks_what_about_whom_and_how_to_answer(asked: World) -> None:
    found = segments(asked)
    lines = [line.split("|")[5] for line in found["OBX"]]
    assert f"Rückfrage: {TEXT}" in lines
    assert "Ansprechpartner: Kümmererstelle Senne" in lines
    assert lines[-1].endswith(
        f"mit dieser Nummer als übergeordnetem Dokument (TXA-13) oder im Text: {number(only(asked))}"
    )
    assert "471188^^^SENNEKLINIK^PI" in found["PID"][0]
    assert found["MSH"][0].split("|")[4:6] == ["KIS", "SENNEKLINIK"]


def test_the_question_is_a_document_under_its_own_number(asked: World) -> None:
    fields = segments(asked)["TXA"][0].split("|")
    assert fields[2] == "RF^Rückfrage^99KG"
    assert fields[12].split("^")[0] == number(only(asked))
    assert fields[13] == ""


def test_a_question_as_a_task_is_asked_in_the_same_way(world: World) -> None:
    world.referred()
    message = world.sends("stelle-senne", question(world.case()))
    assert ("senneklinik", "question") in world.told(message)
    assert f"Rückfrage: {TEXT}" in "".join(segments(world)["OBX"])
    assert world.stand() == "received awaiting-information"
    assert len(questions(world)) == 1


def test_words_in_the_note_are_the_question_too(world: World) -> None:
    world.referred()
    told = answer(world.case(), "received", "awaiting-information", note=[{"text": TEXT}])
    world.sends("stelle-senne", told)
    assert only(world)["description"] == f"Rückfrage: {TEXT}"


def test_who_asks_without_words_is_told_what_that_makes(world: World) -> None:
    world.referred()
    world.sends("stelle-senne", answer(world.case(), "received", "awaiting-information"))
    assert only(world)["description"] == "Rückfrage: Es fehlen Angaben; bitte melden Sie sich."


def test_once_the_work_goes_on_a_question_leaves_the_referral_where_it_is(world: World) -> None:
    world.referred()
    world.sends("stelle-senne", answer(world.case(), "accepted"))
    world.sends("stelle-senne", question(world.case()))
    assert world.stand() == "accepted"
    assert stand(only(world)) == "requested dispatched"


def test_the_same_words_again_are_the_same_question(asked: World) -> None:
    asked.sends("stelle-senne", answer(asked.case(), "received", "awaiting-information", TEXT), key="again")
    assert len(questions(asked)) == 1


def test_other_words_are_a_second_question_beside_the_first(asked: World) -> None:
    asked.sends("stelle-senne", answer(asked.case(), "received", "awaiting-information", "Und seit wann?"))
    assert [task["description"] for task in questions(asked)] == [f"Rückfrage: {TEXT}", "Rückfrage: Und seit wann?"]


def test_asking_run_again_changes_nothing(world: World) -> None:
    world.referred()
    message = world.sends("stelle-senne", answer(world.case(), "received", "awaiting-information", TEXT))
    before = (world.all("Task"), [d.key for d in world.outbox()])
    world.again(message)
    assert (world.all("Task"), [d.key for d in world.outbox()]) == before


# --- answered --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["parent", "filler", "text"])
def test_a_document_that_names_the_number_is_the_answer(asked: World, where: str) -> None:
    key = number(only(asked))
    message = asked.sends("senneklinik", document("A-1", **{where: f"Zu {key}: {TOLD}" if where == "text" else key}))
    assert (message.stopped, only(asked)["status"]) == ("", "completed")
    assert asked.stand() == "received under-review"
    assert asked.entry(message).case == f"Task/{asked.case()['id']}"


def test_its_text_and_the_document_are_the_outcome(asked: World) -> None:
    asked.sends("senneklinik", document("A-1", number(only(asked))))
    (kept,) = asked.all("DocumentReference")
    texts = [output.get("valueString") for output in only(asked)["output"]]
    assert texts == [TOLD, None]
    assert only(asked)["output"][1]["valueReference"] == {"reference": f"DocumentReference/{kept['id']}"}


def test_the_site_is_told_the_answer_with_its_text(asked: World) -> None:
    message = asked.sends("senneklinik", document("A-1", number(only(asked))))
    assert ("stelle-senne", "question completed") in asked.told(message)
    (task,) = asked.sent("stelle-senne", "Task")
    assert (task["status"], task["output"][0]["valueString"]) == ("completed", TOLD)
    (sent,) = asked.sent("stelle-senne", "DocumentReference")
    assert sent["content"][0]["attachment"]["contentType"] == "text/plain"


def test_a_second_answer_changes_nothing_of_the_first(asked: World) -> None:
    asked.sends("senneklinik", document("A-1", number(only(asked))))
    before = only(asked)
    message = asked.sends("senneklinik", document("A-2", number(before), "Doch rechts."))
    assert (message.stopped, only(asked)) == ("", before)
    assert asked.entry(message).case == f"Task/{asked.case()['id']}"
    assert ("stelle-senne", "referral") in asked.told(message)


def test_an_answer_run_again_changes_nothing(asked: World) -> None:
    message = asked.sends("senneklinik", document("A-1", number(only(asked))))
    before = (asked.all("Task"), [d.key for d in asked.outbox()])
    asked.again(message)
    assert (asked.all("Task"), [d.key for d in asked.outbox()]) == before


def test_an_answer_about_another_person_waits_for_somebody_to_look(asked: World) -> None:
    message = asked.sends("senneklinik", document("A-1", number(only(asked)), person=ANOTHER))
    assert (message.stopped, codes(message)) == ("record", ["record.question.person"])
    assert stand(only(asked)) == "requested dispatched"


def test_the_referral_waits_until_the_last_of_two_questions_is_answered(asked: World) -> None:
    asked.sends("stelle-senne", question(asked.case(), "Und seit wann?"))
    first, second = questions(asked)
    asked.sends("senneklinik", document("A-1", number(first)))
    assert asked.stand() == "received awaiting-information"
    asked.sends("senneklinik", document("A-2", number(second)))
    assert asked.stand() == "received under-review"


# --- perhaps answered ------------------------------------------------------------------------------------------------


def test_a_document_without_a_number_may_be_the_answer(asked: World) -> None:
    message = asked.sends("senneklinik", document("A-1"))
    assert stand(only(asked)) == "received under-review"
    assert only(asked)["output"][0] == {"type": {"text": "Mögliche Antwort"}, "valueString": TOLD}
    assert asked.stand() == "received awaiting-information"
    assert ("stelle-senne", "question received") in asked.told(message)


def test_an_update_of_the_record_may_be_the_answer_if_it_brings_something(asked: World) -> None:
    asked.sends("senneklinik", discharge("SK-2", event="A08"))
    assert stand(only(asked)) == "requested dispatched"
    asked.sends("senneklinik", discharge("SK-3", event="A08").replace(b"204^1", b"309^2"))
    assert stand(only(asked)) == "received under-review"


def test_the_site_says_that_it_was_the_answer(asked: World) -> None:
    asked.sends("senneklinik", document("A-1"))
    asked.sends("stelle-senne", answer(only(asked), "completed"))
    assert (only(asked)["status"], asked.stand()) == ("completed", "received under-review")


def test_the_site_writes_down_what_it_was_told_by_telephone(asked: World) -> None:
    message = asked.sends("stelle-senne", answer(only(asked), "completed", output=said(TOLD)))
    assert (only(asked)["status"], only(asked)["output"]) == ("completed", said(TOLD))
    assert {move.actor for move in message.moved if move.task["id"] == only(asked)["id"]} == {"P"}
    assert asked.stand() == "received under-review"


def test_of_two_open_questions_no_document_is_taken_for_the_answer(asked: World) -> None:
    asked.sends("stelle-senne", question(asked.case(), "Und seit wann?"))
    asked.sends("senneklinik", document("A-1"))
    assert {stand(task) for task in questions(asked)} == {"requested dispatched"}


def test_a_document_from_before_the_question_answers_nothing(world: World) -> None:
    world.referred()
    message = world.sends("senneklinik", document("A-1"))
    world.sends("stelle-senne", answer(world.case(), "received", "awaiting-information", TEXT))
    world.again(message)
    assert stand(only(world)) == "requested dispatched"


# --- taken back, and in other manners --------------------------------------------------------------------------------


def test_a_question_that_is_taken_back_is_taken_back_in_the_record_too(asked: World) -> None:
    message = asked.sends("stelle-senne", answer(only(asked), "cancelled"))
    assert ("senneklinik", "question") in asked.told(message)
    found = segments(asked)
    assert found["TXA"][0].split("|")[13].split("^")[0] == number(only(asked))
    assert "zurückgezogen" in "".join(found["OBX"])
    assert asked.stand() == "received under-review"


def test_who_answers_referrals_hears_the_question_beside_the_state_of_its_referral() -> None:
    world = World(parties=speaking("RRI^I12"))
    world.sends("senneklinik", discharge("SK-1"), key="SK-1")
    world.sends("stelle-senne", answer(world.case(), "received", "awaiting-information", TEXT))
    found = segments(world)
    assert "RRI" in found["MSH"][0]
    assert found["RF1"][0].split("|")[1].startswith("P^")
    assert f"Rückfrage {number(only(world))}: {TEXT}" in found["NTE"][0]
    assert found["MSA"][0].split("|")[2] == "SK-1"
    world.sends("stelle-senne", answer(only(world), "cancelled"))
    assert segments(world)["RF1"][0].split("|")[1].startswith("P^")
    assert "zurückgezogen" in segments(world)["NTE"][0]


def test_a_question_about_a_referral_that_ends_is_taken_back_with_it(asked: World) -> None:
    asked.sends("stelle-senne", answer(asked.case(), "rejected", "no-capacity", "voll"))
    assert only(asked)["status"] == "cancelled"


def test_an_answer_by_task_is_read_too(asked: World) -> None:
    asked.sends("senneklinik", answer(only(asked), "completed", output=said(TOLD)), format="fhir")
    assert (only(asked)["status"], asked.stand()) == ("completed", "received under-review")


def test_a_hospital_with_which_no_answers_are_agreed_is_asked_all_the_same() -> None:
    world = World(parties=speaking(""))
    world.referred()
    world.sends("stelle-senne", answer(world.case(), "received", "awaiting-information", TEXT))
    assert segments(world)["TXA"][0].split("|")[12].split("^")[0] == number(only(world))
    assert f"Rückfrage: {TEXT}" in "".join(segments(world)["OBX"])


def test_an_order_that_names_the_number_is_the_answer_too(asked: World) -> None:
    lines = document("A-1").split(b"\r")
    order = f"ORC|SC|Q|{number(only(asked))}^KUEMMERER".encode()
    asked.sends("senneklinik", b"\r".join([*lines[:4], order, *lines[4:]]))
    assert only(asked)["status"] == "completed"


def test_a_site_hears_that_its_question_could_not_be_delivered(asked: World) -> None:
    asked.arrives(asked.outbox("senneklinik", "question")[-1], standing="dead")
    assert stand(only(asked)) == "requested dispatch-failed"
    assert asked.outbox("stelle-senne")[-1].about == "question undeliverable"
