"""What is taken away for good, in both stores; what waits for a person."""

import pytest

from gateway.domain.ledger import Announce, Conclude, Empty, Erase, Evidence, Heard, Hold, Prove, Relane, Settle, Spend
from gateway.store.port import ConflictError, Store
from tests.store.made import NOON, at, claimed, delivery, entry, queued, saved

TASK = {"resourceType": "Task", "id": "1", "status": "requested"}
OTHER = {"resourceType": "Task", "id": "2", "status": "requested"}


def test_a_resource_goes_with_its_versions_and_terms(store: Store) -> None:
    store.commit([saved(TASK, 0, ("subject", "Patient/1")), saved(OTHER, 0, ("subject", "Patient/1"))]).result()
    store.commit([saved({**TASK, "status": "received"}, 1, ("subject", "Patient/1"))]).result()
    store.commit([Erase(NOON, resources=("Task/1", "Task/unknown"))]).result()
    assert store.read("Task", "1") is None
    assert store.history("Task", "1") == []
    assert [found.id for found in store.find("Task", [("subject", "Patient/1")])] == ["2"]
    assert [version.id for version in store.versions()] == ["2"]


def test_what_was_taken_away_can_be_written_anew(store: Store) -> None:
    store.commit([saved(TASK, 0, ("subject", "Patient/1"))]).result()
    store.commit([Erase(NOON, resources=("Task/1",))]).result()
    store.commit([saved(TASK, 0, ("subject", "Patient/2"))]).result()
    assert store.find("Task", [("subject", "Patient/1")]) == []
    assert [found.version for found in store.find("Task", [("subject", "Patient/2")])] == [1]


def test_a_message_goes_and_its_key_is_free_and_the_hash_is_remembered(store: Store) -> None:
    store.keep(entry("1")).result()
    store.commit([Erase(NOON, messages=("t-1",), words=("abc",))]).result()
    assert store.entry("t-1") is None
    assert store.waiting() == []
    assert store.marked("erased", "abc") == NOON
    assert store.marked("erased", "else") is None
    assert store.keep(entry("1")).result().how == "kept"


def test_a_delivery_goes_with_its_evidence_and_the_next_of_its_lane_can_be_sent(store: Store) -> None:
    queued(store, delivery("1"), delivery("2"), delivery("3", "Patient/2"))
    store.commit([Prove(Evidence("d-1", NOON, 1, "retry", "E0", "x", "y", "z", b"reply"))]).result()
    store.commit([Erase(NOON, deliveries=("d-1", "d-3"))]).result()
    assert store.delivery("d-1") is None
    assert store.evidence("d-1") == []
    assert claimed(store) == ["2"]


def test_a_delivery_under_way_goes_too(store: Store) -> None:
    queued(store, delivery("1"), delivery("2"))
    assert claimed(store) == ["1"]
    store.commit([Erase(NOON, deliveries=("d-1",))]).result()
    assert store.expired(at(1000)) == []
    assert claimed(store, 1) == ["2"]


def test_a_lane_begins_again_after_all_of_it_went(store: Store) -> None:
    queued(store, delivery("1"))
    store.commit([Erase(NOON, deliveries=("d-1",))]).result()
    assert store.due() is None
    queued(store, delivery("1"), delivery("2"))
    assert claimed(store) == ["1"]


def test_bytes_go_and_the_rows_stay(store: Store) -> None:
    store.keep(entry("1", b"words", headers={"a": "words"})).result()
    store.commit([Settle("t-1", {"state": "done", "answer": b"words"})]).result()
    queued(store, delivery("1", data=b"words", headers={"a": "words"}))
    store.commit([Prove(Evidence("d-1", NOON, 1, "delivered", "E2", "AA", "", "z", b"words"))]).result()
    store.commit([Empty(("t-1", "t-unknown"), ("d-1", "d-unknown"))]).result()
    message, parcel = store.entry("t-1"), store.delivery("d-1")
    assert message is not None
    assert (message.data, message.headers, message.answer, message.state) == (b"", {}, b"", "done")
    assert parcel is not None
    assert (parcel.data, parcel.headers, parcel.standing) == (b"", {}, "waiting")
    assert [(proof.reply, proof.code) for proof in store.evidence("d-1")] == [(b"", "AA")]
    assert store.keep(entry("1", b"words")).result().how == "again"


