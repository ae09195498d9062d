"""Medians of calls, ours and a peer's taken by turns so that a busy machine is unfair to both alike."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 21
SLICE = 0.02  # seconds that one batch takes about


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; times in seconds, `goal` and the peer's None where there is none."""

    what: str
    ours: float | None
    goal: float | None = None
    peer: str = ""
    theirs: float | None = None
    note: str = ""


def batch_size(call: Callable[[], object]) -> int:
    """How many calls fill one slice."""
    size = 1
    while True:
        start = time.perf_counter()
        for _ in range(size):
            call()
        took = time.perf_counter() - start
        if took >= SLICE / 4:
            return max(1, round(size * SLICE / took))
        size *= 4


def medians(*calls: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Median seconds of one call of each, measured by turns."""
    sizes = [batch_size(call) for call in calls]
    times: list[list[float]] = [[] for _ in calls]
    gc.collect()
    for _ in range(rounds):
        for call, size, found in zip(calls, sizes, times, strict=True):
            start = time.perf_counter()
            for _ in range(size):
                call()
            found.append((time.perf_counter() - start) / size)
    return [statistics.median(found) for found in times]


def shown(seconds: float | None) -> str:
    """A time in the unit that reads best."""
    if seconds is None:
        return "-"
    for unit, factor in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1 or unit == "µs":
            return f"{seconds * factor:.3g} {unit}"
    raise AssertionError


def line(row: Row) -> str:
    """A row as Markdown."""
    goal = "-" if row.goal is None else f"<= {shown(row.goal)}"
    kept = "" if row.goal is None or row.ours is None or row.ours <= row.goal else " (missed)"
    ratio = "-" if row.ours is None or row.theirs is None else f"{row.theirs / row.ours:.1f}"
    cells = (row.what, goal + kept, shown(row.ours), row.peer or "-", shown(row.theirs), ratio, row.note)
    return f"| {' | '.join(cells)} |"


def table(rows: list[Row]) -> str:
    """All rows as a Markdown table; the ratio is the peer's time over ours."""
    head = "| what | goal | median | peer | peer's median | times faster | note |\n|---|---|---|---|---|---|---|\n"
    return head + "".join(f"{line(row)}\n" for row in rows)
