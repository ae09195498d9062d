"""A proxy entry (chapter 6.3.4.3): what was said by telephone, letter, fax or on a visit, written down by others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.domain.message import Message, Moved
from gateway.mapping.run import urn
from gateway.mapping.runtime import every
from gateway.pipeline.proof.agents import agents, behind, is_proxy
from gateway.pipeline.proof.communications import MEDIA, MODES, subject
from gateway.pipeline.rooms import Rooms

Resource = dict[str, Any]

ROLES = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
BRIEF = ("reference", "identifier", "display", "type")
"""What of an agent's Reference a Communication repeats."""


@dataclass(frozen=True, slots=True)
class Call:
    """What somebody was told: by which means (a key of `MEDIA`), by whom, who writes it down, and when it was said.

    Who said it and who enters it are References.
    """

    medium: str
    said_by: Mapping[str, Any]
    entered_by: Mapping[str, Any]
    at: datetime


def provenance(call: Call) -> Resource:
    """The Provenance of an `X-Provenance` header that says so; `activity` is the means (ParticipationMode)."""
    enterer = {"coding": [{"system": ROLES, "code": "enterer"}]}
    return {
        "resourceType": "Provenance",
        "occurredDateTime": call.at.isoformat(timespec="seconds"),
        "activity": {"coding": [{"system": MODES, "code": MEDIA[call.medium]}]},
        "agent": [{"type": enterer, "who": dict(call.entered_by), "onBehalfOf": dict(call.said_by)}],
    }


def entered(move: Moved, message: Message) -> Mapping[str, Any] | None:
    """The Provenance behind the move of a proxy: of the header, else of the same message; None for other moves."""
    if move.actor != "P":
        return None
    if message.provenance and is_proxy(dict(message.provenance)):
        return message.provenance
    names = (item for item in message.written.values() if item["resourceType"] == "Provenance" and is_proxy(item))
    return next((item for item in names if f"Task/{move.task['id']}" in every(item, ("target", "reference"))), None)


def recorded(message: Message, rooms: Rooms) -> Iterator[Resource]:  # noqa: ARG001 - all makers are asked alike
    """A Communication for each call or letter that was written down: partOf the Tasks it moved; no words of it."""
    made: dict[str, Resource] = {}
    for move in message.moved:
        told = entered(move, message)
        if told:
            found = made.setdefault(key(told, message), communication(told, message))
            part = {"reference": f"Task/{move.task['id']}"}
            found["partOf"] += [] if part in found["partOf"] else [part]
    yield from made.values()


def communication(told: Mapping[str, Any], message: Message) -> Resource:
    """What was said elsewhere, from who said it to who wrote it down."""
    when = str(next(iter(every(told, ("occurredDateTime",))), "") or message.entry.received.isoformat())
    codings = [c for c in every(told, ("activity", "coding")) if c.get("system") == MODES]
    writer = next((brief(agent.get("who", {})) for role, agent in agents(dict(told)) if role == "enterer"), {})
    sender = next((brief(whom) for whom in behind(dict(told))), {})
    return {
        "resourceType": "Communication",
        "id": key(told, message),
        "partOf": [],
        "status": "completed",
        **({"medium": [{"coding": codings}]} if codings else {}),
        **subject(message.person),
        "sent": when,
        "received": when,
        **({"sender": sender} if sender else {}),
        **({"recipient": [writer]} if writer else {}),
    }


def key(told: Mapping[str, Any], message: Message) -> str:
    """The id of the Communication: by the message and the first Task that the Provenance is behind."""
    first = next(move.task["id"] for move in message.moved if entered(move, message) is told)
    return urn("said", message.entry.id, first)[9:]


def source(move: Moved, message: Message) -> list[Resource]:
    """The call or letter as an entity of the Provenance of its move; none where nobody entered it for somebody."""
    told = entered(move, message)
    name = f"Communication/{key(told, message)}" if told else ""
    return [{"role": "source", "what": {"reference": name}}] if told else []


def brief(whom: Mapping[str, Any]) -> Resource:
    """A Reference without what else its sender hung on it."""
    return {name: whom[name] for name in BRIEF if name in whom}
