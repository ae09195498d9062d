"""Tasks that others open in a case, a question, a stop, an amendment, a hand-over, become ours (chapter 12.1)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from gateway.domain.message import Message, Moved
from gateway.domain.problem import Problem
from gateway.domain.system import PARTNER, TASK
from gateway.mapping.runtime import every
from gateway.pipeline.case.fresh import fresh
from gateway.pipeline.case.plan import performer
from gateway.pipeline.case.reply import UNSPOKEN, carrying_out, is_open
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import source
from gateway.pipeline.stored.view import current
from gateway.pipeline.tasks.dispatch import not_dispatched, set_out_again
from gateway.pipeline.tasks.family import BY_FOCUS, CODES, family, kind_of, owner_of, root
from gateway.pipeline.tasks.sides import acts_for, as_whom
from gateway.pipeline.tasks.walk import Report, walk

Task = dict[str, Any]

MAY_OPEN: Mapping[str, frozenset[str]] = {
    "question": frozenset("OR"),
    "abort": frozenset("OR"),
    "change": frozenset("R"),
    "approve": frozenset("O"),
    "decision": frozenset("O"),
}
"""Kind of Task -> as whom of the Task it is about somebody opens it: R its requester, O its owner."""
TAKEN = ("description", "input", "note", "priority", "restriction", "reasonCode", "reasonReference", "executionPeriod")
"""What of the sender's own words stays as it is."""


def adopted(message: Message, rooms: Rooms) -> Message:
    """The message with its Tasks of the kinds of `CODES` as Tasks of ours; what may not be opened stops it."""
    for item in message.tree.get("Task", ()):
        if kind_of(item) in CODES:
            message = one(message, item, rooms)
    return message


def one(message: Message, item: Task, rooms: Rooms) -> Message:
    """One Task: begun, set out again where it could not be sent, or left to `replies`, which reads what is ours."""
    stored = rooms.store.read("Task", item["id"])
    if stored:
        own = source(stored.resource) == message.entry.partner
        again = own and not_dispatched(stored.resource) and item.get("status") in UNSPOKEN
        if not again:
            return message
        message = replace(message, moved=(*message.moved, set_out_again(stored.resource, rooms)))
        return message.of_case(f"Task/{root(stored.resource)}")
    if item.get("status") not in UNSPOKEN:
        return message.stop("record", begins_late())
    task = meant(item, message, rooms)
    wrong = unfit(item, task, message, rooms)
    if wrong:
        return message.stop("record", *wrong)
    made, problems = begun(item, task, message, rooms)
    return replace(message.with_problems(*problems), moved=(*message.moved, *made)).of_case(f"Task/{root(task)}")


def meant(item: Task, message: Message, rooms: Rooms) -> Task:
    """The Task of ours that one is about: which it names, by reference or number, or that carries out the request."""
    paths = (("focus",), ("partOf",)) if kind_of(item) in BY_FOCUS else (("partOf",), ("focus",))
    for node in (found for path in paths for found in every(item, path)):
        task = pointed_at(node, message, rooms)
        if task:
            return task
    return {}


def pointed_at(node: Mapping[str, Any], message: Message, rooms: Rooms) -> Task:
    """The Task behind one Reference (chapter 2.3.0); of a question about a question the one that this is about."""
    name = str(node.get("reference", ""))
    if name.startswith("Task/"):
        return current(name, message, rooms)
    if name.startswith("ServiceRequest/"):
        return carrying_out(name, rooms) or {}
    number = node.get("identifier", {})
    if number.get("system") != TASK:
        return {}
    found = rooms.store.find("Task", [("identifier", f"{TASK}|{number.get('value')}")], 2)
    return current(f"Task/{found[0].id}", message, rooms) if len(found) == 1 else {}


def unfit(item: Task, task: Task, message: Message, rooms: Rooms) -> list[Problem]:
    """Why the sender may not open this Task here."""
    kind = kind_of(item)
    if not task:
        return [about_nothing()]
    if as_whom(task, message.entry.partner, message, rooms) not in MAY_OPEN[kind]:
        return [not_for_you()]
    if not is_open(task) and kind != "decision":
        return [has_ended()]
    if kind == "approve" and (open_one := proposed(root(task), message, rooms)):
        return open_one
    owner = addressee(item, task, message, rooms)
    if not owner or (kind != "approve" and owner not in askable(task, message.entry.partner, message, rooms)):
        return [for_nobody()]
    return []


