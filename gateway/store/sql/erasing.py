"""What is taken away for good; freed pages are overwritten (`PRAGMA secure_delete`)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, select

from gateway.domain.ledger import Empty, Erase, Hold
from gateway.store.schema import lane, outbox, resource
from gateway.store.sql.link import Link
from gateway.store.sql.marks import hold, marked_as
from gateway.store.sql.outbox import look

KINDS = select(resource.c.type).distinct().order_by(resource.c.type)
LANE = select(outbox.c.lane).where(outbox.c.id == bindparam("which"))
LEFT = select(outbox.c.number).where(outbox.c.lane == bindparam("lane")).limit(1)
NO_LANE = delete(lane).where(lane.c.name == bindparam("lane"))

EMPTIED: Mapping[str, tuple[str, ...]] = {
    "messages": (
        "UPDATE journal_body SET data = x'' WHERE number = (SELECT number FROM journal WHERE id = ?)",
        "UPDATE journal SET headers = '{}', answer = x'' WHERE id = ?",
    ),
    "deliveries": (
        "UPDATE outbox_body SET data = x'' WHERE number = (SELECT number FROM outbox WHERE id = ?)",
        "UPDATE outbox SET headers = '{}' WHERE id = ?",
        "UPDATE evidence SET reply = x'' WHERE delivery = ?",
    ),
}
ERASED: Mapping[str, tuple[str, ...]] = {
    "messages": ("DELETE FROM journal WHERE id = ?",),
    "deliveries": ("DELETE FROM evidence WHERE delivery = ?", "DELETE FROM outbox WHERE id = ?"),
    "resources": ("DELETE FROM announcement WHERE focus = ?",),
}
"""Statements about one thing each; its bytes follow."""
GONE = "DELETE FROM resource WHERE type = ? AND id = ?"
"""Versions, terms and spans follow."""
HEARD = (
    "UPDATE subscriber SET heard = last WHERE heard < last AND NOT EXISTS (SELECT 1 FROM announcement "
    "WHERE announcement.subscription = subscriber.subscription AND announcement.event > subscriber.heard)"
)
"""Who has nothing more to be told of is behind no more."""


def empty(link: Link, change: Empty) -> None:
    """The bytes of messages and deliveries go, their rows stay."""
    each(link, EMPTIED["messages"], change.messages)
    each(link, EMPTIED["deliveries"], change.deliveries)


def erase(link: Link, change: Erase) -> None:
    """Rows with all that hangs on them; lanes without a delivery go too."""
    found = (link.row(LANE, {"which": key}) for key in change.deliveries)
    lanes = dict.fromkeys(row[0] for row in found if row)
    each(link, ERASED["deliveries"], change.deliveries)
    for name in lanes:
        if link.row(LEFT, {"lane": name}) is None:
            link.run(NO_LANE, {"lane": name})
        else:
            look(link, name)
    each(link, ERASED["messages"], change.messages)
    each(link, ERASED["resources"], change.resources)
    if change.resources:
        link.each(GONE, [tuple(name.split("/", 1)) for name in change.resources])
    link.told(HEARD, ())
    for word in change.words:
        marked_as(link, "erased", word, change.at)


def each(link: Link, statements: Sequence[str], keys: Sequence[str]) -> None:
    """Statements about each of some things."""
    for text in statements:
        if keys:
            link.each(text, [(key,) for key in keys])


def kinds(link: Link) -> list[str]:
    """All types of which something is stored."""
    return [row[0] for row in link.rows(KINDS, {})]


CHANGES: dict[type, Callable[[Link, Any], None]] = {Hold: hold, Empty: empty, Erase: erase}
