"""What a resource breaks of FHIR R4 itself: names, JSON types, cardinalities, values, required codes (2.6.2, 2.24)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.domain.codec import Spec, Tree
from gateway.domain.problem import Problem
from gateway.fhir import elements, sound
from gateway.fhir.elements import Property
from gateway.fhir.json import Number

OWN = frozenset({"resourceType", "fullUrl", "fhir_comments"})
_NAME = re.compile(r"_?[A-Za-z][A-Za-z0-9]{0,63}")
_INTEGERS = {"integer": -(2**31), "unsignedInt": 0, "positiveInt": 1}


@dataclass(slots=True)
class _Findings:
    """What was found so far, and the types of the resources that references of this tree reach."""

    types: Mapping[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def note(self, code: str, place: str, sentence: str, repair: str) -> None:
        self.problems.append(Problem(code, place, sentence, repair))


def printable(key: str) -> str:
    """A key as part of a place; what does not look like an element's name is not repeated."""
    return key.removeprefix("_") if _NAME.fullmatch(key) else "?"


def _integer(value: Any, least: int) -> bool:
    return value.__class__ is int and least <= value < 2**31


def fits(value: Any, kind: str) -> bool:
    """Whether a JSON leaf is a value of a primitive type (chapter 2.24.0.1)."""
    if kind == "boolean":
        return isinstance(value, bool)
    if kind in _INTEGERS:
        return _integer(value, _INTEGERS[kind])
    if kind == "decimal":
        return value.__class__ in (int, float, Number)
    return isinstance(value, str) and elements.pattern(kind).fullmatch(value) is not None


def _primitive(value: Any, p: Property, place: str, out: _Findings) -> None:
    if not fits(value, p.type):
        out.note(
            "fhir.value", place, f"This is no value of type {p.type}.", "See chapter 2.24 of FHIR for its notation."
        )
    elif p.codes and p.type == "code":
        allowed = elements.codes(p.codes)
        if allowed is not None and value not in allowed:
            some = ", ".join(sorted(allowed)[:12]) + (", ..." if len(allowed) > 12 else "")
            out.note("fhir.code", place, f"The value set {p.codes} does not have this code.", f"Allowed: {some}.")


def _coded(value: dict[str, Any], p: Property, place: str, out: _Findings) -> None:
    """A Coding or CodeableConcept with a required binding (4.1.5): one of its codings is of the value set."""
    systems = elements.value_sets().get(p.codes)
    codings = value.get("coding", []) if p.type == "CodeableConcept" else [value]
    if systems is None or not isinstance(codings, list):
        return
    known = [c for c in codings if isinstance(c, dict) and isinstance(c.get("code"), str)]
    if not any(c["code"] in systems.get(str(c.get("system")), ()) for c in known) and "extension" not in value:
        out.note(
            "fhir.code", place, f"No coding here is of the value set {p.codes}.", f"Systems: {', '.join(systems)}."
        )


def _reference(value: dict[str, Any], p: Property, place: str, out: _Findings) -> None:
    """The type a reference reaches, where it can be told (2.3.0)."""
    text = value.get("reference")
    if "*" in p.targets or not isinstance(text, str):
        return
    parts = text.split("/_history/")[0].rsplit("/", 2)
    kind = out.types.get(text) or (parts[-2] if len(parts) > 1 else "")
    if kind in elements.resource_types() and kind not in p.targets:
        out.note("fhir.reference.target", place, f"A {kind} cannot stand here.", f"Allowed: {', '.join(p.targets)}.")


def _complex(value: Any, p: Property, place: str, out: _Findings) -> None:
    if not isinstance(value, dict):
        out.note("fhir.json.type", place, f"A JSON object of type {p.type} is expected here.", "Write { ... }.")
        return
    if p.type == "Resource":
        _resource(value, place, out)
        return
    _object(value, p.type, place, out)
    if p.codes:
        _coded(value, p, place, out)
    if p.targets:
        _reference(value, p, place, out)


def _list(value: Any, p: Property, place: str, out: _Findings) -> bool:
    """Whether a list stands where one must and none where none may (2.6.2.2)."""
    if isinstance(value, list) == p.listed and value != []:
        return True
    sentence = "A JSON array with at least one item is expected here." if p.listed else "Only one value may stand here."
    out.note("fhir.json.array", place, sentence, "Write [ ... ]." if p.listed else "Write the value without [ ].")
    return False


