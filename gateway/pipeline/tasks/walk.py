"""A Task along the legal way to the status somebody reports; every step becomes a version of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, cast

from gateway.domain.message import Moved
from gateway.domain.problem import Problem, worst
from gateway.domain.system import BUSINESS_STATUS
from gateway.domain.task import REASONED, Move, Stand, Step, belongs, move, path
from gateway.mapping.runtime import every
from gateway.pipeline.tasks.moves import moved

Task = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody reports of a Task: status, business status (empty: none), who (R O P G), evidence, why.

    `also` are further elements of the Task as the reporter filled them.
    """

    to: str
    business: str = ""
    actor: Literal["R", "O", "P", "G"] = "O"
    evidence: str = "E3"
    reason: str = ""
    also: Mapping[str, Any] = field(default_factory=dict)


def stand(task: Task) -> Stand:
    """Where a Task is."""
    codings = every(task, ("businessStatus", "coding"))
    business = next((c.get("code", "") for c in codings if c.get("system") == BUSINESS_STATUS), "")
    return Stand(str(task.get("status", "")), str(business))


def walk(task: Task, report: Report, at: datetime) -> tuple[list[Moved], list[Problem]]:
    """The moves that lead where the report says; none and the problems where the table forbids it."""
    now = stand(task)
    if now.status == report.to and report.business in ("", now.business):
        return [], []
    way = path(now.status, report.to, report.actor)
    if now.status == report.to:
        way = (Step(report.to, report.business, report.actor),)
    if way is None:
        return [], move(now, Move(report.to, report.business, report.actor, report.evidence, report.reason))
    made: list[Moved] = []
    for number, step in enumerate(way, 1):
        last = number == len(way)
        wish = wished(step, report, last=last)
        if stand(task) == Stand(wish.to, wish.business):
            continue  # it is there already, by whatever word it is said again
        found = move(stand(task), wish)
        if worst(found) == "error":
            return [], found
        before = str(task.get("status", ""))
        reason = wish.reason if wish.to in REASONED else ""
        task = moved({**task, **(report.also if last else {})}, wish.to, wish.business, reason=reason, at=at)
        made.append(Moved(task, before, report.evidence, cast("Literal['R', 'O', 'P', 'G']", step.actor)))
    return made, []


def wished(step: Step, report: Report, *, last: bool) -> Move:
    """One step as the table is asked for it; the report's business status goes with the status it belongs to."""
    said = report.business if last or belongs(report.business) == step.to else ""
    return Move(step.to, step.business or said, step.actor, report.evidence, report.reason)
