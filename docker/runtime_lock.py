"""The part of the lock that the gateway needs to run: its dependencies and theirs, with the hashes as they are.

    python docker/runtime_lock.py pyproject.toml requirements.lock > runtime.lock

The Python that runs it must have everything of the lock installed, because only packages themselves say what they need.
"""

import re
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def needed(first: Iterable[str]) -> set[str]:
    """The packages that these requirements need in the end, by name; those for other platforms are left out."""
    waiting = [Requirement(line) for line in first]
    asked: set[tuple[str, str]] = set()
    while waiting:
        requirement = waiting.pop()
        for extra in ("", *requirement.extras):
            one = (canonicalize_name(requirement.name), extra)
            if one in asked:
                continue
            asked.add(one)
            further = [Requirement(line) for line in _requires(requirement.name)]
            waiting += [each for each in further if each.marker is None or each.marker.evaluate({"extra": extra})]
    return {name for name, _ in asked}


def _requires(name: str) -> list[str]:
    try:
        return requires(name) or []
    except PackageNotFoundError:
        sys.exit(f"not installed: {name}; install the whole lock first")


def blocks(lock: str) -> dict[str, str]:
    """The entries of a lock by name, each with all its hashes."""
    found = (block for block in re.split(r"\n(?=[A-Za-z0-9])", lock.strip()) if "==" in block)
    return {canonicalize_name(block.split("==", 1)[0].split("[", 1)[0]): block for block in found}


def part(project: str, lock: str) -> str:
    """The entries of the lock that the project needs to run; SystemExit where one is missing."""
    first = tomllib.loads(project)["project"]["dependencies"]
    entries = blocks(lock)
    names = sorted(needed(first))
    if missing := [name for name in names if name not in entries]:
        sys.exit(f"not in the lock: {', '.join(missing)}; run `make lock`")
    return "".join(f"{entries[name]}\n" for name in names)


if __name__ == "__main__":
    sys.stdout.write(part(*(Path(path).read_text(encoding="utf-8") for path in sys.argv[1:3])))
