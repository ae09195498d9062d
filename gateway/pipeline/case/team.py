"""CareTeam of a case: who works on it now; what a party may see will hang from its membership (workflow.md, CT)."""

from typing import Any

from gateway.domain.ledger import Save
from gateway.domain.message import Message
from gateway.domain.task import FINAL
from gateway.mapping.run import urn
from gateway.mapping.runtime import every
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import terms
from gateway.pipeline.stored.view import changed, current
from gateway.pipeline.tasks.family import family, kind_of, root

Resource = dict[str, Any]

WORKS = frozenset({"accepted", "in-progress", "on-hold"})
"""Statuses of a measure's Task in which its owner is a member."""
LIVES = frozenset({*WORKS, "completed", "failed"})
"""Statuses of the referral's Task in which a team begins; before, nobody has said yes. It ends with the Task."""


def teams(message: Message, rooms: Rooms) -> Message:
    """The message with the teams of the cases it moved, where their members have changed."""
    for case in dict.fromkeys(root(move.task) for move in message.moved):
        message = of_case(case, message, rooms)
    return message


def of_case(case: str, message: Message, rooms: Rooms) -> Message:
    """The team of one case."""
    task = current(f"Task/{case}", message, rooms)
    key = name_of(case)
    stored = rooms.store.read("CareTeam", key)
    if stored is None and task.get("status") not in LIVES:
        return message
    if changed("CareTeam", key, message) is not None:
        return message
    made = {**(stored.resource if stored else begun(case, task)), **standing(case, task, message, rooms)}
    if stored and made == stored.resource:
        return message
    expected = stored.version if stored else 0
    return message.with_changes(Save(made, expected, terms(made, ""), rooms.now(), message.entry.id))


def name_of(case: str) -> str:
    """The id of the team of a case, by the id of T0."""
    return urn("CT", case)[9:]


def begun(case: str, task: Resource) -> Resource:
    """A team as it begins."""
    return {
        "resourceType": "CareTeam",
        "id": name_of(case),
        "identifier": [{"system": task["groupIdentifier"]["system"], "value": case}]
        if "groupIdentifier" in task
        else [],
        "name": "Begleitung",
        "subject": task["for"],
    }


def standing(case: str, task: Resource, message: Message, rooms: Rooms) -> Resource:
    """Status and members: the person and the Kümmerer always, others while a Task of theirs is under way."""
    owners = [every(t, ("owner", "reference")) for t in family(case, message, rooms) if is_work(t)]
    names = [str(name) for found in owners for name in found]
    own = [str(name) for name in every(task, ("owner", "reference"))]
    members = dict.fromkeys([task["for"]["reference"], *own, *names])
    over = task.get("status") in FINAL
    return {
        "status": "inactive" if over else "active",
        "participant": [{"member": {"reference": name}} for name in members],
    }


def is_work(task: Resource) -> bool:
    """Whether a Task makes its owner a member."""
    return kind_of(task) == "measure" and task.get("status") in WORKS
