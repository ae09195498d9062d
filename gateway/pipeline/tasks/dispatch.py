"""A Task whose request could not be sent: running its message again sets it out once more."""

from typing import Any

from gateway.domain.message import Message, Moved
from gateway.mapping.runtime import every
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.moves import moved


def not_dispatched(task: dict[str, Any]) -> bool:
    """Whether the Task could not be sent before."""
    return task.get("status") == "requested" and "dispatch-failed" in every(task, ("businessStatus", "coding", "code"))


def set_out_again(task: dict[str, Any], rooms: Rooms) -> Moved:
    """The Task as it is sent anew; `encode` takes it back where that fails again."""
    return Moved(moved(task, "requested", "dispatched", reason="", at=rooms.now()), "requested", "E1", "G")


def is_stuck(delivery: str, message: Message, rooms: Rooms) -> bool:
    """Whether a run before has queued this delivery, and it was given up: a person decides about it, not a replay."""
    if not message.entry.map_hash:
        return False
    known = rooms.store.delivery(delivery)
    return known is not None and known.standing in {"dead", "dropped"}
