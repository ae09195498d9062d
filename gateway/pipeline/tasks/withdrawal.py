"""A requester takes back by a Task what it had asked for, and a recipient without Tasks answers a wish to stop."""

from collections.abc import Mapping
from typing import Any

from gateway.domain.events import Event, Name
from gateway.domain.message import Happened, Message
from gateway.domain.task import FINAL, display
from gateway.mapping.runtime import every
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.family import kind_of, root
from gateway.pipeline.tasks.walk import stand

Task = dict[str, Any]

BEGUN = frozenset({"in-progress", "on-hold"})
"""Statuses in which work is not simply cancelled, but its owner asked to stop."""
NAMES: Mapping[str, Name] = {
    "": "withdrawn-by-requester",
    "withdrawn-by-requester": "withdrawn-by-requester",
    "withdrawn-by-client": "withdrawn-by-client",
    "superseded": "superseded",
}
"""Business status a requester gives as the cause -> what happened; other causes are told in words."""
ANSWERS: Mapping[str, str] = {"revoked": "completed", "active": "rejected"}
"""ServiceRequest.status of a row that was asked to stop -> what that is for the Task that asks."""


def taken_back(task: Task, to: str, business: str, why: str) -> Happened | None:
    """What it is that a requester reports its own Task as cancelled or wrong; None where it is a move like others."""
    begun = task.get("status") in BEGUN
    if task.get("status") in FINAL or not (begun or business in NAMES):
        return None
    name: Name = "entered-in-error" if to == "entered-in-error" else NAMES.get(business, "withdrawn-by-requester")
    reason = why or ("" if business in NAMES else display(business))
    return Happened(Event(name, task["id"], "E4", reason), f"Task/{root(task)}")


def stop_of(task: Task, message: Message, rooms: Rooms) -> Task | None:
    """The open Task that asks the owner of another to stop."""
    stored: dict[str, Task] = {v.id: v.resource for v in rooms.store.find("Task", [("focus", f"Task/{task['id']}")])}
    fresh = {move.task["id"]: move.task for move in message.moved}
    about = (one for one in (stored | fresh).values() if every(one, ("focus", "reference")) == [f"Task/{task['id']}"])
    return next((one for one in about if kind_of(one) == "abort" and one["status"] not in FINAL), None)


def is_asked_to_stop(task: Task, message: Message, rooms: Rooms) -> bool:
    """Whether work that has begun is no longer wanted."""
    now = stand(task)
    asked = now.business == "cancellation-requested"
    return asked or (now.status == "on-hold" and stop_of(task, message, rooms) is not None)


def said_to_stop(item: Mapping[str, Any], stored: Mapping[str, Any]) -> str:
    """What a row that was asked to stop says to it: taken off it stops; under way and with a new remark it does not.

    A row that merely says it is under way may have crossed with the wish, so it says nothing.
    """
    told = ANSWERS.get(str(item.get("status", "")), "")
    remarks = [text for text in every(item, ("note", "text")) if text not in every(stored, ("note", "text"))]
    return told if told != "rejected" or remarks else ""
