"""A second referral of the same person for the same need: linked, and shown to whoever gets it (phase 1)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gateway.domain.message import Message
from gateway.domain.task import FINAL
from gateway.mapping.runtime import every
from gateway.pipeline.case.candidate import concerns
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.view import current
from gateway.pipeline.tasks.family import kind_of

Task = dict[str, Any]
MANY = 50
"""Open referrals of one person that are looked at; more would be a mistake of another kind."""


def linked(message: Message, rooms: Rooms) -> Message:
    """The message with its new referrals pointing to those that are open already (Task.relevantHistory, 12.1)."""
    fresh = [move.task for move in message.moved if not move.before]
    begun = {task["id"]: task for task in fresh if kind_of(task) == "referral"}
    for key, task in begun.items():
        others = list(open_already(task, begun, message, rooms))
        if others:
            history = [{"reference": f"Provenance/{p}"} for other in others for p in beginnings(other, rooms)]
            told = [*every(task, ("note",)), {"text": said(others)}]
            more = {"note": told, **({"relevantHistory": history} if history else {})}
            moved = tuple(replace(m, task={**m.task, **more}) if m.task["id"] == key else m for m in message.moved)
            message = replace(message, moved=moved)
    return message


def open_already(task: Task, begun: dict[str, Task], message: Message, rooms: Rooms) -> Iterator[Task]:
    """The open referrals of the person, from whomever, that serve one of the same concerns or name none."""
    wanted = needs(task, message, rooms)
    person = str(task["for"]["reference"])
    for version in rooms.store.find("Task", [("for", person)], MANY):
        other = version.resource
        is_one = kind_of(other) == "referral" and other["id"] not in begun and other.get("status") not in FINAL
        if is_one and other["focus"] != task["focus"]:
            known = needs(other, message, rooms)
            if not wanted or not known or wanted & known:
                yield other


def needs(task: Task, message: Message, rooms: Rooms) -> set[str]:
    """The areas of concern that a referral names."""
    return set(concerns(current(str(task["focus"]["reference"]), message, rooms)))


def beginnings(task: Task, rooms: Rooms) -> list[str]:
    """The Provenance of the first version of a Task."""
    return [v.id for v in rooms.store.find("Provenance", [("target", f"Task/{task['id']}/_history/1")], 1)]


def said(others: list[Task]) -> str:
    """What the Kümmerer reads: which referrals are open, by our numbers."""
    numbers = ", ".join(other["id"][:8] for other in others)
    return f"Für diese Person ist schon eine Anfrage offen: {numbers}"
