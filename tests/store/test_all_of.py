"""Conditions that hold together where one is asked for: one of several, or at the other end of a link."""

from datetime import UTC, datetime
from typing import Any

from gateway.domain.ledger import Save
from gateway.domain.question import AllOf, Condition, Linked, Missing, Not, OneOf, Question, Term
from gateway.store.port import Store

NOW = datetime(2026, 3, 12, 11, 5, tzinfo=UTC)


def task(key: str, status: str, owner: str, part: str = "") -> Save:
    more: dict[str, Any] = {"partOf": [{"reference": f"Task/{part}"}]} if part else {}
    resource = {"resourceType": "Task", "id": key, "status": status, "owner": {"reference": owner}, **more}
    return Save(resource, None, (), NOW)


def found(store: Store, *where: Condition) -> list[str]:
    store.commit(
        [
            task("a", "draft", "Organization/x"),
            task("b", "requested", "Organization/x", "a"),
            task("c", "requested", "Organization/y", "b"),
        ]
    ).result()
    return [version.id for version in store.search(Question("Task", where, total=True)).found]


MINE = Term("owner", ("Organization/x",))
DRAFT = Term("status", ("draft",))


def test_all_of_them_hold(store: Store) -> None:
    assert found(store, AllOf((MINE, Not(DRAFT)))) == ["b"]


def test_it_is_one_of_several(store: Store) -> None:
    assert found(store, OneOf((AllOf((MINE, DRAFT)), Term("owner", ("Organization/y",))))) == ["a", "c"]


def test_it_is_asked_of_the_other_end_of_a_link(store: Store) -> None:
    first = AllOf((Missing("partOf", is_so=True), MINE))
    assert found(store, Linked("partOf", "Task", (first,))) == ["b"]


def test_what_no_index_lists_is_looked_at_one_by_one(store: Store) -> None:
    assert found(store, AllOf((Not(DRAFT), Missing("partOf", is_so=False)))) == ["b", "c"]
