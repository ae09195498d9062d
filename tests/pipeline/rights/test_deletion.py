"""Deletion of a person: nothing is left but numbers, and what is left is proved."""

from typing import Any

import pytest

from gateway.domain.ledger import Save
from gateway.fhir import json
from gateway.pipeline.rights.deletion import certificates, delete, digest, written
from gateway.pipeline.rights.restriction import Asked, release, restrict, resume, suspend
from gateway.pipeline.stored.terms import terms
from tests.pipeline.line.world import LUTTERBACH, RAVENSBERG, World, discharge, measure

WORDS = ("Grünewälder", "Käthe", "G405718932", "Föhrenweg", "471188", "1938-09-03", "19380903")


def closed(world: World) -> str:
    """A case from the referral to its end; gives the person."""
    world.planned(measure("M-1", RAVENSBERG), measure("M-2", LUTTERBACH))
    for task in [one for one in world.all("Task") if "partOf" in one]:
        ended(world, task, "entered-in-error")
    ended(world, world.case(), "cancelled")
    found: str = world.case()["for"]["reference"]
    return found


def ended(world: World, task: dict[str, Any], status: str) -> None:
    """A Task at its end, however it came there."""
    version = world.store.history("Task", task["id"])[0]
    changed = {**version.resource, "status": status}
    world.store.commit([Save(changed, version.version, terms(changed, ""), world.now())]).result()


def does(verb: Any, world: World, person: str, reason: str = "Wunsch der Person") -> list[str]:
    answered = verb(Asked(person, "operator pohl", reason), world.rooms)
    if answered.changes:
        world.store.commit(answered.changes).result()
    return [problem.code for problem in answered.problems]


def left(world: World) -> set[str]:
    """The words of the person that stand anywhere in the store."""
    store = world.store
    said = [str(version.resource) for version in store.versions("", 0, 10_000)]
    said += [str(store.entry(entry.id)) for entry in store.entries({}, 0, 1000)]
    said += [str(store.delivery(one.id)) + str(store.evidence(one.id)) for one in store.deliveries({}, 0, 1000)]
    said += [str(line) for line in store.audit(limit=1000)]
    return {word for word in WORDS for text in said if word in text}


def test_nothing_of_the_person_is_left() -> None:
    world = World()
    person = closed(world)
    assert left(world) >= set(WORDS[:5])
    assert does(delete, world, person) == []
    assert left(world) == set()
    names = [f"{v.type}/{v.id}" for v in world.store.versions("", 0, 1000) if person in str(v.resource)]
    assert [name.partition("/")[0] for name in names] == ["Deletion"]
    assert world.store.deliveries({}, 0, 10) == []
    assert world.store.entries({}, 0, 10) == []


def test_what_is_about_others_stays() -> None:
    world = World()
    person = closed(world)
    world.sends("senneklinik", discharge(key="SK-9", person="880011", name="Grundmann^Karla", kvnr="", visit="2"))
    before = {kind: len(world.all(kind)) for kind in ("Patient", "Task", "ServiceRequest", "Encounter")}
    does(delete, world, person)
    (patient,) = world.all("Patient")
    assert patient["name"][0]["family"] == "Grundmann"
    (task,) = world.all("Task")
    assert task["for"] == {"reference": f"Patient/{patient['id']}"}
    assert before["Patient"] == 2
    assert "Grundmann" in str(world.store.entry(world.store.entries({})[0].id))
    assert [d.case for d in world.outbox()] == [f"Task/{task['id']}"] * len(world.outbox())


def test_the_certificate_says_what_when_by_whom_and_why_and_its_hash_stands_in_the_audit() -> None:
    world = World()
    person = closed(world)
    does(delete, world, person)
    (made,) = certificates(person, world.rooms)
    assert (made["by"], made["reason"], made["person"]) == ("operator pohl", "Wunsch der Person", [person])
    assert made["counts"]["Patient"] == 1
    assert made["counts"]["Message"] == 3
    assert made["total"] == sum(made["counts"].values())
    line = world.store.audit(object=person)[0]
    assert (line.action, line.outcome) == ("erase", "done")
    assert line.detail.endswith(digest(made))
    assert json.loads(written(made))[0]["ids"] == made["ids"]