def test_what_was_announced_of_it_goes_and_nobody_stays_behind(store: Store) -> None:
    store.commit([saved(TASK, 0), saved(OTHER, 0)]).result()
    store.commit([Announce("s", name, NOON) for name in ("Task/1", "Task/2", "Task/1")]).result()
    store.commit([Heard("s", 1)]).result()
    store.commit([Erase(NOON, resources=("Task/1",))]).result()
    assert [event.number for event in store.announced("s")] == [2]
    assert store.behind() == {"s": 1}
    store.commit([Heard("s", 2)]).result()
    store.commit([Erase(NOON)]).result()
    assert store.behind() == {}
    store.commit([Announce("s", "Task/2", NOON)]).result()
    assert [event.number for event in store.announced("s", 2)] == [4]


def test_what_is_about_a_person_waits_until_it_is_let_go(store: Store) -> None:
    queued(store, delivery("1"), delivery("2", "Patient/2"))
    store.commit([Hold("Patient/1", on=True, at=NOON), Hold("Patient/1", on=True, at=NOON)]).result()
    queued(store, delivery("3", partner="amt"))
    assert claimed(store) == ["2"]
    assert store.due() is None
    assert store.marked("held", "Patient/1") == NOON
    store.commit([Hold("Patient/1", on=False, at=NOON)]).result()
    assert store.due() == NOON
    assert claimed(store) == ["1", "3"]


def test_a_merge_takes_the_waiting_along(store: Store) -> None:
    queued(store, delivery("1"), delivery("2", "Patient/2"))
    store.commit([Hold("Patient/1", on=True, at=NOON)]).result()
    store.commit([Relane("Patient/1", "Patient/2")]).result()
    assert claimed(store) == []
    store.commit([Hold("Patient/2", on=False, at=NOON)]).result()
    assert claimed(store) == ["2"]


def test_all_types_are_named(store: Store) -> None:
    assert store.kinds() == []
    store.commit([saved(TASK, 0), saved(OTHER, 0), saved({"resourceType": "Flag", "id": "1"}, 0)]).result()
    assert store.kinds() == ["Flag", "Task"]


def test_what_has_ended_long_ago_and_still_has_its_bytes_is_old(store: Store) -> None:
    for n, state in enumerate(("received", "done", "parked", "refused", "dropped")):
        store.keep(entry(str(n), received=at(n))).result()
        store.commit([Settle(f"t-{n}", {"state": state, "settled": None if state == "received" else at(n)})]).result()
    assert store.aged("messages", at(100)) == ["t-1", "t-3", "t-4"]
    assert store.aged("messages", at(100), 1) == ["t-1"]
    assert store.aged("messages", at(3)) == ["t-1"]
    assert store.aged("parked", at(100)) == ["t-2"]
    assert store.aged("parked", at(2)) == []
    store.commit([Settle("t-2", {"case": "Task/1"})]).result()
    assert store.aged("parked", at(100)) == []
    store.commit([Settle("t-2", {"case": ""})]).result()
    store.commit([Empty(("t-1", "t-3")), Settle("t-2", {"step": "hold"})]).result()
    assert store.aged("messages", at(100)) == ["t-4"]
    assert store.aged("parked", at(100)) == []


def test_deliveries_that_may_still_go_out_are_never_old(store: Store) -> None:
    for n, standing in enumerate(("waiting", "delivered", "dead", "dropped", "uncertain")):
        queued(store, delivery(str(n), f"Patient/{n}"))
        store.commit([Conclude(f"d-{n}", {"standing": standing, "settled": at(n)})]).result()
    assert store.aged("deliveries", at(100)) == ["d-1", "d-3"]
    store.commit([Empty((), ("d-1",))]).result()
    assert store.aged("deliveries", at(100)) == ["d-3"]


def test_what_a_subscriber_was_told_of_long_ago_goes(store: Store) -> None:
    store.commit([saved(TASK, 0), *(Announce("s", "Task/1", at(n)) for n in range(4))]).result()
    store.commit([Heard("s", 2)]).result()
    store.commit([Erase(NOON, announced=at(1))]).result()
    assert [event.number for event in store.announced("s")] == [2, 3, 4]
    store.commit([Erase(NOON, announced=at(100))]).result()
    assert [event.number for event in store.announced("s")] == [3, 4]
    assert store.behind() == {"s": 2}


def test_words_that_are_over_go(store: Store) -> None:
    store.commit([Spend("a", at(1), NOON), Spend("b", at(9), NOON), Erase(at(5))]).result()
    store.commit([Spend("a", at(9), NOON)]).result()
    with pytest.raises(ConflictError):
        store.commit([Spend("b", at(9), NOON)]).result()
