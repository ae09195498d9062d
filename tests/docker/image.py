"""docker/Dockerfile and docker/compose.yaml, read for the tests that hold them to their promises."""

import fnmatch
import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.docker.conftest import ROOT

DOCKER = ROOT / "docker"


@dataclass(frozen=True)
class Step:
    """One instruction of a Dockerfile, with its options apart."""

    word: str
    options: tuple[str, ...]
    rest: str

    @property
    def words(self) -> list[str]:
        """What it is given, from its JSON or its shell form."""
        return [str(word) for word in json.loads(self.rest)] if self.rest.startswith("[") else shlex.split(self.rest)


def steps() -> list[Step]:
    """The instructions of the Dockerfile, in order."""
    lines = (DOCKER / "Dockerfile").read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    found = (re.fullmatch(r"([A-Z]+)((?: +--\S+)*) +(.*)", line.strip()) for line in lines)
    return [Step(match[1], tuple(match[2].split()), match[3]) for match in found if match]


def stages() -> list[list[Step]]:
    """The instructions of each stage, FROM first."""
    found: list[list[Step]] = []
    for step in steps():
        if step.word == "FROM":
            found.append([])
        found[-1].append(step)
    return found


def sent(path: str) -> bool:
    """Whether a file of the repository reaches the builder (Dockerfile.dockerignore; the last line that fits wins)."""
    reaches = True
    for line in (DOCKER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.strip().lstrip("!").removeprefix("**/")
        parts = [path, *(parent.as_posix() for parent in Path(path).parents), *Path(path).parts]
        if pattern and not pattern.startswith("#") and any(fnmatch.fnmatch(part, pattern) for part in parts):
            reaches = line.startswith("!")
    return reaches


def compose() -> dict[str, Any]:
    """compose.yaml with its anchors resolved."""
    read: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
    return read
