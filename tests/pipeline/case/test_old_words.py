"""A word that was heard before moves nothing back, whatever it did when it came, and whoever has spoken since."""

from typing import Any

import pytest

from gateway.pipeline.line import changes, process, run
from gateway.store.port import ConflictError
from tests.pipeline.foreign.stage import Stage
from tests.pipeline.line.world import ELSEY, RAVENSBERG, World, answer, back, discharge, measure
from tests.pipeline.loop.asking import TEXT, TOLD, question, questions, said
from tests.pipeline.loop.test_cancel import stop, take_back


def versions(world: World) -> int:
    """How much was ever written."""
    return int(world.store.versions("", 0, 1)[0].number)


def again(world: World, message: Any) -> int:
    """How much a message writes that is run again."""
    before = versions(world)
    world.again(message)
    return versions(world) - before


def test_a_row_that_said_nothing_new_says_nothing_later(world: World) -> None:
    world.planned(measure("A-1", RAVENSBERG))
    rows = world.rows("ravensberg")
    world.sends("ravensberg", back(rows, Stand="läuft"))
    repeated = world.sends("ravensberg", back(rows, Stand="läuft", Bemerkung="noch immer"))
    world.sends("ravensberg", back(rows, Stand="ruht"))
    before = world.stand("A-1")
    assert before.startswith("on-hold")
    assert (again(world, repeated), world.stand("A-1")) == (0, before)


def test_what_says_nothing_new_is_read_anew_where_others_have_moved_meanwhile(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    world.sends("elsey", answer(world.task("A-1"), "in-progress"))
    entry = world.keep("elsey", answer(world.task("A-1"), "in-progress"))
    decided = changes(run(entry, world.rooms), world.rooms)
    world.sends("elsey", answer(world.task("A-1"), "on-hold", "waiting-third-party", "Rezept fehlt"))
    with pytest.raises(ConflictError):
        world.store.commit(decided).result()


def test_a_wish_to_stop_that_was_said_twice_is_not_said_again_after_it_was_refused(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    world.sends("elsey", answer(world.task("A-1"), "in-progress"))
    take_back(world, "A-1", ELSEY)
    repeated = world.sends("stelle-senne", answer(world.task("A-1"), "cancelled"))
    world.sends("elsey", answer(stop(world), "rejected", "", "bald fertig"))
    before = world.stand("A-1")
    assert (again(world, repeated), world.stand("A-1")) == (0, before)


def test_a_stay_that_was_said_twice_is_not_said_again_after_an_older_word_came_late(world: World) -> None:
    world.referred()
    world.sends("senneklinik", discharge("SK-2", event="A01", visit="stay"))
    late = world.keep("senneklinik", discharge("SK-3", event="A11", visit="stay"))
    repeated = world.sends("senneklinik", discharge("SK-4", event="A01", visit="stay"))
    process(late, world.rooms)
    assert again(world, repeated) == 0


def test_of_a_person_without_a_case_too_what_was_heard_is_remembered(world: World) -> None:
    world.sends("senneklinik", discharge("SK-2", event="A01", visit="stay"))
    late = world.keep("senneklinik", discharge("SK-3", event="A11", visit="stay"))
    repeated = world.sends("senneklinik", discharge("SK-4", event="A01", visit="stay"))
    assert len(world.all("Communication")) == 2
    assert world.all("Task") == []
    process(late, world.rooms)
    assert again(world, repeated) == 0


def test_what_says_nothing_new_of_a_stay_is_read_anew_where_others_have_written_meanwhile(world: World) -> None:
    world.sends("senneklinik", discharge("SK-2", event="A01", visit="stay"))
    entry = world.keep("senneklinik", discharge("SK-4", event="A01", visit="stay"))
    decided = changes(run(entry, world.rooms), world.rooms)
    world.sends("senneklinik", discharge("SK-3", event="A11", visit="stay"))
    with pytest.raises(ConflictError):
        world.store.commit(decided).result()


def test_a_word_that_waited_says_nothing_where_its_sender_has_spoken_since(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    world.sends("elsey", answer(world.task("A-1"), "in-progress"))
    waited = world.keep("elsey", answer(world.task("A-1"), "on-hold", "waiting-third-party", "Rezept fehlt"))
    world.settle(waited, state="parked", map_hash="read")
    world.sends("elsey", answer(world.task("A-1"), "in-progress", "active-support"))
    world.settle(waited, state="received")
    found = process(world.store.entry(waited.id), world.rooms)
    assert world.stand("A-1") == "in-progress active-support"
    assert [p.code for p in found.problems] == ["record.older"]


# --- words of other systems ------------------------------------------------------------------------------------------


def test_a_stay_that_was_told_twice_in_foreign_codes_holds_nothing_after_the_person_is_back() -> None:
    stage = Stage("medcom").planned("in-progress")
    stage.happens("STIN")
    repeated = stage.happens("STIN")
    stage.world.sends("elsey", answer(stage.task, "in-progress"))
    before = stage.stand()
    assert before.startswith("in-progress")
    assert (again(stage.world, repeated), stage.stand()) == (0, before)


def test_a_foreign_status_that_was_said_twice_is_not_said_again_after_another() -> None:
    stage = Stage("be-uhmep").planned("accepted")
    stage.say("In Progress")
    repeated = stage.say("In Progress")
    stage.say("Interrupted", statusReason={"text": "Rezept fehlt"})
    before = stage.stand()
    assert before.startswith("on-hold")
    assert (again(stage.world, repeated), stage.stand()) == (0, before)


def test_a_foreign_status_that_waited_says_nothing_where_its_sender_has_spoken_since() -> None:
    stage = Stage("be-uhmep").planned("accepted")
    waited = stage.world.keep("elsey", answer(stage.task, **stage.said("Interrupted")))
    stage.world.settle(waited, state="parked", map_hash="read")
    stage.say("In Progress")
    stage.world.settle(waited, state="received")
    found = process(stage.world.store.entry(waited.id), stage.world.rooms)
    assert (stage.stand(), [p.code for p in found.problems]) == ("in-progress/active-support", ["record.older"])


# --- questions -------------------------------------------------------------------------------------------------------


def test_a_row_run_again_answers_no_later_question(world: World) -> None:
    world.planned(measure("A-1", RAVENSBERG))
    world.sends("stelle-senne", question(world.task("A-1")))
    without = {"Frage an Sie": "", "Ihre Antwort": "Seit Montag."}
    answered = world.sends("ravensberg", back(world.rows("ravensberg"), **without))
    world.sends("stelle-senne", question(world.task("A-1"), "Und bis wann?"))
    assert again(world, answered) == 0
    assert [task["status"] for task in questions(world)] == ["completed", "requested"]


def test_a_question_that_was_asked_twice_is_not_asked_again_after_it_was_answered(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    waits = answer(world.task("A-1"), "received", "awaiting-information", TEXT)
    world.sends("elsey", waits)
    repeated = world.sends("elsey", waits)
    world.sends("stelle-senne", answer(questions(world)[0], "completed", output=said(TOLD)))
    assert again(world, repeated) == 0
    assert [task["status"] for task in questions(world)] == ["completed"]
