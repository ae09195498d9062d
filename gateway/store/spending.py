"""Words that count once in the store in memory; their twin is `sql/spending.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.store.port import ConflictError

if TYPE_CHECKING:  # the tables know how changes are made to them, so they import this
    from gateway.domain.ledger import Spend
    from gateway.store.tables import Tables


def spend(tables: Tables, change: Spend) -> None:
    """Use a word up; those whose time is over go."""
    for word in [word for word, until in tables.spent.items() if until < change.at]:
        tables.drop(tables.spent, word)
    if change.word in tables.spent:
        raise ConflictError("this counts once, and is used up")
    tables.put(tables.spent, change.word, change.until)
