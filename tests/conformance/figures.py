"""What a judge reports: figures with their goals, printed as one table."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`got` of `of` things of a corpus; `goal` is the share that must be reached, None where it is only told."""

    corpus: str
    what: str
    got: float
    of: float
    goal: float | None = None
    note: str = ""

    @property
    def share(self) -> float | None:
        return self.got / self.of if self.of else None

    @property
    def missed(self) -> bool:
        return self.goal is not None and (self.share is None or self.share < self.goal)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A judge that could not sit, and why."""

    corpus: str
    reason: str


Verdict = Figure | Skipped


def line(verdict: Verdict) -> tuple[str, str, str, str, str]:
    """One row: corpus, what, figure, goal, note."""
    if isinstance(verdict, Skipped):
        return verdict.corpus, "skipped", "-", "-", verdict.reason
    share = "-" if verdict.share is None else f"{verdict.share:.1%}"
    counts = "" if verdict.of == 1 else f" ({verdict.got:g} of {verdict.of:g})"
    goal = "-" if verdict.goal is None else f"{verdict.goal:.0%}{' MISSED' if verdict.missed else ''}"
    return verdict.corpus, verdict.what, f"{share}{counts}", goal, verdict.note


def table(verdicts: Iterable[Verdict]) -> str:
    """All verdicts as a Markdown table."""
    rows = [("corpus", "what", "figure", "goal", "note"), *(line(verdict) for verdict in verdicts)]
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    texts = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return "\n".join([texts[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *texts[1:]])


def as_json(verdicts: Iterable[Verdict]) -> str:
    """All verdicts for a machine, one list."""
    return json.dumps([asdict(verdict) for verdict in verdicts], ensure_ascii=False, indent=2)
