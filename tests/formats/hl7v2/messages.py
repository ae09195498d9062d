"""The formats hl7v2 and hl7v2-de, their examples, and short ways to what stands in a tree."""

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from gateway import wiring
from gateway.domain.codec import Tree
from gateway.mapping.format import Format
from gateway.mapping.run import Result

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "mappings" / "hl7v2-de" / "examples"
SHARED = ROOT / os.environ.get("GATEWAY_SHARED", "../shared") / "data"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared material is not at $GATEWAY_SHARED")

KVNR = "http://fhir.de/sid/gkv/kvid-10"
IK = "http://fhir.de/sid/arge-ik/iknr"
EXTENSIONS = "http://hl7.org/fhir/StructureDefinition"
HEADER = "MSH|^~\\&|KIS|HAUS|KG|OWL|202603121105||{kind}|T-1|P|2.5||||||UNICODE UTF-8"
PERSON = "PID|||4711^^^HAUS^PI||Wesertal^Frieda^^^^^L||19400102|F"


@cache
def form(name: str = "hl7v2-de") -> Format:
    """A format, ready."""
    shelf = wiring.shelf()
    found = shelf.get(name)
    assert found, shelf.problems[name]
    return found


def read(data: bytes, name: str = "hl7v2-de") -> Result:
    """The first message of some bytes to canonical FHIR."""
    return form(name).to_fhir(form(name).codec.decode(data, form(name).spec).trees[0], "test")


def example(number: str) -> Result:
    """An example by its number to canonical FHIR."""
    return read(next(EXAMPLES.glob(f"{number}-*.in.hl7")).read_bytes())


def message(kind: str, *segments: str, name: str = "hl7v2-de") -> Tree:
    """A short message of a kind (`ADT^A03`) to canonical FHIR."""
    return read("\r".join([HEADER.format(kind=kind), *segments, ""]).encode(), name).tree


def written(resources: Tree, name: str = "hl7v2-de") -> list[list[str]]:
    """The segments that canonical resources become, each split at its fields."""
    result = form(name).from_fhir(resources)
    encoded = form(name).codec.encode([result.tree], form(name).spec)
    assert not encoded.problems
    return [line.split("|") for line in encoded.data.decode().split("\r") if line]


def segment(segments: list[list[str]], name: str) -> list[str]:
    """The first segment of a name."""
    return next(fields for fields in segments if fields[0] == name)


def one(tree: Tree, kind: str) -> dict[str, Any]:
    """The only resource of a type."""
    assert len(tree.get(kind, ())) == 1
    found: dict[str, Any] = tree[kind][0]
    return found


def extension(element: dict[str, Any], url: str) -> dict[str, Any]:
    """An extension by its URL."""
    return next(item for item in element["extension"] if item["url"] == url)


def own(kind: str, number: str, **elements: Any) -> dict[str, Any]:
    """A canonical resource with an identity."""
    return {"resourceType": kind, "fullUrl": f"urn:uuid:00000000-0000-4000-8000-0000000000{number}", **elements}


def shared_messages() -> Iterator[Path]:
    """German messages of others."""
    return (SHARED / "de" / "hl7v2").rglob("*.hl7")


def dumped(tree: Tree) -> str:
    """A tree as text, to look for something anywhere in it."""
    return json.dumps(tree, ensure_ascii=False)
