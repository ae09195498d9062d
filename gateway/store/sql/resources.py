"""Versions of resources, under what they are found, and the list of Tasks."""

from sqlalchemy import bindparam, delete, insert, select, update

from gateway.domain.ledger import Save
from gateway.store import rules
from gateway.store.rows import moment, resource_bytes
from gateway.store.schema import resource, resource_version, task, term
from gateway.store.sql.link import Link

CURRENT = select(resource.c.number, resource.c.version).where(
    resource.c.type == bindparam("type"), resource.c.id == bindparam("id")
)
NEW = insert(resource).values(type=None, id=None, version=None, current=None).returning(resource.c.number)
NEWER = (
    update(resource)
    .where(resource.c.number == bindparam("resource"))
    .values(version=bindparam("to"), current=bindparam("newest"))
)
WRITE = (
    insert(resource_version)
    .values(resource=None, version=None, updated=None, message=None, body=None)
    .returning(resource_version.c.number)
)
NEWEST = select(resource_version.c.number).order_by(resource_version.c.number.desc()).limit(1)
TERMS = select(term.c.name, term.c.value).where(term.c.resource == bindparam("resource"))
ADD = insert(term).values(type=None, name=None, value=None, resource=None)
TAKE = delete(term).where(
    term.c.type == bindparam("type"),
    term.c.name == bindparam("name"),
    term.c.value == bindparam("value"),
    term.c.resource == bindparam("resource"),
)
NO_TASK = delete(task).where(task.c.id == bindparam("id"))
LIST_TASK = insert(task).values(dict.fromkeys(column.name for column in task.c))


def save(link: Link, change: Save) -> None:
    """A new version."""
    kind, key = change.resource.get("resourceType"), change.resource.get("id")
    found = link.row(CURRENT, {"type": kind, "id": key})
    current = found[1] if found else 0
    kind, key = rules.may_save(change, current)
    first = found[0] if found else _new(link, kind, key)
    written = {
        "resource": first,
        "version": current + 1,
        "updated": moment(change.at),
        "message": change.message,
        "body": resource_bytes(change.resource),
    }
    number = link.rows(WRITE, written)[0][0]
    link.run(NEWER, {"resource": first, "to": current + 1, "newest": number})
    _index(link, kind, first, change.terms, fresh=not current)
    if kind == "Task":
        row = rules.task_row(change.resource, moment(change.at))
        link.run(NO_TASK, row)
        link.run(LIST_TASK, row)


def _new(link: Link, kind: str, key: str) -> int:
    number: int = link.rows(NEW, {"type": kind, "id": key, "version": 0, "current": 0})[0][0]
    return number


def _index(link: Link, kind: str, first: int, terms: tuple[tuple[str, str], ...], *, fresh: bool) -> None:
    """Only what differs from the version before is written."""
    before = set() if fresh else set(link.rows(TERMS, {"resource": first}))
    after = set(terms)
    for statement, pairs in ((TAKE, before - after), (ADD, after - before)):
        rows = [{"type": kind, "name": name, "value": value, "resource": first} for name, value in sorted(pairs)]
        if rows:
            link.each(statement, rows)
