"""`python -m tests.fuzz [NAME ...]`: every entrance for its share of FUZZ_SECONDS (600); exit 1 where one gave way.

FUZZ_SEED makes other inputs. What was found is written to a folder that is named at the end.
"""

import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.fuzz.entrances import ENTRANCES
from tests.fuzz.guided import guided, is_there
from tests.fuzz.one import Figures

SECONDS = float(os.environ.get("FUZZ_SECONDS", "600"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
AT_ONCE = 2
GRACE = 180


def run(name: str, seconds: float) -> list[Figures]:
    """One entrance, in a process of its own: by our mutations, and half of the time by the engine, where it fits."""
    both = ENTRANCES[name].guided and is_there()
    share = seconds / 2 if both else seconds
    command = [sys.executable, "-m", "tests.fuzz.one", name, str(share), str(SEED)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=share + GRACE)
    last = done.stdout.strip().splitlines()[-1:]
    found = (
        Figures(**json.loads(last[0]))
        if last
        else Figures(name, found=f"ended with {done.returncode}: {done.stderr[-500:]}")
    )
    print(line(found), flush=True)
    if not both:
        return [found]
    more = guided(name, share, SEED)
    more.name = f"{name}, guided"
    print(line(more), flush=True)
    return [found, more]


def line(one: Figures) -> str:
    """A row of the table."""
    return f"| {one.name} | {one.inputs:,} | {one.slowest:.2f} s | {one.megabytes} MB | {one.found or '-'} |"


def main(arguments: list[str]) -> int:
    """All entrances that are named, or all."""
    names = arguments or list(ENTRANCES)
    print("| entrance | inputs | slowest | memory | found |\n|---|---|---|---|---|")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        listed = list(pool.map(lambda name: run(name, SECONDS * AT_ONCE / len(names)), names))
    figures = [one for found in listed for one in found]
    print(
        f"\n{sum(one.inputs for one in figures):,} inputs, seed {SEED}"
        + ("" if is_there() else "; atheris is not installed")
    )
    wrong = [one for one in figures if one.found]
    if wrong:
        folder = Path(tempfile.mkdtemp(prefix="fuzz-found-"))
        for number, one in enumerate(wrong):
            (folder / f"{number}-{one.name.replace(', ', '-')}").write_bytes(bytes.fromhex(one.data))
        print(f"{len(wrong)} found; their inputs are in {folder}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
