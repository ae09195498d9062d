"""Whatever is written between two pages, every match that is one throughout is shown once; the twins agree on all."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.domain.question import (
    Condition,
    Known,
    Linked,
    Linking,
    Missing,
    Not,
    OneOf,
    Page,
    Question,
    Span,
    Term,
)
from gateway.store.port import Store
from gateway.store.sql import search
from tests.store.made import ROUNDS, at, indexed, opened

KEYS = [str(n) for n in range(8)]
STATUS = ["draft", "requested", "accepted"]
OWNERS = ["a", "b"]
DAYS = ["2026-11-01", "2026-11-20", "2026-12"]


def task(key: str, status: str, owner: str = "", day: str = "", part: str = "") -> dict[str, Any]:
    made: dict[str, Any] = {"resourceType": "Task", "id": key, "status": status}
    made |= {"owner": {"reference": f"Organization/{owner}"}} if owner else {}
    made |= {"authoredOn": day} if day else {}
    return made | ({"partOf": [{"reference": f"Task/{part}"}]} if part else {})


tasks = st.builds(
    task,
    st.sampled_from(KEYS),
    st.sampled_from(STATUS),
    st.sampled_from([*OWNERS, ""]),
    st.sampled_from([*DAYS, ""]),
    st.sampled_from([*KEYS, "", ""]),
)
sorts = st.lists(
    st.tuples(st.sampled_from(["_lastUpdated", "_id", "status", "authored-on", "owner"]), st.booleans()), max_size=2
).map(tuple)

leaves: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Term, st.just("status"), st.lists(st.sampled_from(STATUS), min_size=1, max_size=2).map(tuple)),
    st.builds(Term, st.just("owner"), st.sampled_from([("Organization/a",), ("Organization/b",)])),
    st.builds(Term, st.just("status"), st.sampled_from([("re",), ("", "a")]), st.sampled_from(["starts", "contains"])),
    st.builds(
        Span,
        st.sampled_from(["authored-on", "_lastUpdated"]),
        st.sampled_from(["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"]),
        st.sampled_from(["2026-11-10T00:00:00.000000+00:00", "2026-11-20T12:00:03.000000+00:00"]),
        st.sampled_from(["2026-11-20T12:00:03.999999+00:00", "2026-11-30T22:59:59.999999+00:00"]),
    ),
    st.builds(Missing, st.sampled_from(["owner", "authored-on", "nothing"]), st.booleans()),
    st.builds(Known, st.lists(st.sampled_from(KEYS), max_size=3).map(tuple)),
)
wheres: st.SearchStrategy[Condition] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(OneOf, st.lists(inner, min_size=1, max_size=2).map(tuple)),
        st.builds(Linked, st.just("partOf"), st.just("Task"), st.lists(inner, max_size=2).map(tuple)),
        st.builds(Linking, st.just("Task"), st.just("partOf"), st.lists(inner, max_size=2).map(tuple)),
    ),
    max_leaves=4,
)
questions = st.builds(
    Question,
    st.just("Task"),
    st.lists(wheres, max_size=3).map(tuple),
    sorts,
    st.integers(1, 4),
    st.just(""),
    st.booleans(),
)
DEPTH: dict[str, dict[str, Any]] = {
    "memory": {"FEW": search.FEW},
    "sqlite": {"FEW": search.FEW},
    "deep": {"FEW": 1, "MANY": 3, "STEPS": 2},
}
"""A store is deep where it holds more than a few; here one is few."""
RUNS = settings(max_examples=25 * ROUNDS, deadline=None, suppress_health_check=list(HealthCheck))


def written(store: Store, some: list[dict[str, Any]], seconds: float = 0) -> None:
    for each in some:
        store.commit([indexed(each, None, at(seconds))]).result()


def every(store: Store, question: Question) -> list[str]:
    """All that fit now."""
    return [version.id for version in store.search(replace(question, limit=1000, sort=())).found]


@pytest.mark.parametrize("kind", ["memory", "sqlite", "deep"])
@RUNS
@given(first=st.lists(tasks, min_size=4, max_size=12), later=st.lists(st.lists(tasks, max_size=3)), question=questions)
def test_a_match_that_is_one_throughout_is_shown_once(
    kind: str, first: list[dict[str, Any]], later: list[list[dict[str, Any]]], question: Question
) -> None:
    with tempfile.TemporaryDirectory() as folder, mock.patch.multiple(search, **DEPTH[kind]):
        store = opened("memory" if kind == "memory" else "sqlite", Path(folder))
        written(store, first)
        throughout, ever, shown = set(every(store, question)), set(every(store, question)), list[str]()
        page = store.search(question)
        shown += [version.id for version in page.found]
        while page.next:
            written(store, later.pop() if later else [])
            now = set(every(store, question))
            throughout, ever = throughout & now, ever | now
            page = store.search(replace(question, after=page.next))
            shown += [version.id for version in page.found]
        store.close()
    assert len(shown) == len(set(shown))
    assert throughout <= set(shown) <= ever


@pytest.mark.parametrize("kind", ["sqlite", "deep"])
@RUNS
@given(steps=st.lists(st.one_of(tasks, questions), max_size=25))
def test_the_twins_find_the_same(kind: str, steps: list[dict[str, Any] | Question]) -> None:
    with tempfile.TemporaryDirectory() as folder, mock.patch.multiple(search, **DEPTH[kind]):
        stores = [opened(kind, Path(folder)) for kind in ("memory", "sqlite")]
        for step in steps:
            if isinstance(step, Question):
                assert in_words(stores[0].search(step)) == in_words(stores[1].search(step))
            else:
                for store in stores:
                    written(store, [step])
        for store in stores:
            store.close()


def in_words(page: Page) -> Any:
    """A page without the numbers of rows, which are each store's own."""
    return [replace(version, number=0) for version in page.found], bool(page.next), page.total


def test_new_ones_come_last_in_the_usual_order(store: Store) -> None:
    written(store, [task(key, "draft") for key in "ab"])
    page = store.search(Question("Task", limit=1))
    written(store, [task("c", "draft"), task("a", "accepted")])
    rest = store.search(Question("Task", limit=9, after=page.next))
    assert [version.id for version in (*page.found, *rest.found)] == ["a", "b", "c"]


def test_one_that_changes_keeps_its_place_by_what_it_was(store: Store) -> None:
    question = Question("Task", sort=(("_lastUpdated", True),), limit=1)
    written(store, [task(key, "draft") for key in "abc"])
    page = store.search(question)
    written(store, [task("a", "accepted"), task("c", "accepted"), task("d", "draft")])
    rest = store.search(replace(question, after=page.next, limit=9))
    assert [version.id for version in (*page.found, *rest.found)] == ["c", "b", "a"]
    assert rest.found[1].resource["status"] == "accepted"


def test_a_page_goes_on_after_the_store_was_opened_again(tmp_path: Path) -> None:
    question = Question("Task", sort=(("status", False),), limit=2)
    store = opened("sqlite", tmp_path)
    written(store, [task(key, "draft") for key in "abc"])
    page = store.search(question)
    store.close()
    store = opened("sqlite", tmp_path)
    written(store, [task("c", "accepted"), task("a", "accepted")])
    assert [version.id for version in store.search(replace(question, after=page.next)).found] == ["c"]
    store.close()
