"""One entrance for some seconds: `python -m tests.fuzz.one NAME SECONDS SEED`; figures as JSON, 1 with a finding."""

import json
import random
import resource
import sys
import time
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.fuzz.entrances import ENTRANCES
from tests.fuzz.mutations import mutated

CAP = 3 * 1024**3
"""Bytes of address space of an entrance at work."""
LONGEST = 1.0
"""Seconds of processor time that one input may take."""
LATEST = 20.0
"""Seconds on the wall: other work on the machine included."""


@dataclass
class Figures:
    """What came of it: inputs, the slowest of them in seconds of processor time, megabytes, what was found."""

    name: str
    inputs: int = 0
    slowest: float = 0.0
    megabytes: int = 0
    found: str = ""
    data: str = ""


def tried(name: str, seconds: float, seed: int, most: int = 10**9) -> Figures:
    """Inputs one after the other, the good ones first, until the time is over or something is found."""
    chance, figures = random.Random(f"{name} {seed}"), Figures(name)
    seeds = ENTRANCES[name].seeds()
    with ENTRANCES[name].opened() as target:
        end = time.monotonic() + seconds
        while figures.inputs < most and time.monotonic() < end:
            number = figures.inputs
            data = (
                seeds[number]
                if number < len(seeds) and most > len(seeds)
                else mutated(chance.choice(seeds), seeds, chance)
            )
            figures.inputs += 1
            began, wall = time.thread_time(), time.monotonic()
            try:
                target(data)
            except Exception as fault:  # noqa: BLE001 - that is what is looked for
                figures.found = told(fault)
            took = time.thread_time() - began
            figures.slowest = max(figures.slowest, took)
            if took > LONGEST or time.monotonic() - wall > LATEST:
                figures.found = figures.found or f"took {took:.1f} s"
            if figures.found:
                figures.data = data.hex()
                break
    figures.megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return figures


def told(fault: BaseException) -> str:
    """A fault and where it comes from."""
    frames = traceback.extract_tb(fault.__traceback__)[-4:]
    return f"{type(fault).__name__}: {fault} | " + " < ".join(
        f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames)
    )


def main(arguments: list[str]) -> int:
    """The figures of one entrance."""
    name, seconds, seed = arguments
    resource.setrlimit(resource.RLIMIT_AS, (CAP, CAP))
    figures = tried(name, float(seconds), int(seed))
    print(json.dumps(asdict(figures)))
    return int(bool(figures.found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
