"""Events for subscribers in the store in memory; their twin is `sql/announcing.py`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gateway.domain.ledger import Announce, Announced, Heard
from gateway.store.rows import moment, moment_of

if TYPE_CHECKING:  # the tables know how changes are made to them, so they import this
    from gateway.store.tables import Tables


def announce(tables: Tables, change: Announce) -> None:
    """The next event of a subscription, about the version that is there now unless it names one."""
    kind, _, key = change.focus.partition("/")
    kept = tables.resources.get((kind, key), ())
    version = change.version or (kept[-1][0].version if kept else 0)
    number = tables.last.get(change.subscription, 0) + 1
    event = Announced(change.subscription, number, change.focus, version, change.at, change.message)
    event = replace(event, at=moment_of(moment(change.at)) or change.at)
    tables.put(tables.announced, (change.subscription, number), event)
    tables.put(tables.last, change.subscription, number)


def hear(tables: Tables, change: Heard) -> None:
    """A subscriber was told."""
    last = tables.last.get(change.subscription, 0)
    if tables.heard.get(change.subscription, 0) < change.event <= last:
        tables.put(tables.heard, change.subscription, change.event)


def announced(tables: Tables, subscription: str, after: int, limit: int) -> list[Announced]:
    """Events of a subscription, oldest first."""
    last = min(tables.last.get(subscription, 0), after + limit)
    numbers = range(max(after, 0) + 1, last + 1)
    return [tables.announced[subscription, number] for number in numbers if (subscription, number) in tables.announced]


def behind(tables: Tables) -> dict[str, int]:
    """Whose subscribers were not told of all, each with what they were told of last."""
    heard = {name: (last, tables.heard.get(name, 0)) for name, last in tables.last.items()}
    return {name: told for name, (last, told) in heard.items() if told < last}


def newest(tables: Tables, kind: str) -> int:
    """The number of what was written last of a type."""
    numbers = (kept[-1][0].number for (of, _), kept in tables.resources.items() if of == kind)
    return max(numbers, default=0)
