"""What a source sends after its referral: documents and news of the same person belong to the open case."""

from dataclasses import replace
from typing import Any

from gateway.domain.message import Message
from gateway.mapping.runtime import every
from gateway.pipeline.case.reply import is_open
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import source
from gateway.pipeline.stored.view import written


def attached(message: Message, rooms: Rooms) -> Message:
    """The message with the case it belongs to: the person's open referral from the same source, the latest one."""
    if message.case or not message.person:
        return message
    found = rooms.store.find("Task", [("for", message.person), ("source", message.entry.partner)])
    merged = [r for r in written(message).values() if r["resourceType"] == "Task" and of(message.person, r)]
    tasks = {task["id"]: task for task in [*(v.resource for v in found), *merged]}
    mine = [task for task in tasks.values() if "partOf" not in task and source(task) == message.entry.partner]
    open_ones = [task for task in mine if is_open(task)]
    return replace(message, case=f"Task/{open_ones[-1]['id']}") if open_ones else message


def of(person: str, task: dict[str, Any]) -> bool:
    """Whether a Task is about this person."""
    return bool(every(task, ("for", "reference")) == [person])
