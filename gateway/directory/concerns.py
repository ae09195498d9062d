"""The areas of concern and what each belongs to (profiles/CodeSystem-areas-of-concern.json)."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from gateway.fhir import json, packages

FILE = "CodeSystem-areas-of-concern.json"


@cache
def parents() -> Mapping[str, str]:
    """Code -> the code above it, empty for an area itself."""
    value, _ = json.loads((packages.root() / FILE).read_bytes())
    return dict(_below(value["concept"], ""))


def _below(concepts: Sequence[Mapping[str, Any]], parent: str) -> Iterator[tuple[str, str]]:
    for concept in concepts:
        yield concept["code"], parent
        yield from _below(concept.get("concept", ()), concept["code"])


def upwards(code: str) -> tuple[str, ...]:
    """A code and all above it: `transport` is a matter of `mobility` too."""
    found = [code]
    while above := parents().get(found[-1], ""):
        found.append(above)
    return tuple(found)
