"""The format evp, its examples, and short ways to what stands in a tree."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from gateway import wiring
from gateway.domain.codec import Tree
from gateway.domain.problem import Problem
from gateway.fhir import bundle
from gateway.mapping.format import Format
from gateway.mapping.run import Result

EXAMPLES = Path(__file__).parents[3] / "mappings" / "evp" / "examples"
GUARDED = "01-zwei-bedarfe-mit-betreuer.in.json"
TOLERANT = "02-tolerant-gelesen.in.json"
CANONICAL = "03-plan-nach-der-entlassung.fhir.json"

EXTENSION = "https://fhir.gkvsv.de/StructureDefinition/GKVSV_EX_EVP_"
LABELS = "https://fhir.gkvsv.de/CodeSystem/GKVSV_CS_EVP_Datenweitergabe"
Change = Callable[[Tree], None]


@cache
def formats() -> tuple[Format, Format]:
    """The formats evp and fhir."""
    shelf = wiring.shelf()
    evp, fhir = shelf.get("evp"), shelf.get("fhir")
    assert evp, shelf.problems["evp"]
    assert fhir, shelf.problems["fhir"]
    return evp, fhir


def tree(data: bytes) -> Tree:
    """The resource tree of a Bundle, whatever the rules say of it."""
    return bundle.read(json.loads(data))[0]


def example(name: str, change: Change | None = None) -> Tree:
    """The resource tree of an example, changed where asked."""
    found = tree((EXAMPLES / name).read_bytes())
    if change:
        change(found)
    return found


def read(name: str, change: Change | None = None) -> Result:
    """An EVP example to canonical FHIR."""
    return formats()[0].to_fhir(example(name, change), "test")


def written(change: Change | None = None, name: str = CANONICAL) -> Result:
    """A canonical example to the tree of an EVP."""
    return formats()[0].from_fhir(example(name, change))


def encoded(result: Result) -> tuple[dict[str, Any], list[Problem]]:
    """The Bundle an EVP tree leaves as, empty where it is refused, and the problems."""
    form = formats()[0]
    done = form.codec.encode([result.tree], form.spec)
    return (json.loads(done.data) if done.data else {}), done.problems


def codes(problems: list[Problem]) -> set[str]:
    """Codes of problems."""
    return {problem.code for problem in problems}


def one(found: Tree, kind: str, **wanted: str) -> dict[str, Any]:
    """The resource of a type whose element has a value; exactly one is expected."""
    fitting = [item for item in found[kind] if all(item.get(key) == value for key, value in wanted.items())]
    assert len(fitting) == 1, f"{len(fitting)} {kind}"
    return dict(fitting[0])


def categories(plan: dict[str, Any]) -> list[str]:
    """Category codes of a CarePlan."""
    return [coding["code"] for category in plan["category"] for coding in category["coding"]]


def labels(codings: list[dict[str, Any]]) -> list[str]:
    """Codes of the consent labels among codings."""
    return [coding["code"] for coding in codings if coding["system"] == LABELS]


def extension(resource: dict[str, Any], name: str) -> dict[str, Any]:
    """The EVP extension of a name."""
    return next(dict(entry) for entry in resource["extension"] if entry["url"] == EXTENSION + name)
