"""What an answer without a Task says by the status of its ServiceRequest or Encounter (NHS BaRS, `look-inside`)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from gateway.domain.message import Message
from gateway.mapping.runtime import every
from gateway.pipeline.case import reply
from gateway.pipeline.case.foreign_news import events
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.sides import as_whom
from gateway.pipeline.tasks.walk import walk

Resource = dict[str, Any]

OF_VISITS: Mapping[str, str] = {
    "planned": "accepted",
    "arrived": "accepted",
    "triaged": "accepted",
    "in-progress": "in-progress",
    "onleave": "on-hold",
    "finished": "completed",
    "cancelled": "rejected",
}
"""Encounter.status (value set encounter-status) -> what the owner of the Task that led to it says by it."""


def looked_inside(message: Message, system: str, rooms: Rooms) -> Message:
    """The message with the moves that its requests and visits mean, where its event says to look there."""
    if not any(word.also == "look-inside" for word, _ in events(message, system)):
        return message
    for item, task, to in inside(message, rooms):
        if as_whom(task, message.entry.partner, message, rooms) != "O":
            continue
        if (old := reply.unheeded(task, message, rooms, to)) is not None:
            message = old
        else:
            moved, problems = walk(task, reply.report(item, to, "O"), rooms.now())
            told = replace(message.with_problems(*problems), moved=(*message.moved, *moved))
            message = told.of_case(reply.case_of(task))
    return message


def inside(message: Message, rooms: Rooms) -> Iterator[tuple[Resource, Resource, str]]:
    """(Resource, the Task it is about, the status it means); a request that comes back changed speaks for itself."""
    for item in message.tree.get("ServiceRequest", ()):
        task = reply.owned_elsewhere(item, message.entry.partner, rooms)
        if task and not reply.differs(item, rooms):
            to = reply.MEANS.get(str(item.get("status", "")), {}).get(str(task.get("status", "")), "")
            yield from [(item, task, to)] if to else []
    for item in message.tree.get("Encounter", ()):
        to = OF_VISITS.get(str(item.get("status", "")), "")
        requests = [str(name) for name in every(item, ("basedOn", "reference"))]
        tasks = (reply.carrying_out(name, rooms) for name in requests)
        yield from ((item, task, to) for task in tasks if task and to)
