"""Messages into the journal: the hot path. All that wait go in by two statements.

Each statement gives up Python's lock once; a statement per message would make the writer queue for it as often.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.dialects.sqlite import insert as insert_or_not
from sqlalchemy.sql.expression import Executable

from gateway.domain.ledger import Entry, Kept
from gateway.store import rules
from gateway.store.port import ConflictError, StoreError
from gateway.store.rows import COLUMNS, ENTRY, numbered, values_of_entry
from gateway.store.schema import journal, journal_body
from gateway.store.sealing import records
from gateway.store.sealing.records import Seals
from gateway.store.sealing.records import of as belongs
from gateway.store.sql.link import Link

SEALED = [(COLUMNS.index(name), name) for name in records.COLUMNS["journal"]]
MOST = 32
"""Messages of one statement; SQLite before 3.32 takes 999 parameters."""

EARLIER = (
    select(*(journal.c[name] for name in ENTRY), journal_body.c.data)
    .join(journal_body)
    .where(journal.c.partner == bindparam("partner"), journal.c.key == bindparam("key"))
)


@cache
def _keep(rows: int) -> Executable:
    """So many messages at once; gives the numbers of those whose key and id were not there."""
    named: list[dict[str, Any]] = [{name: bindparam(f"{name}{n}") for name in COLUMNS} for n in range(rows)]
    return insert_or_not(journal).values(named).on_conflict_do_nothing().returning(journal.c.id, journal.c.number)


@cache
def _bodies(rows: int) -> Executable:
    named: list[dict[str, Any]] = [
        {"number": bindparam(f"number{n}"), "data": bindparam(f"data{n}")} for n in range(rows)
    ]
    return insert(journal_body).values(named)


class Keeping:
    """One entry about to be kept, checked and ready to be written."""

    __slots__ = ("data", "entry", "values")

    def __init__(self, entry: Entry, seals: Seals | None = None) -> None:
        rules.may_keep(entry)
        self.entry = entry
        self.data = entry.data
        self.values = values_of_entry(entry)
        if seals:
            self.data = seals.shut(entry.data, belongs("journal", "data", entry.id))
            for place, name in SEALED:
                self.values[place] = seals.shut(self.values[place], belongs("journal", name, entry.id))


def keep(link: Link, waiting: Sequence[Keeping]) -> list[Kept | StoreError]:
    """What the journal says to each, in their order."""
    found: list[Kept | StoreError] = []
    start = 0
    while start < len(waiting):
        some = min(MOST, 1 << (len(waiting) - start).bit_length() - 1)
        found += _keep_some(link, waiting[start : start + some])
        start += some
    return found


def _keep_some(link: Link, waiting: Sequence[Keeping]) -> list[Kept | StoreError]:
    values = [value for one in waiting for value in one.values]
    numbers: dict[str, int] = dict(link.listed(_keep(len(waiting)), values))
    new = [(one, numbers.pop(one.entry.id, 0)) for one in waiting]
    bodies = [value for one, number in new if number for value in (number, one.data)]
    if bodies:
        link.listed(_bodies(len(bodies) // 2), bodies)
    return [Kept("kept", numbered(one.entry, n)) if n else _earlier(link, one.entry) for one, n in new]


def _earlier(link: Link, entry: Entry) -> Kept | StoreError:
    """What a message says whose key or id was there before."""
    row = link.row(EARLIER, {"partner": entry.partner, "key": entry.key}) if entry.key else None
    if row is None:
        return ConflictError(f"there is a message {entry.id} already")
    first = records.entry(link.seals, row[:-1], row[-1])
    return Kept("again" if rules.same(first, entry) else "clash", first)
