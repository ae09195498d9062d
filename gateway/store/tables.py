"""The tables of the store in memory, with an undo list; how changes are made to them, and how lanes are claimed."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from gateway.domain.ledger import (
    Announce,
    Announced,
    Archive,
    Audit,
    Change,
    Conclude,
    Counted,
    Delivery,
    Entry,
    Evidence,
    Heard,
    Keep,
    Kept,
    Note,
    Prove,
    Queue,
    Relane,
    Save,
    Settle,
    Spend,
    Unchanged,
    Version,
)
from gateway.domain.question import Absent
from gateway.store import announcements, erasing, rules, spending
from gateway.store.chain import linked
from gateway.store.paging import risen
from gateway.store.port import ConflictError
from gateway.store.rows import delivery_with, entry_with, moment, moment_of, resource_bytes

K = TypeVar("K")
V = TypeVar("V")
_NOTHING: Any = object()


@dataclass(frozen=True, slots=True)
class Head:
    """The delivery of a lane that may be claimed next."""

    due: str
    number: int
    id: str
    partner: str


@dataclass(slots=True)
class Tables:
    """All rows; every value is replaced, never changed, so that it can be put back."""

    entries: dict[str, Entry] = field(default_factory=dict)
    keys: dict[tuple[str, str], str] = field(default_factory=dict)
    resources: dict[tuple[str, str], tuple[tuple[Version, bytes], ...]] = field(default_factory=dict)
    terms: dict[tuple[str, str, str], dict[int, tuple[str, str]]] = field(default_factory=dict)
    listed: dict[tuple[str, str], frozenset[tuple[str, str]]] = field(default_factory=dict)
    spanned: dict[tuple[str, str], frozenset[tuple[str, str, str]]] = field(default_factory=dict)
    updated: dict[str, str] = field(default_factory=dict)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    parcels: dict[str, str] = field(default_factory=dict)
    lanes: dict[str, tuple[tuple[int, str], ...]] = field(default_factory=dict)
    tails: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    heads: dict[str, Head] = field(default_factory=dict)
    held: dict[str, frozenset[str]] = field(default_factory=dict)
    evidence: dict[str, tuple[Evidence, ...]] = field(default_factory=dict)
    audit: dict[int, Audit] = field(default_factory=dict)
    archive: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    announced: dict[tuple[str, int], Announced] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)
    heard: dict[str, int] = field(default_factory=dict)
    spent: dict[str, datetime] = field(default_factory=dict)
    marks: dict[tuple[str, str], datetime] = field(default_factory=dict)
    _number: int = 0
    _undo: list[tuple[dict[Any, Any], Any, Any]] = field(default_factory=list)

    def next_number(self) -> int:
        """Rising over everything."""
        self._number += 1
        return self._number

    def put(self, table: dict[K, V], key: K, value: V) -> None:
        """Write a row."""
        self._undo.append((table, key, table.get(key, _NOTHING)))
        table[key] = value

    def drop(self, table: dict[K, V], key: K) -> None:
        """Take a row away, if it is there."""
        if key in table:
            self._undo.append((table, key, table.pop(key)))

    def roll_back(self) -> None:
        """As it was before the first `put` since the last `seal`."""
        while self._undo:
            table, key, value = self._undo.pop()
            if value is _NOTHING:
                del table[key]
            else:
                table[key] = value

    def seal(self) -> None:
        """What was written stays."""
        self._undo.clear()


def apply(tables: Tables, changes: Sequence[Change]) -> None:
    """All changes, in their order."""
    for change in changes:
        APPLY[type(change)](tables, change)


def _settle(tables: Tables, change: Settle) -> None:
    entry = tables.entries.get(change.message)
    rules.may_settle(change, entry.state if entry else None)
    if entry is not None:
        tables.put(tables.entries, entry.id, entry_with(entry, change.changes))


def keep(tables: Tables, entry: Entry) -> Kept:
    """Kept, or what the partner's key says."""
    rules.may_keep(entry)
    earlier = tables.keys.get((entry.partner, entry.key)) if entry.key else None
    if earlier is not None:
        first = tables.entries[earlier]
        return Kept("again" if rules.same(first, entry) else "clash", first)
    if entry.id in tables.entries:
        raise ConflictError(f"there is a message {entry.id} already")
    kept = entry_with(replace(entry, number=tables.next_number()), {})
    tables.put(tables.entries, entry.id, kept)
    if entry.key:
        tables.put(tables.keys, (entry.partner, entry.key), entry.id)
    return Kept("kept", kept)


def _enter(tables: Tables, change: Keep) -> None:
    if keep(tables, change.entry).how != "kept":
        raise ConflictError(f"{change.entry.partner} has sent a message of this key before")


def _save(tables: Tables, change: Save) -> None:
    name = (str(change.resource.get("resourceType")), str(change.resource.get("id")))
    kept = tables.resources.get(name, ())
    kind, key = rules.may_save(change, kept[-1][0].version if kept else 0)
    number = tables.next_number()
    last = risen(moment(change.at), tables.updated.get("last", ""))
    tables.put(tables.updated, "last", last)
    updated = moment_of(last) or change.at
    version = Version(kind, key, len(kept) + 1, updated, {}, change.message, number)
    tables.put(tables.resources, name, (*kept, (version, resource_bytes(change.resource))))
    first = kept[0][0].number if kept else number
    before, after = tables.listed.get(name, frozenset()), frozenset(change.terms)
    for term in before - after:
        tables.drop(tables.terms[kind, *term], first)
    for term in after - before:
        tables.put(tables.terms.setdefault((kind, *term), {}), first, name)
    tables.put(tables.listed, name, after)
    tables.put(tables.spanned, name, frozenset(change.spans))


