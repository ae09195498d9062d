"""No question reads through a whole table: each is answered by an index, also when millions of rows are old."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.store.sql import SqlStore, open_store
from gateway.store.sql.link import Link
from tests.store.made import NOON

QUESTIONS: dict[str, Callable[[SqlStore], Any]] = {
    "waiting": lambda store: store.waiting(5),
    "entry": lambda store: store.entry("t"),
    "entries": lambda store: store.entries({}, before=7),
    "by state": lambda store: store.entries({"state": "parked"}),
    "by partner": lambda store: store.entries({"partner": "p"}),
    "by key": lambda store: store.entries({"partner": "p", "key": "k"}),
    "by case": lambda store: store.entries({"case": "Task/1"}),
    "by person": lambda store: store.entries({"person": "Patient/1"}),
    "read": lambda store: store.read("Task", "1"),
    "read old": lambda store: store.read("Task", "1", 2),
    "history": lambda store: store.history("Task", "1"),
    "find": lambda store: store.find("Patient", [("a", "b")]),
    "find by two": lambda store: store.find("Patient", [("a", "b"), ("c", "d")]),
    "due": lambda store: store.due(),
    "due without": lambda store: store.due(["p"]),
    "expired": lambda store: store.expired(NOON),
    "delivery": lambda store: store.delivery("d"),
    "deliveries": lambda store: store.deliveries({}),
    "by standing": lambda store: store.deliveries({"standing": "dead"}),
    "to partner": lambda store: store.deliveries({"partner": "p"}),
    "of message": lambda store: store.deliveries({"message": "t"}),
    "of case": lambda store: store.deliveries({"case": "Task/1"}),
    "evidence": lambda store: store.evidence("d"),
    "audit": lambda store: store.audit(before=7),
    "audit of": lambda store: store.audit(object="t"),
    "archived": lambda store: store.archived("h"),
    "claim": lambda store: store.claim("w", NOON, 5, 30, ["p"]).result(),
}


NEWEST_FIRST = {"SCAN journal", "SCAN outbox", "SCAN audit"}
"""From the end of the table, as many as asked."""


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[SqlStore]:
    store = open_store(f"sqlite:///{tmp_path / 'gateway.db'}")
    yield store
    store.close()


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_index_answers(sqlite: SqlStore, question: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plans: list[str] = []
    do = Link._do

    def explained(link: Link, statement: Any, values: Any) -> Any:
        text = link._texts[statement]
        rows = link.connection.execute(f"EXPLAIN QUERY PLAN {text.text}", text.ordered(values)).fetchall()
        plans.extend(row[3] for row in rows)
        return do(link, statement, values)

    monkeypatch.setattr(Link, "_do", explained)
    QUESTIONS[question](sqlite)
    assert plans
    fine = {"SCAN CONSTANT ROW", "SCAN anon_1", *(NEWEST_FIRST if len(plans) == 1 else ())}
    assert [plan for plan in plans if plan.startswith("SCAN") and "USING" not in plan and plan not in fine] == []
    assert [plan for plan in plans if "TEMP B-TREE" in plan] == []
