"""Which sides of a Task a party is; messages and writes by the FHIR interface ask the same function."""

from dataclasses import replace

from gateway.domain.ledger import Save
from gateway.domain.message import Message
from gateway.pipeline.tasks.sides import as_whom, sides_of
from tests.pipeline.line.world import ELSEY, Resource, World, measure


def begun() -> tuple[World, Message, Resource]:
    """A case with a measure for a care service: (the world, an empty message, the measure's Task)."""
    world = World()
    world.referred()
    world.planned(measure("A-1", ELSEY))
    entry = world.store.entries({}, 0, 1)[0]
    found = (v.resource for v in world.store.find("Task", [("owner", "Organization/elsey")]))
    return world, Message(entry), next(found)


def test_an_owner_and_whoever_has_the_case_are_sides_of_a_measure_and_nobody_else() -> None:
    world, message, task = begun()
    asked = {name: as_whom(task, name, message, world.rooms) for name in ("elsey", "stelle-senne", "senneklinik", "")}
    assert asked == {"elsey": "O", "stelle-senne": "R", "senneklinik": "", "": ""}


def test_the_site_that_has_the_case_has_asked_for_a_measure_that_another_one_planned() -> None:
    world, message, task = begun()
    elsewhere = {**task, "meta": {}, "requester": {"reference": "Organization/stelle-mitte"}}
    assert as_whom(elsewhere, "stelle-senne", message, world.rooms) == "R"


def test_who_acts_for_an_organisation_is_the_side_that_the_organisation_is() -> None:
    world, message, task = begun()
    service = {"resourceType": "HealthcareService", "id": "hs", "providedBy": {"reference": "Organization/elsey"}}
    message = replace(message, changes=(Save(service, 0, (), world.now()),))
    served = {**task, "owner": {"reference": "HealthcareService/hs"}}
    assert tuple(sides_of(served, "elsey", message, world.rooms)) == ("O",)
