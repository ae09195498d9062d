"""How a Task may move (design: the closed loop): who may move it where, on what evidence, with which business status.

The rules are data in `tables/`: `moves.csv` the legal pairs, one row per actor; `stays.csv` where the business status
may change while the status stays; `business.csv` the one status each business status belongs to; `turns.csv` what a
status means that somebody reports of a Task which can no longer take it. Rows that go beyond the design's say why in
their last column.
"""

from collections import deque
from dataclasses import dataclass
from functools import cache

from gateway.domain.problem import Problem
from gateway.domain.table import read

ACTORS = {"R": "the requester", "O": "the owner", "P": "a proxy entry", "G": "the gateway"}
GRADES = ("E0", "E1", "E2", "E3", "E4")
REASONED = frozenset({"rejected", "cancelled", "on-hold", "failed"})
"""What nobody may become without saying why."""

FINAL = frozenset({"rejected", "cancelled", "failed", "completed", "entered-in-error"})
MOST_SYNTHESISED = 3
"""Steps that may be put in between when somebody reports a status that is not next."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a Task is: its status (empty: there is none yet) and its business status (empty: none)."""

    status: str = ""
    business: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """Where a Task is to go: by whom (R O P G), shown by what (E0 to E4), and why."""

    to: str
    business: str = ""
    actor: str = "O"
    evidence: str = "E0"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One legal move of one actor; `business`: what may be said with it, nothing being allowed too."""

    before: str
    to: str
    actor: str
    evidence: str
    business: tuple[str, ...]

    @property
    def reasoned(self) -> bool:
        """Whether it needs a reason."""
        return self.to in REASONED and self.to != self.before

    @property
    def named(self) -> bool:
        """Whether it needs a business status: nothing else changes, or the gateway has to say for which cause it acts.

        The gateway cancels, pauses and fails for the causes of its rows and for no other.
        """
        return self.to == self.before or (self.actor == "G" and self.reasoned)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a way: the status, the business status if the way asks for one, and who makes it."""

    to: str
    business: str
    actor: str


def move(stand: Stand, wish: Move) -> list[Problem]:
    """Why a Task may not move so; empty if it may. Saying again what it is already changes nothing and is no fault."""
    if wish.to not in statuses():
        sentence = "A Task cannot have this status."
        return [Problem("task.status", "Task.status", sentence, f"Use one of {', '.join(statuses())}.")]
    if stand == Stand(wish.to, wish.business):
        return []
    row = _rows().get((stand.status, wish.to, wish.actor))
    if row is None:
        return [_illegal(stand, wish)]
    found = (_business(row, wish), _evidence(row, wish), _reason(row, wish))
    return [problem for problem in found if problem]


def legal(status: str, actor: str) -> list[Row]:
    """The next moves of an actor for a Task of this status, those that stay last."""
    return [row for (before, _, who), row in _rows().items() if (before, who) == (status, actor)]


def path(before: str, to: str, actor: str = "") -> tuple[Step, ...] | None:
    """The legal steps to a status that somebody reports, the last one being it; None where no way leads there.

    `actor` makes all of them; empty: whoever may. At most three steps are put in between, a Task's beginning as a
    draft not counted. Where the Task is past that status, the way leads to what the report then means (`turns.csv`).
    """
    turn = _turns().get((before, to, actor))
    if turn and turn[0] == before:
        return (Step(before, turn[1], actor),)
    if before == to:
        return ()
    way = _shortest(before, turn[0] if turn else to, actor)
    if way is None or len(way) - (before == "") > MOST_SYNTHESISED + 1:
        return None
    return (*way[:-1], Step(way[-1].to, turn[1], way[-1].actor)) if turn else way


def statuses() -> tuple[str, ...]:
    """Every status a Task can have here, in the order of its life."""
    return tuple(dict.fromkeys(to for _, to, _ in _rows()))


def display(business: str) -> str:
    """The German name of a business status; empty for one that does not exist."""
    return _business_table().get(business, ("", ""))[1]


def belongs(business: str) -> str:
    """The one status with which a business status may stand; empty for one that does not exist."""
    return _business_table().get(business, ("", ""))[0]


# --- what is wrong ---------------------------------------------------------------------------------------------------


