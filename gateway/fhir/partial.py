"""A part of a resource for a client that asked for less (chapter 3.1.1.5.8, `_summary`; 3.1.1.5.9, `_elements`)."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from gateway.fhir.elements import FACTS, required

Resource = dict[str, Any]

ALWAYS = frozenset({"resourceType", "id", "meta"})
SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
"""The tag of a resource that is shown in part: nobody is to write it back (chapter 3.1.1.5.8)."""


@cache
def _summaries() -> Mapping[str, frozenset[str]]:
    lines = (FACTS / "r4-summary.txt").read_text(encoding="utf-8").splitlines()
    return {kind: frozenset(names) for kind, *names in (line.split(" ") for line in lines)}


@cache
def _mandatory(kind: str) -> frozenset[str]:
    return frozenset(name for names in required(kind).values() for name in names)


def _summary(kind: str) -> frozenset[str]:
    return _summaries().get(kind, frozenset()) | _mandatory(kind)


def _text(kind: str) -> frozenset[str]:
    return _mandatory(kind) | {"text"}


SHOWN: Mapping[str, Callable[[str], frozenset[str]]] = {"true": _summary, "text": _text}
"""`_summary` -> the elements of a type that are shown."""


def part(resource: Resource, summary: str = "", elements: tuple[str, ...] = ()) -> Resource:
    """The resource as `_summary` (true, text, data, false or empty) and `_elements` ask for it."""
    kind = str(resource["resourceType"])
    if elements:
        chosen = _mandatory(kind) | frozenset(elements)
    elif summary in SHOWN:
        chosen = SHOWN[summary](kind)
    elif summary == "data":
        chosen = frozenset(resource) - {"text"}
    else:
        return resource
    shown = {key: value for key, value in resource.items() if key in ALWAYS or key.removeprefix("_") in chosen}
    meta = dict(shown.get("meta", {}))
    return {**shown, "meta": {**meta, "tag": [*meta.get("tag", ()), SUBSETTED]}}


@cache
def definitions() -> Mapping[tuple[str, str], str]:
    """Canonical URL of R4's search parameters by type (`Resource` for those of all) and name."""
    lines = (FACTS / "r4-definitions.txt").read_text(encoding="utf-8").splitlines()
    return {(kind, code): url for kind, code, url in (line.split(" ") for line in lines)}
