"""One commit for all that wait, and yet nobody pays for a neighbour."""

import asyncio
import resource
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gateway.domain.ledger import Settle
from gateway.store.port import ConflictError, StoreError, UnavailableError
from gateway.store.sql import SqlStore, open_store, writer
from gateway.store.sql.link import Link
from tests.store.made import entry, saved

if TYPE_CHECKING:
    from concurrent.futures import Future


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[SqlStore]:
    store = open_store(f"sqlite:///{tmp_path / 'gateway.db'}")
    yield store
    store.close()


@contextmanager
def held_up(store: SqlStore) -> Iterator[list[int]]:
    """While inside, the writer waits; what was asked for meanwhile is one group. Gives the sizes of the groups."""
    gate, began = threading.Event(), threading.Event()
    sizes: list[int] = []
    group = store._writer._group

    def counted(units: list[writer.Unit]) -> None:
        sizes.append(len(units))
        group(units)

    def wait(_link: Link, about: Sequence[None]) -> Sequence[None]:
        began.set()
        gate.wait(10)
        return about

    store._writer._group = counted  # type: ignore[method-assign]  # it counts
    waiting = store._writer.submit(wait, None)
    began.wait(10)
    sizes.clear()
    try:
        yield sizes
    finally:
        gate.set()
        waiting.result(10)


