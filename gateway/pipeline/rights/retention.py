"""What is kept no longer than its time: which periods there are, what is over now, and the run that deletes it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from gateway.domain.ledger import Audit, Change, Empty, Erase, Note, Save
from gateway.domain.task import FINAL
from gateway.fhir.searching.ask import question
from gateway.mapping.runtime import every
from gateway.pipeline.hold import word_of
from gateway.pipeline.link.record import KIND as LINK
from gateway.pipeline.link.record import all_of
from gateway.pipeline.rights.belongings import Belongings, belongings
from gateway.pipeline.rights.deletion import changes, hindrances
from gateway.pipeline.rights.restriction import Asked
from gateway.pipeline.rooms import Rooms
from gateway.store.port import Store

Days = Mapping[str, float]
"""Name of a period (settings `retention`) -> days, 0 for never."""
RUN = "RetentionRun"
"""The store's type for what a run did; there is one, `last`."""
PAGE, MANY = 200, 100_000


@dataclass(frozen=True, slots=True)
class Due:
    """Something whose time is over, by the name of its period: an id, or `Patient/<id>`."""

    period: str
    key: str


def over(days: Days, rooms: Rooms) -> Iterator[Due]:
    """Everything whose time is over now, period by period."""
    for period, find in FINDERS.items():
        if days.get(period, 0) > 0:
            before = rooms.now() - timedelta(days=days[period])
            yield from (Due(period, key) for key in find(before, rooms))


def run(days: Days, by: str, rooms: Rooms, told: Callable[[str, int], bool] = lambda _period, _number: True) -> Days:
    """Delete what is over, a few at a time; gives how many of each period.

    `told` hears of each few, and says whether to go on.
    """
    done: dict[str, int] = {}
    record(by, done, rooms, over=False)
    for period, find in FINDERS.items():
        before = rooms.now() - timedelta(days=days.get(period, 0))
        while days.get(period, 0) > 0 and (some := list(islice(find(before, rooms), PAGE))):
            gone = DELETERS[period](some, Asked("", by, f"retention.{period}: {days[period]:g} days"), rooms)
            done[period] = done.get(period, 0) + gone
            if not told(period, gone):
                return done
    forget(days, rooms)
    record(by, done, rooms, over=True)
    return done


def record(by: str, done: Mapping[str, int], rooms: Rooms, *, over: bool) -> None:
    """That a run has begun, or ended and what it did; the audit hears of its end."""
    at, said = rooms.now(), ", ".join(f"{period} {number}" for period, number in done.items())
    made = {
        "resourceType": RUN,
        "id": "last",
        "at": at.isoformat(timespec="seconds"),
        "by": by,
        "over": over,
        "done": dict(done),
    }
    note = [Note(Audit(at, by, "retention", "gateway", "done", said or "nothing"))] if over else []
    rooms.store.commit([Save(made, None, (), at), *note]).result()


def last_run(store: Store) -> datetime | None:
    """When a run ended or begun last, None where there was none."""
    stored = store.read(RUN, "last")
    return datetime.fromisoformat(str(stored.resource["at"])) if stored else None


# --- what is over ----------------------------------------------------------------------------------------------------


def closed(before: datetime, rooms: Rooms) -> Iterator[str]:
    """Persons whose cases have all ended, the last of them before a moment."""
    ended = [("status", ",".join(sorted(FINAL))), ("part-of:missing", "true")]
    persons = (str(name) for task in found("Task", ended, before, rooms) for name in every(task, ("for", "reference")))
    for person in dict.fromkeys(persons):
        belongs = belongings(person, rooms)
        if last_change(belongs, rooms) < before and may_go(person, belongs, rooms):
            yield person


def strangers(before: datetime, rooms: Rooms) -> Iterator[str]:
    """Persons who never had a case, and of whom nothing was heard since a moment."""
    for patient in found("Patient", [], before, rooms):
        person = f"Patient/{patient['id']}"
        if not rooms.store.find("Task", [("for", person)], 1):
            belongs = belongings(person, rooms)
            heard = max((entry.received for entry in belongs.messages.values()), default=before)
            if heard <= before and may_go(person, belongs, rooms):
                yield person


