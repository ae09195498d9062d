"""Communication (chapter 12.5): one per message that came, one per message that goes, with what became of it."""

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.domain.ledger import Change, Delivery, Save
from gateway.domain.message import Message, Part
from gateway.domain.system import SID, TRACKING
from gateway.mapping.run import urn
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import terms

Resource = dict[str, Any]

DELIVERY = f"{SID}/delivery"
MODES = "http://terminology.hl7.org/CodeSystem/v3-ParticipationMode"
MEDIA: Mapping[str, str] = {"phone": "PHONE", "letter": "MAILWRIT", "fax": "FAXWRIT", "visit": "FACE"}
"""How something was said where no road carried it; all roads are electronic."""
ENDS: Mapping[str, str] = {"delivered": "completed", "dead": "not-done", "dropped": "not-done", "uncertain": "unknown"}
"""Standing of a delivery -> Communication.status."""


def heard(message: Message, rooms: Rooms) -> Iterator[Resource]:  # noqa: ARG001 - all of them are asked alike
    """The message itself, once it is known to which cases it belongs; or only whom it is about."""
    entry = message.entry
    if not entry.partner or not (message.cases or message.person):
        return
    yield {
        "resourceType": "Communication",
        "id": heard_as(entry.id),
        "identifier": [{"system": TRACKING, "value": entry.id}],
        **({"partOf": [{"reference": case} for case in message.cases]} if message.cases else {}),
        "status": "completed",
        "medium": [medium(entry.road)],
        **subject(message.person),
        "sent": entry.received.isoformat(timespec="milliseconds"),
        "received": entry.received.isoformat(timespec="milliseconds"),
        "sender": {"reference": f"Organization/{entry.partner}"},
        **({"topic": {"text": entry.kind}} if entry.kind else {}),
    }


def heard_as(tracking: str) -> str:
    """The id of the Communication that a message is, by its tracking id."""
    return urn("in", tracking)[9:]


def spoken(message: Message, rooms: Rooms) -> Iterator[Resource]:
    """Everything that goes out because of it; `concluded` says later whether it came."""
    for part in message.parts:
        if part.delivery and part.case:
            yield outgoing(part, part.delivery, message, rooms)


def outgoing(part: Part, delivery: Delivery, message: Message, rooms: Rooms) -> Resource:
    """One message that goes out."""
    answered = [{"reference": f"Communication/{heard_as(message.entry.id)}"}] if message.entry.partner else []
    return {
        "resourceType": "Communication",
        "id": urn("out", delivery.id)[9:],
        "identifier": [{"system": DELIVERY, "value": delivery.id}],
        "partOf": [{"reference": part.task or part.case}],
        **({"inResponseTo": answered} if answered and message.cases else {}),
        "status": "in-progress",
        "medium": [medium(delivery.road)],
        **subject(part.person),
        "topic": {"text": part.about},
        "sent": rooms.now().isoformat(timespec="milliseconds"),
        "recipient": [{"reference": f"Organization/{part.partner}"}],
    }


def concluded(delivery: Delivery, standing: str, why: str, rooms: Rooms) -> list[Change]:
    """The Communication of a delivery once it is known what became of it; none where nothing is known yet."""
    to = ENDS.get(standing, "")
    stored = rooms.store.read("Communication", urn("out", delivery.id)[9:]) if to else None
    if stored is None or stored.resource.get("status") == to:
        return []
    said = {"received": rooms.now().isoformat(timespec="milliseconds")} if to == "completed" else {}
    reason = {"statusReason": {"text": why}} if to == "not-done" and why else {}
    changed = {**stored.resource, "status": to, **said, **reason}
    return [Save(changed, stored.version, terms(changed, ""), rooms.now(), delivery.message)]


def medium(road: str) -> Resource:
    """By which means something was said."""
    return {"coding": [{"system": MODES, "code": MEDIA.get(road, "ELECTRONIC")}], "text": road}


def subject(person: str) -> Resource:
    """The person it is about, where one is known."""
    return {"subject": {"reference": person}} if person else {}
