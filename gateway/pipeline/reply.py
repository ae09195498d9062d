"""What a message says of Tasks it has from us: accepted, declined, under way, done."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from gateway.domain.message import Message
from gateway.domain.problem import Problem, worst
from gateway.domain.system import BUSINESS_STATUS, MEASURE
from gateway.domain.task import FINAL
from gateway.mapping.runtime import every
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.terms import source
from gateway.pipeline.walk import Report, walk

MEANS: Mapping[str, str] = {
    "active": "accepted",
    "on-hold": "on-hold",
    "completed": "completed",
    "revoked": "rejected",
}
"""What a recipient says who only has the measure and changes its status (ServiceRequest.status -> Task.status)."""
UNSAID = "vom Absender nicht angegeben"


def replies(message: Message, rooms: Rooms) -> Message:
    """The moves of the Tasks a message reports on; a move the sender may not make leaves everything for a person."""
    for item, task, to in reported(message, rooms):
        if not is_owner(task, message.entry.partner):
            message = message.with_problems(not_yours())
            continue
        moved, problems = walk(task, report(item, to), rooms.now())
        message = replace(message.with_problems(*problems), moved=(*message.moved, *moved), case=case_of(task))
    wrong = worst(message.problems) == "error"
    return message.stop("record") if wrong and not message.moved else message


def reported(message: Message, rooms: Rooms) -> Iterator[tuple[dict[str, Any], dict[str, Any], str]]:
    """(What the message says, the Task it is about, the status it reports); a source only repeats its own referral."""
    seen: set[str] = set()
    for item in message.tree.get("Task", ()):
        stored = task_meant(item, rooms)
        if stored and (is_owner(stored, message.entry.partner) or source(stored) != message.entry.partner):
            seen.add(stored["id"])
            yield item, stored, str(item.get("status", ""))
    for item in message.tree.get("ServiceRequest", ()):
        stored = owned_elsewhere(item, message.entry.partner, rooms)
        to = MEANS.get(str(item.get("status", "")), "")
        if stored and to and stored["id"] not in seen:
            yield item, stored, to


def task_meant(item: dict[str, Any], rooms: Rooms) -> dict[str, Any] | None:
    """Our Task that a Task of the message is, or that has the same focus."""
    stored = rooms.store.read("Task", item["id"])
    if stored:
        return stored.resource
    focus = every(item, ("focus", "reference")) or [measure(item, rooms)]
    found = rooms.store.find("Task", [("focus", str(focus[0]))], 2) if focus[0] else []
    return found[-1].resource if found else None


def measure(item: dict[str, Any], rooms: Rooms) -> str:
    """`ServiceRequest/<id>` where a Task names its focus by our number of the measure."""
    for identifier in every(item, ("focus", "identifier")):
        if identifier.get("system") == MEASURE:
            term = ("identifier", f"{MEASURE}|{identifier.get('value')}")
            return next((f"ServiceRequest/{v.id}" for v in rooms.store.find("ServiceRequest", [term], 1)), "")
    return ""


def owned_elsewhere(item: dict[str, Any], partner: str, rooms: Rooms) -> dict[str, Any] | None:
    """The Task of a measure that a recipient sends back."""
    stored = rooms.store.read("ServiceRequest", item["id"])
    if stored is None or source(stored.resource) == partner:
        return None
    found = rooms.store.find("Task", [("focus", item["fullUrl"])], 2)
    return found[-1].resource if found else None


def report(item: dict[str, Any], to: str) -> Report:
    """What the sender reports: status, business status, reason."""
    business = [c.get("code", "") for c in every(item, ("businessStatus", "coding")) if is_ours(c)]
    reason = next(
        iter([*every(item, ("statusReason", "text")), *every(item, ("statusReason", "coding", "display"))]), ""
    )
    note = next(iter(every(item, ("note", "text"))), "")
    grade = "E4" if item.get("resourceType") == "Task" else "E3"
    said = str(reason or note or UNSAID)
    return Report(to, str(next(iter(business), "")), "O", grade, said, taken_over(item))


def is_ours(coding: Mapping[str, Any]) -> bool:
    """Whether a coding is one of our business statuses."""
    return coding.get("system") == BUSINESS_STATUS


def taken_over(item: dict[str, Any]) -> dict[str, Any]:
    """What else of the sender's Task is taken over."""
    return {key: item[key] for key in ("output", "note", "executionPeriod") if key in item}


def is_owner(task: dict[str, Any], partner: str) -> bool:
    """Whether the party owns the Task."""
    return bool(every(task, ("owner", "reference")) == [f"Organization/{partner}"])


def not_yours() -> Problem:
    """The finding about a Task of somebody else."""
    sentence = "this Task belongs to another party, only its owner can report on it"
    return Problem("record.owner", "Task.owner", sentence, "report on Tasks sent to you")


def case_of(task: dict[str, Any]) -> str:
    """The referral's Task a Task belongs to: itself, or what it is part of."""
    above = every(task, ("partOf", "reference"))
    return str(above[0]) if above else f"Task/{task['id']}"


def is_open(task: Mapping[str, Any]) -> bool:
    """Whether a Task can still move."""
    return task.get("status") not in FINAL
