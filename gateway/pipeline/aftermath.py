"""What follows from a delivery: its Task moves on the evidence, and those concerned hear of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway.domain.ledger import Change, Delivery, Entry
from gateway.domain.message import Message, Moved
from gateway.domain.road import Sent
from gateway.pipeline.case.moves import moved
from gateway.pipeline.case.walk import Report, walk
from gateway.pipeline.line import AFTER
from gateway.pipeline.proof.communications import concluded
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.glance import at_a_glance

SHOWN = frozenset({"E2", "E3", "E4"})
"""Evidence that the receiver has it (design: workflow, grades)."""


def aftermath(delivery: Delivery, sent: Sent, changes: Mapping[str, Any], rooms: Rooms) -> Sequence[Change]:
    """The changes to commit with the result of an attempt."""
    rooms, standing = at_a_glance(rooms), str(changes.get("standing", ""))
    said = concluded(delivery, standing, sent.code, rooms)
    stored = rooms.store.read("Task", delivery.task.partition("/")[2]) if delivery.task else None
    if stored is None or stored.resource.get("status") != "requested":
        return said
    made = moves(stored.resource, sent, standing, rooms)
    cause = rooms.store.entry(delivery.message)
    if not made or cause is None:
        return said
    return [*said, *told(cause, delivery, made, rooms).changes]


def moves(task: dict[str, Any], sent: Sent, standing: str, rooms: Rooms) -> list[Moved]:
    """Delivered: received. Given up: it could not be dispatched, and its requester has to know."""
    if standing == "delivered" and sent.grade in SHOWN:
        return walk(task, Report("received", "delivered", "G", sent.grade), rooms.now())[0]
    if standing == "dead":
        failed = moved(task, "requested", "dispatch-failed", reason="", at=rooms.now())
        return [Moved(failed, "requested", "E0", "G")]
    return []


def told(cause: Entry, delivery: Delivery, made: list[Moved], rooms: Rooms) -> Message:
    """A message's afterlife: the same steps as after any move."""
    message = Message(cause, moved=tuple(made), person=cause.person, case=delivery.case)
    for step in AFTER:
        message = step(message, rooms)
    return replace(message, outcome={})
