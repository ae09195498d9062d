"""Whether the audit is as it was written: the chain recomputed line by line, and held against its anchor."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from gateway.domain.problem import Problem
from gateway.store.anchor import ACTION, Anchor, anchors
from gateway.store.chain import hash_of

Row = Sequence[Any]
Trail = Callable[[int, int], Sequence[Row]]
"""`Store.trail`: (after, limit) -> rows as they are stored, oldest first."""

FIRST = -(2**63)
CHUNK = 5000
MOST = 100
"""Problems that are told; whoever tampered with more has tampered enough."""
REPAIR = "keep this database and its anchor as they are, and compare them with a copy: `gateway db backup`"


@dataclass(slots=True)
class Verdict:
    """What was found: lines of the audit and of the anchor, the last hash, and what is wrong, at most `MOST` of it."""

    lines: int = 0
    hash: str = ""
    anchors: int = 0
    problems: list[Problem] = field(default_factory=list)

    def add(self, problem: Problem) -> None:
        """One more thing that is wrong."""
        if len(self.problems) < MOST:
            self.problems.append(problem)


@dataclass(slots=True)
class Walk:
    """How far the chain was followed: the number and hash of the line before, the anchors not met yet."""

    verdict: Verdict
    waiting: dict[int, list[Anchor]]
    number: int = 0
    hash: str = ""
    noted: dict[str, int] = field(default_factory=dict)

    def follow(self, row: Row) -> None:
        """One line of the audit."""
        number, kept = row[0], row[-1]
        if number != self.number + 1:
            self.verdict.add(gap(self.number, number))
        elif not fits(row, self.hash):
            self.verdict.add(changed(number))
        for anchor in self.waiting.pop(number, ()):
            if anchor.hash != kept:
                self.verdict.add(elsewhere(anchor))
        if row[3] == ACTION and row[5] == "written":
            self.noted[str(row[6])] = number
        self.number, self.hash = number, str(kept)
        self.verdict.lines += 1


def verify(trail: Trail, lines: list[bytes] | None) -> Verdict:
    """The whole audit, and the lines of its anchor file where there is one (None: there is none to compare with)."""
    verdict = Verdict()
    found = list(anchors(lines or []))
    whole = [anchor for anchor in found if isinstance(anchor, Anchor)]
    walk = Walk(verdict, {})
    for anchor in whole:
        walk.waiting.setdefault(anchor.number, []).append(anchor)
    for row in rows(trail):
        walk.follow(row)
    verdict.hash, verdict.anchors = walk.hash, len(whole)
    if lines is not None:
        for problem in of_anchor(found, walk):
            verdict.add(problem)
    return verdict


def rows(trail: Trail) -> Iterator[Row]:
    """All lines of the audit as they are stored."""
    after = FIRST
    while chunk := trail(after, CHUNK):
        yield from chunk
        after = chunk[-1][0]


def fits(row: Row, before: str) -> bool:
    """Whether a line has the hash of what it says after the line before it."""
    try:
        return bool(hash_of(row[0], row[1:-1], before) == row[-1])
    except TypeError:  # something else than a text was put there
        return False


def of_anchor(found: Sequence[Anchor | int], walk: Walk) -> Iterator[Problem]:
    """What the anchor knows and the audit does not, and the other way round."""
    for place in (place for place in found if isinstance(place, int)):
        yield unreadable(place)
    whole = [anchor for anchor in found if isinstance(anchor, Anchor)]
    for earlier, later in pairwise(whole):
        if later.number < earlier.number:
            yield unordered(later)
    for anchor in (anchor for waiting in walk.waiting.values() for anchor in waiting):
        yield cut(anchor, walk.number) if anchor.number > walk.number else elsewhere(anchor)
    there = {anchor.digest for anchor in whole}
    for digest, number in walk.noted.items():
        if digest not in there:
            yield lost(number)


# --- what may be wrong -----------------------------------------------------------------------------------------------


def gap(before: int, number: int) -> Problem:
    """A line does not follow in number."""
    place = f"line {number}"
    if number > before + 1:
        missing = f"line {before + 1} is" if number == before + 2 else f"lines {before + 1} to {number - 1} are"
        return Problem("audit.chain.missing", place, f"{missing} missing before it", REPAIR)
    return Problem("audit.chain.number", place, "there never was a line of this number", REPAIR)


def changed(number: int) -> Problem:
    """A line is not what its hash says."""
    sentence = "it is not what was written, or it did not stand behind the line that is before it now"
    return Problem("audit.chain.changed", f"line {number}", sentence, REPAIR)


def elsewhere(anchor: Anchor) -> Problem:
    """The audit is another one than the anchor has seen."""
    sentence = f"line {anchor.number} of the audit is another one than the anchor has seen"
    return Problem("audit.anchor.differs", f"anchor line {anchor.place}", sentence, REPAIR)


def cut(anchor: Anchor, last: int) -> Problem:
    """The audit was longer once."""
    sentence = f"the audit had {anchor.number} lines and ends at line {last} now: its end was cut off"
    return Problem("audit.anchor.cut", f"anchor line {anchor.place}", sentence, REPAIR)


def unreadable(place: int) -> Problem:
    """A line of the anchor is none; a crash while it was written may leave one, which the audit does not know of."""
    sentence = "the anchor cannot be read here; a crash may have torn the line, or somebody changed it"
    return Problem("audit.anchor.unreadable", f"anchor line {place}", sentence, REPAIR, "warning")


def unordered(anchor: Anchor) -> Problem:
    """The anchor's lines are not in the order they were written in."""
    sentence = "it stands behind a line that knew a longer audit: lines were put in or moved"
    return Problem("audit.anchor.order", f"anchor line {anchor.place}", sentence, REPAIR)


def lost(number: int) -> Problem:
    """The audit knows of a line of the anchor that is not there."""
    sentence = "the line of the anchor that was noted here is not in the file, or was changed"
    return Problem("audit.anchor.lost", f"line {number}", sentence, REPAIR)
