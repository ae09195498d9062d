"""What a changed resource means for its case: the events that the tables of the closed loop know (domain/events.py)."""

from collections.abc import Callable, Mapping
from typing import Any

from gateway.domain.events import Event
from gateway.domain.task import FINAL
from gateway.pipeline.tasks.family import about, case_task, kind_of
from gateway.pipeline.tasks.walk import stand

Resource = dict[str, Any]

OF_TASKS: Mapping[tuple[str, str], str] = {
    ("question", "completed"): "answered",
    ("question", "rejected"): "answered",
    ("question", "cancelled"): "answered",
    ("question", "failed"): "answered",
    ("abort", "completed"): "abort-accepted",
    ("abort", "rejected"): "abort-refused",
    ("abort", "failed"): "abort-refused",
    ("change", "rejected"): "amendment-refused",
    ("change", "failed"): "amendment-refused",
    ("approve", "completed"): "handover-settled",
    ("approve", "rejected"): "handover-settled",
    ("approve", "cancelled"): "handover-settled",
    ("approve", "failed"): "handover-settled",
}
"""(Kind of a Task, status it came to) -> what that is for the Task it is about."""
RESUMED = ("decision", "completed", "resume")
"""The Kümmerer has looked after a discharge; it goes on for all that was on hold for the hospital."""
INPATIENT = frozenset({"IMP", "ACUTE", "NONAC"})
"""Encounter.class of a stay with a bed (value set ActEncounterCode)."""
STAYS: Mapping[str, str] = {
    "in-progress": "admission",
    "finished": "discharge",
    "cancelled": "discharge",
    "entered-in-error": "discharge",
}
"""Encounter.status -> what it is for the person's cases."""
STOPS: Mapping[str, str] = {"revoked": "withdrawn-by-requester", "entered-in-error": "entered-in-error"}
"""ServiceRequest.status -> what it is for the Task that carries the request out."""


def happened(before: Resource | None, after: Resource) -> list[Event]:
    """The events that a change of one resource is; `about` is empty where it happened to the person or to a request."""
    look = LOOKS.get(after["resourceType"])
    return look(before or {}, after) if look else []


def of_task(before: Resource, task: Resource) -> list[Event]:
    """A Task came to its end, or a question, a stop, a hand-over was settled."""
    now = stand(task)
    if now.status == before.get("status"):
        return []
    name: Any = OF_TASKS.get((kind_of(task), now.status))
    found = [Event(name, about(task))] if name else []
    if (kind_of(task), now.status, case_task(task).purpose) == RESUMED:
        found = [Event("looked")]
    return [*found, *([Event("ended", task["id"])] if now.status in FINAL else [])]


def of_request(before: Resource, request: Resource) -> list[Event]:
    """A request is taken back; whose Task that is, the caller knows."""
    name: Any = STOPS.get(str(request.get("status")))
    return [Event(name)] if name and before.get("status") != request.get("status") else []


def of_person(before: Resource, person: Resource) -> list[Event]:
    """The person has died (Patient.deceased[x])."""
    return [Event("death")] if is_dead(person) and not is_dead(before) else []


def of_stay(before: Resource, stay: Resource) -> list[Event]:
    """The person came into hospital, or left it: as planned, or because the admission was a mistake."""
    if str(stay.get("class", {}).get("code", "")) not in INPATIENT or stay.get("status") == before.get("status"):
        return []
    name: Any = STAYS.get(str(stay.get("status", "")))
    return [Event(name)] if name else []


def is_dead(person: Resource) -> bool:
    """Whether a Patient is said to have died; a `false` says no."""
    return person.get("deceasedBoolean") is True or "deceasedDateTime" in person


LOOKS: Mapping[str, Callable[[Resource, Resource], list[Event]]] = {
    "Task": of_task,
    "ServiceRequest": of_request,
    "Patient": of_person,
    "Encounter": of_stay,
}
