# ruff: noqa: S608 - statements of somebody who tampers, out of our own numbers
"""Whatever somebody with the database file or the anchor does to the audit is found, with its place."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.domain.ledger import Audit
from gateway.store.chain import COLUMNS, SAID, hash_of
from gateway.store.memory import MemoryStore
from gateway.store.verify import MOST, verify
from tests.store.audited import Audited, line, noted
from tests.store.made import at


@pytest.fixture
def audited(tmp_path: Path) -> Audited:
    return Audited(tmp_path)


def test_an_audit_nobody_touched_is_whole(audited: Audited) -> None:
    verdict = audited.verdict()
    assert (verdict.lines, verdict.anchors, verdict.problems) == (12, 2, [])
    assert len(verdict.hash) == 64


def test_an_empty_audit_is_whole() -> None:
    assert verify(MemoryStore().trail, []).problems == []


def test_the_store_in_memory_is_verified_alike() -> None:
    store = MemoryStore()
    noted(store, *(line(n) for n in range(1, 4)))
    assert (verify(store.trail, []).lines, verify(store.trail, []).problems) == (3, [])


@pytest.mark.parametrize("column", SAID)
@pytest.mark.parametrize("value", ["'2026-01-01T00:00:00.000000+00:00'", "x'ff'", "12"])
def test_an_edited_word_is_found(audited: Audited, column: str, value: str) -> None:
    audited.tamper(f"UPDATE audit SET {column} = {value} WHERE number = 5")
    assert audited.found(anchored=False) == [("audit.chain.changed", "line 5")]


@pytest.mark.parametrize("number", [1, 5, 11, 12])
def test_an_edited_line_is_found_wherever_it_stands(audited: Audited, number: int) -> None:
    audited.tamper(f"UPDATE audit SET outcome = 'refused' WHERE number = {number}")
    assert audited.found(anchored=False) == [("audit.chain.changed", f"line {number}")]


@pytest.mark.parametrize("number", [1, 2, 7, 11])
def test_a_deleted_line_is_found(audited: Audited, number: int) -> None:
    audited.tamper(f"DELETE FROM audit WHERE number = {number}")
    assert audited.found(anchored=False) == [("audit.chain.missing", f"line {number + 1}")]


def test_a_deleted_line_is_found_where_the_gap_was_closed(audited: Audited) -> None:
    audited.tamper(
        "DELETE FROM audit WHERE number = 4", "UPDATE audit SET number = -number WHERE number > 4",
        "UPDATE audit SET number = -number - 1 WHERE number < 0",
    )  # fmt: skip
    assert ("audit.chain.changed", "line 4") in audited.found(anchored=False)


@pytest.mark.parametrize(("one", "other"), [(1, 2), (4, 9), (11, 12)])
def test_two_lines_that_changed_places_are_found(audited: Audited, one: int, other: int) -> None:
    audited.tamper(
        f"UPDATE audit SET number = -1 WHERE number = {one}",
        f"UPDATE audit SET number = {one} WHERE number = {other}",
        f"UPDATE audit SET number = {other} WHERE number = -1",
    )
    found = audited.found(anchored=False)
    assert {("audit.chain.changed", f"line {one}"), ("audit.chain.changed", f"line {other}")} <= set(found)


@pytest.mark.parametrize("number", [-3, 0, 2**62])
def test_a_line_put_in_is_found(audited: Audited, number: int) -> None:
    audited.tamper(f"INSERT INTO audit (number, at, actor) VALUES ({number}, '{at(0).isoformat()}', 'x')")
    assert audited.found(anchored=False)[0][0] in {"audit.chain.number", "audit.chain.missing"}


@pytest.mark.parametrize("kept", [0, 4, 5, 6, 9])
def test_an_end_cut_off_is_found_by_the_anchor_alone(audited: Audited, kept: int) -> None:
    audited.tamper(f"DELETE FROM audit WHERE number > {kept}")
    assert audited.found(anchored=False) == []
    assert ("audit.anchor.cut", "anchor line 2") in audited.found()


def test_an_end_cut_off_is_found_though_new_lines_grew_over_it(audited: Audited) -> None:
    audited.tamper("DELETE FROM audit WHERE number > 8")
    grown(audited, 30)
    assert ("audit.anchor.differs", "anchor line 2") in audited.found()


def grown(audited: Audited, lines: int) -> None:
    """The gateway goes on."""
    from gateway.store.sql import open_store  # noqa: PLC0415 - only here

    store = open_store(audited.url)
    noted(store, *(line(n) for n in range(lines)))
    store.close()


def test_a_chain_computed_anew_is_found_by_the_anchor_alone(audited: Audited) -> None:
    with closing(sqlite3.connect(audited.file)) as database, database:
        database.execute("UPDATE audit SET actor = 'nobody' WHERE number = 3")
        before = ""
        for row in database.execute(f"SELECT {', '.join(COLUMNS)} FROM audit ORDER BY number").fetchall():
            before = hash_of(row[0], row[1:-1], before)
            database.execute("UPDATE audit SET hash = ? WHERE number = ?", (before, row[0]))
    assert audited.found(anchored=False) == []
    assert audited.found() == [("audit.anchor.differs", "anchor line 1"), ("audit.anchor.differs", "anchor line 2")]


def test_an_edited_anchor_is_found(audited: Audited) -> None:
    edit(audited, b'"number":6', b'"number":5', every=False)
    edit(audited, b'"number":5', b'"number":4', every=False)
    assert audited.found() == [("audit.anchor.differs", "anchor line 1"), ("audit.anchor.lost", "line 6")]


def test_an_edited_moment_of_the_anchor_is_found(audited: Audited) -> None:
    edit(audited, b"2026-11-20", b"2026-11-21", every=True)
    assert audited.found() == [("audit.anchor.lost", "line 6"), ("audit.anchor.lost", "line 12")]


def edit(audited: Audited, old: bytes, new: bytes, *, every: bool) -> None:
    data = audited.anchor.path.read_bytes()
    audited.anchor.path.write_bytes(data.replace(old, new, -1 if every else 1))


@pytest.mark.parametrize(("left", "noted"), [([], [6, 12]), ([0], [12]), ([1], [6])])
def test_a_line_taken_out_of_the_anchor_is_found(audited: Audited, left: list[int], noted: list[int]) -> None:
    lines = audited.anchor.lines()
    audited.anchor.path.write_bytes(b"".join(lines[n] + b"\n" for n in left))
    assert audited.found() == [("audit.anchor.lost", f"line {number}") for number in noted]


def test_lines_of_the_anchor_that_changed_places_are_found(audited: Audited) -> None:
    audited.anchor.path.write_bytes(b"\n".join(reversed(audited.anchor.lines())) + b"\n")
    assert audited.found() == [("audit.anchor.order", "anchor line 2")]


@pytest.mark.parametrize(
    "line", [b"{", b"[]", b'{"number": "5", "hash": ""}', b'{"number": true, "hash": ""}', b"\xff"]
)
def test_a_line_of_the_anchor_that_is_none_is_told(audited: Audited, line: bytes) -> None:
    audited.anchor.path.write_bytes(audited.anchor.path.read_bytes() + line + b"\n")
    assert audited.found() == [("audit.anchor.unreadable", "anchor line 3")]
    assert audited.verdict().problems[0].severity == "warning"


def test_a_line_torn_by_a_crash_does_not_spoil_the_next(audited: Audited) -> None:
    with audited.anchor.path.open("ab") as file:
        file.write(b'{"number": 1')
    audited.anchor.append(Audit(at(0), "a", "b", "c", "d", number=12, hash=audited.verdict().hash), at(1))
    assert audited.found() == [("audit.anchor.unreadable", "anchor line 3")]


def test_no_more_is_told_than_anybody_reads(tmp_path: Path) -> None:
    audited = Audited(tmp_path)
    grown(audited, 300)
    audited.tamper("UPDATE audit SET outcome = 'x'")
    assert len(audited.verdict().problems) == MOST


def test_the_anchor_is_for_its_owner_only(audited: Audited) -> None:
    assert audited.anchor.path.stat().st_mode & 0o777 == 0o600
