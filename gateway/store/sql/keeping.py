"""A message into the journal: the hot path, two short statements."""

from sqlalchemy import bindparam, insert, select
from sqlalchemy.dialects.sqlite import insert as insert_or_not

from gateway.domain.ledger import Entry, Kept
from gateway.store import rules
from gateway.store.port import ConflictError
from gateway.store.rows import ENTRY, Row, entry_of, numbered, row_of_entry
from gateway.store.schema import journal, journal_body
from gateway.store.sql.link import Link

COLUMNS = [name for name in ENTRY if name != "number"]
KEEP = insert_or_not(journal).values(dict.fromkeys(COLUMNS)).on_conflict_do_nothing().returning(journal.c.number)
"""Gives no number where the key or the id is there already."""
BODY = insert(journal_body).values(number=None, data=None)
EARLIER = (
    select(*(journal.c[name] for name in ENTRY), journal_body.c.data)
    .join(journal_body)
    .where(journal.c.partner == bindparam("partner"), journal.c.key == bindparam("key"))
)


class Keeping:
    """One entry about to be kept; called by the writer."""

    __slots__ = ("_entry", "_row")

    def __init__(self, entry: Entry) -> None:
        rules.may_keep(entry)
        self._entry = entry
        self._row = row_of_entry(entry)

    def __call__(self, link: Link) -> Kept:
        """Kept, or what the partner's key says."""
        row = link.row(KEEP, self._row)
        if row is None:
            return self._earlier(link)
        link.run(BODY, {"number": row[0], "data": self._entry.data})
        return Kept("kept", numbered(self._entry, row[0]))

    def _earlier(self, link: Link) -> Kept:
        row: Row | None = link.row(EARLIER, self._row) if self._entry.key else None
        if row is None:
            raise ConflictError(f"there is a message {self._entry.id} already")
        first = entry_of(row[:-1], row[-1])
        return Kept("again" if rules.same(first, self._entry) else "clash", first)
