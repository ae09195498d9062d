"""Cases as people look at them: the Tasks of each, how they came where they are, and what has to happen by when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from gateway.domain.case import Kind
from gateway.domain.holidays import Calendar
from gateway.domain.ledger import Version
from gateway.domain.question import Missing, Question, Term
from gateway.domain.task import FINAL, Stand, statuses
from gateway.domain.timers import Clock
from gateway.domain.working_time import BERLIN
from gateway.mapping.run import urn
from gateway.mapping.runtime import every
from gateway.pipeline.proof.provenance import GRADE
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.family import about, kind_of, root
from gateway.pipeline.tasks.walk import stand
from gateway.pipeline.watch.flag import flags, is_active, since, standing, task_of, timer_of, told_of
from gateway.pipeline.watch.judge import Seen, seen
from gateway.pipeline.watch.life import stamped
from gateway.store.port import Store

Task = dict[str, Any]
OPEN = tuple(status for status in statuses() if status not in FINAL)
PAGE = 200


@dataclass(frozen=True, slots=True)
class Step:
    """One move of a Task: when it came to which stand, who moved it, and the grade of the evidence."""

    at: datetime
    stand: Stand
    who: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Node:
    """A Task of a case.

    about   id of the Task it asks about, stops, changes or decides on; empty for T0 and measures
    owner   id of the party that has it in hand, as far as one is known
    person  `Patient/<id>` it is for
    clocks  what has to happen by when
    """

    id: str
    kind: Kind
    about: str
    owner: str
    person: str
    steps: Sequence[Step]
    clocks: Sequence[Clock]

    @property
    def stand(self) -> Stand:
        """Where it is."""
        return self.steps[-1].stand

    @property
    def next(self) -> Clock | None:
        """The clock whose time is up first."""
        ends = sorted((clock.due, clock.timer.name, clock) for clock in self.clocks if clock.due is not None)
        return ends[0][2] if ends else None


@dataclass(frozen=True, slots=True)
class Late:
    """Something overdue: of which Task and case, by which timer, since when, how long of working time, who was told."""

    task: str
    case: str
    site: str
    timer: str
    since: datetime
    worked: timedelta
    told: tuple[str, ...]


def open_cases(store: Store, site: str = "") -> Iterator[str]:
    """Ids of the referrals' Tasks that have not ended, in the order they were begun; of one site only."""
    where: tuple[Any, ...] = (Term("status", OPEN), Missing("partOf", is_so=True))
    owned = (Term("owner", (f"Organization/{site}",)),) if site else ()
    asked: Question | None = Question("Task", (*where, *owned), limit=PAGE)
    while asked:
        page = store.search(asked)
        yield from (version.id for version in page.found if kind_of(version.resource) == "referral")
        asked = replace(asked, after=page.next) if page.next else None


def tree(case: str, rooms: Rooms) -> list[Node]:
    """All Tasks of a case, T0 first, each followed by what is about it; empty where there is no such case."""
    names = dict.fromkeys([case, *(version.id for version in rooms.store.find("Task", [("case", case)], 1000))])
    nodes = [made for name in names if (made := node(name, rooms))]
    return list(_ordered(nodes))


def case_of(task: str, store: Store) -> str:
    """The id of the referral's Task of any Task of a case, empty where there is no such Task."""
    stored = store.read("Task", task)
    return root(stored.resource) if stored else ""


def node(task: str, rooms: Rooms) -> Node | None:
    """One Task with its moves and clocks; None where there is none."""
    look = seen(task, rooms)
    if look is None:
        return None
    resource = look.found.task
    person = str(resource.get("for", {}).get("reference", ""))
    return Node(task, kind_of(resource), about(resource), _owner(look), person, _steps(look, rooms.store), look.clocks)


def overdue(rooms: Rooms, now: datetime, site: str = "") -> list[Late]:
    """Everything that is overdue, the longest first, as the Flags have it."""
    names = dict.fromkeys(task_of(flag) for flag in standing(rooms.store))
    found = [late for name in names for late in _late(name, now, rooms)]
    return sorted((late for late in found if site in {"", late.site}), key=lambda late: (late.since, late.task))


def worked(begin: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """How much of a stretch lies on working days."""
    total, here = timedelta(), begin
    while here < end:
        day = here.astimezone(BERLIN).date()
        midnight = datetime.combine(day + timedelta(days=1), time(), BERLIN).astimezone(begin.tzinfo)
        until = min(midnight, end)
        total += until - here if calendar.works(day) else timedelta()
        here = until
    return total


def _late(task: str, now: datetime, rooms: Rooms) -> Iterator[Late]:
    """What is overdue of one Task."""
    look = seen(task, rooms)
    if look is None:
        return
    site = look.parties.site.id if look.parties.site else ""
    for version in flags(task, rooms.store).values():
        flag = version.resource
        if is_active(flag):
            at = since(flag)
            length = worked(at, now, look.parties.calendar)
            yield Late(task, str(look.found.case["id"]), site, timer_of(flag), at, length, told_of(flag, at))


def _steps(look: Seen, store: Store) -> list[Step]:
    """The moves of a Task, oldest first; versions that moved nothing are left out."""
    found: list[Step] = []
    for version in reversed(look.found.versions):
        now = stand(version.resource)
        if not found or found[-1].stand != now:
            who, evidence = _mover(version, store)
            found.append(Step(stamped(version), now, who, evidence))
    return found


def _mover(version: Version, store: Store) -> tuple[str, str]:
    """Who made a version, on which evidence, as its Provenance says (pipeline/proof/provenance.py); else empty."""
    proof = store.read("Provenance", urn("move", version.id, str(version.version), version.message)[9:])
    said = proof.resource if proof else {}
    agents = [_called(who) for who in every(said, ("agent", "who"))]
    grades = [e.get("valueCoding", {}).get("code", "") for e in every(said, ("extension",)) if e.get("url") == GRADE]
    return ", ".join(agents), next(iter(grades), "")


def _called(who: Task) -> str:
    """An agent by the id of its party, a person by reference; the gateway by its name."""
    reference = str(who.get("reference", ""))
    return reference.removeprefix("Organization/") or str(who.get("display", ""))


def _owner(look: Seen) -> str:
    """Who has a Task in hand: the party, else the reference itself."""
    named = str(next(iter(every(look.found.task, ("owner", "reference"))), ""))
    return look.parties.owner.id if look.parties.owner else named


def _ordered(nodes: Sequence[Node]) -> Iterator[Node]:
    """Measures in their order, each with what is about it; then what is about nothing that is there."""
    names = {each.id for each in nodes}
    for each in nodes:
        if each.about not in names:
            yield each
            yield from (other for other in nodes if other.about == each.id and other.id != each.id)
