"""Step 11: into the outbox, in one commit with everything the message changes; workers send it from there."""

from dataclasses import replace

from gateway.domain.ledger import Queue, Save
from gateway.domain.message import Message
from gateway.pipeline.ladder.answered import withdrawn
from gateway.pipeline.proof.noted import notes
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import source, terms

WITH_A_CASE = frozenset({"DocumentReference"})
"""What is of use to a site only with a referral, and goes out with the next one."""


def deliver(message: Message, rooms: Rooms) -> Message:
    """The message with its Tasks' versions and its deliveries among the changes."""
    queued = [Queue(part.delivery) for part in message.parts if part.delivery]
    told = [{"to": part.partner, "about": part.about} for part in message.parts if part.delivery]
    moved = [{"task": m.task["id"], "from": m.before, "to": m.task["status"]} for m in message.moved]
    outcome = {**message.outcome, **({"sent": told} if told else {}), **({"moved": moved} if moved else {})}
    if not (told or moved):
        outcome["no effect"] = why_nothing(message)
    changes = (*tasks(message, rooms), *queued, *withdrawn(message, rooms), *notes(message, rooms))
    return replace(message, outcome=outcome).with_changes(*changes)


def why_nothing(message: Message) -> str:
    """Why nobody hears of a message, for a person who asks after it."""
    if message.parts:
        return "what it causes could not be written"
    if message.case:
        return "it says nothing new of its case"
    kept = {item["resourceType"] for item in message.written.values()}
    if "no referral" not in message.outcome and WITH_A_CASE & kept:
        return "kept until its case comes"
    return "no referral in it"


def tasks(message: Message, rooms: Rooms) -> list[Save]:
    """One version per move, each against the one before."""
    versions: dict[str, int] = {}
    saves = []
    for move in message.moved:
        key = move.task["id"]
        if key not in versions:
            stored = rooms.store.read("Task", key)
            versions[key] = stored.version if stored else 0
        found = terms(move.task, source(move.task))
        saves.append(Save(move.task, versions[key], found, rooms.now(), message.entry.id))
        versions[key] += 1
    return saves
