"""ADT^A40: two records of a sender become one person; looked up by number, never by likeness."""

from typing import Any

import pytest

from gateway.domain.ledger import Note, Relane, Save
from gateway.fhir.references import identity
from gateway.pipeline.match import match
from gateway.pipeline.stored.identity import place
from gateway.pipeline.stored.terms import terms
from tests.pipeline.match.people import (
    NOW,
    Patient,
    answer,
    insured,
    knowing,
    merge,
    number,
    person,
    rooms,
    run,
    said,
    saves,
    stored,
    values,
)

OTTILIE = "Ottilie Senne, 1941-05-17, Nebelsweg 12a, 33602 Bielefeld"
UNKNOWN = "Unbekannt, 1900-01-01"
K1, K2 = "A123456780", "X440512349"


def two() -> Any:
    return knowing(person(OTTILIE, number("1"), insured(K1)), person("Ottilie Sene", number("2")))


def test_both_known_the_ended_one_points_to_the_survivor_and_back() -> None:
    house = two()
    found = run(merge(person(OTTILIE, number("1")), person("", number("2"))), house)
    assert found.person == "Patient/p1"
    ended, survivor = stored(house, "p2"), stored(house, "p1")
    assert ended["active"] is False
    assert ended["link"] == [{"other": {"reference": "Patient/p1"}, "type": "replaced-by"}]
    assert survivor["link"] == [{"other": {"reference": "Patient/p2"}, "type": "replaces"}]
    assert values(survivor) == ["1", K1, "2"]
    assert set(found.known.values()) == {"Patient/p1"}


def test_what_waits_for_delivery_follows_and_the_audit_knows() -> None:
    found = match(merge(person(OTTILIE, number("1")), person("", number("2"))), two())
    assert [change for change in found.changes if isinstance(change, Relane)] == [Relane("Patient/p2", "Patient/p1")]
    [note] = [change.audit for change in found.changes if isinstance(change, Note)]
    assert (note.actor, note.action, note.object, note.outcome) == ("senneklinik", "merge", "Patient/p2", "replaced-by")


OPEN = [
    ("ServiceRequest", "subject", "active", True),
    ("ServiceRequest", "subject", "completed", False),
    ("Task", "for", "accepted", True),
    ("Task", "for", "rejected", False),
    ("CarePlan", "subject", "active", True),
    ("Encounter", "subject", "in-progress", True),
    ("Encounter", "subject", "finished", False),
    ("DocumentReference", "subject", "current", True),
    ("Consent", "patient", "active", True),
    ("Coverage", "beneficiary", "active", True),
    ("RelatedPerson", "patient", "", True),
]


@pytest.mark.parametrize(("kind", "element", "status", "follows"), OPEN, ids=[f"{r[0]} {r[2]}" for r in OPEN])
def test_what_is_open_follows_to_the_survivor(kind: str, element: str, status: str, follows: bool) -> None:  # noqa: FBT001 - a column of the table
    house = two()
    item: Patient = {"resourceType": kind, "id": "x", element: {"reference": "Patient/p2"}}
    item |= {"status": status} if status else {}
    house.store.commit([Save(item, 0, terms(item, ""), NOW)]).result()
    run(merge(person(OTTILIE, number("1")), person("", number("2"))), house)
    version = house.store.read(kind, "x")
    assert version is not None
    assert version.resource[element]["reference"] == ("Patient/p1" if follows else "Patient/p2")
    assert version.version == (2 if follows else 1)
    name = "for" if kind == "Task" else "subject"
    assert bool(house.store.find(kind, [(name, "Patient/p1")])) is follows


def test_what_the_merge_states_anew_itself_is_left_to_be_recorded() -> None:
    house = two()
    stay = {"resourceType": "Encounter", "fullUrl": identity("stay"), "status": "in-progress"}
    wish = merge(person(OTTILIE, number("1")), person("", number("2")))
    wish.tree["Encounter"] = [stay]
    key = place("Encounter", stay, wish, house).removeprefix("Encounter/")
    item: Patient = {"resourceType": "Encounter", "id": key, "subject": {"reference": "Patient/p2"}}
    house.store.commit([Save(item, 0, terms(item, "senneklinik"), NOW)]).result()
    assert [save.resource["resourceType"] for save in saves(match(wish, house))] == ["Patient", "Patient"]


def test_after_a_merge_every_number_means_the_survivor() -> None:
    house = two()
    run(merge(person(OTTILIE, number("1")), person("", number("2"))), house)
    for patient in (person("", number("2")), person("", insured(K1)), person("", id="p2")):
        assert answer(match(said(patient), house)) == "Patient/p1"


def test_the_same_merge_again_changes_nothing() -> None:
    house = two()
    once = merge(person(OTTILIE, number("1")), person("", number("2")))
    run(once, house)
    assert match(once, house).changes == ()


