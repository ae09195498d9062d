"""What the gateway itself writes about a person's consent: one commit, in which each site is asked to look at it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from gateway.domain.events import Event, Opening
from gateway.domain.ledger import Audit, Change, Entry, Keep, Note
from gateway.domain.message import Message, Part
from gateway.fhir.json import dumps
from gateway.pipeline.announcing.announce import announcements
from gateway.pipeline.case.opening import opened
from gateway.pipeline.case.steady import steady
from gateway.pipeline.line import AFTER
from gateway.pipeline.record import saved
from gateway.pipeline.rest.perform import settled
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.family import open_cases


@dataclass(frozen=True, slots=True)
class Own:
    """A resource that the gateway writes about a person (`Patient/<id>`), as a message of its own.

    why           what the sites read
    partner       whose doing it is; empty: the gateway's
    source, kind  where the journal says it came from, and what it is
    parts         what others are told of it
    """

    resource: dict[str, Any]
    person: str
    why: str
    source: str
    kind: str
    partner: str = ""
    parts: tuple[Part, ...] = ()


def changes(own: Own, line: Audit, rooms: Rooms) -> Sequence[Change]:
    """The resource, a Task for the site of each open case, all that follows, a line of the audit: one commit."""
    name = f"{own.resource['resourceType']}/{own.resource['id']}"
    message = saved(Message(entry(own, rooms), written={name: own.resource}, person=own.person), rooms)
    for case in open_cases(own.person, message, rooms):
        opening = Opening("decision", "look", case, case, "kuemmerer")
        moves = opened(opening, Event("asked", case, reason=own.why), message, rooms)
        message = replace(message, moved=(*message.moved, *moves)).of_case(f"Task/{case}")
    message = replace(message, parts=own.parts)
    for step in AFTER:
        message = step(message, rooms)
    made = [*steady(message, rooms), Keep(settled(message, rooms)), *message.changes, Note(line)]
    return [*made, *announcements(made, rooms)]


def entry(own: Own, rooms: Rooms) -> Entry:
    """The message in the journal: the resource itself."""
    data = dumps(own.resource)
    return Entry(
        rooms.new_id(), own.partner, own.source, "fhir", data, sha256(data).hexdigest(), rooms.now(), kind=own.kind,
        content_type="application/fhir+json", person=own.person,
    )  # fmt: skip