def found(kind: str, pairs: Sequence[tuple[str, str]], before: datetime, rooms: Rooms) -> Iterator[dict[str, Any]]:
    """Resources of a type that nobody has changed since a moment."""
    asked, _ = question(kind, [*pairs, ("_lastUpdated", f"lt{before.isoformat(timespec='milliseconds')}")])
    asked = replace(asked, limit=PAGE)
    while True:
        page = rooms.store.search(asked)
        yield from (version.resource for version in page.found)
        if not page.next:
            return
        asked = replace(asked, after=page.next)


def last_change(belongs: Belongings, rooms: Rooms) -> datetime:
    """When a Task of a person moved last."""
    tasks = (name.partition("/")[2] for name in belongs.resources if name.startswith("Task/"))
    versions = [version for key in tasks for version in [rooms.store.read("Task", key)] if version]
    return max(version.updated for version in versions)


def may_go(person: str, belongs: Belongings, rooms: Rooms) -> bool:
    """Whether nothing stands against it."""
    return not any(hindrances(person, belongs, rooms))


def bodies(before: datetime, rooms: Rooms) -> Iterator[str]:
    """Messages and deliveries that were settled before a moment and still have their bytes."""
    yield from (f"Message/{key}" for key in rooms.store.aged("messages", before, PAGE))
    yield from (f"Delivery/{key}" for key in rooms.store.aged("deliveries", before, PAGE))


def parked(before: datetime, rooms: Rooms) -> Iterator[str]:
    """Messages that came before a moment, and that nobody has decided on."""
    yield from rooms.store.aged("parked", before, PAGE)


def links(before: datetime, rooms: Rooms) -> Iterator[str]:
    """Secure links that ended before a moment."""
    yield from (f"{LINK}/{link.id}" for link in all_of(rooms, MANY) if link.is_over(before))


FINDERS: Mapping[str, Callable[[datetime, Rooms], Iterator[str]]] = {
    "cases": closed,
    "strangers": strangers,
    "bodies": bodies,
    "parked": parked,
    "links": links,
}
"""Period -> what of it is over."""

# --- deleting --------------------------------------------------------------------------------------------------------


def persons(some: Sequence[str], asked: Asked, rooms: Rooms) -> int:
    """Each person in a commit of its own, with a certificate."""
    for person in some:
        made = changes(replace(asked, person=person), belongings(person, rooms), rooms)
        rooms.store.commit(made).result()
    return len(some)


def emptied(some: Sequence[str], _: Asked, rooms: Rooms) -> int:
    """Bytes, headers, answers and replies; that the message or delivery was there stays."""
    keys = {kind: tuple(k.partition("/")[2] for k in some if k.startswith(kind)) for kind in ("Message/", "Delivery/")}
    rooms.store.commit([Empty(keys["Message/"], keys["Delivery/"])]).result()
    return len(some)


def dropped(some: Sequence[str], asked: Asked, rooms: Rooms) -> int:
    """Parked messages, whole; they are not taken for new ones if they come again."""
    entries = [entry for key in some for entry in [rooms.store.entry(key)] if entry]
    words = tuple(word_of(entry) for entry in entries if entry.key)
    notes = [Note(Audit(rooms.now(), asked.by, "erase", entry.id, "done", "parked too long")) for entry in entries]
    rooms.store.commit([Erase(rooms.now(), messages=tuple(some), words=words), *notes]).result()
    return len(some)


def unlinked(some: Sequence[str], asked: Asked, rooms: Rooms) -> int:
    """What is kept of links."""
    notes = [Note(Audit(rooms.now(), asked.by, "erase", name, "done", "the link has ended")) for name in some]
    again: list[Change] = [
        Save(kept.resource, None, (), rooms.now()) for kept in [rooms.store.read(RUN, "last")] if kept
    ]
    rooms.store.commit([*again, Erase(rooms.now(), resources=tuple(some)), *notes]).result()
    return len(some)


DELETERS: Mapping[str, Callable[[Sequence[str], Asked, Rooms], int]] = {
    "cases": persons,
    "strangers": persons,
    "bodies": emptied,
    "parked": dropped,
    "links": unlinked,
}
"""Period -> how some of it are deleted; gives how many were."""


def forget(days: Days, rooms: Rooms) -> None:
    """What subscribers were told of long ago, and words that counted once."""
    period, at = days.get("announcements", 0), rooms.now()
    before = at - timedelta(days=period) if period > 0 else None
    rooms.store.commit([Erase(at, announced=before)]).result()
