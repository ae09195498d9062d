"""What the timers of a Task are computed from, out of its versions (workflow.md, "Timers")."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import pairwise
from typing import Any

from gateway.domain.ledger import Version
from gateway.domain.task import FINAL
from gateway.domain.timers import Life, timers
from gateway.domain.working_time import BERLIN
from gateway.mapping.runtime import every
from gateway.pipeline.tasks.family import about, kind_of, root
from gateway.pipeline.tasks.walk import stand
from gateway.store.port import Store

Task = dict[str, Any]
PLANNED_END = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter.plannedEndDate"
"""Encounter.plannedEndDate of R5, as PV2-9 is mapped."""
DAY = 10
"""Characters of a date without a time."""
AT = time(12)
"""When a day of discharge is up that names no time of day: hospitals discharge before noon."""


@dataclass(frozen=True, slots=True)
class Told:
    """A Task with its versions, newest first, and the Task of its case."""

    versions: list[Version]
    case: Task
    store: Store

    @property
    def task(self) -> Task:
        """The Task as it is now."""
        return self.versions[0].resource


def told(task: str, store: Store) -> Told | None:
    """A Task by its id with all that its timers are computed from; None where there is none."""
    versions = store.history("Task", task)
    if not versions:
        return None
    case = root(versions[0].resource)
    above = store.read("Task", case) if case != task else None
    return Told(versions, above.resource if above else versions[0].resource, store)


def life(found: Told) -> Life:
    """The life of a Task as the timers look at it; only what a running timer asks for is read."""
    kind, now = kind_of(found.task), stand(found.task)
    running = [timer for timer in timers() if kind in timer.kinds and timer.mode(now)]
    seen = {t.name: at for t in running if t.name in SEEN and (at := SEEN[t.name](found))}
    limits = {t.limit: at for t in running if t.limit in LIMITS and (at := LIMITS[t.limit](found))}
    turned = any(timer.mode(now) == "turned" for timer in running)
    history = [(stamped(version), stand(version.resource)) for version in reversed(found.versions)]
    return Life(kind, history, seen, limits, asked=turned and is_asked(found))


def stamped(version: Version) -> datetime:
    """When a Task came to a stand: as its move says, never later than it was written.

    The store's own moments never go back, so they stay ahead for a while once the clock was.
    """
    said = _moment(str(version.resource.get("lastModified", "")))
    return min(said, version.updated) if said else version.updated


def watched(task: Task) -> bool:
    """Whether any timer runs, pauses or has turned for a Task as it is."""
    kind, now = kind_of(task), stand(task)
    return any(kind in timer.kinds and timer.mode(now) for timer in timers())


def is_asked(found: Told) -> bool:
    """Whether a question about the Task is open, which has a clock of its own."""
    tasks = (version.resource for version in found.store.find("Task", [("case", root(found.task))], 1000))
    open_ones = (task for task in tasks if task.get("status") not in FINAL and kind_of(task) == "question")
    return any(about(task) == found.task["id"] for task in open_ones)


# --- repeating timers ------------------------------------------------------------------------------------------------


def rung(found: Told) -> datetime | None:
    """When the last attempt by another way began: the last delivery that carries the Task."""
    key, case = f"Task/{found.task['id']}", f"Task/{found.case['id']}"
    made = [d.created for d in found.store.deliveries({"case": case}, 0, 200) if d.task == key]
    return max(made, default=None)


def noted(found: Told) -> datetime | None:
    """When its owner last said how it goes: a note or a result with the Task, or any message about it or its case."""
    owner = str(next(iter(every(found.task, ("owner", "reference"))), ""))
    names = dict.fromkeys((f"Task/{found.task['id']}", f"Task/{found.case['id']}")) if owner else ()
    said = (found.store.find("Communication", [("part-of", name), ("sender", owner)], 1000) for name in names)
    spoken = (version.updated for versions in said for version in versions)
    grown = _grown(found.versions)
    return max([*grown, *spoken], default=None)


def _grown(versions: list[Version]) -> Iterator[datetime]:
    """The moments at which notes or results came to the Task."""
    for now, before in pairwise(versions):
        if any(now.resource.get(word) != before.resource.get(word) and word in now.resource for word in SAYS):
            yield now.updated


SAYS = ("note", "output")
"""Elements of a Task in which its owner says how it goes."""


def reviewed(found: Told) -> datetime | None:
    """When a goal of the person was last looked at."""
    person = next(iter(every(found.case, ("for", "reference"))), "")
    goals = found.store.find("Goal", [("subject", str(person))], 200) if person else []
    return max((goal.updated for goal in goals), default=None)


SEEN: Mapping[str, Callable[[Told], datetime | None]] = {
    "measure-delivered": rung,
    "measure-noted": noted,
    "goals-reviewed": reviewed,
}
"""Repeating timer -> when its event last happened."""


# --- limits ----------------------------------------------------------------------------------------------------------


def discharge(found: Told) -> datetime | None:
    """When a hospital plans to discharge: the visit's planned end, else when the help is to begin."""
    request = _read(str(next(iter(every(found.case, ("focus", "reference"))), "")), found.store)
    links = [*every(found.case, ("encounter", "reference")), *every(request, ("encounter", "reference"))]
    visit = _read(str(next(iter(links), "")), found.store)
    ends = (e.get("valueDateTime", "") for e in every(visit, ("extension",)) if e.get("url") == PLANNED_END)
    begins = [*every(request, ("occurrencePeriod", "start")), *every(request, ("occurrenceDateTime",))]
    said = [*ends, *(begins if visit else [])]
    return next((at for text in said if (at := _moment(str(text)))), None)


LIMITS: Mapping[str, Callable[[Told], datetime | None]] = {"planned-discharge": discharge}
"""Limit -> the moment."""


def _read(link: str, store: Store) -> dict[str, Any]:
    kind, _, key = link.partition("/")
    stored = store.read(kind, key) if key else None
    return stored.resource if stored else {}


def _moment(said: str) -> datetime | None:
    """A dateTime as a moment, a day as its noon in Germany; None for what is less exact."""
    try:
        if len(said) == DAY:
            return datetime.combine(date.fromisoformat(said), AT, BERLIN).astimezone(UTC)
        when = datetime.fromisoformat(said)
        return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=BERLIN).astimezone(UTC)
    except (ValueError, OverflowError):  # none, or at the edge of the calendar
        return None
