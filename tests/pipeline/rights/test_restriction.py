"""Restriction of processing (Art. 18 GDPR): put, lifted, kept over a merge."""

from typing import Any

import pytest

from gateway.domain.ledger import Save
from gateway.pipeline.person.merge import moved
from gateway.pipeline.policies.restricted import restricted
from gateway.pipeline.rights.restriction import Asked, release, restrict
from gateway.pipeline.stored.terms import terms
from tests.pipeline.line.world import World, discharge


@pytest.fixture
def world() -> World:
    made = World()
    made.referred()
    return made


def person(world: World) -> str:
    found: str = world.case()["for"]["reference"]
    return found


def does(verb: Any, world: World, of: str = "", reason: str = "streitig") -> list[str]:
    """Codes of what was wrong; empty where it was done."""
    answered = verb(Asked(of or person(world), "operator pohl", reason), world.rooms)
    if answered.changes:
        world.store.commit(answered.changes).result()
    return [problem.code for problem in answered.problems]


def test_a_person_is_restricted_until_it_is_released(world: World) -> None:
    assert not restricted(person(world), world.rooms)
    assert does(restrict, world) == []
    assert restricted(person(world), world.rooms)
    assert does(release, world) == []
    assert not restricted(person(world), world.rooms)
    assert does(restrict, world) == []
    assert restricted(person(world), world.rooms)


def test_nobody_else_is_restricted(world: World) -> None:
    does(restrict, world)
    assert not restricted("Patient/other", world.rooms)
    assert not restricted("", world.rooms)


def test_it_says_who_did_it_when_and_why_and_the_audit_holds_no_reason(world: World) -> None:
    does(restrict, world, reason="Die Anschrift sei falsch")
    (flag,) = [flag for flag in world.all("Flag") if flag["code"]["coding"][0]["code"] == "restricted"]
    (proof,) = [one for one in world.all("Provenance") if f"Flag/{flag['id']}/_history/1" in str(one["target"])]
    assert proof["reason"] == [{"text": "Die Anschrift sei falsch"}]
    assert proof["agent"][0]["who"] == {"display": "operator pohl"}
    line = world.store.audit(object=person(world))[0]
    assert (line.actor, line.action, line.outcome) == ("operator pohl", "restrict", "done")
    assert "Anschrift" not in line.detail


@pytest.mark.parametrize(
    ("verb", "of", "reason", "codes"),
    [
        (restrict, "Patient/nobody", "x", ["rights.person"]),
        (restrict, "Käthe Grünewälder", "", ["rights.person", "rights.reason"]),
        (release, "", "x", ["rights.not-restricted"]),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    world: World, verb: Any, of: str, reason: str, codes: list[str]
) -> None:
    assert does(verb, world, of, reason) == codes
    assert [flag for flag in world.all("Flag") if flag["status"] == "active"] == []


def test_a_name_typed_for_an_id_is_not_repeated(world: World) -> None:
    (found, *_) = restrict(Asked("Käthe Grünewälder", "operator", "x"), world.rooms).problems
    assert "Käthe" not in str(found)


def test_to_restrict_twice_is_refused(world: World) -> None:
    does(restrict, world)
    assert does(restrict, world) == ["rights.restricted"]


def test_a_restriction_follows_the_person_into_the_record_that_lives_on(world: World) -> None:
    does(restrict, world)
    survivor = {"resourceType": "Patient", "id": "p2"}
    message = world.sends("senneklinik", discharge(key="SK-2"))
    moves = moved(person(world), "Patient/p2", message, world.rooms)
    world.store.commit([Save(survivor, 0, terms(survivor, ""), world.now()), *moves]).result()
    assert restricted("Patient/p2", world.rooms)
    assert does(release, world, of="Patient/p2") == []
    assert not restricted("Patient/p2", world.rooms)
