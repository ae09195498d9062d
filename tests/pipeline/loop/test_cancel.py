"""Taking back: cancelled before it began, a Task of its own that asks to stop afterwards (workflow.md, phase 8)."""

import json
from typing import Any

import pytest

from tests.pipeline.line.world import ELSEY, RAVENSBERG, World, answer, back, measure


def under_way(world: World) -> None:
    world.planned(measure("A-1", ELSEY), measure("A-2", RAVENSBERG))
    world.sends("elsey", answer(world.task("A-1"), "in-progress"))
    world.sends("ravensberg", back(world.rows("ravensberg"), Stand="läuft"))


def take_back(world: World, number: str, ik: str, status: str = "revoked") -> Any:
    return world.sends("stelle-senne", world.plan(measure(number, ik, status=status)))


def stop(world: World) -> dict[str, Any]:
    """The Task that asks to stop."""
    return [task for task in world.all("Task") if task["code"]["coding"][0]["code"] == "abort"][-1]


def test_who_has_begun_is_asked_to_stop_by_a_task_of_its_own(world: World) -> None:
    under_way(world)
    message = take_back(world, "A-1", ELSEY)
    assert world.stand("A-1") == "in-progress cancellation-requested"
    assert world.told(message) == [("elsey", "abort"), ("elsey", "measures")]
    asked = stop(world)
    assert asked["focus"] == {"reference": f"Task/{world.task('A-1')['id']}"}
    assert asked["description"] == "Bitte beenden: vom Kümmerer zurückgezogen"


def test_who_stops_ends_the_measure_as_aborted_and_the_site_hears_it(world: World) -> None:
    under_way(world)
    take_back(world, "A-1", ELSEY)
    message = world.sends("elsey", answer(stop(world), "completed"))
    assert world.stand("A-1") == "failed aborted-on-request"
    assert ("stelle-senne", "abort completed") in world.told(message)


def test_who_refuses_to_stop_says_why_and_goes_on(world: World) -> None:
    under_way(world)
    take_back(world, "A-1", ELSEY)
    message = world.sends("elsey", answer(stop(world), "rejected", "", "Wundversorgung läuft noch drei Tage"))
    assert world.stand("A-1") == "in-progress active-support"
    assert ("stelle-senne", "abort declined") in world.told(message)


def test_who_tried_to_stop_and_could_not_goes_on_too(world: World) -> None:
    under_way(world)
    take_back(world, "A-1", ELSEY)
    world.sends("elsey", answer(stop(world), "in-progress"))
    world.sends("elsey", answer(stop(world), "failed", "", "niemand sonst verbindet die Wunde"))
    assert world.stand("A-1") == "in-progress active-support"
    assert "niemand sonst verbindet die Wunde" in world.outbox("stelle-senne")[-1].data.decode()


def test_a_refusal_without_a_reason_changes_nothing_and_is_told_as_not_said(world: World) -> None:
    under_way(world)
    take_back(world, "A-1", ELSEY)
    world.sends("elsey", answer(stop(world), "rejected"))
    assert stop(world)["statusReason"]["text"] == "vom Absender nicht angegeben"


def test_who_reads_lists_finds_the_row_taken_back_and_may_send_it_back_untouched(world: World) -> None:
    under_way(world)
    message = take_back(world, "A-2", RAVENSBERG)
    assert world.told(message) == [("ravensberg", "measures")]
    assert world.rows("ravensberg")[0]["Stand"] == "entfällt"
    world.sends("ravensberg", back(world.rows("ravensberg")))
    assert world.stand("A-2") == "cancelled withdrawn-by-requester"


def test_and_where_a_list_reader_has_begun_the_row_alone_asks_it_to_stop(world: World) -> None:
    under_way(world)
    world.sends("ravensberg", back(world.rows("ravensberg"), Stand="ruht"))
    world.sends("ravensberg", back(world.rows("ravensberg"), Stand="läuft"))
    assert world.stand("A-2").startswith("in-progress")
    message = take_back(world, "A-2", RAVENSBERG)
    assert world.told(message) == [("ravensberg", "measures")]
    world.sends("ravensberg", back(world.rows("ravensberg")))
    assert world.stand("A-2") == "failed aborted-on-request"
    assert stop(world)["status"] == "completed"


def test_who_has_it_on_hold_is_asked_to_stop_too(world: World) -> None:
    under_way(world)
    world.sends("elsey", answer(world.task("A-1"), "on-hold", "client-unreachable", "seit Montag nicht da"))
    message = take_back(world, "A-1", ELSEY)
    assert ("elsey", "abort") in world.told(message)
    world.sends("elsey", answer(stop(world), "completed"))
    assert world.stand("A-1") == "failed aborted-on-request"


def test_a_measure_that_another_replaces_before_work_began_ends_as_replaced_in_every_format(world: World) -> None:
    world.planned(measure("A-1", ELSEY), measure("A-2", RAVENSBERG))
    old = [{"reference": world.task(number)["focus"]["reference"]} for number in ("A-1", "A-2")]
    world.sends("stelle-senne", world.plan(measure("A-3", ELSEY, replaces=old)))
    assert (world.stand("A-1"), world.stand("A-2")) == ("cancelled superseded",) * 2
    assert world.rows("ravensberg")[0]["Stand"] == "entfällt"
    shown = [json.loads(sent.data)["entry"] for sent in world.outbox("elsey", "measures")[-2:]]
    found = [entry["resource"] for each in shown for entry in each if entry["resource"]["resourceType"] == "Task"]
    assert {task["status"] for task in found} == {"cancelled", "requested"}


@pytest.mark.parametrize(("status", "stand"), [("revoked", "cancelled withdrawn-by-requester"),
                                               ("entered-in-error", "entered-in-error")])  # fmt: skip
def test_what_has_not_begun_ends_at_once(world: World, status: str, stand: str) -> None:
    world.planned(measure("A-1", ELSEY))
    message = take_back(world, "A-1", ELSEY, status)
    assert (world.stand("A-1"), world.told(message)) == (stand, [("elsey", "measures")])
    assert world.sent("elsey", "ServiceRequest")[0]["status"] == status


def test_work_that_was_done_by_mistake_stays_on_record_and_is_stopped(world: World) -> None:
    under_way(world)
    take_back(world, "A-1", ELSEY, "entered-in-error")
    assert world.stand("A-1") == "in-progress cancellation-requested"
    assert stop(world)["status"] == "requested"


def test_running_the_withdrawal_again_asks_nobody_twice(world: World) -> None:
    under_way(world)
    message = take_back(world, "A-1", ELSEY)
    world.sends("elsey", answer(stop(world), "rejected", "", "nein"))
    before = (len(world.outbox()), world.stand("A-1"))
    world.again(message)
    assert (len(world.outbox()), world.stand("A-1")) == before