def test_while_a_case_is_open_nothing_is_deleted() -> None:
    world = World()
    world.referred()
    person = world.case()["for"]["reference"]
    assert does(delete, world, person) == ["rights.open"]
    assert world.all("Patient") != []


def test_what_must_be_kept_is_kept_until_that_is_lifted() -> None:
    world = World()
    person = closed(world)
    assert does(suspend, world, person, "Klage anhängig") == []
    assert does(suspend, world, person) == ["rights.already"]
    assert does(delete, world, person) == ["rights.to-keep"]
    assert does(resume, world, person) == []
    assert does(resume, world, person) == ["rights.not-so"]
    assert does(delete, world, person) == []


def test_while_processing_is_restricted_nothing_is_deleted() -> None:
    world = World()
    person = closed(world)
    does(restrict, world, person)
    assert does(delete, world, person) == ["rights.kept-restricted"]
    does(release, world, person)
    assert does(delete, world, person) == []


@pytest.mark.parametrize("person", ["Patient/nobody", "nobody"])
def test_nobody_is_deleted_who_is_not_there(person: str) -> None:
    assert does(delete, World(), person) == ["rights.person"]


def test_a_message_that_was_deleted_and_comes_again_is_not_taken_for_a_new_one() -> None:
    world = World()
    world.sends("senneklinik", discharge(), key="SK-1")
    ended(world, world.case(), "cancelled")
    does(delete, world, world.case()["for"]["reference"])
    again = world.sends("senneklinik", discharge(), key="SK-1")
    assert [p.code for p in world.entry(again).problems] == ["rights.came-again"]
    assert world.all("Patient") == []
    assert world.outbox() == []
    fresh = world.sends("senneklinik", discharge(key="SK-2"), key="SK-2")
    assert world.entry(fresh).state == "done"


def test_records_that_were_merged_go_together() -> None:
    world = World()
    person = closed(world)
    ended_record = {"resourceType": "Patient", "id": "old", "active": False, "name": [{"family": WORDS[0]}],
                    "link": [{"other": {"reference": person}, "type": "replaced-by"}]}  # fmt: skip
    survivor = world.store.read("Patient", person.partition("/")[2])
    linked = {**survivor.resource, "link": [{"other": {"reference": "Patient/old"}, "type": "replaces"}]}
    saves = [Save(one, None, terms(one, ""), world.now()) for one in (ended_record, linked)]
    world.store.commit(saves).result()
    does(delete, world, person)
    assert world.all("Patient") == []
    assert len(certificates("Patient/old", world.rooms)) == 1


def test_a_message_that_waits_unassigned_goes_too_if_it_tells_a_number_of_the_person() -> None:
    world = World()
    person = closed(world)
    broken = world.keep("senneklinik", b"PID|1||471188^^^SENNEKLINIK^PI~G405718932", key="SK-X")
    others = world.keep("senneklinik", b"PID|1||880011", key="SK-Y")
    for entry in (broken, others):
        world.settle(entry, state="parked", step="decode")
    does(delete, world, person)
    assert world.store.entry(broken.id) is None
    assert world.store.entry(others.id) is not None


def test_of_a_file_about_several_persons_the_content_goes_and_that_it_came_stays() -> None:
    world = World()
    person = closed(world)
    entry = next(one for one in world.store.entries({}) if one.partner == "senneklinik")
    (proof,) = [one for one in world.all("Provenance") if "Encounter/" in str(one["target"])]
    other = {"resourceType": "Patient", "id": "other"}
    targets = {**proof, "target": [*proof["target"], {"reference": "Patient/other/_history/1"}]}
    world.store.commit([Save(one, None, terms(one, ""), world.now()) for one in (other, targets)]).result()
    does(delete, world, person)
    kept = world.store.entry(entry.id)
    assert kept is not None
    assert (kept.data, kept.state) == (b"", "done")
    assert [patient["id"] for patient in world.all("Patient")] == ["other"]
    assert certificates(person, world.rooms)[0]["counts"]["SharedMessage"] == 1


def test_while_a_message_about_the_person_is_on_its_way_nothing_is_deleted() -> None:
    world = World()
    person = closed(world)
    entry = world.store.entries({"person": person})[0]
    world.settle(entry, state="received")
    assert does(delete, world, person) == ["rights.on-its-way"]
