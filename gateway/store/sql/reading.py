"""The questions a store answers, on connections of their own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, Table, bindparam, exists, func, literal_column, or_, select
from sqlalchemy.sql.expression import Executable

from gateway.domain.ledger import Audit, Delivery, Entry, Evidence, Version
from gateway.store import rules
from gateway.store.port import Term
from gateway.store.rows import (
    AUDIT,
    DELIVERY,
    ENTRY,
    EVIDENCE,
    audit_of,
    moment,
    moment_of,
)
from gateway.store.schema import (
    audit,
    evidence,
    journal,
    journal_body,
    lane,
    map_archive,
    outbox,
    outbox_body,
    resource,
    resource_version,
    term,
)
from gateway.store.sealing import records
from gateway.store.sql.link import Link
from gateway.store.sql.marks import HELD
from gateway.store.sql.outbox import left_out, names
from gateway.store.sql.sealed.indexing import index

SPARSE = ("case", "person")
"""Columns whose indexes leave out what is empty; the question must say so to be answered by them."""

SAMPLE = 200
"""Rows counted to see which term is the rarest."""


def _columns(table: Table, words: Sequence[str]) -> list[Any]:
    return [table.c[word] for word in words]


MESSAGES = select(*_columns(journal, ENTRY))
WITH_BYTES = select(*_columns(journal, ENTRY), journal_body.c.data).join(journal_body)
MESSAGE = WITH_BYTES.where(journal.c.id == bindparam("which"))
WAITING = (
    WITH_BYTES.where(journal.c.state == "received", journal.c.number > bindparam("after"))
    .order_by(journal.c.number)
    .limit(bindparam("most"))
)
PARCELS = select(*_columns(outbox, DELIVERY))
PARCEL_BYTES = select(*_columns(outbox, DELIVERY), outbox_body.c.data).join(outbox_body)
PARCEL = PARCEL_BYTES.where(outbox.c.id == bindparam("which"))
EXPIRED = PARCEL_BYTES.where(outbox.c.standing == "sending", outbox.c.until <= bindparam("now")).order_by(
    outbox.c.number
)
VERSION = select(
    resource.c.type,
    resource.c.id,
    resource_version.c.version,
    resource_version.c.updated,
    resource_version.c.message,
    resource_version.c.number,
    resource_version.c.body,
)
CURRENT = VERSION.join(resource_version, resource_version.c.number == resource.c.current)
NAMED = (resource.c.type == bindparam("kind"), resource.c.id == bindparam("which"))
READ = CURRENT.where(*NAMED)
HISTORY = (
    VERSION.join(resource_version, resource_version.c.resource == resource.c.number)
    .where(*NAMED)
    .order_by(resource_version.c.version.desc())
)
OLDER = HISTORY.where(resource_version.c.version == bindparam("version"))
ALL = CURRENT.where(resource.c.type == bindparam("kind")).order_by(resource.c.number).limit(bindparam("most"))
EVIDENCES = (
    select(*_columns(evidence, EVIDENCE)).where(evidence.c.delivery == bindparam("which")).order_by(evidence.c.number)
)
ARCHIVED = select(map_archive.c.format, map_archive.c.files).where(map_archive.c.hash == bindparam("which"))
COUNTS = {
    "message": select(journal.c.state, func.count()).group_by(journal.c.state),
    "delivery": select(outbox.c.standing, func.count()).group_by(outbox.c.standing),
}


def waiting(link: Link, after: int, limit: int) -> list[Entry]:
    """Messages in state `received`, with their bytes."""
    rows = link.rows(WAITING, {"after": after, "most": limit})
    return [records.entry(link.seals, row[:-1], row[-1]) for row in rows]


def message(link: Link, key: str) -> Entry | None:
    """One message."""
    row = link.row(MESSAGE, {"which": key})
    return None if row is None else records.entry(link.seals, row[:-1], row[-1])


@cache
def _newest(rows: Select[Any], table: Table, wanted: tuple[str, ...], paged: bool) -> Executable:  # noqa: FBT001 - part of the key of the cache
    conditions = [table.c[name] == bindparam(name) for name in wanted]
    conditions += [table.c[name] != literal_column("''") for name in wanted if name in SPARSE]
    if paged:
        conditions.append(table.c.number < bindparam("before"))
    return rows.where(*conditions).order_by(table.c.number.desc()).limit(bindparam("most"))


def messages(link: Link, wanted: Mapping[str, str], before: int, limit: int) -> list[Entry]:
    """Messages, newest first; nobody asks for those without a key."""
    rules.only(wanted, rules.WANTED_ENTRIES, "a list of messages")
    statement = _newest(MESSAGES, journal, tuple(sorted(wanted)), bool(before))
    rows = link.rows(statement, {**wanted, "before": before, "most": limit})
    return [records.entry(link.seals, row, b"") for row in rows]


def deliveries(link: Link, wanted: Mapping[str, str], before: int, limit: int) -> list[Delivery]:
    """Deliveries, newest first."""
    rules.only(wanted, rules.WANTED_DELIVERIES, "a list of deliveries")
    statement = _newest(PARCELS, outbox, tuple(sorted(wanted)), bool(before))
    rows = link.rows(statement, {**wanted, "before": before, "most": limit})
    return [records.delivery(link.seals, row, b"") for row in rows]


def delivery(link: Link, key: str) -> Delivery | None:
    """One delivery."""
    row = link.row(PARCEL, {"which": key})
    return None if row is None else records.delivery(link.seals, row[:-1], row[-1])


def expired(link: Link, now: datetime) -> list[Delivery]:
    """Deliveries whose worker's lease has ended."""
    rows = link.rows(EXPIRED, {"now": moment(now)})
    return [records.delivery(link.seals, row[:-1], row[-1]) for row in rows]


