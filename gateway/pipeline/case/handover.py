"""A case changes hands between Kümmerer or sites: proposed, approved or not (workflow.md, phase 9 "Hand over")."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gateway.domain.events import Event
from gateway.domain.ledger import Save, Version
from gateway.domain.message import Happened, Message, Moved
from gateway.domain.problem import Problem
from gateway.domain.system import PARTNER
from gateway.mapping.runtime import every
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import source, terms
from gateway.pipeline.stored.view import current
from gateway.pipeline.tasks.family import kind_of, measures, request_of, root
from gateway.pipeline.tasks.sides import organizations

Resource = dict[str, Any]

OWNER = ("owner", "reference")
WHO = ("author", "requester")
"""Elements that name who planned or asked for something."""


def proposed(message: Message, rooms: Rooms) -> Message:  # noqa: ARG001 - every part of `record` is handed the rooms
    """The message with what a Task `approve` in it is for its case: the referral is to change hands."""
    cases = [root(move.task) for move in message.moved if is_approval(move) and not move.before]
    events = tuple(Happened(Event("handover-proposed", case), f"Task/{case}") for case in dict.fromkeys(cases))
    return replace(message, happened=(*message.happened, *events))


def settled(message: Message, rooms: Rooms) -> Message:
    """The message with the new owner wherever the old one stands, all in one commit; declined, nothing changes."""
    for move in message.moved:
        if is_approval(move) and move.task["status"] == "completed" and move.before != "completed":
            message = handed_over(move.task, message, rooms)
    return message


def handed_over(approval: Resource, message: Message, rooms: Rooms) -> Message:
    """One case in new hands: its Task as its last move leaves it, and all that the old owner planned for it."""
    case, new = root(approval), str(approval["owner"]["reference"])
    if all(move.task["id"] != case for move in message.moved):
        return message.with_problems(elsewhere())
    old = str(next(iter(every(current(f"Task/{case}", message, rooms), OWNER)), ""))
    message = replace(message, moved=tuple(with_owner(move, case, {"reference": new}) for move in message.moved))
    for version in planned(case, message, rooms):
        made = of_another(version.resource, old, new, behind(version.resource, old, message, rooms))
        if made != version.resource:
            found = terms(made, source(made))
            message = message.with_changes(Save(made, version.version, found, rooms.now(), message.entry.id))
    return message


def behind(resource: Resource, old: str, message: Message, rooms: Rooms) -> set[str]:
    """The elements of a resource that name somebody of the old owner: itself, a role or a service of it."""
    named = [(name, str(reference)) for name in WHO for reference in every(resource, (name, "reference"))]
    return {name for name, each in named if old in organizations(each, lambda r: current(r, message, rooms))}


def of_another(resource: Resource, old: str, new: str, of_old: set[str]) -> Resource:
    """A resource of the old owner as one of the new owner: who wrote it, who asks, and who may change it."""
    meta = resource.get("meta", {})
    owned = meta.get("source") == f"{PARTNER}{old.partition('/')[2]}"
    whose = {"meta": {**meta, "source": f"{PARTNER}{new.partition('/')[2]}"}} if owned else {}
    names = {name: {"reference": new} for name in of_old}
    return {**resource, **whose, **names}


def planned(case: str, message: Message, rooms: Rooms) -> Iterator[Version]:
    """The agreement with its needs and goals, the measures and their Tasks, as they are stored."""
    agreements = rooms.store.find("CarePlan", [("supportingInfo", request_of(case, message, rooms))])
    needs = [need for plan in agreements for need in rooms.store.find("CarePlan", [("partOf", f"CarePlan/{plan.id}")])]
    names = [str(goal) for plan in (*agreements, *needs) for goal in every(plan.resource, ("goal", "reference"))]
    for task in measures(case, message, rooms):
        names += [f"Task/{task['id']}", str(task["focus"]["reference"])]
    yield from (*agreements, *needs)
    for name in dict.fromkeys(names):
        kind, _, key = name.partition("/")
        stored = rooms.store.read(kind, key)
        if stored:
            yield stored


def with_owner(move: Moved, case: str, owner: Resource) -> Moved:
    """A move of the case's own Task with its new owner."""
    return replace(move, task={**move.task, "owner": owner}) if move.task["id"] == case else move


def is_approval(move: Moved) -> bool:
    """Whether a move is one of a Task that asks for approval of a hand-over."""
    return kind_of(move.task) == "approve"


def elsewhere() -> Problem:
    """The finding about a hand-over that was approved when the referral could not change hands any more."""
    sentence = "the hand-over was approved, but the referral is not where it can change hands; nothing was changed"
    repair = "propose it again once the referral is in progress"
    return Problem("handover.stand", "Task.businessStatus", sentence, repair, "warning")
