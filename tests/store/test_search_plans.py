"""No search reads through a whole table, and frequent values are read in order, without sorting."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from gateway.store.sql import SqlStore, open_store, search
from gateway.store.sql.link import Link
from tests.store.made import asked, at, indexed

QUERIES = (
    "patient=1",
    "owner=Organization/x",
    "owner=Organization/x&status=requested",
    "owner=Organization/x&status=requested&_sort=-_lastUpdated",
    "status=requested",
    "status=requested,accepted",
    "code=fulfill",
    "_sort=-_lastUpdated",
    "_lastUpdated=ge2026-11-20",
    "_lastUpdated=ge2026-11-20&owner=Organization/x&_sort=_lastUpdated",
)
SEVERAL = (
    "authored-on=ge2026-11-20",
    "authored-on=lt2026-11-20",
    "patient.name=mei",
    "_has:Task:part-of:status=requested",
    "owner:missing=true",
    "status:not=completed",
    "_sort=authored-on",
)
TASK: dict[str, Any] = {
    "resourceType": "Task",
    "status": "requested",
    "owner": {"reference": "Organization/x"},
    "for": {"reference": "Patient/1"},
    "code": {"coding": [{"code": "fulfill"}]},
    "authoredOn": "2026-11-20",
}
ALONG_AN_INDEX = ("SCAN r USING INDEX ix_resource_", "SCAN c", "SCAN o", "SCAN CONSTANT ROW", "SCAN (subquery")


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[SqlStore]:
    store = open_store(f"sqlite:///{tmp_path / 'gateway.db'}")
    owner = {"reference": "Organization/x"}
    for n in range(20):
        task = {
            "resourceType": "Task",
            "id": f"{n}",
            "status": "requested",
            "owner": owner,
            "for": {"reference": "Patient/1"},
        }
        task["code"] = {"coding": [{"code": "fulfill"}]}
        store.commit([indexed({**task, "authoredOn": "2026-11-20"}, 0, at(n))]).result()
    yield store
    store.close()


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What SQLite says of each statement, where all conditions are frequent."""
    found: list[str] = []
    do = Link.told

    def explained(link: Link, text: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        rows = link.connection.execute(f"EXPLAIN QUERY PLAN {text}", tuple(values)).fetchall()
        found.extend(row[3] for row in rows)
        return do(link, text, values)

    monkeypatch.setattr(Link, "told", explained)
    for name, value in (("FEW", 1), ("MANY", 3), ("STEPS", 2)):
        monkeypatch.setattr(search, name, value)
    return found


def through(plans: Sequence[str]) -> list[str]:
    """Steps that read a whole table."""
    scans = [plan for plan in plans if plan.startswith("SCAN") and not plan.startswith(ALONG_AN_INDEX)]
    return [plan for plan in scans if plan != "SCAN resource_version"]  # its end, backwards, one row


@pytest.mark.parametrize("query", [*QUERIES, *SEVERAL])
def test_an_index_answers(sqlite: SqlStore, plans: list[str], query: str) -> None:
    page = sqlite.search(asked(query, limit=1))
    if page.next:
        sqlite.search(asked(query, limit=1, after=page.next))
    assert plans
    assert through(plans) == []


@pytest.mark.parametrize("query", QUERIES)
def test_frequent_values_need_no_sorting(sqlite: SqlStore, plans: list[str], query: str) -> None:
    page = sqlite.search(asked(query, limit=1))
    assert page.found
    sqlite.search(asked(query, limit=1, after=page.next))
    assert [plan for plan in plans if "TEMP B-TREE" in plan] == []
