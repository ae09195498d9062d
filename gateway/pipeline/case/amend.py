"""A measure is changed while its recipient works on it: the change is offered, and accepted or not (phase 7)."""

from dataclasses import replace
from typing import Any

from gateway.domain.events import Event, Opening
from gateway.domain.message import Message
from gateway.mapping.runtime import every
from gateway.pipeline.case.opening import opened
from gateway.pipeline.case.plan import task_of_measure
from gateway.pipeline.disclose import MEASURE_KEEPS, only
from gateway.pipeline.formats import takes_tasks
from gateway.pipeline.policies.shown import seen_by
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.view import current
from gateway.pipeline.tasks.family import kind_of, owner_of, root

Resource = dict[str, Any]

BOUND = frozenset({"accepted", "in-progress", "on-hold"})
"""Statuses in which a recipient has agreed to a measure; before, the changed measure simply takes its place."""
SAID = Event("amended", reason="Die vereinbarte Maßnahme soll geändert werden")
UNSEEN = frozenset({"authoredOn", "meta", "status"})
"""What may differ without being an amendment: when it was written down, and whether it is still wanted."""


def amended(message: Message, rooms: Rooms) -> Message:
    """The message with an amendment for each changed measure whose recipient is bound to it and reads Tasks.

    Whoever reads lists gets the changed row, and answers with it.
    """
    for name, item in message.written.items():
        if item["resourceType"] == "ServiceRequest" and is_changed(item, rooms):
            task = task_of_measure(name, rooms)
            if task is not None and is_offered(task, message, rooms) and is_seen(item, task, message, rooms):
                opening = Opening("change", "", task["id"], root(task), "owner")
                message = replace(message, moved=(*message.moved, *opened(opening, SAID, message, rooms)))
    return message


def is_changed(item: Resource, rooms: Rooms) -> bool:
    """Whether a measure says something else than before to whoever carries it out."""
    keeps = MEASURE_KEEPS - UNSEEN
    stored = rooms.store.read("ServiceRequest", item["id"])
    return stored is not None and only(item, keeps) != only(stored.resource, keeps)


def is_seen(item: Resource, task: Resource, message: Message, rooms: Rooms) -> bool:
    """Whether the owner of a Task may see what has changed of its measure."""
    owner, person = str(every(task, OWNER)[0]).partition("/")[2], str(every(task, FOR)[0])
    stored = rooms.store.read("ServiceRequest", item["id"])
    both = [only(one, MEASURE_KEEPS - UNSEEN | {"resourceType"}) for one in (item, stored.resource if stored else {})]
    before, after = (seen_by(owner, person, {"ServiceRequest": [one]}, message, rooms) for one in both)
    return before != after


OWNER, FOR = ("owner", "reference"), ("for", "reference")


def is_offered(task: Resource, message: Message, rooms: Rooms) -> bool:
    """Whether the owner of a measure has to agree to its change by a Task of its own."""
    now = current(f"Task/{task['id']}", message, rooms)
    owner = owner_of(now)
    moved = any(kind_of(m.task) == "measure" and m.task["id"] == task["id"] for m in message.moved)
    return not moved and now.get("status") in BOUND and bool(owner) and takes_tasks(owner, rooms)
