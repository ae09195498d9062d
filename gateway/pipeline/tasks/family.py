"""All Tasks of a case: which kind each is, what it is about, and how they stand once a message is written."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gateway.domain.case import CaseTask, Kind
from gateway.domain.message import Message, Moved
from gateway.domain.system import CASE, DECISION, TASK_CODE, TASK_KIND
from gateway.domain.task import FINAL
from gateway.mapping.runtime import every
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.view import current
from gateway.pipeline.tasks.walk import stand

Task = dict[str, Any]

KINDS: Mapping[tuple[str, str], Kind] = {
    (TASK_KIND, "question"): "question",
    (TASK_KIND, "decision"): "decision",
    (TASK_KIND, "recall"): "recall",
    (TASK_CODE, "abort"): "abort",
    (TASK_CODE, "change"): "change",
    (TASK_CODE, "approve"): "approve",
}
"""Task.code -> what the Task is for; what is not here carries something out (fulfill)."""
CODES: Mapping[str, tuple[str, str]] = {kind: coding for coding, kind in KINDS.items()}
BY_FOCUS = frozenset({"abort", "decision"})
"""Kinds that are about the Task they focus; the others are about the one they are part of."""


def kind_of(task: Task) -> Kind:
    """What a Task is for."""
    for coding in every(task, ("code", "coding")):
        found = KINDS.get((coding.get("system"), coding.get("code")))
        if found:
            return found
    return "measure" if "partOf" in task else "referral"


def owner_of(task: Mapping[str, Any]) -> str:
    """The partner that owns a Task (Task.owner, chapter 12.1); empty for none, and for an owner of another type."""
    kind, _, key = str(task.get("owner", {}).get("reference", "")).partition("/")
    return key if kind == "Organization" else ""


def root(task: Task) -> str:
    """The id of the referral's Task: as Task.groupIdentifier says, else of the Task it is part of, else its own."""
    group = task.get("groupIdentifier", {})
    if group.get("system") == CASE and group.get("value"):
        return str(group["value"])
    above = [str(name) for name in every(task, ("partOf", "reference")) if str(name).startswith("Task/")]
    return above[0].partition("/")[2] if above else str(task["id"])


def group(case: str) -> dict[str, str]:
    """Task.groupIdentifier of every Task of a case, by the id of T0."""
    return {"system": CASE, "value": case}


def about(task: Task) -> str:
    """The id of the Task that a question, a stop, an amendment, a hand-over or a decision is about; else empty."""
    kind = kind_of(task)
    if kind in {"referral", "measure"}:
        return ""
    path = ("focus", "reference") if kind in BY_FOCUS else ("partOf", "reference")
    named = (str(name) for name in every(task, path) if str(name).startswith("Task/"))
    return next(named, "").partition("/")[2]


def case_task(task: Task) -> CaseTask:
    """A Task as the rules of the closed loop look at it."""
    kind = kind_of(task)
    coded = (c.get("code", "") for c in every(task, ("reasonCode", "coding")) if c.get("system") == DECISION)
    return CaseTask(task["id"], kind, stand(task), root(task), about(task), next(coded, ""))


def family(case: str, message: Message, rooms: Rooms) -> list[Task]:
    """All Tasks of a case by the id of T0, T0 first, each as the message leaves it."""
    names = [case, *(v.id for v in rooms.store.find("Task", [("case", case)], 1000))]
    names += message.once(_by_case, message.moved).get(case, ())
    found = (current(f"Task/{name}", message, rooms) for name in dict.fromkeys(names))
    return [task for task in found if task]


def request_of(case: str, message: Message, rooms: Rooms) -> str:
    """`ServiceRequest/<id>` of the referral of a case, by the id of T0; empty where there is none."""
    return str(current(f"Task/{case}", message, rooms).get("focus", {}).get("reference", ""))


def _by_case(moved: Sequence[Moved]) -> dict[str, list[str]]:
    """Ids of the Tasks that moved, by T0 of their case."""
    found: dict[str, list[str]] = {}
    for move in moved:
        found.setdefault(root(move.task), []).append(move.task["id"])
    return found


def measures(case: str, message: Message, rooms: Rooms) -> Iterator[Task]:
    """Every Ti of a case."""
    return (task for task in family(case, message, rooms) if kind_of(task) == "measure")


def open_cases(person: str, message: Message, rooms: Rooms) -> Iterator[str]:
    """T0 of every open case of a person."""
    for version in rooms.store.find("Task", [("for", person)], 1000):
        task = current(f"Task/{version.id}", message, rooms)
        if kind_of(task) == "referral" and task.get("status") not in FINAL:
            yield version.id
