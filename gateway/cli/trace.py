"""`gateway trace`: one referral's whole way, in the order of time; ids and codes only."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import console
from gateway.cli.deployment import (
    DEFAULT,
    LOOKED_AT,
    AsJson,
    Config,
    existing,
    existing_delivery,
    found_message,
    opened,
    paged,
)
from gateway.cli.messages import said
from gateway.domain.ledger import Audit, Delivery, Entry, Evidence, Version

if TYPE_CHECKING:
    from gateway.store.port import Store

HELP = """Show one referral's whole way with times, from any of its messages, deliveries or tasks.

Its messages and what the line made of them, each step of its tasks, each delivery with every attempt and the grade of
its evidence (E0 none, E1 handed over, E2 delivered, E3 somebody answered, E4 with an id of the receiver's own), what
the source was answered, and what persons decided. No patient data.

Examples:

  gateway trace 1f0c2a9e

  gateway trace Task/5b2e41c7-0a8e-4d0e-9d2c-5a1c6a2f7e10

  gateway trace 1f0c2a9e --json | jq '.events[] | select(.what == "queued")'
"""
MANY = 1000
DONE_BY_HAND = ("release", "replay", "drop")
GIVEN_UP = ("dead", "uncertain")
ORDER = ("received", "task", "queued", "line", "sent")
"""What comes first of what happened in the same millisecond."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; `key` is the id of the message, delivery or Task it happened to."""

    at: datetime
    kind: str
    what: str
    who: str
    key: str
    detail: str

    def moment(self) -> tuple[int, int]:
        """What it is sorted by."""
        return int(self.at.timestamp() * 1000), ORDER.index(self.kind)


@dataclass(frozen=True, slots=True)
class Way:
    """Everything that belongs to one referral."""

    entries: Sequence[Entry]
    deliveries: Sequence[Delivery]
    tasks: Sequence[Version]


def trace(
    tracking: Annotated[str, typer.Argument(metavar="TRACKING", help="Id of any message, delivery or task of it.")],
    json: AsJson = False,  # noqa: FBT002 - a flag of the command line
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    with opened(config) as deployment:
        store = deployment.store
        entry = of_task(tracking.removeprefix("Task/"), store) or found_message(store, tracking)
        if entry is None:
            entry = existing(store, existing_delivery(store, tracking).message)
        way = followed(first(entry, store), store)
        events = sorted(happened(way, store), key=Event.moment)
    if json:
        console.machine(as_dict(way, events))
        return
    sys.stdout.write(headline(way, events) + "\n\n")
    began = events[0].at
    rows = [[clock(e.at), after(began, e.at), e.what, e.who, e.key[: console.SHORT], e.detail] for e in events]
    console.table("", ["time", "+ ms", "what", "who", "id", "detail"], rows)


def of_task(start: str, store: "Store") -> Entry | None:
    """A message of the case of a Task, by its id or the beginning of that of an open case; None where none is meant."""
    from gateway.pipeline.watch import cases  # noqa: PLC0415 - with the store

    begun = {name for name in islice(cases.open_cases(store), LOOKED_AT) if start and name.startswith(start)}
    case = cases.case_of(start, store) or (begun.pop() if len(begun) == 1 else "")
    return next(iter(store.entries({"case": f"Task/{case}"}, 0, 1)), None) if case else None


def first(entry: Entry, store: "Store") -> Entry:
    """The message to start from: of one refused because its id was used before, the one that has the id."""
    return store.entry(str(entry.outcome.get("clashes with", ""))) or entry


def followed(entry: Entry, store: "Store") -> Way:
    """All messages, deliveries and Tasks of a message's case; of one without a case what it caused itself."""
    found = {entry.id: entry}
    out: dict[str, Delivery] = {}
    tasks: list[Version] = []
    if entry.case:
        found |= {other.id: other for other in paged(store.entries, {"case": entry.case})}
        out |= {d.id: d for d in paged(store.deliveries, {"case": entry.case})}
        tasks = versions(entry.case, store)
    found |= {other.id: other for other in paged(store.entries, {"state": "refused"}) if clash(other) in found}
    for key in found:
        out |= {d.id: d for d in paged(store.deliveries, {"message": key})}
    return Way(list(found.values()), list(out.values()), tasks)


def clash(entry: Entry) -> str:
    """The message whose id this one used for other bytes."""
    return str(entry.outcome.get("clashes with", ""))


def versions(case: str, store: "Store") -> list[Version]:
    """Every version of the referral's Task and of those that are part of it (Task.partOf, chapter 12.1)."""
    key = case.partition("/")[2]
    parts = [version.id for version in store.find("Task", [("case", key)], MANY)]
    names = dict.fromkeys([key, *parts])
    return [version for name in names for version in reversed(store.history("Task", name))]


# --- what happened ---------------------------------------------------------------------------------------------------


def happened(way: Way, store: "Store") -> Iterator[Event]:
    """Everything, in no order."""
    for entry in way.entries:
        detail = f"{entry.kind or entry.format} over {entry.road}" + (", as " + entry.format if entry.kind else "")
        yield Event(entry.received, "received", "message received", entry.partner, entry.id, detail)
        yield from worked(entry, store.audit(object=entry.id, limit=MANY))
    for version in way.tasks:
        yield moved(version)
    for delivery in way.deliveries:
        detail = f"{delivery.about} over {delivery.road}, as {delivery.format}"
        yield Event(delivery.created, "queued", "queued", delivery.partner, delivery.id, detail)
        yield from (attempt(delivery, proof) for proof in store.evidence(delivery.id))
        yield from settled(delivery, store.audit(object=delivery.id, limit=MANY))


def worked(entry: Entry, audit: Iterable[Audit]) -> Iterator[Event]:
    """What the line made of a message, each time it ran, and what persons decided."""
    newest = True
    for note in audit:
        if note.action == "message":
            words = {"refused": "refused", "parked": f"line parked at {note.detail}"}
            what = words.get(note.outcome, f"line {note.outcome}")
            codes = ", ".join(dict.fromkeys(p.code for p in entry.problems if p.severity == "error"))
            detail = ", ".join(filter(None, (said(entry), codes))) if newest else "an earlier run"
            newest = False
            yield Event(note.at, "line", what, "gateway", entry.id, detail)
        elif note.action in DONE_BY_HAND:
            yield by_hand(note, entry.id)


def moved(version: Version) -> Event:
    """One version of a Task."""
    from gateway.pipeline.tasks.family import kind_of, owner_of  # noqa: PLC0415 - other verbs need no line

    task = version.resource
    owner = owner_of(task)
    coding: list[dict[str, Any]] = task.get("businessStatus", {}).get("coding") or [{}]
    business = str(coding[0].get("code", ""))
    detail = f"{kind_of(task)} v{version.version}" + (f", {business}" if business else "")
    return Event(version.updated, "task", f"task {task.get('status', '')}", owner, version.id, detail)


def attempt(delivery: Delivery, proof: Evidence) -> Event:
    """One attempt and its result."""
    word = {"delivered": "delivered", "retry": "not delivered", "refused": "refused", "uncertain": "no clear answer"}
    again = f", attempt {proof.attempt}" if proof.attempt > 1 else ""
    detail = f"{delivery.about}: {proof.code}, {proof.grade}{again}"
    return Event(proof.at, "sent", word.get(proof.outcome, proof.outcome), delivery.partner, delivery.id, detail)


def settled(delivery: Delivery, audit: Iterable[Audit]) -> Iterator[Event]:
    """What was given up, and what persons decided."""
    for note in audit:
        if note.action in DONE_BY_HAND:
            yield by_hand(note, delivery.id)
        elif note.action == "deliver" and note.outcome in GIVEN_UP:
            detail = f"{delivery.about}: a person must look"
            yield Event(note.at, "sent", note.outcome, delivery.partner, delivery.id, detail)


def by_hand(note: Audit, key: str) -> Event:
    """What a person decided."""
    return Event(note.at, "line", f"by hand: {note.action}", note.actor, key, note.detail)


# --- as it is shown --------------------------------------------------------------------------------------------------


def headline(way: Way, events: Sequence[Event]) -> str:
    """Whose referral it is, how it stands, and how long it took."""
    began, ended = events[0].at, events[-1].at
    when = f"{began.astimezone():%Y-%m-%d %H:%M:%S %Z}, {(ended - began).total_seconds():.1f} s"
    task = standing(way)
    if task is None:
        return f"message {way.entries[0].id} of {way.entries[0].partner}, {way.entries[0].state}; {when}"
    owner, source = (str(task.get(w, {}).get("reference", "")).partition("/")[2] for w in ("owner", "requester"))
    counts = f"{len(way.entries)} messages, {len(way.deliveries)} deliveries"
    return f"referral {task['id']} of {source} to {owner}: {task.get('status')}; {when}; {counts}"


def standing(way: Way) -> dict[str, Any] | None:
    """The referral's Task as it is now."""
    return next((v.resource for v in reversed(way.tasks) if v.resource.get("partOf") is None), None)


def clock(at: datetime) -> str:
    """The time of day here, to the millisecond."""
    return at.astimezone().strftime("%H:%M:%S.%f")[:-3]


def after(began: datetime, at: datetime) -> str:
    """Milliseconds since the start."""
    return f"{(at - began).total_seconds() * 1000:.0f}"


def as_dict(way: Way, events: Sequence[Event]) -> dict[str, Any]:
    """The same for machines."""
    task = standing(way)
    return {
        "case": f"Task/{task['id']}" if task else "",
        "status": str(task.get("status", "")) if task else "",
        "messages": [entry.id for entry in way.entries],
        "deliveries": [delivery.id for delivery in way.deliveries],
        "events": [
            {
                "at": event.at.isoformat(),
                "after": round((event.at - events[0].at).total_seconds() * 1000, 1),
                "what": event.what,
                "who": event.who,
                "id": event.key,
                "detail": event.detail,
            }
            for event in events
        ],
    }
