"""The recall: told when, confirmed when, by whatever road; who is silent is asked again, then called."""

import pytest

from gateway.domain.ledger import Save
from gateway.pipeline.agreeing.ledger import found, lines
from gateway.pipeline.stored.terms import terms
from gateway.pipeline.watch.cases import tree
from tests.pipeline.agreeing.agreed import arrive, recalls, refuse, under_way
from tests.pipeline.line.world import Resource, World, answer, back
from tests.pipeline.loop.roads import kinds
from tests.pipeline.rest.client import Client


@pytest.fixture
def world() -> World:
    made = under_way()
    refuse(made, "elsey")
    return made


def recall(world: World, party: str = "elsey") -> Resource:
    (found,) = recalls(world, party)
    return found


def test_it_names_every_view_that_was_shown_and_the_consent(world: World) -> None:
    task = recall(world)
    shown = [i["valueReference"]["reference"] for i in task["input"] if "valueReference" in i]
    assert len(shown) == len([d for d in world.outbox("elsey") if d.standing == "delivered"])
    assert task["focus"]["reference"].startswith("Consent/")
    assert task["requester"]["reference"] == "Organization/stelle-senne"


def test_when_it_was_told_stands_in_the_task(world: World) -> None:
    arrive(world)
    assert recall(world)["status"] == "received"
    said = [c for c in world.all("Communication") if c.get("topic", {}).get("text") == "recall"]
    assert [c["status"] for c in said] == ["completed"]


def test_the_recipient_confirms_it_by_its_task(world: World) -> None:
    arrive(world)
    output = [{"type": {"text": "Bestätigung"}, "valueString": "gelöscht am 13.03.2026"}]
    message = world.sends("elsey", answer(recall(world), "completed", output=output))
    done = recall(world)
    assert (message.stopped, done["status"], done["output"][0]["valueString"]) == (
        "", "completed", "gelöscht am 13.03.2026",
    )  # fmt: skip


def test_so_it_does_by_the_fhir_interface(world: World) -> None:
    arrive(world)
    assert Client(world, "elsey").move(recall(world), "completed").status == 200
    assert recall(world)["status"] == "completed"


def test_the_ledger_says_who_got_what_when_it_was_told_and_when_it_confirmed(world: World) -> None:
    (open_one,) = lines(world.rooms)
    assert (open_one.party, open_one.told, open_one.answered, open_one.answer) == ("elsey", "", "", "")
    assert len(open_one.views) == len([d for d in world.outbox("elsey") if d.standing == "delivered"])
    said = {each["valueCoding"]["code"] for each in recall(world)["input"] if "valueCoding" in each}
    assert set(open_one.data) == said
    assert said
    arrive(world)
    told = recall(world)["lastModified"]
    output = [{"type": {"text": "Bestätigung"}, "valueString": "gelöscht am 13.03.2026"}]
    world.sends("elsey", answer(recall(world), "completed", output=output))
    (line,) = lines(world.rooms)
    confirmed = recall(world)["lastModified"]
    assert (line.told, line.answered, line.answer) == (told, confirmed, "gelöscht am 13.03.2026")
    assert (line.views, line.begun) == (open_one.views, open_one.begun)
    assert list(lines(world.rooms, open_only=True)) == []


def test_it_may_say_why_it_keeps_something(world: World) -> None:
    arrive(world)
    world.sends("elsey", answer(recall(world), "rejected", reason="Aufbewahrungspflicht"))
    assert recall(world)["statusReason"]["text"] == "Aufbewahrungspflicht"


@pytest.mark.parametrize("words", ["gelöscht am 13.03.2026", "Ja, gesperrt.", "GELÖSCHT"])
def test_a_service_with_a_list_confirms_it_in_the_row(words: str) -> None:
    world, (row,) = listed()
    assert "Schreiben Sie dazu: gelöscht" in row["Frage an Sie"]
    message = world.sends("ravensberg", back([row], **{"Ihre Antwort": words}))
    (done,) = recalls(world, "ravensberg")
    assert (message.stopped, message.problems, done["status"]) == ("", (), "completed")
    assert done["output"][0]["valueString"] == words
    assert [line.answered for line in lines(world.rooms)] != [""]


