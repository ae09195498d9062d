"""What a commit was decided from must still be all there is, or nothing of it is written."""

from datetime import UTC, datetime

import pytest

from gateway.domain.ledger import Counted, Save
from gateway.store.port import ConflictError, Store

NOW = datetime(2026, 3, 12, 11, 5, tzinfo=UTC)
TERM = ("of", "house")


def save(key: str) -> Save:
    return Save({"resourceType": "Location", "id": key}, None, (TERM,), NOW)


def test_a_commit_goes_through_while_nothing_came_to_what_it_read(store: Store) -> None:
    store.commit([save("a"), save("a")]).result()
    store.commit([Counted("Location", TERM, 1), Counted("Task", TERM, 0), save("b")]).result()
    assert store.read("Location", "b")


@pytest.mark.parametrize("number", [0, 1, 3])
def test_nothing_is_written_once_something_came_to_it(store: Store, number: int) -> None:
    store.commit([save("a"), save("b")]).result()
    with pytest.raises(ConflictError):
        store.commit([Counted("Location", TERM, number), save("c")]).result()
    assert store.read("Location", "c") is None


def test_what_the_commit_adds_itself_counts_from_its_place_on(store: Store) -> None:
    store.commit([Counted("Location", TERM, 0), save("a"), Counted("Location", TERM, 1)]).result()
    assert store.read("Location", "a")
