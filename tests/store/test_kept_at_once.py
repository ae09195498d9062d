"""A message that is kept and dealt with in one commit (`Keep`)."""

import pytest

from gateway.domain.ledger import Keep
from gateway.store.port import ConflictError, Store
from tests.store.made import entry, saved

PATIENT = {"resourceType": "Patient", "id": "1"}


def test_it_stands_in_the_journal_as_it_was_given(store: Store) -> None:
    store.commit([Keep(entry("1", state="done", outcome={"a": "b"})), saved(PATIENT, 0)]).result()
    found = store.entry("t-1")
    assert found is not None
    assert (found.state, found.outcome, found.data) == ("done", {"a": "b"}, b"MSH|^~\\&|")
    assert store.waiting() == []
    assert store.read("Patient", "1") is not None


def test_it_goes_with_its_commit(store: Store) -> None:
    with pytest.raises(ConflictError):
        store.commit([Keep(entry("1")), saved(PATIENT, 7)]).result()
    assert store.entry("t-1") is None


@pytest.mark.parametrize("data", [b"the same", b"other"])
def test_a_key_that_was_used_is_a_conflict(store: Store, data: bytes) -> None:
    store.keep(entry("1", b"the same")).result()
    with pytest.raises(ConflictError):
        store.commit([Keep(entry("1", data, id="t-2")), saved(PATIENT, 0)]).result()
    assert store.read("Patient", "1") is None


def test_an_id_that_was_used_is_a_conflict(store: Store) -> None:
    store.keep(entry("1")).result()
    with pytest.raises(ConflictError):
        store.commit([Keep(entry("2", id="t-1"))]).result()


def test_messages_without_a_key_never_meet(store: Store) -> None:
    store.commit([Keep(entry("", id="t-1")), Keep(entry("", id="t-2"))]).result()
    assert store.entry("t-2") is not None
