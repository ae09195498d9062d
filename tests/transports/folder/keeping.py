"""A folder of a partner, a line in memory behind it, and rounds through it without a clock."""

import asyncio
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from gateway.domain.problem import Problem
from gateway.domain.road import Arrival, Receipt
from gateway.transports.folder.look import Watched
from gateway.transports.folder.round import Habits, Round

PARTNER = "fahrdienst-ravensberg"


@dataclass
class Line:
    """Keeps by key, and says what it is told to say."""

    arrivals: list[Arrival] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    says: Literal["", "refused", "unavailable"] = ""
    problems: list[Problem] = field(default_factory=list)

    async def intake(self, arrival: Arrival) -> Receipt:
        self.arrivals.append(arrival)
        if self.says == "unavailable":
            return Receipt("unavailable")
        if self.says == "refused":
            return Receipt("refused", problems=(Problem("delimited.empty", "row 1", "No rows.", "Write rows."),))
        again = arrival.key in self.kept
        tracking = self.kept.setdefault(arrival.key, f"t-{len(self.kept) + 1}")
        return Receipt("again" if again else "kept", tracking)

    def report(self, partner: str, problem: Problem) -> None:
        assert partner == PARTNER
        self.problems.append(problem)

    def codes(self) -> list[str]:
        return [problem.code for problem in self.problems]


def round_of(path: Path, line: Line, *, pattern: str = "*.csv", ready: str = "", most: int = 1000) -> Round:
    watched = Watched(PARTNER, "pflegedienst-liste", path, pattern, ready)
    return Round(watched, line.intake, line.report, Habits(max_bytes=most))


def looks(at: Round, count: int = 2) -> None:
    """So many looks, one after the other."""

    async def go() -> None:
        over = asyncio.Event()
        for _ in range(count):
            await at.once(over)

    asyncio.run(go())


def below(path: Path) -> list[str]:
    """All files below a folder, the day's name as DAY."""
    found = sorted(file.relative_to(path).as_posix() for file in path.rglob("*") if not file.is_dir())
    return [name.replace(name.split("/")[1], "DAY") if name.startswith("archive/") else name for name in found]


def put(path: Path, data: bytes = b"a;b\n", *, age: float = 0) -> Path:
    """A file, changed so many seconds ago."""
    path.write_bytes(data)
    moment = path.stat().st_mtime - age
    os.utime(path, (moment, moment))
    return path


def key(name: str, data: bytes) -> str:
    return f"{name} {hashlib.sha256(data).hexdigest()[:16]}"


def names(arrivals: Sequence[Arrival]) -> list[str]:
    return [arrival.key.split(" ")[0] for arrival in arrivals]
