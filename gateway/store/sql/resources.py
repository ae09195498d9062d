"""Versions of resources, and under what they are found."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.sql.expression import Executable

from gateway.domain.ledger import Save, Unchanged
from gateway.store import rules
from gateway.store.paging import risen
from gateway.store.rows import moment, resource_bytes
from gateway.store.schema import resource, resource_version, span, term
from gateway.store.sql.link import Link

CURRENT = select(resource.c.number, resource.c.version).where(
    resource.c.type == bindparam("type"), resource.c.id == bindparam("id")
)
NEW = insert(resource).values(type=None, id=None, version=None, current=None, updated=None).returning(resource.c.number)
NEWER = (
    update(resource)
    .where(resource.c.number == bindparam("resource"))
    .values(version=bindparam("to"), current=bindparam("newest"), updated=bindparam("at"))
)
WRITE = (
    insert(resource_version)
    .values(resource=None, version=None, updated=None, message=None, body=None)
    .returning(resource_version.c.number)
)
LAST = select(resource_version.c.updated).order_by(resource_version.c.number.desc()).limit(1)
TERMS = select(term.c.name, term.c.value).where(term.c.resource == bindparam("resource"))
ADD = insert(term).values(type=None, name=None, value=None, resource=None)
TAKE = delete(term).where(
    term.c.type == bindparam("type"),
    term.c.name == bindparam("name"),
    term.c.value == bindparam("value"),
    term.c.resource == bindparam("resource"),
)
SPANS = select(span.c.name, span.c.low, span.c.high).where(span.c.resource == bindparam("resource"))
ADD_SPAN = insert(span).values(type=None, name=None, low=None, high=None, resource=None)
TAKE_SPAN = delete(span).where(
    span.c.type == bindparam("type"),
    span.c.name == bindparam("name"),
    span.c.low == bindparam("low"),
    span.c.high == bindparam("high"),
    span.c.resource == bindparam("resource"),
)


def save(link: Link, change: Save) -> None:
    """A new version, later than every other."""
    kind, key = change.resource.get("resourceType"), change.resource.get("id")
    found = link.row(CURRENT, {"type": kind, "id": key})
    current = found[1] if found else 0
    kind, key = rules.may_save(change, current)
    first = found[0] if found else _new(link, kind, key)
    last = link.row(LAST, {})
    updated = risen(moment(change.at), last[0] if last else "")
    written = {
        "resource": first,
        "version": current + 1,
        "updated": updated,
        "message": change.message,
        "body": resource_bytes(change.resource),
    }
    number = link.rows(WRITE, written)[0][0]
    link.run(NEWER, {"resource": first, "to": current + 1, "newest": number, "at": updated})
    for index, wanted in ((IN_TERMS, change.terms), (IN_SPANS, change.spans)):
        index.write(link, (kind, first), set(wanted), fresh=not current)


def unchanged(link: Link, change: Unchanged) -> None:
    """A version is still the current one."""
    found = link.row(CURRENT, {"type": change.type, "id": change.id})
    rules.must_be(change, found[1] if found else 0)


def _new(link: Link, kind: str, key: str) -> int:
    row = {"type": kind, "id": key, "version": 0, "current": 0, "updated": ""}
    number: int = link.rows(NEW, row)[0][0]
    return number


@dataclass(frozen=True, slots=True)
class Index:
    """A table by which resources are found: its columns between type and resource, and its statements."""

    columns: tuple[str, ...]
    there: Executable
    take: Executable
    add: Executable

    def write(self, link: Link, owner: tuple[str, int], after: set[Any], *, fresh: bool) -> None:
        """Only what differs from the version before."""
        kind, first = owner
        before = set() if fresh else set(link.rows(self.there, {"resource": first}))
        for statement, rows in ((self.take, before - after), (self.add, after - before)):
            named = [dict(zip(self.columns, row, strict=True)) for row in sorted(rows)]
            if named:
                link.each(statement, [{"type": kind, "resource": first, **row} for row in named])


IN_TERMS = Index(("name", "value"), TERMS, TAKE, ADD)
IN_SPANS = Index(("name", "low", "high"), SPANS, TAKE_SPAN, ADD_SPAN)
