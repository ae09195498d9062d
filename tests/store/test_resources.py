"""Resources by version, and under what they are found."""

from collections.abc import Sequence
from typing import Any

import pytest

from gateway.domain.ledger import Audit, Note, Save, Version
from gateway.fhir import json
from gateway.store.port import ConflictError, Store, StoreError
from tests.store.made import NOON, at, saved

PATIENT = {"resourceType": "Patient", "id": "1"}


def ids(versions: Sequence[Version]) -> list[str]:
    return [version.id for version in versions]


def patient(key: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": key, **more}


def test_a_first_version_is_number_one(store: Store) -> None:
    store.commit([Save(PATIENT, 0, (), at(1), "t-1")]).result()
    found = store.read("Patient", "1")
    assert found is not None
    assert (found.version, found.updated, found.message, found.resource) == (1, at(1), "t-1", PATIENT)


def test_numbers_leave_as_they_came(store: Store) -> None:
    resource, _ = json.loads(b'{"resourceType":"Observation","id":"1","valueQuantity":{"value":72.50}}')
    store.commit([saved(resource)]).result()
    found = store.read("Observation", "1")
    assert found is not None
    assert json.dumps(found.resource) == json.dumps(resource)


def test_what_was_stored_does_not_change_with_the_callers_copy(store: Store) -> None:
    mine = patient("1", active=True)
    store.commit([saved(mine)]).result()
    mine["active"] = False
    read = store.read("Patient", "1")
    assert read is not None
    read.resource["active"] = None
    assert store.find("Patient", [])[0].resource["active"] is True


def test_every_version_stays(store: Store) -> None:
    for n in range(3):
        store.commit([saved(patient("1", multipleBirthInteger=n), n)]).result()
    history = store.history("Patient", "1")
    assert [version.version for version in history] == [3, 2, 1]
    assert [version.resource["multipleBirthInteger"] for version in history] == [2, 1, 0]
    assert [version.number for version in history] == sorted((v.number for v in history), reverse=True)
    old = store.read("Patient", "1", 2)
    assert old == history[1]
    assert store.read("Patient", "1", 4) is None
    assert store.read("Patient", "1") == history[0]


@pytest.mark.parametrize(("there", "expected"), [(0, 1), (1, 0), (2, 1), (1, 2)])
def test_another_version_than_expected_is_a_conflict(store: Store, there: int, expected: int) -> None:
    for _ in range(there):
        store.commit([saved(PATIENT)]).result()
    with pytest.raises(ConflictError, match=f"is at version {there}, not {expected}"):
        store.commit([saved(PATIENT, expected)]).result()
    assert len(store.history("Patient", "1")) == there


@pytest.mark.parametrize("wrong", [{}, {"resourceType": "Patient"}, {"id": "1"}, {"resourceType": "Patient", "id": 7}])
def test_a_resource_without_type_or_id_is_refused(store: Store, wrong: dict[str, Any]) -> None:
    with pytest.raises(StoreError, match="resourceType and an id"):
        store.commit([saved(wrong)]).result()


def test_ids_of_two_types_are_two_resources(store: Store) -> None:
    store.commit([saved(PATIENT, 0), saved({"resourceType": "Task", "id": "1"}, 0)]).result()
    assert store.read("Patient", "1") is not None
    assert store.read("Task", "1") is not None
    assert store.read("Goal", "1") is None
    assert store.history("Goal", "1") == []


def test_resources_are_found_by_all_their_terms_in_the_order_they_came(store: Store) -> None:
    for key, terms in (
        ("c", (("family", "meier"), ("birthdate", "1940-01-01"))),
        ("a", (("family", "meier"), ("birthdate", "1941-01-01"))),
        ("b", (("birthdate", "1940-01-01"), ("family", "meier"))),
    ):
        store.commit([Save(patient(key), 0, terms, NOON)]).result()
    store.commit([Save({"resourceType": "Person", "id": "d"}, 0, (("family", "meier"),), NOON)]).result()
    assert ids(store.find("Patient", [("family", "meier")])) == ["c", "a", "b"]
    assert ids(store.find("Patient", [("family", "meier"), ("birthdate", "1940-01-01")])) == ["c", "b"]
    assert ids(store.find("Patient", [("family", "meier"), ("family", "meier")], limit=2)) == ["c", "a"]
    assert ids(store.find("Patient", [("family", "meier"), ("family", "schulte")])) == []
    assert ids(store.find("Patient", [])) == ["c", "a", "b"]


def test_only_the_current_version_is_found(store: Store) -> None:
    store.commit([Save(patient("1"), 0, (("family", "meier"), ("active", "true")), NOON)]).result()
    store.commit([Save(patient("1", active=True), 1, (("family", "schulte"), ("active", "true")), NOON)]).result()
    assert store.find("Patient", [("family", "meier")]) == []
    assert store.find("Patient", [("family", "schulte")])[0].version == 2
    assert ids(store.find("Patient", [("active", "true")])) == ["1"]


def test_a_resource_keeps_its_place_in_what_is_found(store: Store) -> None:
    for key in ("1", "2"):
        store.commit([Save(patient(key), 0, (("a", "b"),), NOON)]).result()
    store.commit([Save(patient("1"), 1, (("a", "b"),), NOON)]).result()
    assert ids(store.find("Patient", [("a", "b")])) == ["1", "2"]


def test_changes_are_written_all_or_not_at_all(store: Store) -> None:
    line = Note(Audit(NOON, "line", "record", "Patient/1", "done"))
    with pytest.raises(ConflictError):
        store.commit([saved(patient("1"), 0, ("a", "b")), line, saved(patient("2"), 3)]).result()
    assert store.read("Patient", "1") is None
    assert store.find("Patient", [("a", "b")]) == []
    assert store.audit() == []
    store.commit([saved(patient("1"), 0, ("a", "b"))]).result()
    assert ids(store.find("Patient", [("a", "b")])) == ["1"]


def test_later_changes_see_the_earlier_ones_of_the_same_commit(store: Store) -> None:
    store.commit([saved(patient("1"), 0), saved(patient("1", active=True), 1)]).result()
    assert len(store.history("Patient", "1")) == 2


def test_no_change_is_a_change_that_succeeds(store: Store) -> None:
    store.commit([]).result()
    assert store.counts() == {}
