"""Messages in the journal: kept once, found again, changed only where the line may."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from gateway.domain.ledger import Entry, Settle
from gateway.domain.problem import Problem
from gateway.store.port import ConflictError, Store, StoreError, UnavailableError
from tests.store.made import at, entry

FULL: dict[str, Any] = {
    "kind": "ADT^A03",
    "charset": "8859/1",
    "content_type": "x-application/hl7-v2+er7",
    "headers": {"peer": "127.0.0.1"},
    "answer": b"MSH|^~\\&|\x00\xff",
    "state": "parked",
    "step": "match",
    "problems": (Problem("match.doubt", "PID", "Zwei ähnliche.", "Entscheiden.", "warning"),),
    "map_hash": "abc",
    "replay": "def",
    "decision": "person=new",
    "person": "Patient/1",
    "case": "Task/1",
    "outcome": {"candidates": [{"person": "Patient/2", "score": 0.87}]},
    "settled": at(5),
}


def keys(entries: Sequence[Entry]) -> list[str]:
    return [each.key for each in entries]


def test_a_message_is_kept_as_it_came(store: Store) -> None:
    kept = store.keep(entry("1", bytes(range(256)), **FULL)).result()
    assert kept.how == "kept"
    assert kept.entry.number > 0
    assert store.entry("t-1") == kept.entry
    assert kept.entry == entry("1", bytes(range(256)), **FULL, number=kept.entry.number)


def test_a_message_is_kept_from_an_event_loop_too(store: Store) -> None:
    async def several() -> list[str]:
        return [kept.how for kept in await asyncio.gather(*[store.keep_async(entry(str(n // 2))) for n in range(40)])]

    assert sorted(asyncio.run(several())) == ["again"] * 20 + ["kept"] * 20


def test_the_same_bytes_again_give_the_first_entry(store: Store) -> None:
    first = store.keep(entry("1", answer=b"AA")).result()
    again = store.keep(entry("1", id="t-other", answer=b"BB")).result()
    assert (again.how, again.entry) == ("again", first.entry)
    assert store.entry("t-other") is None


def test_a_key_used_for_other_bytes_clashes_and_keeps_nothing(store: Store) -> None:
    first = store.keep(entry("1")).result()
    clash = store.keep(entry("1", b"other", id="t-other")).result()
    assert (clash.how, clash.entry) == ("clash", first.entry)
    assert store.entry("t-other") is None


def test_the_answer_that_is_repeated_is_the_one_settled_last(store: Store) -> None:
    store.keep(entry("1")).result()
    store.commit([Settle("t-1", {"answer": b"AA"})]).result()
    assert store.keep(entry("1")).result().entry.answer == b"AA"


def test_two_partners_may_use_the_same_key(store: Store) -> None:
    hows = [store.keep(entry("1", partner=name, id=name)).result().how for name in ("klinik", "praxis")]
    assert hows == ["kept", "kept"]


def test_messages_without_a_key_are_all_kept(store: Store) -> None:
    hows = [store.keep(entry("", id=name)).result().how for name in ("a", "b")]
    assert hows == ["kept", "kept"]
    assert store.keep(entry("", id="c")).result().entry.key == ""


def test_an_id_given_twice_is_refused(store: Store) -> None:
    store.keep(entry("1")).result()
    with pytest.raises(ConflictError):
        store.keep(entry("2", id="t-1")).result()


@pytest.mark.parametrize(
    "wrong",
    [
        {"data": "text"},
        {"headers": {"a": object()}},
        {"received": at(0).replace(tzinfo=None)},
    ],
)
def test_what_cannot_be_stored_is_refused_and_leaves_nothing(store: Store, wrong: dict[str, Any]) -> None:
    fault = store.keep(replace(entry("1"), **wrong)).exception()
    assert isinstance(fault, StoreError)
    assert not isinstance(fault, UnavailableError)
    assert store.entry("t-1") is None
    assert store.keep(entry("1")).result().how == "kept"


def test_what_waits_for_the_line_comes_in_the_order_it_was_kept(store: Store) -> None:
    for n in range(5):
        store.keep(entry(str(n), str(n).encode())).result()
    store.commit([Settle("t-1", {"state": "done"})]).result()
    first, second = store.waiting(limit=2)
    assert (first.key, first.data, second.key) == ("0", b"0", "2")
    assert keys(store.waiting(after=second.number)) == ["3", "4"]


def test_lists_are_newest_first_and_go_without_bytes(store: Store) -> None:
    for n in range(5):
        store.keep(entry(str(n))).result()
    page = store.entries({}, limit=2)
    assert keys(page) == ["4", "3"]
    assert keys(store.entries({}, before=page[-1].number)) == ["2", "1", "0"]
    assert page[0].data == b""


@pytest.mark.parametrize(
    "wanted",
    [{"state": "parked"}, {"partner": "praxis"}, {"key": "9"}, {"case": "Task/9"}, {"person": "Patient/9"}],
)
def test_lists_are_narrowed_by(store: Store, wanted: dict[str, str]) -> None:
    for n in range(3):
        store.keep(entry(str(n))).result()
    store.keep(entry("9", partner="praxis", state="parked", case="Task/9", person="Patient/9")).result()
    assert keys(store.entries(wanted)) == ["9"]
    assert keys(store.entries({**wanted, "state": "done"})) == []


def test_a_list_by_something_else_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="takes no colour"):
        store.entries({"colour": "red"})


def test_what_the_line_found_out_is_written_down(store: Store) -> None:
    number = store.keep(entry("1")).result().entry.number
    store.commit([Settle("t-1", FULL)]).result()
    assert store.entry("t-1") == entry("1", **FULL, number=number)


def test_a_message_in_another_state_than_expected_is_left_alone(store: Store) -> None:
    store.keep(entry("1")).result()
    store.commit([Settle("t-1", {"state": "done"}, "received")]).result()
    with pytest.raises(ConflictError, match="is done, not received"):
        store.commit([Settle("t-1", {"state": "parked"}, "received")]).result()
    found = store.entry("t-1")
    assert found is not None
    assert found.state == "done"


@pytest.mark.parametrize("name", ["id", "data", "hash", "key", "partner", "number", "received", "colour"])
def test_what_came_cannot_be_changed(store: Store, name: str) -> None:
    store.keep(entry("1")).result()
    with pytest.raises(StoreError, match=f"takes no {name}"):
        store.commit([Settle("t-1", {name: b"x"})]).result()


def test_a_message_that_is_not_there_cannot_be_settled(store: Store) -> None:
    with pytest.raises(StoreError, match="no message t-1"):
        store.commit([Settle("t-1", {"state": "done"})]).result()
    assert store.entry("t-1") is None


def test_a_closed_store_takes_nothing_and_says_so(store: Store) -> None:
    store.close()
    store.close()
    with pytest.raises(UnavailableError, match="closed"):
        store.keep(entry("1")).result()
    with pytest.raises(UnavailableError, match="closed"):
        asyncio.run(store.keep_async(entry("1")))
    assert "closed" in store.healthy()
