"""Two persons become one, and so do their lanes."""

from gateway.domain.ledger import Conclude, Relane
from gateway.store.port import Store
from tests.store.made import claimed, delivery, queued

OLD, NEW = "Patient/old", "Patient/new"
MERGE = Relane(OLD, NEW)


def worked_off(store: Store) -> list[str]:
    """Keys in the order they are sent, one at a time."""
    done = []
    while keys := claimed(store):
        done += keys
        store.commit([Conclude(f"d-{key}", {"standing": "delivered"}) for key in keys]).result()
    return done


def test_what_waited_in_the_new_lane_goes_first(store: Store) -> None:
    queued(store, *[delivery(f"{p}{n}", {"o": OLD, "n": NEW}[p]) for n in range(3) for p in "on"])
    store.commit([MERGE]).result()
    assert worked_off(store) == ["n0", "n1", "n2", "o0", "o1", "o2"]


def test_the_old_lane_moves_even_where_there_was_no_new_one(store: Store) -> None:
    queued(store, delivery("o0", OLD), delivery("o1", OLD))
    store.commit([MERGE]).result()
    found = store.delivery("d-o0")
    assert found is not None
    assert found.lane == "dienst Patient/new"
    assert worked_off(store) == ["o0", "o1"]


def test_what_comes_after_the_merge_goes_last(store: Store) -> None:
    queued(store, delivery("o0", OLD), delivery("n0", NEW))
    store.commit([MERGE]).result()
    queued(store, delivery("n1", NEW))
    assert worked_off(store) == ["n0", "o0", "n1"]


def test_nothing_is_sent_while_something_of_either_person_is_on_its_way(store: Store) -> None:
    queued(store, delivery("o0", OLD), delivery("o1", OLD), delivery("n0", NEW))
    assert claimed(store) == ["o0", "n0"]
    store.commit([MERGE]).result()
    assert claimed(store) == []
    store.commit([Conclude("d-n0", {"standing": "delivered"}, 1)]).result()
    assert claimed(store) == []
    store.commit([Conclude("d-o0", {"standing": "delivered"}, 1)]).result()
    assert claimed(store) == ["o1"]


def test_what_was_on_its_way_and_has_to_wait_again_keeps_its_place(store: Store) -> None:
    queued(store, delivery("o0", OLD), delivery("o1", OLD))
    claimed(store)
    store.commit([MERGE]).result()
    store.commit([Conclude("d-o0", {"standing": "waiting"}, 1)]).result()
    assert worked_off(store) == ["o0", "o1"]


def test_what_a_person_must_look_at_moves_too(store: Store) -> None:
    queued(store, delivery("o0", OLD), delivery("o1", OLD))
    claimed(store)
    store.commit([Conclude("d-o0", {"standing": "dead"}, 1), MERGE]).result()
    store.commit([Conclude("d-o0", {"standing": "waiting"})]).result()
    assert worked_off(store) == ["o0", "o1"]


def test_what_is_over_stays_where_it_was(store: Store) -> None:
    queued(store, delivery("o0", OLD), delivery("o1", OLD))
    claimed(store)
    store.commit([Conclude("d-o0", {"standing": "delivered"}, 1), MERGE]).result()
    found = store.delivery("d-o0")
    assert found is not None
    assert found.lane == "dienst Patient/old"


def test_every_partner_has_its_own_lane_of_a_person(store: Store) -> None:
    queued(store, delivery("a", OLD, "eins"), delivery("b", OLD, "zwei"), delivery("c", NEW, "zwei"))
    store.commit([MERGE]).result()
    assert claimed(store) == ["a", "c"]


def test_other_persons_are_left_alone(store: Store) -> None:
    queued(store, delivery("1", "Patient/oldest"), delivery("2", "Patient/oldest"))
    store.commit([MERGE, Relane("Patient/oldest", "Patient/oldest")]).result()
    found = store.delivery("d-2")
    assert found is not None
    assert found.lane == "dienst Patient/oldest"
    assert worked_off(store) == ["1", "2"]


def test_a_merge_that_fails_moves_nothing(store: Store) -> None:
    queued(store, delivery("o0", OLD), delivery("n0", NEW))
    assert store.commit([MERGE, Conclude("d-none", {})]).exception() is not None
    assert claimed(store) == ["o0", "n0"]


def test_a_second_merge_takes_the_first_along(store: Store) -> None:
    queued(store, delivery("o0", OLD), delivery("n0", NEW), delivery("t0", "Patient/third"))
    store.commit([MERGE]).result()
    store.commit([Relane(NEW, "Patient/third")]).result()
    assert worked_off(store) == ["t0", "n0", "o0"]
