"""What a source sends after its referral: documents and news of the same person belong to the open case."""

from typing import Any

from gateway.domain.message import Message
from gateway.mapping.runtime import every
from gateway.pipeline.case.reply import is_open
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import source
from gateway.pipeline.stored.view import current, written


def attached(message: Message, rooms: Rooms) -> Message:
    """The message with the cases it belongs to: each person's open referral from the same source, the latest one."""
    here = {str(p) for case in message.cases for p in every(current(case, message, rooms), ("for", "reference"))}
    for person in dict.fromkeys([message.person, *(str(item["fullUrl"]) for item in message.tree.get("Patient", ()))]):
        found = latest(person, message, rooms) if person and person not in here else ""
        message = message.of_case(found) if found else message
    return message


def latest(person: str, message: Message, rooms: Rooms) -> str:
    """The latest open referral of a person from the sender, empty where there is none."""
    found = rooms.store.find("Task", [("for", person), ("source", message.entry.partner)])
    merged = [r for r in written(message).values() if r["resourceType"] == "Task" and of(person, r)]
    tasks = {task["id"]: task for task in [*(v.resource for v in found), *merged]}
    mine = [task for task in tasks.values() if "partOf" not in task and source(task) == message.entry.partner]
    open_ones = [task for task in mine if is_open(task)]
    return f"Task/{open_ones[-1]['id']}" if open_ones else ""


def of(person: str, task: dict[str, Any]) -> bool:
    """Whether a Task is about this person."""
    return bool(every(task, ("for", "reference")) == [person])
