"""A question between those who speak FHIR: the site, a care service, a source with Tasks of its own."""

from typing import Any

import pytest

from tests.pipeline.line.world import ELSEY, LUTTERBACH, PARTIES, Resource, World, answer, bundle, measure, url
from tests.pipeline.loop.asking import TEXT, TOLD, codes, question, questions, said, stand


@pytest.fixture
def asked(world: World) -> World:
    """A measure whose care service has asked about it."""
    world.planned(measure("A-2", ELSEY), measure("A-4", LUTTERBACH))
    world.sends("elsey", question(world.task("A-2")))
    return world


def only(world: World) -> Resource:
    (task,) = questions(world)
    return task


# --- asked -----------------------------------------------------------------------------------------------------------


def test_a_care_service_that_asks_keeps_its_measure_waiting(asked: World) -> None:
    assert asked.stand("A-2") == "received awaiting-information"
    assert only(asked)["owner"] == {"reference": "Organization/stelle-senne"}


def test_the_site_is_sent_the_question_with_what_it_is_about(asked: World) -> None:
    (sent,) = [d.data.decode() for d in asked.outbox("stelle-senne") if d.about == "question"]
    assert TEXT in sent
    assert only(asked)["id"] in sent
    assert asked.task("A-2")["id"] in sent


def test_waiting_for_information_is_enough_to_ask(world: World) -> None:
    world.planned(measure("A-2", ELSEY))
    world.sends("elsey", answer(world.task("A-2"), "received", "awaiting-information", TEXT))
    assert (only(world)["description"], only(world)["owner"]["reference"]) == (
        f"Rückfrage: {TEXT}",
        "Organization/stelle-senne",
    )


def test_a_question_of_the_requester_keeps_nobody_waiting(world: World) -> None:
    world.planned(measure("A-2", ELSEY))
    message = world.sends("stelle-senne", question(world.task("A-2"), "Wie geht es voran?"))
    assert world.stand("A-2") == "requested dispatched"
    assert ("elsey", "question") in world.told(message)


# --- answered --------------------------------------------------------------------------------------------------------


def test_the_answer_sets_the_measure_free_and_reaches_who_asked() -> None:
    world = World(parties=hearing("elsey"))
    world.planned(measure("A-2", ELSEY))
    world.sends("elsey", question(world.task("A-2")))
    message = world.sends("stelle-senne", answer(only(world), "completed", output=said(TOLD)))
    assert world.stand("A-2") == "received under-review"
    assert ("elsey", "question completed") in world.told(message)
    (task,) = world.sent("elsey", "Task")
    assert (task["status"], task["output"]) == ("completed", said(TOLD))


def hearing(partner: str) -> tuple[dict[str, Any], ...]:
    """The parties, one of them hearing by Task."""
    return tuple({**p, "answers": {"as": "Task"}} if p["partner"] == partner else p for p in PARTIES)


def test_the_same_answer_again_changes_nothing(asked: World) -> None:
    told = answer(only(asked), "completed", output=said(TOLD))
    asked.sends("stelle-senne", told)
    before = (asked.all("Task"), len(asked.outbox()))
    asked.sends("stelle-senne", told, key="again")
    assert (asked.all("Task"), len(asked.outbox())) == before


def test_an_answer_run_again_changes_nothing(asked: World) -> None:
    message = asked.sends("stelle-senne", answer(only(asked), "completed", output=said(TOLD)))
    before = (asked.all("Task"), len(asked.outbox()))
    asked.again(message)
    assert (asked.all("Task"), len(asked.outbox())) == before


def test_nobody_else_answers(asked: World) -> None:
    before = only(asked)
    for partner in ("lutterbach", "stelle-mitte", "senneklinik"):
        message = asked.sends(partner, answer(before, "completed", output=said(TOLD)), format="fhir")
        assert (message.stopped, codes(message)) == ("record", ["record.owner"])
    assert only(asked) == before


def test_who_was_asked_may_say_no_and_says_why(world: World) -> None:
    world.parties = hearing("elsey")
    world.rooms.directory = world.directory()
    world.planned(measure("A-2", ELSEY))
    world.sends("elsey", question(world.task("A-2")))
    message = world.sends("stelle-senne", answer(only(world), "rejected", reason="Das wissen wir nicht."))
    assert (only(world)["status"], world.stand("A-2")) == ("rejected", "received under-review")
    assert ("elsey", "question declined") in world.told(message)
    (task,) = world.sent("elsey", "Task")
    assert task["statusReason"] == {"text": "Das wissen wir nicht."}


def test_the_asker_takes_its_question_back_and_who_was_asked_hears_it(asked: World) -> None:
    message = asked.sends("elsey", answer(only(asked), "cancelled"))
    assert (stand(only(asked)), asked.stand("A-2")) == (
        "cancelled withdrawn-by-requester",
        "received under-review",
    )
    assert ("stelle-senne", "question") in asked.told(message)


def test_an_answer_after_the_question_was_taken_back_waits_for_a_person(asked: World) -> None:
    before = only(asked)
    asked.sends("elsey", answer(before, "cancelled"))
    message = asked.sends("stelle-senne", answer(before, "completed", output=said(TOLD)))
    assert (message.stopped, codes(message)) == ("record", ["task.final"])


def test_the_site_passes_a_question_on_to_the_source(asked: World) -> None:
    message = asked.sends("stelle-senne", question(asked.case(), "Und was sagt das Haus?"))
    assert ("senneklinik", "question") in asked.told(message)
    assert [task["owner"]["reference"] for task in questions(asked)] == [
        "Organization/stelle-senne",
        "Organization/senneklinik",
    ]


def test_a_measure_that_ends_takes_its_questions_with_it(asked: World) -> None:
    asked.sends("elsey", answer(asked.task("A-2"), "rejected", "no-capacity", "voll"))
    assert only(asked)["status"] == "cancelled"


def test_a_document_that_answers_goes_to_who_asked() -> None:
    world = World(parties=hearing("elsey"))
    world.planned(measure("A-2", ELSEY))
    world.sends("elsey", question(world.task("A-2")))
    content = [{"attachment": {"contentType": "text/plain", "data": "VWxjdXM="}}]
    document: Resource = {"resourceType": "DocumentReference", "id": "d-1", "status": "current", "content": content}
    document["subject"] = {"reference": world.case()["for"]["reference"]}
    said_by = {"type": {"text": "Antwort"}, "valueReference": {"reference": url("d-1")}}
    task = answer(only(world), "completed", output=[said_by])["entry"][0]["resource"]
    world.sends("stelle-senne", bundle(task, document))
    (sent,) = world.sent("elsey", "DocumentReference")
    assert sent["content"] == content


def test_whose_format_has_no_place_for_a_question_is_asked_by_a_person(world: World) -> None:
    world.planned(measure("A-4", LUTTERBACH))
    message = world.sends("stelle-senne", question(world.task("A-4")))
    assert (message.stopped, codes(message)) == ("encode", ["map.no-root"])
    assert stand(only(world)) == "requested dispatch-failed"
