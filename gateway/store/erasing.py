"""What is taken away for good in the store in memory; its twin is `sql/erasing.py`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gateway.domain.ledger import Empty, Erase, Hold
from gateway.store import rules
from gateway.store.rows import moment, moment_of

if TYPE_CHECKING:  # the tables know how changes are made to them, so they import this
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from gateway.domain.ledger import Relane
    from gateway.domain.records import Aged
    from gateway.store.tables import Head, Tables


def going(tables: Tables) -> list[Head]:
    """The heads of lanes whose person's deliveries do not wait."""
    heads = ((rules.person_of(lane), head) for lane, head in tables.heads.items())
    return [head for person, head in heads if ("held", person) not in tables.marks]


def hold(tables: Tables, change: Hold) -> None:
    """A person's deliveries wait, or go on."""
    if change.on:
        tables.put(tables.marks, ("held", change.person), moment_of(moment(change.at)) or change.at)
    else:
        tables.drop(tables.marks, ("held", change.person))


def held_too(tables: Tables, change: Relane) -> None:
    """Two persons became one: if what is about the one waits, what is about the other waits too."""
    at = tables.marks.get(("held", change.old))
    if at is not None:
        tables.put(tables.marks, ("held", change.new), at)


def empty(tables: Tables, change: Empty) -> None:
    """The bytes of messages and deliveries go, their rows stay."""
    for key in change.messages:
        if key in tables.entries:
            tables.put(tables.entries, key, replace(tables.entries[key], data=b"", headers={}, answer=b""))
    for key in change.deliveries:
        if key in tables.deliveries:
            tables.put(tables.deliveries, key, replace(tables.deliveries[key], data=b"", headers={}))
        proofs = tables.evidence.get(key, ())
        tables.put(tables.evidence, key, tuple(replace(proof, reply=b"") for proof in proofs))


def erase(tables: Tables, change: Erase) -> None:
    """Rows with all that hangs on them."""
    for key in change.deliveries:
        _delivery(tables, key)
    for key in change.messages:
        entry = tables.entries.get(key)
        if entry is not None:
            tables.drop(tables.keys, (entry.partner, entry.key))
            tables.drop(tables.entries, key)
    for name in change.resources:
        _resource(tables, name)
    _announced(tables, change)
    for word in [word for word, until in tables.spent.items() if until < change.at]:
        tables.drop(tables.spent, word)
    for word in change.words:
        tables.put(tables.marks, ("erased", word), moment_of(moment(change.at)) or change.at)


def aged(tables: Tables, what: Aged, before: datetime) -> list[str]:
    """Ids of what is old and still has its bytes."""
    entries, parcels = list(tables.entries.values()), list(tables.deliveries.values())
    found: Mapping[Aged, list[str]] = {
        "messages": [e.id for e in entries if e.state in ENDS and (e.settled or e.received) < before and e.data],
        "deliveries": [d.id for d in parcels if d.standing in ENDS and d.settled and d.settled < before and d.data],
        "parked": [
            e.id for e in entries if (e.state, e.case) == ("parked", "") and e.step != "hold" and e.received < before
        ],
    }
    return found[what]


ENDS = frozenset({"done", "dropped", "refused", "delivered"})
"""States of messages and deliveries that have ended."""


def _announced(tables: Tables, change: Erase) -> None:
    for about, event in list(tables.announced.items()):
        told = event.number <= tables.heard.get(event.subscription, 0)
        if change.announced is not None and told and event.at < change.announced:
            tables.drop(tables.announced, about)
    for subscription, last in tables.last.items():
        left = (number for name, number in tables.announced if name == subscription)
        if max(left, default=0) <= tables.heard.get(subscription, 0):
            tables.put(tables.heard, subscription, last)


def _delivery(tables: Tables, key: str) -> None:
    from gateway.store.tables import _restate  # noqa: PLC0415 - it imports this

    delivery = tables.deliveries.get(key)
    if delivery is not None:
        _restate(tables, replace(delivery, standing="dropped"))
        tables.drop(tables.parcels, delivery.key)
        tables.drop(tables.deliveries, key)
        tables.drop(tables.places, key)
        tables.drop(tables.evidence, key)


def _resource(tables: Tables, name: str) -> None:
    kind, _, key = name.partition("/")
    kept = tables.resources.get((kind, key))
    if kept is not None:
        for term in tables.listed.get((kind, key), ()):
            tables.drop(tables.terms[kind, *term], kept[0][0].number)
        tables.drop(tables.resources, (kind, key))
        tables.drop(tables.listed, (kind, key))
        tables.drop(tables.spanned, (kind, key))
    for about, event in list(tables.announced.items()):
        if event.focus == name:
            tables.drop(tables.announced, about)


CHANGES: Mapping[type, Callable[[Tables, Any], None]] = {Hold: hold, Empty: empty, Erase: erase}
