"""Deliveries in their lanes: queued, claimed, concluded, moved; the row of a lane knows its head."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, insert, null, or_, select, update
from sqlalchemy.sql.expression import Executable

from gateway.domain.ledger import Conclude, Delivery, Queue, Relane
from gateway.store import rules
from gateway.store.rows import DELIVERY, changed, moment, row_of_delivery
from gateway.store.schema import lane, outbox, outbox_body
from gateway.store.sealing import records
from gateway.store.sealing.faults import UnreadableError
from gateway.store.sql.link import Link
from gateway.store.sql.marks import HELD as HELD_BACK
from gateway.store.sql.marks import held_too

COLUMNS = [*(name for name in DELIVERY if name != "number"), "place"]
THERE = select(outbox.c.number).where(outbox.c.key == bindparam("key"))
PUT = insert(outbox).values(dict.fromkeys(COLUMNS)).returning(outbox.c.number)
BODY = insert(outbox_body).values(number=None, data=None)
TAIL = select(lane.c.tail).where(lane.c.name == bindparam("lane"))
OPEN = insert(lane).values(name=None, partner=None, person=None, tail=None)
LONGER = update(lane).where(lane.c.name == bindparam("lane")).values(tail=bindparam("place"))
HELD = select(outbox.c.number).where(outbox.c.lane == bindparam("lane"), outbox.c.standing == "sending").limit(1)
FIRST = (
    select(outbox.c.number, outbox.c.due)
    .where(outbox.c.lane == bindparam("lane"), outbox.c.standing == "waiting")
    .order_by(outbox.c.place)
    .limit(1)
)
HEAD = update(lane).where(lane.c.name == bindparam("lane")).values(head=bindparam("number"), due=bindparam("when"))
STANDS = select(outbox.c.standing, outbox.c.token, outbox.c.lane).where(outbox.c.id == bindparam("which"))
WHOLE = select(*(outbox.c[name] for name in DELIVERY), outbox_body.c.data).join(outbox_body)
CLAIMED = WHOLE.where(outbox.c.number == bindparam("which"))
HOLD = (
    update(outbox)
    .where(outbox.c.number == bindparam("which"))
    .values(standing="sending", token=outbox.c.token + 1, until=bindparam("lease"), worker=bindparam("by"))
)
DEAD = (
    update(outbox)
    .where(outbox.c.number == bindparam("which"))
    .values(standing="dead", code=bindparam("said"), until=null(), reason="")
)
"""Nothing is sent of what cannot be opened."""
FREE = update(lane).where(lane.c.name == bindparam("lane")).values(head=null(), due=null())
LANES = select(lane.c.name, lane.c.partner).where(lane.c.person == bindparam("who"))
ROW = (
    select(outbox.c.number)
    .where(outbox.c.lane == bindparam("lane"), or_(*(outbox.c.standing == standing for standing in rules.OPEN)))
    .order_by(outbox.c.place)
)
MOVE = update(outbox).where(outbox.c.number == bindparam("which")).values(lane=bindparam("to"), place=bindparam("at"))


def queue(link: Link, change: Queue) -> None:
    """At the end of its lane, unless its key is there."""
    given = change.delivery
    if link.row(THERE, {"key": given.key}) is not None:
        return
    place = _place(link, given.lane, given.partner)
    row, data = row_of_delivery(given), given.data
    if link.seals:
        row = link.seals.columns("outbox", given.id, row)
        data = link.seals.shut(data, records.of("outbox", "data", given.id))
    number = link.rows(PUT, {**row, "place": place})[0][0]
    link.run(BODY, {"number": number, "data": data})
    look(link, given.lane)


def _place(link: Link, name: str, partner: str) -> int:
    """The next place of a lane."""
    found = link.row(TAIL, {"lane": name})
    if found is None:
        link.run(OPEN, {"name": name, "partner": partner, "person": rules.person_of(name), "tail": 1})
        return 1
    place: int = found[0] + 1
    link.run(LONGER, {"lane": name, "place": place})
    return place


def look(link: Link, name: str) -> None:
    """Who heads a lane: nobody while something of it is on its way, else the first that waits."""
    first = None
    if link.row(HELD, {"lane": name}) is None:
        first = link.row(FIRST, {"lane": name})
    number, due = first or (None, None)
    link.run(HEAD, {"lane": name, "number": number, "when": due})


@cache
def _set(fields: tuple[str, ...]) -> Executable:
    return update(outbox).where(outbox.c.id == bindparam("which")).values(dict.fromkeys(fields))


def conclude(link: Link, change: Conclude) -> None:
    """What became of an attempt, or what a person decided."""
    standing, token, name = link.row(STANDS, {"which": change.delivery}) or (None, 0, "")
    rules.may_conclude(change, standing, token)
    values = changed(change.changes)
    if link.seals:
        values = link.seals.columns("outbox", change.delivery, values)
    if values:
        link.run(_set(tuple(sorted(values))), {**values, "which": change.delivery})
        look(link, name)


@cache
def left_out(partners: int) -> tuple[Any, ...]:
    """The condition that leaves out so many partners, called p0, p1 ..."""
    return tuple(lane.c.partner != bindparam(f"p{n}") for n in range(partners))


def names(partners: Sequence[str]) -> dict[str, str]:
    """The values for `left_out`."""
    return {f"p{n}": partner for n, partner in enumerate(partners)}


@cache
def _due(partners: int) -> Executable:
    return (
        select(lane.c.name, lane.c.head)
        .where(lane.c.due <= bindparam("now"), lane.c.person.not_in(HELD_BACK), *left_out(partners))
        .order_by(lane.c.due, lane.c.head)
        .limit(bindparam("most"))
    )


@dataclass(frozen=True, slots=True)
class Claim:
    """What a worker asks for, as `Store.claim` says it."""

    worker: str
    now: datetime
    limit: int
    lease: float
    partners: tuple[str, ...]


def claim(link: Link, asked: Claim) -> list[Delivery]:
    """Due heads, oldest first, now held."""
    left = names(sorted(set(asked.partners)))
    until = moment(asked.now + timedelta(seconds=asked.lease))
    due = link.rows(_due(len(left)), {"now": moment(asked.now), "most": asked.limit, **left})
    claimed = []
    for name, number in due:
        link.run(HOLD, {"which": number, "lease": until, "by": asked.worker})
        link.run(FREE, {"lane": name})
        row = link.rows(CLAIMED, {"which": number})[0]
        try:
            claimed.append(records.parcel(link.seals, row[:-1], row[-1]))
        except UnreadableError:
            link.run(DEAD, {"which": number, "said": records.gone().code})
            look(link, name)
    return claimed


def relane(link: Link, change: Relane) -> None:
    """All that is open in lanes of the old person goes behind what stands in those of the new one."""
    if change.old == change.new:
        return
    held_too(link, change.old, change.new)
    for old, partner in link.rows(LANES, {"who": change.old}):
        new = rules.lane_of(old.partition(" ")[0], change.new)
        moving = link.rows(ROW, {"lane": old})
        for (number,) in moving:
            link.run(MOVE, {"which": number, "to": new, "at": _place(link, new, partner)})
        if moving:
            look(link, new)
            link.run(FREE, {"lane": old})
