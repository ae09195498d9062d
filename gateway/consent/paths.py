"""Paths of a policy: `Patient.identifier[system=...].value`, `Observation.value[x]`, `*.status`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

STEP = re.compile(r"(?P<name>\*|[A-Za-z][A-Za-z0-9]*)(?P<choice>\[x\])?(?P<where>(?:\[[A-Za-z.]+=[^\[\]]+\])*)(?:\.|$)")
WHERE = re.compile(r"\[([A-Za-z.]+)=([^\[\]]+)\]")


@dataclass(frozen=True, slots=True)
class Step:
    """One element of a path; `choice`: value[x], whatever its type; `where`: (elements below, one of their values)."""

    name: str
    choice: bool = False
    where: tuple[tuple[tuple[str, ...], str], ...] = ()

    def names(self, key: str) -> bool:
        """Whether a key of a resource is the choice, with whatever type."""
        return key.startswith(self.name) and key[len(self.name) : len(self.name) + 1].isupper()

    def fits(self, node: Any) -> bool:
        """Whether what stands there is meant."""
        return all(wanted in leaves(node, below) for below, wanted in self.where)


@dataclass(frozen=True, slots=True)
class Path:
    """A place in a resource type, as a policy writes it; the first step is the type, `*` for every type."""

    text: str
    steps: tuple[Step, ...]


def path(text: str) -> Path | None:
    """The path that a text is, None where it is none."""
    steps: list[Step] = []
    at = 0
    while at < len(text):
        found = STEP.match(text, at)
        if found is None or (found["name"] == "*" and steps):
            return None
        where = tuple((tuple(below.split(".")), value) for below, value in WHERE.findall(found["where"]))
        steps.append(Step(found["name"], bool(found["choice"]), where))
        at = found.end()
    fine = steps and not text.endswith(".") and (steps[0].name == "*" or steps[0].name[0].isupper())
    return Path(text, tuple(steps)) if fine else None


def leaves(node: Any, below: tuple[str, ...]) -> set[Any]:
    """The values below a node, through lists."""
    return set(_leaves(node, below))


def _leaves(node: Any, below: tuple[str, ...]) -> Iterator[Any]:
    if isinstance(node, list):
        for item in node:
            yield from _leaves(item, below)
    elif below:
        if isinstance(node, dict) and below[0] in node:
            yield from _leaves(node[below[0]], below[1:])
    elif not isinstance(node, dict):
        yield str(node)
