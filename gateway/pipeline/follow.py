"""Step 7: what follows from what happened: moves of other Tasks, Tasks that are opened, the referral's own status."""

from collections import deque
from dataclasses import replace
from typing import Any, cast

from gateway.domain.derived import follows
from gateway.domain.events import Event, consequences, openings
from gateway.domain.message import Happened, Message, Moved
from gateway.domain.task import REASONED, Move, Stand
from gateway.pipeline.case import awaiting, handover, parallel
from gateway.pipeline.case.happenings import happened
from gateway.pipeline.case.opening import opened
from gateway.pipeline.case.question import is_waited_for
from gateway.pipeline.proof.old_word import is_heard
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.view import current
from gateway.pipeline.tasks.family import case_task, family, open_cases, root
from gateway.pipeline.tasks.moves import moved
from gateway.pipeline.tasks.walk import stand

OF_THE_WAY = frozenset({"re-route", "call"})
"""Decisions about how a Task gets to somebody; moot once somebody has it."""
REACHED = frozenset({"received", "accepted"})
MOST = 200
"""Events that one message may cause in one case; what goes on longer than that is a circle."""


def follow(message: Message, rooms: Rooms) -> Message:
    """The message with all that follows in every case it concerns; the tables say what (domain/tables)."""
    message = handover.proposed(parallel.linked(awaiting.released(message, rooms), rooms), rooms)
    for case in concerned(message, rooms):
        message = in_case(case, message, rooms)
    return handover.settled(message, rooms)


def concerned(message: Message, rooms: Rooms) -> list[str]:
    """Ids of the referrals' Tasks of all cases to which something happened or in which something moved."""
    named = [h.case.partition("/")[2] for h in message.happened if h.case]
    persons = dict.fromkeys(h.person for h in message.happened if h.person and not h.case)
    of_persons = [case for person in persons for case in open_cases(person, message, rooms)]
    return list(dict.fromkeys([*named, *of_persons, *(root(move.task) for move in message.moved)]))


def in_case(case: str, message: Message, rooms: Rooms) -> Message:
    """One case: event after event, until nothing follows any more; then the referral as its measures have it."""
    todo = deque(events(case, message, rooms))
    for _ in range(MOST):
        if not todo:
            break
        event = todo.popleft()
        message, more = apply(event, case, message, rooms)
        todo.extend(more)
    return derive(case, message, rooms)


def events(case: str, message: Message, rooms: Rooms) -> list[Event]:
    """What has happened to a case: what the message says, and what its moves are for other Tasks."""
    person = current(f"Task/{case}", message, rooms).get("for", {}).get("reference", "")
    said = [h.event for h in message.happened if h.case == f"Task/{case}" or (not h.case and h.person == person)]
    own = [move for move in message.moved if root(move.task) == case]
    reached = {m.task["id"] for m in own if m.before == "requested" and m.task["status"] in REACHED}
    tasks = [case_task(task) for task in family(case, message, rooms)] if reached else []
    found = [Event("moot", task.id) for task in tasks if task.about in reached and task.purpose in OF_THE_WAY]
    return [*said, *(event for move in own for event in caused(move)), *found]


def caused(move: Moved) -> list[Event]:
    """The events that one move is; a requester who asks for an end by the status alone asks for the Task of a stop."""
    asked = move.actor == "R" and stand(move.task) == Stand("in-progress", "cancellation-requested")
    stops = [Event("withdrawn-by-requester", move.task["id"], move.evidence)] if asked else []
    return [*happened({"status": move.before} if move.before else None, move.task), *stops]


def apply(event: Event, case: str, message: Message, rooms: Rooms) -> tuple[Message, list[Event]]:
    """One event: the moves and the Tasks that follow, and the events which these are in their turn."""
    if event.name == "answered" and is_waited_for(event.about, message, rooms):
        return message, []
    tasks = [case_task(task) for task in family(case, message, rooms)]
    old = {task.id for task in tasks if was_told(task.id, event, message, rooms)}
    wishes = [(key, wish) for key, wish in consequences(event, tasks) if not was_moved(key, message, rooms)]
    made = [stepped(key, wish, message, rooms) for key, wish in wishes if key not in old]
    wanted = [o for o in openings(event, tasks) if o.about not in old and not is_asked(o.kind, o.about, message)]
    message = replace(message, moved=(*message.moved, *made))
    for opening in wanted:
        message = replace(message, moved=(*message.moved, *opened(opening, event, message, rooms)))
    moot = [Event("moot", task.id) for task in tasks if event.name == "ended" and task.about == event.about]
    return message.of_case(f"Task/{case}"), [*(further for move in made for further in caused(move)), *moot]


def was_moved(key: str, message: Message, rooms: Rooms) -> bool:
    """Whether an earlier run of this message has moved the Task; it may have gone on since."""
    if not message.entry.map_hash:
        return False
    return any(version.message == message.entry.id for version in rooms.store.history("Task", key))


def was_told(key: str, event: Event, message: Message, rooms: Rooms) -> bool:
    """Whether the message itself has said so in an earlier run, and others have moved the Task since."""
    said = any(happened.event is event for happened in message.happened)
    return said and is_heard(rooms.store.history("Task", key) if message.entry.map_hash else (), message, rooms)


def is_asked(kind: str, about: str, message: Message) -> bool:
    """Whether the message itself brings the Task that would be opened, a question with its own words."""
    brought = (case_task(move.task) for move in message.moved if not move.before or move.before == "draft")
    return any((task.kind, task.about) == (kind, about) for task in brought)


def stepped(key: str, wish: Move, message: Message, rooms: Rooms) -> Moved:
    """A Task after a legal move."""
    task = current(f"Task/{key}", message, rooms)
    reason = wish.reason if wish.to in REASONED else ""
    made = moved(task, wish.to, wish.business, reason=reason, at=rooms.now())
    return Moved(made, str(task.get("status", "")), wish.evidence, cast("Any", wish.actor))


def derive(case: str, message: Message, rooms: Rooms) -> Message:
    """The referral's Task where its measures have it (domain/derived.py)."""
    tasks = [case_task(task) for task in family(case, message, rooms)]
    own = next((task for task in tasks if task.id == case), None)
    wish = follows(own.stand, [task.stand for task in tasks if task.kind == "measure"]) if own else None
    return replace(message, moved=(*message.moved, stepped(case, wish, message, rooms))) if wish else message


def of_case(message: Message, event: Event, case: str) -> Message:
    """The message with something that happened to a case."""
    return replace(message, happened=(*message.happened, Happened(event, case)))