def _values(value: Any, p: Property, place: str, out: _Findings) -> None:
    if not _list(value, p, place, out):
        return
    one = _primitive if p.primitive else _complex
    if not p.listed:
        one(value, p, place, out)
        return
    for n, item in enumerate(value):
        if item is not None or not p.primitive:
            one(item, p, f"{place}[{n}]", out)


def _companion(node: dict[str, Any], p: Property, place: str, out: _Findings) -> None:
    """`_birthDate`: id and extensions of a primitive, in an array parallel to the values (2.6.2.3)."""
    value = node[f"_{p.name}"]
    if not _list(value, p, place, out):
        return
    beside = node.get(p.name)
    if p.listed and isinstance(beside, list) and len(beside) != len(value):
        out.note(
            "fhir.json.array", place, "Values and their extensions differ in number.", "Fill the shorter with null."
        )
    for n, item in enumerate(value if p.listed else [value]):
        if item is not None:
            below = f"{place}[{n}]" if p.listed else place
            _complex(item, Property(p.name, p.type), below, out)


def _missing(node: dict[str, Any], kind: str, place: str, out: _Findings) -> None:
    for label, names in elements.required(kind).items():
        if not any(name in node for name in names):
            out.note(
                "fhir.element.missing", f"{place}.{label}", "This element is missing.", f"Every {kind} must have it."
            )
    for group in elements.choices(kind):
        if len(group & node.keys()) > 1:
            sentence = "Two variants of a choice stand beside each other."
            out.note("fhir.choice", place, sentence, f"Keep one of {', '.join(sorted(group & node.keys()))}.")


def _object(node: dict[str, Any], kind: str, place: str, out: _Findings) -> None:
    """One object of a type: its elements, then what it lacks."""
    known = elements.properties(kind) or {}
    for key, value in node.items():
        p = known.get(key.removeprefix("_"))
        below = f"{place}.{printable(key)}"
        if p is None or (key.startswith("_") and (not p.primitive or p.bare)):
            if key not in OWN:
                out.note(
                    "fhir.element.unknown", below, f"R4's {kind} has no such element.", "Take it out or spell it right."
                )
        elif key.startswith("_"):
            _companion(node, p, below, out)
        else:
            _values(value, p, below, out)
    if kind not in elements.PRIMITIVES:
        _missing(node, kind, place, out)
    elif not node.keys() & {"id", "extension"}:
        out.note("fhir.element.missing", place, "Neither value nor extension stand here.", "Leave the element out.")


def _resource(resource: dict[str, Any], place: str, out: _Findings) -> None:
    if sound.resource(resource) and not out.types:
        return
    kind = resource.get("resourceType")
    if not isinstance(kind, str) or kind not in elements.resource_types():
        out.note(
            "fhir.resource.type",
            f"{place}.resourceType",
            "R4 has no resource of this resourceType.",
            "Name one of R4's.",
        )
        return
    _object(resource, kind, place, out)


def check_resource(resource: dict[str, Any], place: str = "") -> list[Problem]:
    """What one resource as JSON breaks of R4; places begin with `place` or else its type.

    Problems: `fhir.element.unknown`, `fhir.element.missing`, `fhir.choice`, `fhir.json.array`, `fhir.json.type`,
    `fhir.value`, `fhir.code`, `fhir.reference.target`, `fhir.resource.type`.
    """
    out = _Findings()
    _resource(resource, place or printable(str(resource.get("resourceType", "?"))), out)
    return out.problems


def check(tree: Tree, spec: Spec) -> list[Problem]:  # noqa: ARG001 - R4 knows no dialects
    """What a resource tree breaks of R4, as `check_resource`; references are followed inside the tree."""
    out = _Findings({r["fullUrl"]: name for name, listed in tree.items() for r in listed if "fullUrl" in r})
    for name, listed in tree.items():
        if name not in elements.resource_types():
            out.note("fhir.resource.type", printable(name), "R4 has no resource of this type.", "Name one of R4's.")
            continue
        for n, resource in enumerate(listed):
            _object({"resourceType": name, **resource}, name, f"{name}[{n}]", out)
    return out.problems
