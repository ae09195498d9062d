"""What nothing fitted when a commit was decided, nothing must fit when it is written."""

from datetime import UTC, datetime

import pytest

from gateway.domain.ledger import Save
from gateway.domain.question import Absent, Linked, Question, Term
from gateway.store.port import ConflictError, Store

NOW = datetime(2026, 3, 12, 11, 5, tzinfo=UTC)
PLACE = {"resourceType": "Location", "identifier": [{"system": "urn:x", "value": "1"}]}
NUMBERED = Absent(Question("Location", (Term("identifier", ("urn:x|1",)),), limit=2))


def save(key: str) -> Save:
    return Save({**PLACE, "id": key}, 0, (), NOW)


def test_of_two_who_found_nothing_one_alone_writes(store: Store) -> None:
    store.commit([NUMBERED, save("a")]).result()
    with pytest.raises(ConflictError):
        store.commit([save("c"), NUMBERED, save("b")]).result()
    assert [version.id for version in store.find("Location", [])] == ["a"]


def test_what_does_not_fit_hinders_nobody(store: Store) -> None:
    store.commit([Save({**PLACE, "id": "a", "identifier": [{"system": "urn:x", "value": "2"}]}, 0, (), NOW)]).result()
    chained = Absent(Question("Location", (Linked("organization", "Organization", NUMBERED.question.where),)))
    store.commit([NUMBERED, chained, save("b")]).result()
    assert store.read("Location", "b")
