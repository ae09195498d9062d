"""Flag (chapter 9.7): what is overdue of a Task, since when, and who was told so far.

There is one Flag per Task and timer. It is active while the time is over, and is all the memory the watch has.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from gateway.domain.ledger import Save, Version
from gateway.domain.system import CANONICAL, SID
from gateway.mapping.run import urn
from gateway.mapping.runtime import every
from gateway.pipeline.stored.terms import terms
from gateway.pipeline.watch.words import what
from gateway.store.port import Store

Resource = dict[str, Any]
OVERDUE = f"{SID}/overdue"
"""Identifier system of Flags: the id of the Task."""
TIMER = f"{CANONICAL}/CodeSystem/timer"
"""Names of timers, and `overdue`, the category of such Flags."""
OF_TASK = f"{CANONICAL}/StructureDefinition/overdue-task"
TOLD = f"{CANONICAL}/StructureDefinition/overdue-told"
STANDS = ("overdue", "active")
"""Search term of a Flag while it is active."""


def flags(task: str, store: Store) -> dict[str, Version]:
    """All Flags of a Task by timer, those that have ended too."""
    found = store.find("Flag", [("identifier", f"{OVERDUE}|{task}")])
    return {timer_of(version.resource): version for version in found}


def standing(store: Store) -> list[Resource]:
    """All Flags that are active."""
    return [version.resource for version in store.find("Flag", [STANDS], 1_000_000)]


def raised(task: Resource, timer: str, due: datetime, told: Sequence[str]) -> Resource:
    """The Flag of a Task whose time was over at `due`; `told` are the roles that were told."""
    return {
        "resourceType": "Flag",
        "id": urn("overdue", task["id"], timer)[9:],
        "extension": [
            {"url": OF_TASK, "valueReference": {"reference": f"Task/{task['id']}"}},
            *({"url": TOLD, "valueCode": role} for role in told),
        ],
        "identifier": [{"system": OVERDUE, "value": task["id"]}],
        "status": "active",
        "category": [{"coding": [{"system": TIMER, "code": "overdue"}], "text": "überfällig"}],
        "code": {"coding": [{"system": TIMER, "code": timer}], "text": what(timer).de},
        "subject": task.get("for") or {"display": "unbekannt"},
        "period": {"start": due.isoformat(timespec="milliseconds")},
    }


def ended(flag: Resource, at: datetime) -> Resource:
    """The Flag once its clock has stopped; who was told stays, should the same time be over again."""
    end = max(at.isoformat(timespec="milliseconds"), str(flag["period"]["start"]))
    return {**flag, "status": "inactive", "period": {"start": flag["period"]["start"], "end": end}}


def save(flag: Resource, before: Version | None, at: datetime, message: str = "") -> Save:
    """The change that writes a Flag, found by its state too."""
    also = (STANDS,) if flag["status"] == "active" else ()
    return Save(flag, before.version if before else 0, (*terms(flag, ""), *also), at, message)


def is_active(flag: Resource) -> bool:
    """Whether the time is over."""
    return flag.get("status") == "active"


def told_of(flag: Resource, due: datetime) -> tuple[str, ...]:
    """The roles that were told that this time is over; of another time nobody was told."""
    if since(flag) != due.replace(microsecond=due.microsecond // 1000 * 1000):
        return ()
    return tuple(str(e.get("valueCode", "")) for e in every(flag, ("extension",)) if e.get("url") == TOLD)


def since(flag: Resource) -> datetime:
    """When the time was over."""
    return datetime.fromisoformat(str(flag["period"]["start"]))


def timer_of(flag: Resource) -> str:
    """The timer of a Flag."""
    codings = every(flag, ("code", "coding"))
    return str(next((c.get("code", "") for c in codings if c.get("system") == TIMER), ""))


def task_of(flag: Resource) -> str:
    """The id of its Task."""
    numbers = every(flag, ("identifier",))
    return str(next((i.get("value", "") for i in numbers if i.get("system") == OVERDUE), ""))
