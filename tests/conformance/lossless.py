"""Official R4 examples through the gateway: each leaves as it came, to the digits of its numbers."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.conformance.calls import DATA, convert
from tests.conformance.figures import Figure, Skipped, Verdict

CORPORA = ("fhir-r4/examples", "referral")
REWRITTEN = {"reference", "fullUrl"}  # references take one form inside a Bundle
SHOWN = 5


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every leaf with its path; numbers as they were written."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in REWRITTEN:
                yield from leaves(value, f"{path}.{key}")
    elif isinstance(node, list):
        for value in node:
            yield from leaves(value, path)
    elif node is not None:
        yield path, f"{type(node).__name__} {node}"


class Written(str):
    """A number as its file writes it."""

    __slots__ = ()


def read(content: bytes) -> Any:
    """JSON with numbers kept as text."""
    return json.loads(content.decode("utf-8-sig"), parse_float=Written, parse_int=Written)


def resources(document: Any) -> list[Any]:
    """What must come out again: the resource, or the resources of a Bundle."""
    if document.get("resourceType") == "Bundle":
        return [entry["resource"] for entry in document.get("entry", ()) if "resource" in entry]
    return [document]


def lost(given: bytes, result: bytes) -> Counter[tuple[str, str]]:
    """Leaves of the resources given that the result does not hold."""
    before, after = (
        Counter(leaf for item in resources(read(text)) for leaf in leaves(item)) for text in (given, result)
    )
    return before - after


def is_resource(content: bytes) -> bool:
    """Whether a file is FHIR JSON at all."""
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except ValueError:
        return False
    return isinstance(document, dict) and isinstance(document.get("resourceType"), str)


def lossless(room: Path) -> list[Verdict]:
    """FHIR in, FHIR out."""
    found: list[Verdict] = []
    for name in CORPORA:
        folder = DATA / name
        if not folder.is_dir():
            found.append(Skipped(name, f"{folder} is absent"))
            continue
        given = [(path.relative_to(folder), path.read_bytes()) for path in sorted(folder.rglob("*.json"))]
        done = convert([pair for pair in given if is_resource(pair[1])], "fhir", "fhir", room / name.replace("/", "-"))
        changed = [path for path in done.accepted if lost(path.read_bytes(), done.result(path).read_bytes())]
        note = ", ".join(path.name for path in changed[:SHOWN])
        found += [
            Figure(f"{name} as fhir", "read", len(done.accepted), len(done.inputs)),
            Figure(
                f"{name} as fhir",
                "every leaf unaltered",
                len(done.accepted) - len(changed),
                len(done.accepted),
                1.0,
                note,
            ),
        ]
    return found
