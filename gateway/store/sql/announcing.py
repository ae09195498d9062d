"""Events for subscribers, numbered in the transaction of what they are about."""

from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from gateway.domain.ledger import Announce, Announced, Heard
from gateway.store.rows import moment
from gateway.store.schema import announcement, resource, subscriber
from gateway.store.sql.link import Link

LAST = select(subscriber.c.last).where(subscriber.c.subscription == bindparam("which"))
BEGIN = insert(subscriber).values(subscription=bindparam("which"), last=bindparam("event"), heard=bindparam("told"))
COUNT = update(subscriber).where(subscriber.c.subscription == bindparam("which")).values(last=bindparam("event"))
ADD = insert(announcement).values({column.name: bindparam(column.name) for column in announcement.c})
VERSION = select(resource.c.version).where(resource.c.type == bindparam("type"), resource.c.id == bindparam("id"))
TOLD = (
    update(subscriber)
    .where(
        subscriber.c.subscription == bindparam("which"),
        subscriber.c.heard < bindparam("event"),
        subscriber.c.last >= bindparam("event"),
    )
    .values(heard=bindparam("event"))
)
EVENTS = (
    select(*(announcement.c[name] for name in ("subscription", "event", "focus", "version", "at", "message")))
    .where(announcement.c.subscription == bindparam("which"), announcement.c.event > bindparam("after"))
    .order_by(announcement.c.event)
    .limit(bindparam("most"))
)
BEHIND = select(subscriber.c.subscription, subscriber.c.heard).where(subscriber.c.heard < subscriber.c.last)
NEWEST = (
    select(resource.c.current).where(resource.c.type == bindparam("kind")).order_by(resource.c.updated.desc()).limit(1)
)


def announce(link: Link, change: Announce) -> None:
    """The next event of a subscription, about the version that is there now unless it names one."""
    found = link.row(LAST, {"which": change.subscription})
    number = (found[0] if found else 0) + 1
    row = {
        "subscription": change.subscription,
        "event": number,
        "focus": change.focus,
        "version": change.version or _version(link, change.focus),
        "at": moment(change.at),
        "message": change.message,
    }
    link.run(ADD, row)
    link.run(COUNT if found else BEGIN, {"which": change.subscription, "event": number, "told": 0})


def _version(link: Link, focus: str) -> int:
    kind, _, key = focus.partition("/")
    found = link.row(VERSION, {"type": kind, "id": key})
    return found[0] if found else 0


def hear(link: Link, change: Heard) -> None:
    """A subscriber was told."""
    link.run(TOLD, {"which": change.subscription, "event": change.event})


def announced(link: Link, subscription: str, after: int, limit: int) -> list[Announced]:
    """Events of a subscription, oldest first."""
    rows = link.rows(EVENTS, {"which": subscription, "after": max(after, 0), "most": limit})
    return [Announced(name, n, focus, v, datetime.fromisoformat(at), by) for name, n, focus, v, at, by in rows]


def last_event(link: Link, subscription: str) -> int:
    """The number of its newest event."""
    found = link.row(LAST, {"which": subscription})
    return found[0] if found else 0


def behind(link: Link) -> dict[str, int]:
    """Whose subscribers were not told of all, each with what they were told of last."""
    return dict(link.rows(BEHIND, {}))


def newest(link: Link, kind: str) -> int:
    """The number of what was written last of a type."""
    found = link.row(NEWEST, {"kind": kind})
    return found[0] if found else 0
