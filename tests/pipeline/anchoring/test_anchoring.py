"""The running gateway says in the anchor where its audit stands, and notices when the anchor was touched."""

import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.domain.ledger import Audit, Note
from gateway.pipeline.anchoring import Anchoring
from gateway.store.anchor import AnchorFile
from gateway.store.memory import MemoryStore
from gateway.store.verify import verify

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def store() -> Iterator[MemoryStore]:
    found = MemoryStore()
    yield found
    found.close()


@pytest.fixture
def file(tmp_path: Path) -> AnchorFile:
    return AnchorFile(tmp_path / "anchor.jsonl")


def something(store: MemoryStore) -> None:
    store.commit([Note(Audit(NOON, "klinik", "move", "Task/1", "accepted"))]).result()


def anchoring(store: MemoryStore, file: AnchorFile, every: float = 60) -> Anchoring:
    return Anchoring(store, file, every, lambda: NOON)


def test_an_anchor_says_where_the_audit_stands_and_the_audit_notes_the_anchor(
    store: MemoryStore, file: AnchorFile
) -> None:
    something(store)
    anchoring(store, file).anchor(file)
    assert len(file.lines()) == 1
    assert file.holds(store.audit(limit=1)[0].detail)
    assert verify(store.trail, file.lines()).problems == []


def test_where_nothing_happened_nothing_is_added(store: MemoryStore, file: AnchorFile) -> None:
    work = anchoring(store, file)
    work.anchor(file)
    assert not file.path.exists()
    something(store)
    for _ in range(3):
        work.anchor(file)
    assert len(file.lines()) == 1


def test_it_anchors_at_the_start_now_and_then_and_at_the_end(store: MemoryStore, file: AnchorFile) -> None:
    something(store)
    work = anchoring(store, file, every=0.01)
    work.start()
    assert len(file.lines()) == 1
    something(store)
    until(lambda: len(file.lines()) == 2)
    work.every = 60
    time.sleep(0.05)
    something(store)
    work.stop(5)
    assert len(file.lines()) == 3
    assert verify(store.trail, file.lines()).problems == []


def until(true: object) -> None:
    end = time.monotonic() + 20
    while not true():  # type: ignore[operator]  # a function
        assert time.monotonic() < end
        time.sleep(0.01)


def test_an_anchor_that_shrank_is_told_once_by_log_and_audit_and_stays_a_finding(
    store: MemoryStore, file: AnchorFile, caplog: pytest.LogCaptureFixture
) -> None:
    something(store)
    work = anchoring(store, file)
    work.anchor(file)
    file.path.write_bytes(b"")
    for _ in range(3):
        work.anchor(file)
    assert [line.outcome for line in store.audit() if line.action == "anchor"] == ["lost", "written"]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    something(store)
    work.anchor(file)
    assert [problem.code for problem in verify(store.trail, file.lines()).problems] == ["audit.anchor.lost"]


def test_a_file_that_cannot_be_written_stops_the_start(store: MemoryStore, tmp_path: Path) -> None:
    something(store)
    with pytest.raises(OSError, match="No such file"):
        anchoring(store, AnchorFile(tmp_path / "nowhere" / "anchor")).start()


def test_a_file_that_cannot_be_written_later_is_a_fault_until_it_can(
    store: MemoryStore, file: AnchorFile, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    something(store)
    work = anchoring(store, file, every=0.01)
    work.start()
    kept, folder = tmp_path / "kept", tmp_path / "folder"
    kept.hardlink_to(file.path)
    folder.symlink_to(tmp_path)
    folder.replace(file.path)  # at one stroke: where there is nothing for a moment, the anchor is lost
    something(store)
    until(lambda: work.fault)
    assert "audit.anchor.unwritable" in {getattr(record, "code", "") for record in caplog.records}
    kept.replace(file.path)
    until(lambda: not work.fault)
    work.stop(5)
    assert verify(store.trail, file.lines()).problems == []


def test_without_a_file_nothing_is_done(store: MemoryStore) -> None:
    work = Anchoring(store, None, 0.01, lambda: NOON)
    something(store)
    work.start()
    work.stop(1)
    assert [line.action for line in store.audit()] == ["move"]
