"""What a message says of the life of a person: a stay in hospital, a death (workflow.md, 10)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from gateway.domain.events import Event
from gateway.domain.ledger import Save
from gateway.domain.message import Happened, Message
from gateway.mapping.runtime import every
from gateway.pipeline.case.happenings import happened
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.view import current

Resource = dict[str, Any]

PERSON: Mapping[str, tuple[str, ...]] = {
    "Encounter": ("subject", "reference"),
    "Patient": (),
}
"""Types that say something of a life -> where they name the person."""


def lived(message: Message, rooms: Rooms) -> Message:
    """The message with what happened to its persons; run again after it was recorded it says nothing new."""
    found = tuple(tidings(message, rooms))
    return replace(message, happened=(*message.happened, *found)) if found else message


def tidings(message: Message, rooms: Rooms) -> Iterator[Happened]:
    """Every event, for the person it happened to."""
    saved = [change.resource for change in message.changes if isinstance(change, Save)]
    for resource in [*saved, *message.written.values()]:
        kind = resource["resourceType"]
        if kind in PERSON:
            stored = rooms.store.read(kind, resource["id"])
            for event in happened(stored.resource if stored else None, resource):
                yield Happened(worded(event, resource, message, rooms), person=of(kind, resource))


def of(kind: str, resource: Resource) -> str:
    """`Patient/<id>` of the person a resource is about."""
    path = PERSON[kind]
    named = (str(name) for name in every(resource, path)) if path else iter([f"Patient/{resource['id']}"])
    return next(named, "")


def worded(event: Event, resource: Resource, message: Message, rooms: Rooms) -> Event:
    """The event with what a reader wants to know of it: in which hospital."""
    if event.name not in {"admission", "discharge"}:
        return event
    party = rooms.directory.get(message.entry.partner)
    house = next(iter(every(resource, ("serviceProvider", "display"))), "") or (party.title if party else "")
    served = current(str(next(iter(every(resource, ("serviceProvider", "reference"))), "")), message, rooms)
    name = served.get("name") or house
    words = {"admission": "Aufnahme ins Krankenhaus", "discharge": "Entlassung aus dem Krankenhaus"}[event.name]
    return replace(event, reason=f"{words}: {name}" if name else words)
