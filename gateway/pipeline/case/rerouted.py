"""The Kümmerer has decided who takes over: the measure or the referral goes to that party (workflow.md, phase 6)."""

from dataclasses import replace
from typing import Any

from gateway.domain.message import Message
from gateway.domain.system import MEASURE, PARTNER, TASK
from gateway.domain.task import FINAL
from gateway.mapping.run import urn
from gateway.mapping.runtime import every
from gateway.pipeline.case.plan import task_of_measure
from gateway.pipeline.case.referral import numbers
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.view import current
from gateway.pipeline.tasks.family import case_task, family, group, kind_of, request_of, root
from gateway.pipeline.tasks.walk import Report, walk

Resource = dict[str, Any]
DROPPED = ("status", "statusReason", "businessStatus", "owner", "output", "note", "lastModified", "executionPeriod")
"""What of a referral's Task is about the site that declined it."""


def decided(message: Message, rooms: Rooms) -> Message:
    """The message with what its decisions ask for: whoever is named in Task.output takes over."""
    for move in message.moved:
        chosen = named(move.task, rooms)
        if case_task(move.task).purpose == "re-route" and move.task["status"] == "completed" and chosen:
            task = current(str(move.task["focus"]["reference"]), message, rooms)
            carry = referred if kind_of(task) == "referral" else planned
            message = carry(message, task, chosen, rooms)
    return message


def named(task: Resource, rooms: Rooms) -> str:
    """The partner that a decision names, empty for none that is known."""
    for reference in every(task, ("output", "valueReference", "reference")):
        key = str(reference).partition("/")[2]
        if rooms.directory.get(key):
            return key
    return ""


def planned(message: Message, task: Resource, chosen: str, rooms: Rooms) -> Message:
    """A copy of the measure for another party, in the plan in which the first stands; it replaces the first."""
    old = str(task["focus"]["reference"])
    measure = current(old, message, rooms)
    key = urn("re-route", old, message.entry.id)[9:]
    name, based = f"ServiceRequest/{key}", [{"reference": request_of(root(task), message, rooms)}]
    kept = [number for number in every(measure, ("identifier",)) if number.get("system") != MEASURE]
    made = {
        **measure,
        "id": key,
        "meta": {**measure.get("meta", {}), "source": f"{PARTNER}{message.entry.partner}"},
        "identifier": kept,
        "status": "active",
        "basedOn": measure.get("basedOn") or based,
        "replaces": [{"reference": old}],
        "performer": [{"reference": f"Organization/{chosen}"}],
    }
    message = with_item(message, made)
    for version in rooms.store.find("CarePlan", [("activity", old)]):
        plan = version.resource
        activity = [*every(plan, ("activity",)), {"reference": {"reference": name}}]
        message = with_item(message, {**plan, "activity": activity})
    return message.of_case(f"Task/{root(task)}")


def with_item(message: Message, resource: Resource) -> Message:
    """The message as if its sender had sent a resource too."""
    kind, name = resource["resourceType"], f"{resource['resourceType']}/{resource['id']}"
    items = [*message.tree.get(kind, ()), {**resource, "fullUrl": name}]
    return replace(message, tree={**message.tree, kind: items}, written={**message.written, name: resource})


def referred(message: Message, task: Resource, chosen: str, rooms: Rooms) -> Message:
    """The referral once more, for another site; the Task that was declined stays as it is and is pointed to."""
    key = urn("T0", task["id"], message.entry.id)[9:]
    if rooms.store.read("Task", key):
        return message
    kept = {name: value for name, value in task.items() if name not in DROPPED}
    ours, _ = numbers(key, "")
    others = [number for number in every(task, ("identifier",)) if number.get("system") != TASK]
    made = {
        **kept,
        "id": key,
        "identifier": [*others, ours],
        "groupIdentifier": group(key),
        "owner": {"reference": f"Organization/{chosen}"},
        "reasonReference": {"reference": f"Task/{task['id']}"},
    }
    moved, problems = walk(made, Report("requested", "dispatched", "R", "E1"), rooms.now())
    return replace(message, moved=(*message.moved, *moved)).of_case(f"Task/{key}").with_problems(*problems)


def overtaken(message: Message, rooms: Rooms) -> Message:
    """The message with the decisions that its plan has made by itself: what it replaces needs no other decision."""
    replaced = [str(r) for item in message.written.values() for r in every(item, ("replaces", "reference"))]
    tasks = [task for name in replaced if (task := task_of_measure(name, rooms))]
    for task in tasks:
        for one in family(root(task), message, rooms):
            seen = case_task(one)
            if seen.purpose == "re-route" and seen.about == task["id"] and one["status"] not in FINAL:
                moved, _ = walk(one, Report("completed", "", "O", "E4"), rooms.now())
                message = replace(message, moved=(*message.moved, *moved))
    return message