@cache
def _earliest(partners: int) -> Executable:
    return (
        select(lane.c.due)
        .where(lane.c.due.is_not(None), lane.c.person.not_in(HELD), *left_out(partners))
        .order_by(lane.c.due)
        .limit(1)
    )


def due(link: Link, partners: Sequence[str]) -> datetime | None:
    """When the next waiting head may be sent."""
    row = link.row(_earliest(len(partners)), names(partners))
    return moment_of(row[0]) if row else None


def read(link: Link, kind: str, key: str, version: int | None) -> Version | None:
    """A resource, current or older."""
    values = {"kind": kind, "which": key, "version": version}
    row = link.row(READ if version is None else OLDER, values)
    return None if row is None else records.version(link.seals, row)


def history(link: Link, kind: str, key: str) -> list[Version]:
    """All versions, newest first."""
    return records.versions(link.seals, link.rows(HISTORY, {"kind": kind, "which": key}))


def _has(table: Any, place: int, words: int) -> tuple[Any, ...]:
    """The condition that a row of the terms is the one asked for at this place, with one of so many values."""
    values = [table.c.value == bindparam(f"value{place}_{word}") for word in range(words)]
    return table.c.type == bindparam("kind"), table.c.name == bindparam(f"name{place}"), or_(*values)


@cache
def _rare(words: int) -> Executable:
    """How many a term gives, as far as they are counted."""
    return select(func.count()).select_from(
        select(term.c.resource).where(*_has(term, 0, words)).limit(SAMPLE).subquery()
    )


@cache
def _having(terms: int, words: int) -> Executable:
    """The first term leads, the others are looked up for each resource it gives."""
    others = [term.alias(f"other{place}") for place in range(1, terms)]
    also = [
        exists().where(*_has(other, place, words), other.c.resource == term.c.resource)
        for place, other in enumerate(others, 1)
    ]
    return (
        CURRENT.join(term, term.c.resource == resource.c.number)
        .where(*_has(term, 0, words), *also)
        .order_by(term.c.resource)
        .limit(bindparam("most"))
    )


def find(link: Link, kind: str, terms: Sequence[Term], limit: int) -> list[Version]:
    """Current resources that have all these terms; the rarest term leads."""
    asked = list(dict.fromkeys((name, value) for name, value in terms))
    used = index(link, link.seals).used if link.seals else ()
    worded = [(name, [each.value(kind, name, value) for each in used] or [value]) for name, value in asked]
    words = len(used) or 1
    if len(worded) > 1:
        worded.sort(key=lambda each: link.rows(_rare(words), {"kind": kind, **_given(0, *each)})[0][0])
    values: dict[str, Any] = {"kind": kind, "most": limit}
    for place, each in enumerate(worded):
        values |= _given(place, *each)
    rows = link.rows(_having(len(worded), words) if worded else ALL, values)
    return records.versions(link.seals, rows)


def _given(place: int, name: str, words: Sequence[str]) -> dict[str, str]:
    """A term as the parameters of `_has`."""
    return {f"name{place}": name, **{f"value{place}_{number}": word for number, word in enumerate(words)}}


def proofs(link: Link, key: str) -> list[Evidence]:
    """What proves a delivery, oldest first."""
    return [records.evidence(link.seals, row) for row in link.rows(EVIDENCES, {"which": key})]


@cache
def _lines(about: bool, paged: bool) -> Executable:  # noqa: FBT001 - the key of the cache
    found = select(*_columns(audit, AUDIT))
    if about:
        found = found.where(audit.c.object == bindparam("about"))
    if paged:
        found = found.where(audit.c.number < bindparam("before"))
    return found.order_by(audit.c.number.desc()).limit(bindparam("most"))


def lines(link: Link, about: str, before: int, limit: int) -> list[Audit]:
    """The audit, newest first."""
    rows = link.rows(_lines(bool(about), bool(before)), {"about": about, "before": before, "most": limit})
    return [audit_of(row) for row in rows]


def archived(link: Link, key: str) -> tuple[str, bytes] | None:
    """Name and packed files of a format."""
    row = link.row(ARCHIVED, {"which": key})
    return None if row is None else (row[0], row[1])


def counts(link: Link) -> dict[str, int]:
    """Messages by state and deliveries by standing."""
    return {f"{what}.{row[0]}": row[1] for what, statement in COUNTS.items() for row in link.rows(statement, {})}
