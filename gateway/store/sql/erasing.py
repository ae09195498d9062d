"""What is taken away for good; freed pages are overwritten (`PRAGMA secure_delete`)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, delete, func, or_, select
from sqlalchemy.sql.expression import Executable

from gateway.domain.ledger import Empty, Erase, Hold
from gateway.domain.records import Aged
from gateway.store.rows import moment
from gateway.store.schema import journal, journal_body, lane, outbox, outbox_body, resource
from gateway.store.sql.link import Link
from gateway.store.sql.marks import hold, marked_as
from gateway.store.sql.outbox import look
from gateway.store.sql.spending import OVER


def _old(table: Table, body: Table, ends: Sequence[str], moment_of_end: Any) -> Executable:
    """Rows that have ended so before a moment, and still have their bytes."""
    column = table.c.state if "state" in table.c else table.c.standing
    ended = or_(*(column == end for end in ends))
    found = (
        select(table.c.id).join(body).where(ended, moment_of_end < bindparam("moment"), func.length(body.c.data) > 0)
    )
    return found.order_by(table.c.number).limit(bindparam("most"))


SETTLED = func.coalesce(journal.c.settled, journal.c.received)
OLD: Mapping[str, Executable] = {
    "messages": _old(journal, journal_body, ("done", "dropped", "refused"), SETTLED),
    "deliveries": _old(outbox, outbox_body, ("delivered", "dropped"), outbox.c.settled),
    "parked": select(journal.c.id)
    .where(journal.c.state == "parked", journal.c.step != "hold", journal.c.case == "")
    .where(journal.c.received < bindparam("moment"))
    .order_by(journal.c.number)
    .limit(bindparam("most")),
}
"""What waits for the release of a person never grows old, and what belongs to a case goes with the case."""
KINDS = select(resource.c.type).distinct().order_by(resource.c.type)
LANE = select(outbox.c.lane).where(outbox.c.id == bindparam("which"))
LEFT = select(outbox.c.number).where(outbox.c.lane == bindparam("lane")).limit(1)
NO_LANE = delete(lane).where(lane.c.name == bindparam("lane"))


def aged(link: Link, what: Aged, before: datetime, limit: int) -> list[str]:
    """Ids of what is old and still has its bytes."""
    return [row[0] for row in link.rows(OLD[what], {"moment": moment(before), "most": limit})]


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
TOLD = (
    "DELETE FROM announcement WHERE at < ? AND event <= "
    "(SELECT heard FROM subscriber WHERE subscriber.subscription = announcement.subscription)"
)
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
    if change.announced is not None:
        link.told(TOLD, (moment(change.announced),))
    link.told(HEARD, ())
    link.run(OVER, {"now": moment(change.at)})
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
