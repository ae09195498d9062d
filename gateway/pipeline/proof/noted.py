"""What the audit hears of a message: each move of a Task, and for each delivery who gets what of which case."""

from collections import Counter

from gateway.domain.ledger import Audit, Note
from gateway.domain.message import Message, Part
from gateway.mapping.run import urn
from gateway.pipeline.rooms import Rooms

GATEWAY = "gateway"
ROLES = {"R": "its requester", "O": "its owner", "P": "a proxy entry", "G": "the gateway"}


def notes(message: Message, rooms: Rooms) -> list[Note]:
    """Lines in the commit of what they are about: ids, codes and types of resources, never a value."""
    return [*moves(message, rooms), *disclosures(message, rooms)]


def moves(message: Message, rooms: Rooms) -> list[Note]:
    """Who moved which Task from where to where, and the grade of what showed it."""
    lines = []
    for move in message.moved:
        actor = GATEWAY if move.actor == "G" else message.entry.partner or "desk"
        detail = f"from {move.before or 'none'}, {move.evidence}, by {ROLES[move.actor]}, message {message.entry.id}"
        lines.append(Audit(rooms.now(), actor, "move", f"Task/{move.task['id']}", str(move.task["status"]), detail))
    return [Note(line) for line in lines]


def disclosures(message: Message, rooms: Rooms) -> list[Note]:
    """Which types of resources of a case go to whom; the Provenance of the view says which, and by which policy.

    That they arrived is a line of its own (delivery/outbox.py).
    """
    lines = []
    for part in message.parts:
        if part.delivery:
            about = part.case or message.case or part.delivery.id
            view = f"Provenance/{urn('view', part.delivery.id)[9:]}"
            detail = f"{part.about} to {part.partner}: {types(part)}; delivery {part.delivery.id}; {view}"
            lines.append(Audit(rooms.now(), GATEWAY, "disclose", about, "queued", detail))
    return [Note(line) for line in lines]


def types(part: Part) -> str:
    """The types of resources in a part with their numbers: `Patient 1, ServiceRequest 2`."""
    items = [item for found in part.tree.values() if isinstance(found, list) for item in found]
    counted = Counter(str(item["resourceType"]) for item in items if isinstance(item, dict) and "resourceType" in item)
    return ", ".join(f"{kind} {number}" for kind, number in sorted(counted.items())) or "no resources"