@pytest.mark.parametrize("words", ["nicht gelöscht", "Das müssen wir zehn Jahre aufheben.", "siehe Telefonat"])
def test_words_in_the_row_that_confirm_nothing_leave_it_open_for_a_person_to_read(words: str) -> None:
    world, rows = listed()
    message = world.sends("ravensberg", back(rows, **{"Ihre Antwort": words}))
    assert [problem.code for problem in message.problems] == ["recall.unclear"]
    assert recall(world, "ravensberg")["status"] == "received"


def test_a_row_that_only_comes_back_or_names_no_recall_confirms_nothing() -> None:
    world, rows = listed()
    for cells in ({}, {"Ihre Antwort": "gelöscht", "Frage an Sie": "R-1: etwas anderes"}):
        assert world.sends("ravensberg", back(rows, **cells)).problems == ()
    assert recall(world, "ravensberg")["status"] == "received"


def test_a_row_that_names_nobody_makes_nobody_new_and_changes_no_measure() -> None:
    world, rows = listed()
    before = [version["id"] for version in world.all("Patient")], world.all("ServiceRequest")
    world.sends("ravensberg", back(rows, **{"Ihre Antwort": "gelöscht"}))
    assert ([version["id"] for version in world.all("Patient")], world.all("ServiceRequest")) == before


def test_nobody_else_confirms_it_by_a_row() -> None:
    world, rows = listed()
    world.sends("lutterbach", back(rows, **{"Ihre Antwort": "gelöscht"}))
    assert recall(world, "ravensberg")["status"] == "received"


def listed() -> tuple[World, list[dict[str, str]]]:
    """A service with a list was asked to delete what it was shown: the rows it got."""
    world = under_way()
    refuse(world, "ravensberg")
    arrive(world)
    return world, world.rows("ravensberg")


def test_nobody_else_confirms_it(world: World) -> None:
    arrive(world)
    world.sends("ravensberg", answer(recall(world), "completed"), format="fhir")
    assert recall(world)["status"] == "received"


def test_a_clock_runs_until_it_is_confirmed(world: World) -> None:
    clocks = {node.kind: [c.timer.name for c in node.clocks] for node in tree(world.case()["id"], world.rooms)}
    assert clocks["recall"] == ["recall-confirmed"]


def test_it_keeps_no_case_open(world: World) -> None:
    assert "recall" not in {task["code"]["coding"][0]["code"] for task in kinds(world, "decision")}


def test_where_it_could_not_be_delivered_somebody_calls(world: World) -> None:
    (delivery,) = world.outbox("elsey", "recall")
    world.arrives(delivery, standing="dead", grade="E0")
    (asked,) = kinds(world, "decision")
    assert asked["description"] == "Bitte anrufen und die Antwort eintragen: Nicht angekommen"


def test_a_format_that_cannot_say_it_without_the_person_says_nothing_and_somebody_calls() -> None:
    world = under_way()
    task = {key: value for key, value in world.task("A-5").items() if key != "businessStatus"}
    saved = {**task, "status": "received"}
    world.store.commit([Save(saved, None, terms(saved, ""), world.now(), "m")]).result()
    assert Client(world, "lutterbach").move(saved, "accepted").status == 200
    message = refuse(world, "lutterbach")
    assert (message.stopped, world.outbox("lutterbach")) == ("", [])
    assert "consent.called" in [problem.code for problem in message.problems]
    assert kinds(world, "decision")[0]["description"].startswith("Bitte anrufen")


def test_behind_a_road_that_is_silent_it_was_told_when_it_was_handed_over(world: World) -> None:
    (before,) = lines(world.rooms)
    (delivery,) = world.outbox("elsey", "recall")
    world.arrives(delivery, grade="E1")
    (line,) = lines(world.rooms)
    assert (before.told, line.status) == ("", "requested")
    assert line.told != ""


def test_it_is_found_by_its_number_its_id_and_the_sign_of_its_letter(world: World) -> None:
    (line,) = lines(world.rooms)
    measure = recall(world)["partOf"][0]["reference"].partition("/")[2]
    for said in (line.number, f"Task/{line.task}", line.task[:8], measure[:8].upper()):
        assert found(said, world.rooms) == line
    assert found("nothing", world.rooms) is None
