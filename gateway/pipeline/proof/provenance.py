"""Provenance (chapter 6.3): one per move of a Task, one per message read, one per view that was disclosed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from gateway.domain.ledger import Change, Save
from gateway.domain.message import Message, Moved, Part
from gateway.domain.system import CANONICAL, SID, TRACKING
from gateway.mapping.run import urn
from gateway.mapping.runtime import every
from gateway.pipeline.proof.proxy import entered, source
from gateway.pipeline.rooms import Rooms

Resource = dict[str, Any]

MAP_HASH = f"{CANONICAL}/StructureDefinition/map-hash"
GRADE = f"{CANONICAL}/StructureDefinition/evidence-grade"
GRADES = f"{CANONICAL}/CodeSystem/evidence-grade"
PROFILE = f"{CANONICAL}/StructureDefinition/kuemmerer-provenance"
CONTENT = f"{SID}/content-hash"
"""SHA-256 of the bytes of a message, hex."""
STATUS = "http://hl7.org/fhir/task-status"
AGENT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
ITSELF = {"display": "Kümmerer Gateway"}


def of_moves(message: Message, rooms: Rooms) -> Iterator[Resource]:
    """One per move: who moved the Task, on which evidence, from which version of it, because of which message."""
    versions: dict[str, int] = {}
    for move in message.moved:
        key = move.task["id"]
        before = versions.get(key, stored_version("Task", key, rooms))
        versions[key] = before + 1
        made = started(urn("move", key, str(before + 1), message.entry.id)[9:], message, rooms)
        yield {
            **made,
            **when_said(move, message),
            "extension": [{"url": GRADE, "valueCoding": {"system": GRADES, "code": move.evidence}}],
            "target": [{"reference": f"Task/{key}/_history/{before + 1}"}],
            "activity": {"coding": [{"system": STATUS, "code": move.task["status"]}]},
            "agent": agents(move, message),
            "entity": [*revised(f"Task/{key}", before), *source(move, message), *origin(message)],
        }


def when_said(move: Moved, message: Message) -> Resource:
    """When a move happened that was written down later; else it happened as its message came."""
    said = every(entered(move, message) or {}, ("occurredDateTime",))
    return {"occurredDateTime": said[0]} if said else {}


def agents(move: Moved, message: Message) -> list[Resource]:
    """Who made a move: the enterer and on whose behalf for a proxy entry, else the party, else the gateway itself."""
    given = every(entered(move, message) or {}, ("agent",))
    if given:
        return list(given)
    name = {"R": "requester", "O": "owner", "P": "owner"}.get(move.actor, "")
    party = move.task.get(name, {}) if name else {}
    return [{"type": kind("performer"), "who": {"reference": party["reference"]} if "reference" in party else ITSELF}]


def of_reading(message: Message, rooms: Rooms) -> Iterator[Resource]:
    """One per message: which resources were made of it, by which maps, from which bytes."""
    saved = [change for change in message.changes if isinstance(change, Save)]
    targets = [f"{s.resource['resourceType']}/{s.resource['id']}/_history/{s.expected + 1}" for s in saved if
               s.expected is not None]  # fmt: skip
    if not targets:
        return
    made = started(urn("read", message.entry.id, message.map_hash)[9:], message, rooms)
    maps = [{"url": MAP_HASH, "valueString": message.map_hash}] if message.map_hash else []
    yield {
        **made,
        **({"extension": maps} if maps else {}),
        "target": [{"reference": name} for name in targets],
        "agent": [{"type": kind("author"), "who": sender(message)}, {"type": kind("assembler"), "who": ITSELF}],
        "entity": origin(message),
    }


def of_views(message: Message, rooms: Rooms) -> Iterator[Resource]:
    """One per delivery: what its party was shown, from which versions."""
    for part in message.parts:
        if part.delivery:
            made = started(urn("view", part.delivery.id)[9:], message, rooms)
            yield {
                **made,
                **({"policy": [part.policy]} if part.policy else {}),
                "target": [{"reference": f"Communication/{urn('out', part.delivery.id)[9:]}"}],
                "agent": [{"type": kind("assembler"), "who": ITSELF, "onBehalfOf": owner_of(part, message, rooms)}],
                "entity": [*shown(part, message, rooms), *origin(message)],
            }


def owner_of(part: Part, message: Message, rooms: Rooms) -> Resource:
    """On whose behalf something is disclosed: of the site that has the case, before there is one of the sender."""
    case = rooms.store.read("Task", part.case.partition("/")[2])
    found = next((m.task for m in reversed(message.moved) if f"Task/{m.task['id']}" == part.case), None)
    owner = (found or (case.resource if case else {})).get("owner", {})
    return {"reference": owner["reference"]} if "reference" in owner else sender(message)


def shown(part: Part, message: Message, rooms: Rooms) -> Iterator[Resource]:
    """The resources of a view, each in the version it was made from."""
    written = message.once(_saves, message.changes)
    moves = message.once(_moves, message.moved)
    for name, items in part.tree.items():
        for item in items:
            saved = written.get((name, item.get("id", "")))
            stored = stored_version(name, item.get("id", ""), rooms)
            version = (saved.expected or 0) + 1 if saved else stored + (moves[item.get("id", "")] * (name == "Task"))
            if version:
                yield {"role": "source", "what": {"reference": f"{name}/{item['id']}/_history/{version}"}}


def _saves(changes: Sequence[Change]) -> dict[tuple[str, str], Save]:
    return {(s.resource["resourceType"], s.resource["id"]): s for s in changes if isinstance(s, Save)}


def _moves(moved: Sequence[Moved]) -> Counter[str]:
    """How often each Task moved."""
    return Counter(move.task["id"] for move in moved)


# --- what all of them say --------------------------------------------------------------------------------------------


def started(key: str, message: Message, rooms: Rooms) -> Resource:
    """A Provenance of something that a message caused."""
    return {
        "resourceType": "Provenance",
        "id": key,
        "meta": {"profile": [PROFILE]},
        "occurredDateTime": message.entry.received.isoformat(timespec="milliseconds"),
        "recorded": rooms.now().isoformat(timespec="milliseconds"),
    }


def origin(message: Message) -> list[Resource]:
    """The message behind it: its tracking id, and the hash of its bytes."""
    tracking = {"system": TRACKING, "value": message.entry.id}
    hashed = {"system": CONTENT, "value": message.entry.hash}
    return [{"role": "source", "what": {"identifier": named}} for named in (tracking, hashed) if named["value"]]


def revised(name: str, version: int) -> list[Resource]:
    """The version that was there before, none of a new resource."""
    return [{"role": "revision", "what": {"reference": f"{name}/_history/{version}"}}] if version else []


def sender(message: Message) -> Resource:
    """The party whose message it is; a change at the gateway's own desk has none."""
    return {"reference": f"Organization/{message.entry.partner}"} if message.entry.partner else ITSELF


def kind(code: str) -> Resource:
    """The role of an agent (value set provenance-agent-type)."""
    return {"coding": [{"system": AGENT, "code": code}]}


def stored_version(name: str, key: str, rooms: Rooms) -> int:
    """The version of a resource that is stored, 0 for none."""
    stored = rooms.store.read(name, key) if key else None
    return stored.version if stored else 0