def proposed(case: str, message: Message, rooms: Rooms) -> list[Problem]:
    """The finding about a case that is proposed to somebody who has not answered yet."""
    waits = any(kind_of(task) == "approve" and is_open(task) for task in family(case, message, rooms))
    return [proposed_before()] if waits else []


def addressee(item: Task, task: Task, message: Message, rooms: Rooms) -> str:
    """The partner that must answer: whom the Task names, else the other side of the Task it is about."""
    if item.get("owner"):
        return performer({"performer": [item["owner"]]}, message, rooms)
    if kind_of(item) == "approve":
        return performer({"performer": every(item, ("restriction", "recipient"))}, message, rooms)
    case = current(f"Task/{root(task)}", message, rooms)
    if kind_of(item) == "decision":
        return owner_of(case)
    if as_whom(task, message.entry.partner, message, rooms) == "R":
        return owner_of(task)
    return source(task) if task["id"] == case.get("id") else owner_of(case) or source(task)


def askable(task: Task, partner: str, message: Message, rooms: Rooms) -> frozenset[str]:
    """Whom a partner may ask about a Task: who else is in a case is known to its owner only (and to the desk)."""
    case = current(f"Task/{root(task)}", message, rooms)
    if not partner or acts_for(case, "owner", partner, message, rooms):
        return parties(root(task), message, rooms)
    return frozenset((*named(task), owner_of(case)))


def parties(case: str, message: Message, rooms: Rooms) -> frozenset[str]:
    """The partners that a case has: who sent it, who owns a Task of it; nobody else hears of it by a question."""
    return frozenset(name for task in family(case, message, rooms) for name in named(task))


def named(task: Task) -> Iterator[str]:
    """The partners of one Task."""
    yield from (name for name in (owner_of(task), source(task)) if name)


def begun(item: Task, task: Task, message: Message, rooms: Rooms) -> tuple[list[Moved], list[Problem]]:
    """The Task with our numbers, in its case, from its sender, and its first moves."""
    fixed = fresh(kind_of(item), str(item["id"]), task, message, rooms)
    made = {
        **fixed,
        "meta": {"source": f"{PARTNER}{message.entry.partner}"},
        "identifier": [*every(item, ("identifier",)), *fixed["identifier"]],
        "intent": "proposal" if item.get("intent") == "proposal" else "order",
        "authoredOn": item.get("authoredOn") or fixed["authoredOn"],
        "requester": {"reference": f"Organization/{message.entry.partner}"},
        "owner": {"reference": f"Organization/{addressee(item, task, message, rooms)}"},
        **{name: item[name] for name in TAKEN if name in item},
    }
    return walk(made, Report("requested", "dispatched", "R", "E1"), rooms.now())


def begins_late() -> Problem:
    """The finding about a Task that is new here and says it has begun."""
    sentence = "this Task is not known here, and it says that it was answered or begun already"
    repair = "send it as `requested`; to answer a Task of ours send it as it came, with its id or its number"
    return Problem("record.task.begun", "Task.status", sentence, repair)


def about_nothing() -> Problem:
    """The finding about a Task that names no Task of a case."""
    sentence = "this Task does not say which Task or request known here it is about"
    repair = "name the Task in Task.partOf; of a stop or a decision in Task.focus"
    return Problem("record.task.about", "Task.partOf", sentence, repair)


def not_for_you() -> Problem:
    """The finding about a Task that its sender may not open."""
    sentence = "only the requester or the owner of a Task asks about it, stops, changes or hands it over"
    repair = (
        "ask about Tasks that you sent or were sent; a stop and a change are the requester's, a hand-over the owner's"
    )
    return Problem("record.task.opener", "Task.requester", sentence, repair)


def has_ended() -> Problem:
    """The finding about a Task that asks something of one that is over."""
    sentence = "the Task it is about has ended; nothing more is asked of it"
    return Problem(
        "record.task.ended", "Task.partOf", sentence, "send a new referral, or ask about a Task that is open"
    )


def proposed_before() -> Problem:
    """The finding about a case that is proposed to a second one while the first may still say yes."""
    sentence = "this case is proposed to somebody already, and a case has one owner"
    repair = "wait for the answer, or take the first proposal back (its Task as `cancelled`), then propose it again"
    return Problem("record.task.proposed", "Task.code", sentence, repair)


def for_nobody() -> Problem:
    """The finding about a Task whose owner is nobody of the case."""
    sentence = "whom this Task is for is not known here, or takes no part in the case"
    repair = "leave Task.owner out to ask the other side, or name a party of the case by its IK"
    return Problem("record.task.owner", "Task.owner", sentence, repair)
