"""What others say of a Task in codes of their own, and what we would say to them (workflow.md, "Why stricter").

`tables/foreign.csv` has a row per system, code and, where it matters, status in which our Task is (`none`: there is no
Task yet): our status and business statuses, who makes the move, what it asks for besides, and whether we say it too.
What is said of a Task too early or too late is walked to by the steps in between (`task.path`), at most three. The code
as they wrote it stays with what it was translated to, to be kept as a second coding.
"""

import re
from dataclasses import dataclass, replace
from functools import cache

from gateway.domain.problem import Problem
from gateway.domain.system import CANONICAL
from gateway.domain.table import read
from gateway.domain.task import Move, Stand, Step, belongs, display, move, path, statuses

NONE = "none"
OF_THE_PERSON = frozenset({"admission", "discharge"})


@dataclass(frozen=True, slots=True)
class Foreign:
    """A foreign status in our words.

    code       as they wrote it; uri: of the code system it is kept under
    stand      our status with its business status; no status: it moves no Task
    actor      who makes the move (R O P G); empty: whoever said it
    also       what else it asks for: abort, question, communication, recall, note, undo, look-inside (the status of the
               request in the message), or an event of the person (admission, discharge: `events.consequences`)
    choices    the business statuses it may mean, where there are several; `stand` then has none
    """

    system: str
    title: str
    uri: str
    code: str
    stand: Stand
    actor: str
    also: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    key: str
    code: str
    when: frozenset[str]
    to: str
    business: tuple[str, ...]
    actor: str
    also: str
    told: bool

    def fits(self, status: str) -> bool:
        """Whether the row is meant for a Task of this status; one that is there already fits too (said again)."""
        return not self.when or (status or NONE) in self.when or status == self.to != ""


@dataclass(frozen=True, slots=True)
class _System:
    title: str
    uri: str
    speaks: tuple[str, ...]


def translate(system: str, code: str, status: str = "") -> Foreign | Problem:
    """A status of another system for a Task that is in `status` (empty: there is none yet)."""
    known = _systems().get(system)
    if known is None:
        sentence = "No table says what this system means with its statuses."
        repair = f"Name one of {', '.join(_systems())}, or write its rows into foreign.csv."
        return Problem("foreign.system", "Task.businessStatus", sentence, repair)
    meant = [row for row in _spoken(system) if row.key == _plain(code)]
    row = next((row for row in meant if row.fits(status)), None)
    if row:
        one = row.business[0] if len(row.business) == 1 else ""
        choices = row.business if len(row.business) > 1 else ()
        return Foreign(system, known.title, known.uri, code, Stand(row.to, one), row.actor, row.also, choices)
    if meant:
        now = status if status in statuses() else "not there yet"
        sentence = f"{known.title} does not say this of a Task that is {now}."
        repair = "Ask the sender what happened to it, and record the answer by hand."
        return Problem("foreign.when", "Task.businessStatus", sentence, repair)
    sentence = f"This is no status of {known.title} that the table knows."
    repair = "Ask the sender what it means, and write a row for it into foreign.csv."
    return Problem("foreign.code", "Task.businessStatus", sentence, repair)


def said(system: str, stand: Stand) -> str:
    """The code in which another system is told where a Task is: the one of its business status, else of its status.

    Empty where it has none.
    """
    rows = [row for row in _spoken(system) if row.told and row.to == stand.status]
    exact = [row.code for row in rows if stand.business in row.business]
    loose = [row.code for row in rows if not row.business]
    return next(iter([*exact, *loose]), "")


def systems() -> tuple[str, ...]:
    """Every system whose statuses can be read."""
    return tuple(_systems())


def system_of(uri: str) -> str:
    """The system that keeps its codes under this uri, the first where several do; empty where none does."""
    return next((system for system, known in _systems().items() if known.uri == uri), "")


def uri_of(system: str) -> str:
    """The uri under which the codes of a system are kept; empty where nobody knows it."""
    known = _systems().get(system)
    return known.uri if known else ""


def walk(stand: Stand, word: Foreign, report: Move) -> tuple[list[Move], list[Problem]]:
    """The legal moves that lead where a foreign status says; none and the problems where the table forbids it.

    `report` gives what the foreign status does not: the actor where it names none, the evidence, and the reason in
    words (else the business status, else the foreign code is the reason). Its status and business status do not count.
    An event of the person moves no single Task: its consequences are asked for.
    """
    actor = word.actor or report.actor
    way = () if word.also in OF_THE_PERSON else _way(stand, word.stand, actor)
    if way is None:
        return [], move(stand, Move(word.stand.status, word.stand.business, actor, report.evidence, "-"))
    made: list[Move] = []
    for step in way:
        business = step.business or (word.stand.business if belongs(word.stand.business) == step.to else "")
        reason = report.reason.strip() or display(business) or f"{word.title}: {word.code}"
        wish = _fitting(stand, Move(step.to, business, step.actor, report.evidence, reason))
        problems = move(stand, wish)
        if problems:
            return [], problems
        made += [wish] if stand != Stand(wish.to, wish.business) else []
        stand = Stand(wish.to, wish.business)
    return [*made, *_more_exactly(stand, word, Move("", "", actor, report.evidence))], []


def _more_exactly(stand: Stand, word: Foreign, report: Move) -> list[Move]:
    """A last step to the business status, where it may be said only of a Task that is in its status already."""
    wish = replace(report, to=word.stand.status, business=word.stand.business)
    stays = stand.status == wish.to and wish.business not in {"", stand.business}
    return [wish] if stays and word.also not in OF_THE_PERSON and not move(stand, wish) else []


def _way(stand: Stand, to: Stand, actor: str) -> tuple[Step, ...] | None:
    """The steps to a stand; of a Task that is not sent yet the requester makes the first, whoever speaks of it now."""
    if to.status in {"", stand.status}:
        return ()
    way = path(stand.status, to.status, actor)
    if way is not None or stand.status not in {"", "draft"}:
        return way
    sent, further = path(stand.status, "requested", "R") or (), path("requested", to.status, actor)
    return (*sent, *further) if further else None


def _fitting(stand: Stand, wish: Move) -> Move:
    """The move without a business status that does not go with it here; the original code is kept in any case."""
    unfit = any(problem.code == "task.business" for problem in move(stand, wish))
    return replace(wish, business="") if unfit else wish


def _plain(code: str) -> str:
    """A code without regard to case, blanks and apostrophes: `In Progress` is `in-progress`."""
    return re.sub(r"[^0-9a-z.^]+", "-", code.strip().casefold())


def _spoken(system: str) -> list[_Row]:
    """The rows of a system, those of its own first; none of one that nobody knows."""
    known = _systems().get(system)
    return [row for name in (system, *known.speaks) for row in _rows().get(name, ())] if known else []


@cache
def _systems() -> dict[str, _System]:
    """System -> what it is called, where its codes are kept, which other systems' codes it uses."""
    ours = f"{CANONICAL}/CodeSystem/foreign-status-"
    return {
        row["system"]: _System(row["title"], row["uri"] or f"{ours}{row['system']}", tuple(row["speaks"].split()))
        for row in read("foreign_systems")
    }


@cache
def _rows() -> dict[str, tuple[_Row, ...]]:
    """System -> its rows."""
    found: dict[str, tuple[_Row, ...]] = {}
    for row in read("foreign"):
        when, business = frozenset(row["when"].split()), tuple(row["business"].split())
        told = row["direction"] == "both"
        made = _Row(_plain(row["code"]), row["code"], when, row["to"], business, row["actor"], row["also"], told=told)
        found[row["system"]] = (*found.get(row["system"], ()), made)
    return found
