"""What does not get through on one road of a partner goes by the next one; the Task is the same on each."""

import json
from datetime import timedelta
from typing import Any

import pytest

from gateway.domain.ledger import Conclude, Delivery
from gateway.domain.road import Sent
from gateway.pipeline.aftermath import aftermath
from tests.pipeline.line.world import ELSEY, World, measure

HTTP = {"road": "http", "format": "fhir", "url": "http://127.0.0.1:1"}
FOLDER = {"road": "folder", "format": "pflegedienst-liste", "path": "out"}
LINK = {"road": "link", "for": ["measures"]}
TIRED = {"standing": "dead", "code": "HTTP 410"}


@pytest.fixture
def world() -> World:
    """A measure for a service that can be reached by three roads."""
    made = World()
    made.change("elsey", receives=[HTTP, FOLDER, LINK])
    made.planned(measure("M-1", ELSEY))
    return made


def ends(world: World, delivery: Delivery, **changes: Any) -> None:
    """What follows from an attempt, committed as the courier does."""
    said = {"standing": "dead", "grade": "E0", **changes}
    following = aftermath(delivery, Sent("refused", "E0", "HTTP 410"), said, world.rooms)
    world.store.commit([Conclude(delivery.id, said), *following]).result()


def roads(world: World) -> list[tuple[str, str]]:
    return [(d.road, d.standing) for d in world.outbox("elsey", "measures")]


def test_a_road_that_fails_for_good_is_followed_by_the_next(world: World) -> None:
    ends(world, world.outbox("elsey", "measures")[-1])
    assert roads(world) == [("http", "dead"), ("folder", "waiting")]
    assert world.stand("M-1") == "requested dispatched"
    assert world.outbox("elsey")[-1].data.startswith("\ufeff".encode())  # as the next road reads it


def test_after_the_last_road_somebody_has_to_find_another_way(world: World) -> None:
    for _ in range(3):
        ends(world, world.outbox("elsey", "measures")[-1])
    assert roads(world) == [("http", "dead"), ("folder", "dead"), ("link", "dead")]
    assert world.stand("M-1") == "requested dispatch-failed"


def test_the_task_is_the_same_on_every_road(world: World) -> None:
    first = world.outbox("elsey", "measures")[-1]
    for _ in range(2):
        ends(world, world.outbox("elsey", "measures")[-1])
    last = world.outbox("elsey", "measures")[-1]
    assert (first.task, first.case, first.lane) == (last.task, last.case, last.lane)
    assert first.id != last.id
    assert numbers(first) == numbers(last)


def numbers(delivery: Delivery) -> list[Any]:
    """Identifiers of the Tasks in a delivery in FHIR."""
    listed = (entry["resource"] for entry in json.loads(delivery.data)["entry"])
    return [resource["identifier"] for resource in listed if resource["resourceType"] == "Task"]


def test_a_road_that_is_tried_for_four_hours_is_given_up_for_the_next(world: World) -> None:
    first = world.outbox("elsey", "measures")[-1]
    ends(world, first, standing="waiting")
    assert roads(world) == [("http", "waiting")]
    began = world.now
    world.rooms.now = lambda: began() + timedelta(hours=4)
    ends(world, first, standing="waiting")
    assert roads(world) == [("http", "dead"), ("folder", "waiting")]


def test_a_partner_with_one_road_is_tried_as_long_as_before(world: World) -> None:
    world.change("elsey", receives=[HTTP])
    began = world.now
    world.rooms.now = lambda: began() + timedelta(hours=40)
    ends(world, world.outbox("elsey", "measures")[-1], standing="waiting")
    assert roads(world) == [("http", "waiting")]


def test_what_may_have_arrived_does_not_go_by_another_road_by_itself(world: World) -> None:
    began = world.now
    world.rooms.now = lambda: began() + timedelta(hours=40)
    for standing in ("waiting", "uncertain"):
        ends(world, world.outbox("elsey", "measures")[-1], standing=standing, grade="E1")
    assert roads(world) == [("http", "uncertain")]


def test_each_road_stands_in_the_proof_and_in_the_audit(world: World) -> None:
    first = world.outbox("elsey", "measures")[-1]
    ends(world, first)
    said = [c["status"] for c in world.all("Communication") if c["medium"][0]["text"] in {"http", "folder"}
            and c["partOf"] == [{"reference": first.task}]]  # fmt: skip
    assert sorted(said) == ["in-progress", "not-done"]
    assert [line.outcome for line in world.store.audit(object=first.id) if line.action == "next road"] == ["folder"]


def test_a_word_that_nobody_acts_on_twice_is_queued_once(world: World) -> None:
    first = world.outbox("elsey", "measures")[-1]
    ends(world, first)
    ends(world, first)
    assert [road for road, _ in roads(world)] == ["http", "folder"]
