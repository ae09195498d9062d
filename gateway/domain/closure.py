"""Whether T0 may be closed (workflow.md, phase 11 "Closure"): nothing open, every goal assessed, the report on its way.

A report counts once it is written in the source's own format and leaves in the same commit: `outcome-sent` stands on
a completed Task only, so it cannot come first.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gateway.domain.case import CaseTask
from gateway.domain.problem import Problem
from gateway.domain.task import Move, Stand, move

CLOSES = frozenset({"completed", "failed"})
OPEN = {
    "measure": (
        "closure.measure",
        "This measure is still open.",
        "Wait until its owner ends it, take it back, or ask its owner to stop.",
    ),
    "question": (
        "closure.question",
        "This question is still open.",
        "Wait for the answer, or take the question back.",
    ),
    "abort": (
        "closure.abort",
        "Somebody was asked to stop and has not answered.",
        "Wait until they stop or refuse, or record what they said by phone.",
    ),
}
"""What keeps T0 open by kind of Task: code, sentence, repair. Decisions and amendments do not."""


@dataclass(frozen=True, slots=True)
class Closing:
    """What the guard looks at.

    tasks   all Tasks of the case; T0 itself and those that have ended do no harm
    goals   id of each goal -> code of its achievement status (FHIR Goal.achievementStatus), empty where it has none
    report  whether the report to the source, in its own format, has gone or goes with this move
    outcome whether something says how it ended: a business status, a result, or the reason of a failure
    """

    tasks: Sequence[CaseTask] = ()
    goals: Mapping[str, str] = field(default_factory=dict)
    report: bool = False
    outcome: bool = True


@dataclass(frozen=True, slots=True)
class Override:
    """Closing all the same: why, who wants it, and the second person who agrees (ids of persons)."""

    reason: str
    by: str
    second: str


def may_close(closing: Closing, override: Override | None = None) -> list[Problem]:
    """Every obstacle with its repair; T0 may be closed if none is an error.

    A valid override leaves the obstacles as warnings, to be written down with the move.
    """
    found = (_open(closing.tasks), _unassessed(closing.goals), _unreported(report=closing.report), _unsaid(closing))
    obstacles = [obstacle for each in found for obstacle in each]
    if override is None or not obstacles:
        return obstacles
    refused = list(_incomplete(override))
    return [*obstacles, *refused] if refused else [replace(obstacle, severity="warning") for obstacle in obstacles]


def close(stand: Stand, wish: Move, closing: Closing, override: Override | None = None) -> list[Problem]:
    """Whether T0 may make this closing move: by the table of moves, by its owner or a proxy for it, by the guard."""
    found = move(stand, wish)
    if wish.to not in CLOSES or wish.to == stand.status:
        return found
    if wish.actor == "G" and not found:
        sentence = "A referral is completed or failed by its Kümmerer only."
        repair = "Open a decision for the Kümmerer, and let them close it."
        found = [Problem("closure.actor", "Task.status", sentence, repair)]
    return [*found, *may_close(closing, override)]


def decided(*, granted: bool) -> Stand:
    """What an office's decision makes of its Task: a municipal "no" is an outcome and no rejection."""
    return Stand("completed", "application-approved" if granted else "application-denied")


def _open(tasks: Sequence[CaseTask]) -> Iterator[Problem]:
    """A problem for every Ti, Qi and Xi that can still move."""
    for task in tasks:
        if task.is_open and task.kind in OPEN:
            code, sentence, repair = OPEN[task.kind]
            yield Problem(code, f"Task/{task.id}", sentence, repair)


def _unassessed(goals: Mapping[str, str]) -> Iterator[Problem]:
    """A problem for every goal of which nobody said how far it was reached."""
    for goal, achievement in goals.items():
        if not achievement:
            sentence = "Nobody has said how far this goal was reached."
            repair = "Set Goal.achievementStatus: achieved, not-achieved, not-attainable."
            yield Problem("closure.goal", f"Goal/{goal}", sentence, repair)


def _unreported(*, report: bool) -> Iterator[Problem]:
    """A problem where the source would not hear how it ended."""
    if not report:
        sentence = "The report of the outcome does not go to the source."
        repair = "Write the report; where the source takes none, close by override."
        yield Problem("closure.report", "Task.output", sentence, repair)


def _unsaid(closing: Closing) -> Iterator[Problem]:
    """A problem where the source would read that it ended and not how."""
    if not closing.outcome:
        sentence = "Nothing says how it ended."
        repair = "Name the outcome in Task.businessStatus, or say it in Task.output."
        yield Problem("closure.outcome", "Task.businessStatus", sentence, repair)


def _incomplete(override: Override) -> Iterator[Problem]:
    """What an override lacks."""
    if not override.reason.strip():
        sentence = "Nothing says why the case is closed all the same."
        yield Problem("closure.reason", "Task.statusReason", sentence, "Write the reason.")
    if not override.second.strip() or not override.by.strip() or override.second.strip() == override.by.strip():
        sentence = "A second person has to agree to closing the case all the same."
        yield Problem("closure.second", "Provenance.agent", sentence, "Let somebody else agree, by name.")
