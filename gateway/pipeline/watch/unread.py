"""What was handed over and not taken note of in time: the next rung, or at the last one a decision of the Kümmerer."""

from collections.abc import Sequence
from typing import Any

from gateway.domain.ledger import Change, Delivery
from gateway.domain.message import Moved
from gateway.domain.rungs import USUAL, rung
from gateway.pipeline.aftermath import told
from gateway.pipeline.ladder.climb import next_rung, onward
from gateway.pipeline.ladder.waiting import current, is_over, times
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.glance import at_a_glance
from gateway.pipeline.tasks.dispatch import not_dispatched
from gateway.pipeline.tasks.moves import moved
from gateway.pipeline.tasks.parties import Concerned
from gateway.store.port import Store

Task = dict[str, Any]


def unread(task: Task, rooms: Rooms) -> Sequence[Change]:
    """The changes where the time of the rung a measure is on is up; empty where it goes on waiting, or has arrived."""
    on = current(task, rooms.store)
    if on is None or on.standing != "delivered" or task.get("status") != "requested" or not is_over(on, rooms):
        return []
    if rung(on.road).has_arrived(on.grade) or not_dispatched(task):
        return []
    following = next_rung(on, rooms)
    if following:
        return onward(on, following, rooms)
    return ended(task, on, at_a_glance(rooms)) if rung(on.road).unread == "decide" else []


def ended(task: Task, on: Delivery, rooms: Rooms) -> Sequence[Change]:
    """The last rung is over: the measure could not be delivered, and the Kümmerer decides how it goes on."""
    cause = rooms.store.entry(on.message)
    failed = moved(task, "requested", "dispatch-failed", reason="", at=rooms.now())
    return told(cause, on, [Moved(failed, "requested", "E0", "G")], rooms) if cause else []


def allowed(task: Task, parties: Concerned, store: Store) -> dict[str, str]:
    """The times by which a Task is looked at: those of the site, with that of the rung which a measure is on."""
    roads = parties.owner.receives if parties.owner else ()
    if task.get("status") != "requested" or all(not r.wait and rung(r.road).wait == USUAL for r in roads):
        return parties.times
    return times(current(task, store), parties)
