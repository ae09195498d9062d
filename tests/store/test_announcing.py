"""Events for subscribers: numbered without gaps, committed with what they are about, told once."""

import threading
from pathlib import Path

import pytest

from gateway.domain.ledger import Announce, Announced, Heard
from gateway.store.port import ConflictError, Store
from tests.store.made import NOON, at, opened, saved

TASK = {"resourceType": "Task", "id": "1"}


def event(subscription: str = "s", focus: str = "Task/1", version: int = 0) -> Announce:
    return Announce(subscription, focus, at(3), version, "t-1")


def numbers(store: Store, subscription: str = "s", after: int = 0) -> list[int]:
    return [each.number for each in store.announced(subscription, after)]


def test_events_are_numbered_per_subscription_from_one(store: Store) -> None:
    store.commit([event("a"), event("b"), event("a")]).result()
    assert (numbers(store, "a"), numbers(store, "b")) == ([1, 2], [1])
    assert (store.last_event("a"), store.last_event("b"), store.last_event("c")) == (2, 1, 0)


def test_an_event_says_what_it_is_about(store: Store) -> None:
    store.commit([event(version=4)]).result()
    assert store.announced("s") == [Announced("s", 1, "Task/1", 4, at(3), "t-1")]


def test_an_event_is_about_the_version_of_its_own_commit(store: Store) -> None:
    store.commit([saved(TASK, 0), event()]).result()
    store.commit([saved(TASK, 1), event(), event(focus="Task/unknown")]).result()
    assert [each.version for each in store.announced("s")] == [1, 2, 0]


def test_what_is_not_written_is_not_announced(store: Store) -> None:
    with pytest.raises(ConflictError):
        store.commit([event(), saved(TASK, 5)]).result()
    assert store.announced("s") == []
    store.commit([event()]).result()
    assert numbers(store) == [1]


def test_events_are_read_in_pieces(store: Store) -> None:
    store.commit([event() for _ in range(5)]).result()
    assert [each.number for each in store.announced("s", 2, 2)] == [3, 4]
    assert numbers(store, after=5) == []
    assert numbers(store, after=-3) == [1, 2, 3, 4, 5]


def test_who_was_told_of_all_is_not_behind(store: Store) -> None:
    store.commit([event("a"), event("a"), event("b")]).result()
    assert store.behind() == {"a": 0, "b": 0}
    store.commit([Heard("a", 1), Heard("b", 1)]).result()
    assert store.behind() == {"a": 1}
    store.commit([Heard("a", 2)]).result()
    assert store.behind() == {}


@pytest.mark.parametrize("wrong", [0, 1, 7])
def test_nobody_unhears_and_nobody_hears_what_did_not_happen(store: Store, wrong: int) -> None:
    store.commit([event(), event(), event(), Heard("s", 2)]).result()
    store.commit([Heard("s", wrong), Heard("unknown", 1)]).result()
    assert store.behind() == {"s": 2}


def test_many_who_announce_at_once_leave_no_gap(store: Store) -> None:
    def announce() -> None:
        for _ in range(20):
            store.commit([event()]).result()

    threads = [threading.Thread(target=announce) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.number for each in store.announced("s", 0, 1000)] == list(range(1, 101))


def test_a_store_says_whether_a_type_has_changed(store: Store) -> None:
    assert store.newest("Task") == 0
    store.commit([saved(TASK, 0)]).result()
    first = store.newest("Task")
    store.commit([saved({"resourceType": "Patient", "id": "1"})]).result()
    assert store.newest("Task") == first
    store.commit([saved(TASK, 1)]).result()
    assert store.newest("Task") > first


def test_events_and_what_was_told_outlive_the_process(tmp_path: Path) -> None:
    store = opened("sqlite", tmp_path)
    store.commit([event(), event(), Heard("s", 1)]).result()
    store.close()
    store = opened("sqlite", tmp_path)
    assert (numbers(store), store.behind(), store.announced("s")[0].at > NOON) == ([1, 2], {"s": 1}, True)
    store.close()