def _illegal(stand: Stand, wish: Move) -> Problem:
    """There is no such move: for nobody, for this actor, or for no Task that has ended."""
    others = [who for (before, to, who) in _rows() if (before, to) == (stand.status, wish.to)]
    if others:
        who = ", ".join(ACTORS[other] for other in others)
        sentence = f"{_called(stand)} is not moved to {wish.to} by {ACTORS.get(wish.actor, 'this actor')}."
        return Problem("task.actor", "Task.status", sentence, f"Let {who} do it. {_next(stand, wish.actor)}")
    if stand.status in FINAL:
        ended = f"{_called(stand)} has ended and does not change any more."
        return Problem("task.final", "Task.status", ended, "Open a new Task that refers to this one.")
    cannot = f"{_called(stand)} cannot become {wish.to}."
    return Problem("task.move", "Task.status", cannot, f"Do what is next. {_next(stand, wish.actor)}")


def _called(stand: Stand) -> str:
    """A Task in its present status, in words."""
    if not stand.status:
        return "A Task that does not exist yet"
    return f"A Task that is {stand.status}" if stand.status in statuses() else "A Task of unknown status"


def _next(stand: Stand, actor: str) -> str:
    """What this actor may do instead."""
    choices = ", ".join(row.to for row in legal(stand.status, actor) if row.to != stand.status)
    return f"Next for {ACTORS.get(actor, 'this actor')}: {choices or 'nothing'}."


def _business(row: Row, wish: Move) -> Problem | None:
    """A business status is pinned to its status, and some moves must name one."""
    if wish.business in row.business or not (wish.business or row.named):
        return None
    who = ACTORS[row.actor].capitalize()
    sentence = f"This business status does not go with {wish.to}."
    if not wish.business:
        sentence = f"{who} does this only together with a business status."
    elif belongs(wish.business) == wish.to:
        sentence = f"{who} does not set this business status here."
    start = "Use" if row.named else "Leave it out, or use"
    choices = ", ".join(row.business) or "none"
    return Problem("task.business", "Task.businessStatus", sentence, f"{start} one of: {choices}.")


def _evidence(row: Row, wish: Move) -> Problem | None:
    """Every move has a least evidence."""
    if wish.evidence in GRADES[GRADES.index(row.evidence) :]:
        return None
    sentence = f"{row.to} needs evidence of grade {row.evidence} from {ACTORS[row.actor]}."
    return Problem(
        "task.evidence", "Task.status", sentence, "Wait for the answer that shows it, or record who said so."
    )


def _reason(row: Row, wish: Move) -> Problem | None:
    """Whoever declines, cancels, pauses or fails says why (profile constraint kg-task-1)."""
    if not row.reasoned or wish.reason.strip():
        return None
    sentence = f"Nothing says why the Task is {row.to}."
    return Problem("task.reason", "Task.statusReason", sentence, "Write the reason into Task.statusReason.text.")


# --- tables ----------------------------------------------------------------------------------------------------------


def _shortest(before: str, to: str, actor: str) -> tuple[Step, ...] | None:
    """The shortest legal way, in the order of the table where several are as short."""
    waiting: deque[tuple[str, tuple[Step, ...]]] = deque([(before, ())])
    seen = {before}
    while waiting:
        status, way = waiting.popleft()
        for row in _rows().values():
            if row.before != status or row.to in seen or (actor and row.actor != actor):
                continue
            further = (*way, Step(row.to, "", row.actor))
            if row.to == to:
                return further
            seen.add(row.to)
            waiting.append((row.to, further))
    return None


@cache
def _rows() -> dict[tuple[str, str, str], Row]:
    """Every legal row by (status before, status after, actor)."""
    moves = [
        Row("" if row["from"] == "none" else row["from"], row["to"], row["actor"], row["evidence"], _words(row))
        for row in read("moves")
    ]
    stays = [Row(row["status"], row["status"], row["actor"], row["evidence"], _words(row)) for row in read("stays")]
    return {(row.before, row.to, row.actor): row for row in [*moves, *stays]}


@cache
def _turns() -> dict[tuple[str, str, str], tuple[str, str]]:
    """(Status now, status reported, actor) -> the status it then means, with its business status."""
    return {(row["from"], row["said"], row["actor"]): (row["to"], row["business"]) for row in read("turns")}


@cache
def _business_table() -> dict[str, tuple[str, str]]:
    """Business status -> (status, German name)."""
    return {row["code"]: (row["status"], row["display"]) for row in read("business")}


def _words(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row["business"].split())
