"""The recall ledger as people look at it: who got what, was told when, confirmed when; read from the Tasks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gateway.domain.question import Question, Term
from gateway.domain.system import TASK, TASK_KIND
from gateway.domain.task import FINAL
from gateway.mapping.runtime import every
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.family import owner_of, root

Resource = dict[str, Any]
PAGE = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One recall: our number, recipient, case, what is called back, and the moments (empty: not yet).

    views  Provenances of what was shown; answer: the words of the recipient, or why it keeps something
    """

    number: str
    task: str
    party: str
    case: str
    consent: str
    data: tuple[str, ...]
    views: tuple[str, ...]
    status: str
    begun: str
    told: str
    answered: str
    answer: str


def lines(rooms: Rooms, *, case: str = "", open_only: bool = False) -> Iterator[Line]:
    """All recalls, oldest first."""
    asked: Question | None = Question("Task", (Term("code", (f"{TASK_KIND}|recall",)),), limit=PAGE)
    while asked:
        page = rooms.store.search(asked)
        for version in page.found:
            line = of(version.resource, rooms)
            if case in ("", line.case) and not (open_only and line.status in FINAL):
                yield line
        asked = Question("Task", asked.where, limit=PAGE, after=page.next) if page.next else None


def found(start: str, rooms: Rooms) -> Line | None:
    """The recall of a number or an id, or of the beginning of just one; of a measure too, as a letter about it says."""
    key = start.removeprefix("Task/").lower()
    known = list(lines(rooms))
    exact = [line for line in known if line.number == start or line.task.startswith(key)]
    meant = exact or [line for line in known if about(line, rooms).startswith(key)]
    return meant[0] if len(meant) == 1 else None


def about(line: Line, rooms: Rooms) -> str:
    """The id of the Task that a recall is part of."""
    task = rooms.store.read("Task", line.task)
    names = every(task.resource if task else {}, ("partOf", "reference"))
    return str(next(iter(names), "")).partition("/")[2]


def of(task: Resource, rooms: Rooms) -> Line:
    """The line of one recall."""
    history = list(reversed(rooms.store.history("Task", task["id"])))
    moments = {v.resource["status"]: str(v.resource.get("lastModified", "")) for v in reversed(history)}
    ended = task["status"] in FINAL
    words = [*every(task, ("output", "valueString")), *every(task, ("statusReason", "text"))]
    numbers = [str(i.get("value")) for i in every(task, ("identifier",)) if i.get("system") == TASK]
    return Line(
        number=next(iter(numbers), task["id"]),
        task=task["id"],
        party=owner_of(task),
        case=root(task),
        consent=str(task["focus"]["reference"]),
        data=tuple(str(code) for code in every(task, ("input", "valueCoding", "code"))),
        views=tuple(str(name) for name in every(task, ("input", "valueReference", "reference"))),
        status=str(task["status"]),
        begun=str(task.get("authoredOn", "")),
        told=moments.get("received", "") or handed_over(task, rooms),
        answered=str(task.get("lastModified", "")) if ended else "",
        answer="; ".join(str(word) for word in words) if ended else "",
    )


def handed_over(task: Resource, rooms: Rooms) -> str:
    """When the request was given to its recipient, by a road that does not say whether anybody took note of it."""
    said = rooms.store.find("Communication", [("part-of", f"Task/{task['id']}")], PAGE)
    mine = (one.resource for one in said if task["owner"] in one.resource.get("recipient", ()))
    return min((str(one["received"]) for one in mine if "received" in one), default="")