def _unchanged(tables: Tables, change: Unchanged) -> None:
    kept = tables.resources.get((change.type, change.id), ())
    rules.must_be(change, kept[-1][0].version if kept else 0)


def _counted(tables: Tables, change: Counted) -> None:
    rules.must_count(change, len(tables.terms.get((change.type, *change.term), {})))


def _absent(tables: Tables, change: Absent) -> None:
    from gateway.store.seek import search  # noqa: PLC0415 - it reads these tables

    rules.must_be_none(change, len(search(tables, change.question).found))


def _queue(tables: Tables, change: Queue) -> None:
    given = change.delivery
    if given.key in tables.parcels:
        return
    if given.id in tables.deliveries:
        raise ConflictError(f"there is a delivery {given.id} already")
    delivery = delivery_with(replace(given, number=tables.next_number()), {})
    tables.put(tables.parcels, delivery.key, delivery.id)
    tables.put(tables.deliveries, delivery.id, delivery)
    _append(tables, delivery)


def _append(tables: Tables, delivery: Delivery) -> None:
    """At the end of its lane."""
    place = tables.tails.get(delivery.lane, 0) + 1
    tables.put(tables.tails, delivery.lane, place)
    tables.put(tables.places, delivery.id, place)
    _stand(tables, delivery)


def _stand(tables: Tables, delivery: Delivery) -> None:
    """In the row of its lane while it is open, held while it is on its way."""
    row, lane = (tables.places[delivery.id], delivery.id), tables.lanes.get(delivery.lane, ())
    at = bisect_left(lane, row)
    there, stays = lane[at : at + 1] == (row,), delivery.standing in rules.OPEN
    if there is not stays:
        tables.put(tables.lanes, delivery.lane, (*lane[:at], *((row,) if stays else ()), *lane[at + there :]))
    held = tables.held.get(delivery.lane, frozenset())
    now = held | {delivery.id} if delivery.standing == "sending" else held - {delivery.id}
    if now != held:
        tables.put(tables.held, delivery.lane, now)
    _look(tables, delivery.lane)


def _look(tables: Tables, lane: str) -> None:
    """Who heads a lane: nobody while something of it is on its way, else the first that waits."""
    row = () if tables.held.get(lane) else tables.lanes.get(lane, ())
    first = next((d for _, name in row if (d := tables.deliveries[name]).standing == "waiting"), None)
    if first is None:
        tables.drop(tables.heads, lane)
    else:
        tables.put(tables.heads, lane, Head(moment(first.due), first.number, first.id, first.partner))


def _conclude(tables: Tables, change: Conclude) -> None:
    delivery = tables.deliveries.get(change.delivery)
    rules.may_conclude(change, delivery.standing if delivery else None, delivery.token if delivery else 0)
    if delivery is not None:
        _restate(tables, delivery_with(delivery, change.changes))


def _restate(tables: Tables, delivery: Delivery) -> None:
    """A delivery as it is now."""
    tables.put(tables.deliveries, delivery.id, delivery)
    _stand(tables, delivery)


def _prove(tables: Tables, change: Prove) -> None:
    given = change.evidence
    proof = replace(given, at=moment_of(moment(given.at)) or given.at)
    tables.put(tables.evidence, given.delivery, (*tables.evidence.get(given.delivery, ()), proof))


def _note(tables: Tables, change: Note) -> None:
    number = len(tables.audit) + 1
    before = tables.audit[number - 1].hash if number > 1 else ""
    tables.put(tables.audit, number, linked(change.audit, number, before))


def _relane(tables: Tables, change: Relane) -> None:
    if change.old == change.new:
        return
    erasing.held_too(tables, change)
    for old in [lane for lane in tables.lanes if rules.person_of(lane) == change.old]:
        row = tables.lanes[old]
        tables.put(tables.lanes, old, ())
        tables.put(tables.held, old, frozenset())
        _look(tables, old)
        for _, name in row:
            moved = replace(tables.deliveries[name], lane=rules.lane_of(old.partition(" ")[0], change.new))
            tables.put(tables.deliveries, name, moved)
            _append(tables, moved)


def _archive(tables: Tables, change: Archive) -> None:
    tables.put(tables.archive, change.hash, tables.archive.get(change.hash, (change.format, change.files)))


APPLY: dict[type, Callable[[Tables, Any], None]] = {
    Settle: _settle,
    Keep: _enter,
    Save: _save,
    Queue: _queue,
    Conclude: _conclude,
    Prove: _prove,
    Note: _note,
    Relane: _relane,
    Archive: _archive,
    Announce: announcements.announce,
    Heard: announcements.hear,
    Unchanged: _unchanged,
    Absent: _absent,
    Counted: _counted,
    Spend: spending.spend,
    **erasing.CHANGES,
}


def claim(tables: Tables, now: datetime, limit: int, lease: float, partners: frozenset[str]) -> list[Delivery]:
    """Due heads, oldest first, now held."""
    until, latest = now + timedelta(seconds=lease), moment(now)
    due = [head for head in erasing.going(tables) if head.due <= latest and head.partner not in partners]
    claimed = []
    for head in sorted(due, key=lambda head: (head.due, head.number))[:limit]:
        before = tables.deliveries[head.id]
        held = {"standing": "sending", "until": until, "token": before.token + 1}
        claimed.append(delivery_with(before, held))
        _restate(tables, claimed[-1])
    return claimed
