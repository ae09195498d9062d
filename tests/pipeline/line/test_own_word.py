"""No partner speaks in the gateway's place: it restricts nobody, and listens to nothing by a message."""

from typing import Any

import pytest

from gateway.pipeline.policies.restricted import ARTICLE, RESTRICTION, TO_KEEP, restricted, to_keep
from tests.pipeline.line.world import ELSEY, World, bundle, measure
from tests.pipeline.rest.client import Client, codes


@pytest.fixture
def world() -> World:
    made = World()
    made.planned(measure("A-2", ELSEY))
    return made


def person(world: World) -> str:
    return f"Patient/{world.all('Patient')[0]['id']}"


def flag(world: World, article: str) -> dict[str, Any]:
    return {
        "resourceType": "Flag", "id": "5f0e9a52-7a4f-4f0b-9a35-0d9f3d0f7a11", "status": "active",
        "identifier": [{"system": RESTRICTION, "value": article}], "code": {"text": "x"},
        "subject": {"reference": person(world)},
    }  # fmt: skip


@pytest.mark.parametrize("article", [ARTICLE, TO_KEEP])
@pytest.mark.parametrize("party", ["elsey", "lutterbach", "stelle-mitte"])
def test_no_partner_restricts_a_person_or_keeps_it_from_deletion(world: World, party: str, article: str) -> None:
    message = world.sends(party, bundle(flag(world, article)))
    assert ("record.own-word", "warning") in [(p.code, p.severity) for p in message.problems]
    told = Client(world, party).create({key: value for key, value in flag(world, article).items() if key != "id"})
    assert (told.status, codes(told)) == (422, ["record.own-word"])
    assert not restricted(person(world), world.rooms)
    assert not to_keep(person(world), world.rooms)


def test_a_flag_of_a_partners_own_is_kept(world: World) -> None:
    said = {**flag(world, ""), "identifier": [{"system": "urn:elsey:flag", "value": "1"}]}
    world.sends("elsey", bundle(said))
    assert len(world.all("Flag")) == 1


def test_nobody_listens_by_a_message(world: World) -> None:
    channel = {"type": "rest-hook", "endpoint": "https://elsey.example/hook", "payload": "application/fhir+json"}
    said = {"resourceType": "Subscription", "id": "5f0e9a52-7a4f-4f0b-9a35-0d9f3d0f7a12", "status": "active",
            "reason": "x", "criteria": "Task", "channel": channel}  # fmt: skip
    message = world.sends("elsey", bundle(said))
    assert "record.own-word" in [problem.code for problem in message.problems]
    assert world.all("Subscription") == []
