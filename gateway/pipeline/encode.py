"""Step 10: every part into the bytes its party agreed to read."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from gateway.directory.parties import Purpose
from gateway.domain.codec import Encoded, Tree
from gateway.domain.ledger import Delivery
from gateway.domain.message import Message, Moved, Part
from gateway.domain.problem import Problem, worst
from gateway.mapping.format import Format
from gateway.mapping.run import urn
from gateway.pipeline.formats import is_told
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.dispatch import is_stuck, not_dispatched
from gateway.pipeline.tasks.family import CODES
from gateway.pipeline.tasks.foreign_words import in_their_words
from gateway.pipeline.tasks.moves import concept

PURPOSES: Mapping[str, tuple[Purpose, ...]] = {
    "referral": ("referrals",),
    "handover": ("referrals",),
    "measures": ("measures",),
    "overdue measure": ("measures",),
    "overdue referral": ("referrals",),
    **dict.fromkeys(CODES, ("measures", "referrals", "answers")),
    **dict.fromkeys(("question completed", "question declined"), ("answers", "measures", "referrals")),
}
"""What a part is for, as roads in partner.yaml say it (`for:`), the best first; everything else is an answer."""
log = logging.getLogger(__name__)
CONTROL_ID = 20
"""Longest message control id (MSH-10, chapter 2.14.9.10 of version 2.5)."""


@dataclass(slots=True)
class Written:
    """A part as bytes: the delivery, or why there is none; warnings travel along."""

    delivery: Delivery | None = None
    problems: list[Problem] = field(default_factory=list)


def encode(message: Message, rooms: Rooms) -> Message:
    """The parts with their deliveries; what cannot be written stops nothing else and waits for a person."""
    parts: list[Part] = []
    failed: set[str] = set()
    for part in message.parts:
        made = Written(part.delivery) if part.delivery else attempt(part, message, rooms)
        message = message.with_problems(*(replace(p, place=f"{part.partner}: {p.place}") for p in made.problems))
        parts.append(replace(part, delivery=made.delivery))
        failed |= {part.task} if made.delivery is None or is_stuck(made.delivery.id, message, rooms) else set()
    lost = any(part.delivery is None and not is_called(part, rooms) for part in parts)
    moved = (not_sent(move, failed) for move in message.moved)
    message = replace(message, parts=tuple(parts), moved=tuple(m for m in moved if not is_idle(m, rooms)))
    return message.stop("encode") if lost else message


def attempt(part: Part, message: Message, rooms: Rooms) -> Written:
    """One part; a fault of ours costs this part only."""
    try:
        return write(part, message, rooms)
    except Exception as fault:  # noqa: BLE001 - see above
        told = {"about": part.about, "tracking": message.entry.id, "fault": type(fault).__name__}
        log.error("a part could not be written", extra=told)  # noqa: TRY400 - a trace may quote the part
        sentence = f"writing this part failed with {type(fault).__name__}"
        repair = "report it with the format and the kind of fault; after a mend, `gateway messages replay`"
        return Written(None, [Problem("encode.fault", part.about, sentence, repair)])


def write(part: Part, message: Message, rooms: Rooms) -> Written:
    """One part by the first road of its party that takes such parts."""
    party = rooms.directory.get(part.partner)
    purposes = PURPOSES.get(part.about, ("answers",))
    purposes = ("answers",) if part.about in CODES and party and is_told(party, rooms) else purposes
    roads = (road for purpose in purposes for road in (party.receiving(purpose) if party else ()))
    road = next(roads, None)
    if road is None and is_called(part, rooms):
        return Written(None, [by_word(part)])
    if road is None:
        purpose = purposes[-1]
        repair = f"add a road with `for: [{purpose}]` to its partner.yaml, then `gateway messages replay`"
        return Written(None, [Problem("encode.road", part.about, "the partner has no road for this", repair)])
    target = rooms.shelf.get(road.format)
    if target is None or not target.goes("from_fhir"):
        repair = f"run `gateway check` on `{road.format}`, then `gateway messages replay`"
        return Written(None, [Problem("encode.format", part.about, "the agreed format cannot be written", repair)])
    if part.policy and not part.tree:
        return Written(None, [nothing_to_see(part)])
    now = rooms.now()
    subject = part.task or numbered(part) or part.case
    key = urn(
        message.entry.partner,
        message.entry.key or message.entry.id,
        message.map_hash,
        part.partner,
        part.about,
        subject,
        target.hash,
    )[9:]
    tree = in_their_words(part.tree, party.statuses if party else "")
    encoded = to_bytes({**tree, "Bundle": [envelope(part, key, now)]}, target, rooms.base)
    if worst(encoded.problems) == "error":
        return Written(None, encoded.problems)
    delivery = Delivery(
        id=key, key=key, lane=f"{part.partner} {part.person}", partner=part.partner, road=road.road, format=road.format,
        data=encoded.data, media_type=media_type(target), about=part.about, created=now, due=now,
        message=message.entry.id, case=part.case, task=part.task,
    )  # fmt: skip
    return Written(delivery, encoded.problems)


def nothing_to_see(part: Part) -> Problem:
    """The finding about a part of which its party may see nothing."""
    sentence = "the policy lets this partner see nothing of it"
    repair = "`gateway policy show` says why: its role, or a consent that is missing; then `gateway messages replay`"
    return Problem("disclose.nothing", part.about, sentence, repair)


def is_called(part: Part, rooms: Rooms) -> bool:
    """Whether the party of a part is one to which nothing is sent."""
    party = rooms.directory.get(part.partner)
    return party is not None and party.called


def by_word(part: Part) -> Problem:
    """The finding about a part that somebody has to tell by word of mouth; nothing waits for it."""
    sentence = "nothing is sent to this partner; somebody has to tell it"
    repair = "call it, or let it look into the FHIR interface; `gateway cases record` writes down what it says"
    return Problem("encode.called", part.about, sentence, repair, "warning")


def to_bytes(tree: Tree, target: Format, base: str) -> Encoded:
    """A tree in the target format; plain FHIR refers by `Type/id`, so that the receiver can answer with it."""
    if target.plan is None:
        return target.codec.encode([tree], {"base": base, **target.spec})
    result = target.from_fhir(tree)
    if worst(result.problems) == "error":
        return Encoded(b"", result.problems)
    encoded = target.codec.encode([result.tree], target.spec)
    return Encoded(encoded.data, [*result.problems, *encoded.problems])


def numbered(part: Part) -> str:
    """The number an answer has of its own: one message can move several Tasks of a case. Empty for all else."""
    said: dict[str, Any] = next(iter(part.tree.get("Bundle", ())), {})
    return str(said.get("identifier", {}).get("value", ""))


def envelope(part: Part, key: str, now: datetime) -> dict[str, Any]:
    """What the Bundle itself says: its number, which a repeat carries again, and when it was made."""
    said: dict[str, Any] = next(iter(part.tree.get("Bundle", ())), {"resourceType": "Bundle"})
    number = {"system": "urn:ietf:rfc:3986", "value": key.replace("-", "")[:CONTROL_ID].upper()}
    return {"identifier": number, "timestamp": now.isoformat(timespec="seconds"), **said}


def media_type(target: Format) -> str:
    """The media type of a format's files."""
    if target.codec.name == "fhir" and target.spec.get("syntax") == "xml":
        return "application/fhir+xml"
    return target.codec.media_type


def not_sent(move: Moved, failed: set[str]) -> Moved:
    """A Task whose part could not be written says so."""
    if f"Task/{move.task['id']}" not in failed or move.task.get("status") != "requested":
        return move
    return replace(move, task={**move.task, "businessStatus": concept("dispatch-failed")})


def is_idle(move: Moved, rooms: Rooms) -> bool:
    """Whether a Task that was set out again is where it was: its delivery was given up, and a person decides."""
    stored = rooms.store.read("Task", move.task["id"]) if not_dispatched(move.task) else None
    return stored is not None and not_dispatched(stored.resource)
