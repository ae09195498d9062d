"""What a commit was decided from must still be so, or nothing of it is written."""

from datetime import UTC, datetime

import pytest

from gateway.domain.ledger import Save, Unchanged
from gateway.store.port import ConflictError, Store

NOW = datetime(2026, 3, 12, 11, 5, tzinfo=UTC)


def save(key: str, expected: int | None = None) -> Save:
    return Save({"resourceType": "Location", "id": key}, expected, (), NOW)


def test_a_commit_goes_through_while_what_it_read_stays(store: Store) -> None:
    store.commit([save("a")]).result()
    store.commit([Unchanged("Location", "a", 1), Unchanged("Location", "none", 0), save("b")]).result()
    assert store.read("Location", "b")


@pytest.mark.parametrize("read", [Unchanged("Location", "a", 1), Unchanged("Location", "a", 0)])
def test_nothing_is_written_once_what_it_read_has_changed(store: Store, read: Unchanged) -> None:
    store.commit([save("a"), save("a")]).result()
    with pytest.raises(ConflictError):
        store.commit([save("b"), read]).result()
    assert store.read("Location", "b") is None
