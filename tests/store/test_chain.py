"""Every line of the audit carries a hash that covers the line before it."""

import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.domain.ledger import Audit, Note
from gateway.domain.question import Inquiry
from gateway.store import migrations
from gateway.store.port import Store, StoreError
from gateway.store.sql import open_store
from gateway.store.sql.connect import engine_of
from gateway.store.verify import verify
from tests.store.made import NOON, at, delivery, queued


def line(n: int, **more: str) -> Audit:
    return replace(Audit(at(n), "klinik", "move", f"Task/{n}", "accepted"), **more)  # type: ignore[arg-type]  # fields of a line


def noted(store: Store, *lines: Audit) -> None:
    store.commit([Note(one) for one in lines]).result()


def told_in_the_documentation(row: tuple[object, ...], before: str) -> str:
    text = json.dumps([*row[:-1], before], separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def test_each_hash_covers_the_line_and_the_hash_before_it_as_documented(store: Store) -> None:
    noted(store, line(1, detail='ä "quoted" \\ tab\t'), line(2))
    noted(store, line(3))
    rows = store.trail(0)
    before = ["", *(str(row[-1]) for row in rows)]
    assert [row[-1] for row in rows] == [
        told_in_the_documentation(tuple(r), b) for r, b in zip(rows, before, strict=False)
    ]


def test_lines_are_numbered_without_a_gap_whatever_fails_between_them(store: Store) -> None:
    noted(store, line(1))
    with pytest.raises(StoreError):
        store.commit([Note(line(2)), Note(line(3, detail=b"no text"))]).result()  # type: ignore[arg-type]  # fields of a line
    queued(store, delivery("a"))
    noted(store, line(4))
    assert [(row[0], row[4]) for row in store.trail(0)] == [(1, "Task/1"), (2, "Task/4")]


def test_a_line_that_cannot_be_hashed_takes_its_whole_commit_with_it(store: Store) -> None:
    with pytest.raises(StoreError):
        store.commit([Note(line(1, detail="\ud800"))]).result()
    assert store.trail(0) == []


def test_the_trail_goes_on_after_any_line(store: Store) -> None:
    noted(store, *(line(n) for n in range(1, 6)))
    assert [row[0] for row in store.trail(2, 2)] == [3, 4]


@pytest.mark.parametrize(
    ("inquiry", "numbers"),
    [
        (Inquiry(), [4, 3, 2, 1]),
        (Inquiry(actor="dienst"), [3]),
        (Inquiry(action="login"), [2]),
        (Inquiry(object="Task/1"), [1]),
        (Inquiry(outcome="refused"), [4]),
        (Inquiry(since=at(2), until=at(4)), [3, 2]),
        (Inquiry(actor="klinik", since=at(4)), [4]),
    ],
)
def test_lines_are_found_by_who_what_about_outcome_and_time(store: Store, inquiry: Inquiry, numbers: list[int]) -> None:
    noted(store, line(1), line(2, action="login"), line(3, actor="dienst"), line(4, outcome="refused"))
    assert [found.number for found in store.inquired(inquiry)] == numbers
    assert [found.number for found in store.inquired(inquiry, before=3)] == [n for n in numbers if n < 3]
    assert [found.number for found in store.inquired(inquiry, limit=1)] == numbers[:1]


def test_what_was_noted_before_there_was_a_chain_is_chained_without_a_gap(tmp_path: Path) -> None:
    file = tmp_path / "gateway.db"
    store = open_store(f"sqlite:///{file}")
    noted(store, *(line(n) for n in range(1, 4)))
    wanted = store.trail(0)
    store.close()
    migrations.downgrade(engine_of(f"sqlite:///{file}"), "0004")
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE audit SET number = number * 10")
    store = open_store(f"sqlite:///{file}")
    assert store.trail(0) == wanted
    assert store.audit(limit=1)[0].at == at(3) != NOON
    store.close()


def test_two_processes_that_write_at_once_write_one_chain(tmp_path: Path) -> None:
    stores = [open_store(f"sqlite:///{tmp_path / 'gateway.db'}") for _ in range(2)]
    waiting = [store.commit([Note(line(n)), Note(line(n))]) for n in range(50) for store in stores]
    for each in waiting:
        each.result(20)
    verdict = verify(stores[0].trail, None)
    assert (verdict.lines, verdict.problems) == (200, [])
    for store in stores:
        store.close()
