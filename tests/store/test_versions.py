"""The versions of all resources in the order they were written."""

import pytest

from gateway.store.port import Store
from tests.store.made import saved


@pytest.fixture
def filled(store: Store) -> Store:
    for kind, key, version in (("Task", "1", 0), ("Goal", "1", 0), ("Task", "1", 1), ("Task", "2", 0)):
        store.commit([saved({"resourceType": kind, "id": key}, version)]).result()
    return store


def test_the_newest_version_of_any_type_comes_first(filled: Store) -> None:
    found = [(v.type, v.id, v.version) for v in filled.versions()]
    assert found == [("Task", "2", 1), ("Task", "1", 2), ("Goal", "1", 1), ("Task", "1", 1)]


def test_a_type_has_its_own_and_a_page_goes_on_below_a_number(filled: Store) -> None:
    first = filled.versions("Task", limit=2)
    rest = filled.versions("Task", before=first[-1].number, limit=2)
    assert [(v.id, v.version) for v in (*first, *rest)] == [("2", 1), ("1", 2), ("1", 1)]
