"""A Task that comes back as it was received says nothing new, in whatever form its references are written."""

import json
from typing import Any

import pytest

from gateway.pipeline.rest.asked import Asked, Caller
from gateway.pipeline.rest.perform import perform
from tests.pipeline.line.world import ELSEY, World, measure
from tests.pipeline.rest.client import Client, Resource, body, codes, task

BASE = "http://127.0.0.1:8081/fhir/"


@pytest.fixture
def world() -> World:
    """A case with a measure for Sozialstation Elsey."""
    world = World()
    world.planned(measure("1", ELSEY))
    return world


def put(world: World, resource: Resource, party: str = "elsey") -> Any:
    """A Task as its party puts it, from the version that is stored."""
    version = str(world.store.read("Task", resource["id"]).version)
    asked = Asked("update", "Task", resource["id"], resource, match=version)
    return perform([asked], Caller(party, base=BASE), world.rooms, whole=False)[0]


def test_as_it_came_in_a_message_it_changes_nothing(world: World) -> None:
    (received,) = world.sent("elsey", "Task")
    assert received["focus"]["reference"].startswith("urn:uuid:")
    before = world.store.read("Task", received["id"])
    told = put(world, received)
    assert (told.status, told.version.version) == (200, before.version)


def test_as_it_came_in_a_message_it_can_be_moved(world: World) -> None:
    (received,) = world.sent("elsey", "Task")
    told = put(
        world, {key: value for key, value in received.items() if key != "businessStatus"} | {"status": "accepted"}
    )
    assert (told.status, told.problems) == (200, ())
    now = body(told)
    assert now["partOf"] == [{"reference": f"Task/{world.case()['id']}"}]
    assert now["focus"]["reference"].startswith("ServiceRequest/")


def test_references_by_our_own_address_are_the_same(world: World) -> None:
    stored = world.task("1")
    text = json.dumps(stored)
    for kind in ("Task", "ServiceRequest", "Patient", "Organization", "CarePlan"):
        text = text.replace(f'"reference": "{kind}/', f'"reference": "{BASE}{kind}/')
    assert BASE in text
    told = put(world, json.loads(text))
    assert (told.status, body(told)) == (200, stored)


def test_another_focus_is_still_refused(world: World) -> None:
    stored = world.task("1")
    told = put(world, {**stored, "focus": {"reference": "ServiceRequest/other"}})
    assert (told.status, codes(told)) == (422, ["rest.task.element"])


def test_what_a_partner_was_not_shown_stays_and_what_it_was_shown_it_can_take_away(world: World) -> None:
    desk = Client(world)
    stored = world.task("1")
    noted = body(desk.update({**stored, "note": [{"text": "Schlüssel beim Nachbarn"}], "priority": "urgent"}))
    told = put(
        world, {key: value for key, value in noted.items() if key not in ("note", "owner", "priority")}, "stelle-senne"
    )
    now = body(told)
    assert (now["note"], now["owner"], "priority" in now) == (noted["note"], noted["owner"], False)


def test_the_desk_sees_all_and_takes_away_what_it_leaves_out(world: World) -> None:
    desk = Client(world)
    noted = body(desk.update({**world.task("1"), "note": [{"text": "Schlüssel beim Nachbarn"}]}))
    told = desk.update({key: value for key, value in noted.items() if key != "note"})
    assert (told.status, "note" in body(told)) == (200, False)


def test_an_owner_whom_nobody_can_tell_is_warned_of() -> None:
    desk = Client()
    case = desk.referral(owner={"reference": "Organization/stelle-senne"})
    person = desk.stored({"resourceType": "Patient", "id": case["for"]["reference"].partition("/")[2]})
    request = desk.request(person, intent="filler-order")
    told = desk.create(task(request, part=case, owner={"display": "Nachbarschaftshilfe Oerlinghausen"}))
    assert (told.status, codes(told)) == (201, ["rest.task.owner.unknown"])
    assert told.problems[0].severity == "warning"
