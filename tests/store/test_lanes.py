"""Deliveries in their lanes: in order inside, independent of each other, held by one worker at a time."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.domain.ledger import Conclude, Queue
from gateway.store.port import ConflictError, StaleError, Store, StoreError
from tests.store.made import at, claimed, delivery, queued


def conclude(store: Store, key: str, token: int | None = 1, **changes: Any) -> None:
    store.commit([Conclude(f"d-{key}", changes, token)]).result()


def standing(store: Store, key: str) -> str:
    found = store.delivery(f"d-{key}")
    assert found is not None
    return found.standing


def test_a_delivery_is_queued_as_it_is(store: Store) -> None:
    given = delivery("1", headers={"a": "b"}, data=b"\x00", message="t-1", case="Task/1", task="Task/2")
    queued(store, given)
    found = store.delivery("d-1")
    assert found is not None
    assert found.number > 0
    assert found == replace(given, number=found.number)
    assert store.delivery("d-2") is None


def test_a_key_that_is_there_changes_nothing(store: Store) -> None:
    queued(store, delivery("1"), delivery("1", id="d-other", data=b"other"))
    assert store.delivery("d-other") is None
    assert claimed(store) == ["1"]
    conclude(store, "1", standing="delivered")
    queued(store, delivery("1"))
    assert claimed(store) == []


def test_an_id_given_twice_is_refused(store: Store) -> None:
    queued(store, delivery("1"))
    with pytest.raises(ConflictError):
        store.commit([Queue(delivery("2", id="d-1"))]).result()


def test_only_the_head_of_a_lane_is_claimed(store: Store) -> None:
    queued(store, *[delivery(f"{person}{n}", f"Patient/{person}") for n in range(3) for person in "ab"])
    assert claimed(store) == ["a0", "b0"]
    assert claimed(store) == []
    conclude(store, "a0", standing="delivered")
    assert claimed(store) == ["a1"]


def test_a_claim_gives_bytes_lease_and_token(store: Store) -> None:
    queued(store, delivery("1", data=b"bytes"))
    (held,) = store.claim("w", at(10), 5, 30).result()
    assert (held.data, held.standing, held.until, held.token) == (b"bytes", "sending", at(40), 1)
    assert store.delivery("d-1") == held


def test_the_oldest_come_first_and_no_more_than_asked(store: Store) -> None:
    for n, due in enumerate((3, 1, 2, 1)):
        queued(store, delivery(str(n), f"Patient/{n}", due=at(due)))
    assert claimed(store, 10, limit=3) == ["1", "3", "2"]


def test_what_is_not_due_is_not_claimed(store: Store) -> None:
    queued(store, delivery("1", due=at(60)))
    assert claimed(store, 59) == []
    assert claimed(store, 60) == ["1"]


def test_partners_that_pause_are_left_out(store: Store) -> None:
    queued(store, delivery("1", partner="dead"), delivery("2", partner="alive"), delivery("3", partner="slow"))
    assert claimed(store, partners=("dead", "slow", "dead")) == ["2"]
    assert claimed(store) == ["1", "3"]


def test_the_store_knows_when_the_next_may_be_sent(store: Store) -> None:
    assert store.due() is None
    queued(store, delivery("1", due=at(60)), delivery("2", due=at(1)), delivery("3", partner="other", due=at(90)))
    assert store.due() == at(60)
    assert store.due(["dienst"]) == at(90)
    assert store.due(["dienst", "other"]) is None
    claimed(store, 60)
    assert store.due() == at(90)


def test_a_delivery_that_waits_again_stays_the_head(store: Store) -> None:
    queued(store, delivery("1"), delivery("2"))
    claimed(store)
    conclude(store, "1", standing="waiting", due=at(60), attempts=1, until=None)
    assert claimed(store, 59) == []
    assert claimed(store, 60) == ["1"]
    conclude(store, "1", 2, standing="delivered", grade="E2", settled=at(61))
    assert claimed(store, 61) == ["2"]


@pytest.mark.parametrize("end", ["delivered", "dead", "uncertain", "dropped"])
def test_a_delivery_that_is_over_or_needs_a_person_frees_its_lane(store: Store, end: str) -> None:
    queued(store, delivery("1"), delivery("2"))
    claimed(store)
    conclude(store, "1", standing=end)
    assert standing(store, "1") == end
    assert claimed(store) == ["2"]


def test_what_a_person_releases_goes_before_what_came_later(store: Store) -> None:
    queued(store, delivery("1"), delivery("2"), delivery("3"))
    claimed(store)
    conclude(store, "1", standing="dead")
    claimed(store)
    conclude(store, "1", None, standing="waiting")
    assert claimed(store) == []
    conclude(store, "2", standing="delivered")
    assert claimed(store) == ["1"]


def test_a_result_with_an_old_token_does_not_count(store: Store) -> None:
    queued(store, delivery("1"))
    claimed(store)
    conclude(store, "1", standing="waiting")
    claimed(store)
    with pytest.raises(StaleError):
        conclude(store, "1", 1, standing="delivered")
    assert standing(store, "1") == "sending"
    conclude(store, "1", 2, standing="delivered")


def test_a_second_result_of_one_attempt_does_not_count(store: Store) -> None:
    queued(store, delivery("1"))
    claimed(store)
    conclude(store, "1", standing="uncertain")
    with pytest.raises(StaleError):
        conclude(store, "1", standing="delivered")
    assert standing(store, "1") == "uncertain"


def test_a_worker_may_prolong_its_lease(store: Store) -> None:
    queued(store, delivery("1"))
    claimed(store)
    conclude(store, "1", until=at(90))
    assert store.expired(at(89)) == []
    assert claimed(store, 89) == []


def test_whose_lease_has_ended_is_told_but_not_given_to_another(store: Store) -> None:
    queued(store, delivery("1", data=b"x"), delivery("2"), delivery("3", "Patient/3"))
    claimed(store)
    assert store.expired(at(29)) == []
    assert [(each.key, each.data) for each in store.expired(at(30))] == [("1", b"x"), ("3", b"{}")]
    assert claimed(store, 60) == []
    conclude(store, "1", standing="delivered")
    assert [each.key for each in store.expired(at(60))] == ["3"]


@pytest.mark.parametrize("name", ["id", "key", "lane", "data", "number", "created", "colour"])
def test_what_a_delivery_is_cannot_be_changed(store: Store, name: str) -> None:
    queued(store, delivery("1"))
    with pytest.raises(StoreError, match=f"takes no {name}"):
        store.commit([Conclude("d-1", {name: "x"})]).result()


def test_nobody_sends_without_a_claim(store: Store) -> None:
    queued(store, delivery("1"))
    with pytest.raises(StoreError, match="claimed"):
        conclude(store, "1", None, standing="sending")
    assert claimed(store) == ["1"]


def test_a_delivery_that_is_not_there_cannot_be_concluded(store: Store) -> None:
    with pytest.raises(StoreError, match="no delivery d-1"):
        conclude(store, "1", None, standing="dead")


def test_a_long_lane_is_worked_off_in_order(store: Store) -> None:
    queued(store, *[delivery(f"{n:03}") for n in range(200)])
    done = []
    while keys := claimed(store):
        done += keys
        conclude(store, keys[0], None, standing="delivered")
    assert done == [f"{n:03}" for n in range(200)]


@pytest.mark.parametrize("wanted", [{"standing": "dead"}, {"partner": "other"}, {"message": "t-9"}, {"case": "Task/9"}])
def test_lists_are_narrowed_by(store: Store, wanted: dict[str, str]) -> None:
    queued(store, delivery("1"), delivery("9", partner="other", message="t-9", case="Task/9"), delivery("2"))
    conclude(store, "9", None, standing="dead")
    assert [each.key for each in store.deliveries(wanted)] == ["9"]
    assert store.deliveries({**wanted, "message": "t-1"}) == []


def test_lists_are_newest_first_and_go_without_bytes(store: Store) -> None:
    queued(store, *[delivery(str(n)) for n in range(5)])
    page = store.deliveries({}, limit=2)
    assert [each.key for each in page] == ["4", "3"]
    assert page[0].data == b""
    assert [each.key for each in store.deliveries({}, before=page[-1].number)] == ["2", "1", "0"]
    with pytest.raises(StoreError, match="takes no colour"):
        store.deliveries({"colour": "red"})