def test_chains_of_merges_end_at_the_last_survivor() -> None:
    house = knowing(
        *(person(f"{name} Weser, 1950-01-02", number(n)) for n, name in (("1", "Ida"), ("2", "Ute"), ("3", "Eva")))
    )
    run(merge(person("", number("2")), person("", number("1"))), house)
    run(merge(person("", number("3")), person("", number("2"))), house)
    for key in ("p1", "p2", "p3"):
        assert answer(match(said(person("", id=key)), house)) == "Patient/p3"
    assert values(stored(house, "p3")) == ["3", "2", "1"]


def test_an_unknown_record_that_ends_leaves_its_number_to_the_survivor() -> None:
    house = knowing(person(OTTILIE, number("1")))
    found = run(merge(person(OTTILIE, number("1")), person("", number("2"))), house)
    assert [save.resource["id"] for save in saves(found)] == ["p1"]
    assert not [change for change in found.changes if isinstance(change, Relane)]
    assert answer(match(said(person("", number("2"))), house)) == "Patient/p1"


def test_an_unknown_survivor_takes_over_the_person_of_the_record_that_ends() -> None:
    house = knowing(person(UNKNOWN, number("2")))
    found = run(merge(person(OTTILIE, number("1")), person("", number("2"))), house)
    assert found.person == "Patient/p1"
    assert stored(house, "p1")["birthDate"] == "1941-05-17"
    assert values(stored(house, "p1")) == ["2", "1"]


def test_both_unknown_one_person_is_made_with_both_numbers_though_somebody_is_alike() -> None:
    house = knowing(person(OTTILIE, number("9")))
    found = run(merge(person(OTTILIE, number("1")), person("", number("2"))), house)
    assert answer(found) == "new"
    for value in ("1", "2"):
        assert answer(match(said(person("", number(value))), house)) == "Patient/p2"


def test_several_records_end_at_once() -> None:
    house = knowing(*(person("", number(n)) for n in "123"))
    run(merge(person(OTTILIE, number("3")), person("", number("1")), person("", number("2"))), house)
    assert [stored(house, key).get("active") for key in ("p1", "p2", "p3")] == [False, False, None]
    assert values(stored(house, "p3")) == ["3", "1", "2"]


REFUSED = [
    (
        "numbers of the insured differ",
        [person(OTTILIE, number("1"), insured(K1)), person("", number("2"), insured(K2))],
    ),
    (
        "the survivor's own record contradicts",
        [person("Karl Weser, 1950-01-02", number("1")), person("", number("2"))],
    ),
]


@pytest.mark.parametrize("known", [row[1] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_merge_of_two_who_are_surely_two_is_a_doubt(known: list[Patient]) -> None:
    house = knowing(*known)
    wish = merge(person(OTTILIE, number("1")), person("", number("2")))
    assert answer(match(wish, house)) == "doubt"
    run(merge(person(OTTILIE, number("1")), person("", number("2")), decision="person=Patient/p1"), house)
    assert stored(house, "p2")["active"] is False


def test_a_merge_of_a_number_that_only_another_sender_told_is_a_doubt() -> None:
    house = knowing(person(OTTILIE, number("1")))
    run(said(person("Ida Weser, 1950-01-02", number("8")), partner="weserklinik"), house)
    wish = merge(person("Ida Weser", number("8")), person("", number("1")), partner="weserklinik")
    found = match(wish, house)
    assert answer(found) == "doubt"
    assert [c["person"] for c in found.outcome["candidates"]] == ["Patient/p1"]


@pytest.mark.parametrize(
    "ending", [insured(K1), {"system": "https://kuemmerer-gateway.de/fhir/sid/person", "value": "p1"}]
)
def test_a_merge_of_a_person_the_sender_never_numbered_is_a_doubt(ending: Patient) -> None:
    house = knowing(person(OTTILIE, number("1"), insured(K1)))
    run(said(person("Ida Weser, 1950-01-02", number("8")), partner="weserklinik"), house)
    wish = merge(person("Ida Weser", number("8")), person("", ending), partner="weserklinik")
    assert answer(match(wish, house)) == "doubt"


@pytest.mark.parametrize("event", ["A08", "A44", "A47", ""])
def test_events_that_move_accounts_or_numbers_merge_nobody(event: str) -> None:
    house = two()
    run(merge(person(OTTILIE, number("1")), person("", number("2")), event=event), house)
    assert "active" not in stored(house, "p2")


def test_a_decision_for_somebody_new_merges_nobody() -> None:
    house = two()
    run(merge(person("Karl Weser, 1950-01-02", number("1")), person("", number("2")), decision="person=new"), house)
    assert "active" not in stored(house, "p2")


def test_a_record_that_ends_without_a_successor_is_only_recognised() -> None:
    house = two()
    found = match(said({**person("", number("2")), "active": False}), house)
    assert (list(found.known.values()), found.changes, found.person) == (["Patient/p2"], (), "")
    assert match(said({**person("", number("3")), "active": False}), rooms()).known == {}