@contextmanager
def full_disk(most: int = 1) -> Iterator[None]:
    """No file of this process may grow beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_all_that_wait_are_one_group(sqlite: SqlStore) -> None:
    with held_up(sqlite) as sizes:
        kept = [sqlite.keep(entry(str(n))) for n in range(100)]
    assert [each.result().how for each in kept] == ["kept"] * 100
    assert sizes == [100]
    assert [each.result().entry.number for each in kept] == list(range(1, 101))


def test_one_conflict_does_not_spoil_the_others(sqlite: SqlStore) -> None:
    sqlite.keep(entry("0")).result()
    patient = {"resourceType": "Patient", "id": "1"}
    with held_up(sqlite) as sizes:
        commits = [sqlite.commit([saved(patient, 0)]) for _ in range(3)]
        wrong = sqlite.commit([saved({**patient, "id": "2"}, 0), Settle("t-0", {"state": "done"}, "parked")])
        kept = sqlite.keep(entry("1"))
    assert sizes == [5]
    assert [type(each.exception()) for each in commits] == [type(None), ConflictError, ConflictError]
    assert isinstance(wrong.exception(), ConflictError)
    assert kept.result().how == "kept"
    assert sqlite.read("Patient", "2") is None


def test_one_message_that_cannot_be_stored_does_not_spoil_its_neighbours(sqlite: SqlStore) -> None:
    with held_up(sqlite) as sizes:
        kept = [sqlite.keep(entry(str(n), charset="\ud800" if n == 3 else "")) for n in range(8)]
    assert sizes == [8]
    faults = [each.exception() for each in kept]
    assert [n for n, fault in enumerate(faults) if fault] == [3]
    assert isinstance(faults[3], StoreError)
    assert not isinstance(faults[3], UnavailableError)
    assert [each.key for each in sqlite.waiting()] == ["0", "1", "2", "4", "5", "6", "7"]


def test_one_key_twice_in_a_group_is_kept_once(sqlite: SqlStore) -> None:
    with held_up(sqlite):
        kept = [sqlite.keep(entry("1", data, id=f"t-{n}")) for n, data in enumerate((b"a", b"a", b"b"))]
    assert [each.result().how for each in kept] == ["kept", "again", "clash"]
    assert {each.result().entry.id for each in kept} == {"t-0"}


def test_what_nobody_waits_for_any_more_is_not_written(sqlite: SqlStore) -> None:
    with held_up(sqlite):
        kept = sqlite.keep(entry("1"))
        assert kept.cancel()
    sqlite.keep(entry("2")).result()
    assert sqlite.entry("t-1") is None


def test_a_loop_that_gave_up_hurts_nobody(sqlite: SqlStore) -> None:
    async def impatient() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(sqlite.keep_async(entry("1")), 0.01)

    with held_up(sqlite):
        asyncio.run(impatient())
        other = sqlite.keep(entry("2"))
    assert other.result(10).how == "kept"


def test_a_full_disk_is_told_to_everybody_and_heals(sqlite: SqlStore) -> None:
    sqlite.keep(entry("before")).result()
    with full_disk():
        with held_up(sqlite) as sizes:
            asked: list[Future[Any]] = [
                *(sqlite.keep(entry(str(n))) for n in range(5)),
                sqlite.commit([Settle("t-before", {"step": "x"})]),
            ]
        faults = [each.exception(10) for each in asked]
        assert "cannot write" in sqlite.healthy()
    assert sizes[0] == 6
    assert [type(fault) for fault in faults] == [UnavailableError] * 6
    assert [each.key for each in sqlite.waiting()] == ["before"]
    assert sqlite.healthy() == ""
    assert sqlite.keep(entry("0")).result().how == "kept"


def test_the_alarm_is_raised_once_and_taken_back_once(sqlite: SqlStore, caplog: pytest.LogCaptureFixture) -> None:
    with full_disk():
        for n in range(5):
            sqlite.keep(entry(str(n))).exception(10)
    for n in range(5):
        sqlite.keep(entry(str(n))).result()
    assert [record.getMessage() for record in caplog.records] == ["the store cannot write", "the store writes again"]


def test_a_defect_of_the_writer_leaves_nobody_waiting(
    sqlite: SqlStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sqlite._writer, "_attempt", None)
        assert isinstance(sqlite.keep(entry("1")).exception(10), UnavailableError)
    assert caplog.records[0].getMessage() == "the writer failed"
    assert sqlite.keep(entry("1")).result().how == "kept"


def test_a_wrong_question_costs_no_connection(sqlite: SqlStore) -> None:
    for _ in range(3):
        with pytest.raises(StoreError):
            sqlite.entries({"colour": "red"})
    assert len(sqlite._readers._idle) == 1


def test_a_message_too_large_for_the_disk_does_not_spoil_its_neighbours(sqlite: SqlStore) -> None:
    with full_disk(1_000_000):
        with held_up(sqlite) as sizes:
            kept = [sqlite.keep(entry(str(n), bytes(5_000_000 if n == 2 else 100))) for n in range(5)]
        faults = [each.exception(10) for each in kept]
    assert sizes == [5]
    assert [n for n, fault in enumerate(faults) if isinstance(fault, UnavailableError)] == [2]
    assert [each.key for each in sqlite.waiting()] == ["0", "1", "3", "4"]


def test_a_database_that_is_gone_is_looked_for_once_per_group(sqlite: SqlStore) -> None:
    sqlite.keep(entry("before")).result()
    tried = []

    def gone() -> Link:
        tried.append(1)
        raise UnavailableError("gone")

    connect, sqlite._writer._connect = sqlite._writer._connect, gone
    with full_disk():
        with held_up(sqlite):
            kept = [sqlite.keep(entry(str(n))) for n in range(5)]
        faults = [each.exception(10) for each in kept]
    assert {type(fault) for fault in faults} == {UnavailableError}
    assert len(tried) == 1
    sqlite._writer._connect = connect
    assert sqlite.keep(entry("0")).result().how == "kept"


def test_another_process_that_never_lets_go_is_waited_for_once_per_group(
    sqlite: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "WAIT", 0.2)
    with closing(sqlite3.connect(tmp_path / "gateway.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        start = time.monotonic()
        kept = [sqlite.keep(entry(str(n))) for n in range(10)]
        faults = [each.exception(10) for each in kept]
        took = time.monotonic() - start
        other.execute("ROLLBACK")
    assert {type(fault) for fault in faults} == {UnavailableError}
    assert took < 1
    assert sqlite.keep(entry("after")).result().how == "kept"
