"""What follows from a delivery: its Task moves on the evidence, and those concerned hear of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway.domain.events import Event
from gateway.domain.ledger import Change, Delivery, Entry
from gateway.domain.message import Happened, Message, Moved
from gateway.domain.road import Sent
from gateway.domain.rungs import rung
from gateway.pipeline.acknowledge import OF_THE_REPORT
from gateway.pipeline.agreeing.anew import renewed
from gateway.pipeline.announcing.announce import announcements
from gateway.pipeline.case.steady import steady
from gateway.pipeline.ladder.climb import climbed
from gateway.pipeline.line import AFTER
from gateway.pipeline.policies.rested import rested
from gateway.pipeline.proof.communications import concluded
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.glance import at_a_glance
from gateway.pipeline.tasks.dispatch import not_dispatched
from gateway.pipeline.tasks.moves import concept, moved
from gateway.pipeline.tasks.walk import Report, stand, walk

REPORT = "answer completed"
"""What a delivery is about that carries the report of a referral."""
SHOWN = frozenset({"E2", "E3", "E4"})
"""Evidence that the receiver has it (design: workflow, grades)."""


def aftermath(delivery: Delivery, sent: Sent, changes: Mapping[str, Any], rooms: Rooms) -> Sequence[Change]:
    """The changes to commit with the result of an attempt, and who is told of them."""
    rooms = at_a_glance(rooms)
    made = led_to(delivery, sent, changes, rooms)
    return [*made, *announcements(made, rooms)]


def led_to(delivery: Delivery, sent: Sent, changes: Mapping[str, Any], rooms: Rooms) -> list[Change]:
    """What the result of an attempt changes."""
    standing = str(changes.get("standing", ""))
    overtaken = renewed(delivery, changes, rooms)
    agreed = still(delivery, standing, rooms)
    if overtaken:  # the person said something else meanwhile
        return [*agreed, *overtaken]
    following = climbed(delivery, changes, rooms)
    if following:  # the Task waits on: there is another road
        return [*agreed, *concluded(delivery, "dead", sent.code, rooms), *following]
    said = concluded(delivery, standing, sent.code, rooms)
    name = delivery.task or (delivery.case if delivery.about == REPORT else "")
    stored = rooms.store.read("Task", name.partition("/")[2]) if name else None
    made = moves(stored.resource, sent, standing, rooms) if stored else []
    also = asked_of_a_person(stored.resource, delivery, standing, rooms) if stored else []
    cause = rooms.store.entry(delivery.message)
    said = [*(agreed if standing == "waiting" else ()), *said]
    return [*said, *(told(cause, delivery, made, rooms, also) if (made or also) and cause else ())]


def still(delivery: Delivery, standing: str, rooms: Rooms) -> list[Change]:
    """What is sent again, or by another road, is sent by Consents that hold when this is written."""
    return rested([delivery.lane.partition(" ")[2]], (), rooms) if standing in {"waiting", "dead"} else []


def asked_of_a_person(task: dict[str, Any], delivery: Delivery, standing: str, rooms: Rooms) -> list[Event]:
    """What being on this rung asks of the Kümmerer, with whom it is about and how to reach them (domain/rungs.py)."""
    name: Any = rung(delivery.road).opens
    party = rooms.directory.get(delivery.partner)
    if not name or party is None or standing != "delivered" or task.get("status") != "requested":
        return []
    return [Event(name, task["id"], reason=", ".join(filter(None, (party.title, party.phone))))]


def moves(task: dict[str, Any], sent: Sent, standing: str, rooms: Rooms) -> list[Moved]:
    """Delivered: received. Given up: it could not be dispatched, and its requester has to know.

    Of a referral that has ended its report was delivered: sent, and with evidence acknowledged.
    """
    if task.get("status") == "completed":
        return reported(task, sent, rooms) if standing == "delivered" else []
    if task.get("status") != "requested":
        return []
    if standing == "delivered" and sent.grade in SHOWN:
        return walk(task, Report("received", "delivered", "G", sent.grade), rooms.now())[0]
    if standing == "dead":
        failed = moved(task, "requested", "dispatch-failed", reason="", at=rooms.now())
        return [Moved(failed, "requested", "E0", "G")]
    return []


def reported(task: dict[str, Any], sent: Sent, rooms: Rooms) -> list[Moved]:
    """The report of a referral that is completed has gone out, and has come; how it ended stays as the reason."""
    now = stand(task)
    ended = {"statusReason": concept(now.business)} if now.business and now.business not in OF_THE_REPORT else {}
    made = walk({**task, **ended}, Report("completed", "outcome-sent", "G", "E1"), rooms.now())[0]
    if sent.grade in SHOWN:
        last = made[-1].task if made else task
        made += walk(last, Report("completed", "outcome-acknowledged", "R", sent.grade), rooms.now())[0]
    return made if now.business != "outcome-acknowledged" else []


def meant(task: dict[str, Any]) -> list[Event]:
    """What a result is for the case: somebody else has to be found."""
    return [Event("not-delivered", task["id"])] if not_dispatched(task) else []


def told(
    cause: Entry, delivery: Delivery, made: Sequence[Moved], rooms: Rooms, also: Sequence[Event] = ()
) -> list[Change]:
    """A message's afterlife: the same steps as after any move; it is no second run of the message."""
    cause = replace(cause, map_hash="")
    named = [*(event for move in made for event in meant(move.task)), *also]
    events = tuple(Happened(event, delivery.case) for event in named)
    message = Message(cause, moved=tuple(made), happened=events, person=cause.person, case=delivery.case)
    for step in AFTER:
        message = step(message, rooms)
    return [*steady(message, rooms), *message.changes]
