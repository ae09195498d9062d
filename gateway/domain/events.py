"""What follows for the Tasks of a case when something happens (workflow.md, "Phases" 2, 6 and 8 to 10).

`tables/events.csv` names the events; `tables/consequences.csv` says by event, kind and stand of a Task which move it
makes and which new Task is opened: once per case or per Task. A stand is written `status` (with any business status),
`status/business`, or `status/` for none; `lone` is a T0 that has no measure yet. T0 with measures is not moved by an
admission: it follows from them (`derived.follows`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from gateway.domain.case import CaseTask
from gateway.domain.problem import Problem
from gateway.domain.table import read
from gateway.domain.task import Move, Stand, display, move

Name = Literal[
    "admission", "discharge", "looked", "death", "consent-withdrawn", "withdrawn-by-requester", "withdrawn-by-client",
    "superseded", "entered-in-error", "undeliverable", "ended", "asked", "answered", "abort-accepted", "abort-refused",
    "handover-proposed", "handover-settled", "moot", "amended",
    "amendment-refused", "not-delivered", "to-call",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    name      of it: `discharge` is an admission cancelled too, `looked` that the Kümmerer looked after it, `ended`
              that a Task came to its end, by whatever move, `moot` that the Task which one is about has
    about     id of the Task it happened to; empty: to every Task that is handed in (an event of the person)
    evidence  that it happened: of a person or organisation (E3), of their system (E4)
    reason    in words for people; empty: the name of the business status it leads to
    """

    name: Name
    about: str = ""
    evidence: str = "E3"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """A Task to be opened: its kind, what it decides (re-route, resume, close, look, call), about which Task, for whom.

    `addressee` is the kuemmerer, the owner of the Task it is about, the site's lead, or who was asked or invited.
    """

    kind: str
    purpose: str
    about: str
    case: str
    addressee: str


@dataclass(frozen=True, slots=True)
class _Row:
    kinds: frozenset[str]
    stands: frozenset[str]
    to: str
    business: str
    actor: str
    opens: str
    purpose: str
    addressee: str
    per: str


def consequences(event: Event, tasks: Sequence[CaseTask]) -> list[tuple[str, Move]]:
    """(Task id, move) for every Task that has to move now; each move is legal, and none repeats what is."""
    return [(task.id, wish) for task, wish, problems in _moves(event, tasks) if not problems]


def openings(event: Event, tasks: Sequence[CaseTask]) -> list[Opening]:
    """The Tasks to open; not those that are open already, except that a question may be asked beside another.

    A move that would follow and is not legal, for want of evidence, becomes a decision of the Kümmerer (`look`).
    """
    wanted = [_opening(row, task) for row, task in _rows_for(event, tasks) if row.opens]
    doubtful = [task for task, _, problems in _moves(event, tasks) if problems]
    wanted += [Opening("decision", "look", task.id, task.case, "kuemmerer") for task in doubtful]
    there = {(task.kind, task.purpose, task.about) for task in tasks if task.is_open and task.kind != "question"}
    return [opening for opening in dict.fromkeys(wanted) if (opening.kind, opening.purpose, opening.about) not in there]


def called(name: Name) -> str:
    """What an event is called."""
    return _names()[name]


def _moves(event: Event, tasks: Sequence[CaseTask]) -> Iterator[tuple[CaseTask, Move, list[Problem]]]:
    """Every move that the table asks for, with what speaks against it."""
    for row, task in _rows_for(event, tasks):
        if row.to and task.stand != Stand(row.to, row.business):
            reason = event.reason.strip() or display(row.business)
            wish = Move(row.to, row.business, row.actor, event.evidence, reason)
            yield task, wish, move(task.stand, wish)


def _rows_for(event: Event, tasks: Sequence[CaseTask]) -> Iterator[tuple[_Row, CaseTask]]:
    """The rows of the table that apply, by Task."""
    planned = {task.case for task in tasks if task.kind == "measure"}
    for task in tasks:
        if event.about not in ("", task.id):
            continue
        kinds = {task.kind} | ({"lone"} if task.kind == "referral" and task.id not in planned else set())
        stands = {task.stand.status, f"{task.stand.status}/{task.stand.business}"}
        yield from ((row, task) for row in _table()[event.name] if row.kinds & kinds and row.stands & stands)


def _opening(row: _Row, task: CaseTask) -> Opening:
    """The Task that a row opens: about the Task itself, or once for its case."""
    return Opening(row.opens, row.purpose, task.case if row.per == "case" else task.id, task.case, row.addressee)


@cache
def _names() -> dict[str, str]:
    """Event -> what it is called."""
    return {row["event"]: row["display"] for row in read("events")}


@cache
def _table() -> dict[str, tuple[_Row, ...]]:
    """Event -> its rows."""
    rows: dict[str, tuple[_Row, ...]] = dict.fromkeys(_names(), ())
    for row in read("consequences"):
        made = _Row(
            frozenset(row["kinds"].split()), frozenset(row["from"].split()), row["to"], row["business"], row["actor"],
            row["opens"], row["purpose"], row["for"], row["per"],
        )  # fmt: skip
        rows[row["event"]] = (*rows[row["event"]], made)
    return rows
