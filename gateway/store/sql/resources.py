"""Versions of resources, and under what they are found."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.sql.expression import Executable

from gateway.domain.ledger import Counted, Save, Unchanged
from gateway.store import rules
from gateway.store.paging import risen
from gateway.store.rows import moment, resource_bytes
from gateway.store.schema import resource, resource_version, span, term
from gateway.store.sealing.records import of_version
from gateway.store.sql.link import Link
from gateway.store.sql.sealed import belonging, indexing

CURRENT = select(resource.c.number, resource.c.version).where(
    resource.c.type == bindparam("type"), resource.c.id == bindparam("id")
)
LAST = select(resource_version.c.number, resource_version.c.updated).order_by(resource_version.c.number.desc()).limit(1)
NEW = insert(resource).values(type=None, id=None, version=None, current=None, updated=None).returning(resource.c.number)
NEWER = (
    update(resource)
    .where(resource.c.number == bindparam("resource"))
    .values(version=bindparam("version"), current=bindparam("current"), updated=bindparam("updated"))
)
WRITE = insert(resource_version).values(
    number=bindparam("current"), resource=None, version=None, updated=None, message=None, body=None
)
COUNT = select(func.count()).where(
    term.c.type == bindparam("type"), term.c.name == bindparam("name"), term.c.value == bindparam("value")
)
TERMS = select(term.c.name, term.c.value).where(term.c.resource == bindparam("resource"))
SPANS = select(span.c.name, span.c.low, span.c.high).where(span.c.resource == bindparam("resource"))


def save(link: Link, change: Save) -> None:
    """A new version, later than every other."""
    kind, key = change.resource.get("resourceType"), change.resource.get("id")
    found = link.row(CURRENT, {"type": kind, "id": key})
    first, before = found or (0, 0)
    kind, key = rules.may_save(change, before)
    last, moved = link.row(LAST, {}) or (0, "")
    row: dict[str, Any] = {
        "type": kind,
        "id": key,
        "version": before + 1,
        "current": last + 1,
        "updated": risen(moment(change.at), moved),
        "message": change.message,
        "body": resource_bytes(change.resource),
    }
    if first:
        belonging.keep(link, first)
        link.run(NEWER, {**row, "resource": first})
    else:
        first = link.rows(NEW, row)[0][0]
    terms: set[Any] = set(change.terms)
    spans: set[Any] = set(change.spans)
    if link.seals:
        row["body"] = link.seals.shut(row["body"], of_version(kind, key, before + 1))
        words = indexing.index(link, link.seals)
        terms, spans = words.terms(kind, terms, spans), words.spans(kind, spans)
    link.run(WRITE, {**row, "resource": first})
    for index, wanted in ((IN_TERMS, terms), (IN_SPANS, spans)):
        index.write(link, (kind, first), wanted, fresh=not before)


def unchanged(link: Link, change: Unchanged) -> None:
    """A version is still the current one."""
    found = link.row(CURRENT, {"type": change.type, "id": change.id})
    rules.must_be(change, found[1] if found else 0)


def counted(link: Link, change: Counted) -> None:
    """As many resources as before are found by a term."""
    name, value = change.term
    used = indexing.index(link, link.seals).used if link.seals else ()
    values = {each.value(change.type, name, value) for each in used} or {value}
    rows = [link.rows(COUNT, {"type": change.type, "name": name, "value": each})[0] for each in values]
    rules.must_count(change, sum(row[0] for row in rows))


@dataclass(frozen=True, slots=True)
class Index:
    """A table by which resources are found: what it says of one, and the statements that add and take away a row.

    Both take type, number of the resource, then the other columns.
    """

    there: Executable
    add: str
    take: str

    def write(self, link: Link, owner: tuple[str, int], after: set[Any], *, fresh: bool) -> None:
        """Only what differs from the version before."""
        before = set() if fresh else set(link.rows(self.there, {"resource": owner[1]}))
        for statement, rows in ((self.take, before - after), (self.add, after - before)):
            if rows:
                link.each(statement, [(*owner, *row) for row in sorted(rows)])


IN_TERMS = Index(
    TERMS,
    "INSERT INTO term (type, resource, name, value) VALUES (?, ?, ?, ?)",
    "DELETE FROM term WHERE type = ? AND resource = ? AND name = ? AND value = ?",
)
IN_SPANS = Index(
    SPANS,
    "INSERT INTO span (type, resource, name, low, high) VALUES (?, ?, ?, ?, ?)",
    "DELETE FROM span WHERE type = ? AND resource = ? AND name = ? AND low = ? AND high = ?",
)
