"""Changes as statements, one function per kind of change."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.sql.expression import Executable

from gateway.domain.ledger import (
    Announce,
    Archive,
    Change,
    Conclude,
    Counted,
    Heard,
    Keep,
    Note,
    Prove,
    Queue,
    Relane,
    Save,
    Settle,
    Spend,
    Unchanged,
)
from gateway.domain.question import Absent
from gateway.store import rules
from gateway.store.port import ConflictError, StoreError
from gateway.store.rows import EVIDENCE, changed, row_of_evidence
from gateway.store.schema import evidence, journal, map_archive
from gateway.store.sealing.records import of_evidence
from gateway.store.sql.announcing import announce, hear
from gateway.store.sql.erasing import CHANGES
from gateway.store.sql.keeping import Keeping, keep
from gateway.store.sql.link import Link
from gateway.store.sql.outbox import conclude, queue, relane
from gateway.store.sql.resources import counted, save, unchanged
from gateway.store.sql.sealed.belonging import owner
from gateway.store.sql.sealed.looking import absent
from gateway.store.sql.sealed.moving import moved
from gateway.store.sql.spending import spend
from gateway.store.sql.trail import note

STATE = select(journal.c.state).where(journal.c.id == bindparam("which"))
PROVE = insert(evidence).values(dict.fromkeys(EVIDENCE))
ARCHIVED = select(map_archive.c.hash).where(map_archive.c.hash == bindparam("hash"))
ARCHIVE = insert(map_archive).values(hash=None, format=None, files=None)


@cache
def _set(fields: tuple[str, ...]) -> Executable:
    return update(journal).where(journal.c.id == bindparam("which")).values(dict.fromkeys(fields))


def settle(link: Link, change: Settle) -> None:
    """Fields of a journal entry."""
    found = link.row(STATE, {"which": change.message})
    rules.may_settle(change, found[0] if found else None)
    values = changed(change.changes)
    if link.seals:
        values = link.seals.columns("journal", change.message, values)
        moved(link, link.seals, change)
    if values:
        link.run(_set(tuple(sorted(values))), {**values, "which": change.message})


def enter(link: Link, change: Keep) -> None:
    """A message that is dealt with in the same commit."""
    found = keep(link, [Keeping(change.entry, link.seals)])[0]
    if isinstance(found, StoreError):
        raise found
    if found.how != "kept":
        raise ConflictError(f"{change.entry.partner} has sent a message of this key before")


def prove(link: Link, change: Prove) -> None:
    """Evidence of an attempt."""
    row = row_of_evidence(change.evidence)
    if link.seals:
        row = link.seals.columns("evidence", of_evidence(row["delivery"], row["attempt"], row["at"]), row)
    link.run(PROVE, row)


def archive(link: Link, change: Archive) -> None:
    """The files of a format, once."""
    row = {"hash": change.hash, "format": change.format, "files": change.files}
    if link.row(ARCHIVED, row) is None:
        link.run(ARCHIVE, row)


APPLY: dict[type, Callable[[Link, Any], None]] = {
    Settle: settle,
    Keep: enter,
    Save: save,
    Queue: queue,
    Conclude: conclude,
    Prove: prove,
    Note: note,
    Relane: relane,
    Archive: archive,
    Announce: announce,
    Heard: hear,
    Unchanged: unchanged,
    Absent: absent,
    Counted: counted,
    Spend: spend,
    **CHANGES,
}


def apply(link: Link, changes: Sequence[Change]) -> None:
    """All changes, in their order."""
    if link.seals:
        link.seals.owner = owner(link, changes)
    for change in changes:
        APPLY[type(change)](link, change)
