"""The elements of FHIR R4 4.0.1: which type has which, of what type and how often (chapter 2.24 and all resources).

The facts stand in `facts/r4-elements.txt` (a paragraph per type: `Patient.contact < BackboneElement`, then one line
per concrete JSON name) and `facts/r4-codes.txt` (value set, system, codes); `tools/r4_facts.py` writes both.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

FACTS = Path(__file__).parent / "facts"


@dataclass(frozen=True, slots=True)
class Property:
    """One element below a type, by its name in JSON (chapter 2.6.2; `valueString`, never `value[x]`).

    name     the JSON name
    type     R4 type; backbone elements by their path (`Patient.contact`), content references resolved
    least    minimal number
    listed   a JSON array stands here
    choice   for one of several variants: the name they share (`value`), else empty
    targets  resource types a Reference may point to, `*` for any
    codes    name of the required value set, empty where there is none or it is open
    bare     a primitive that never has extensions (`id`, `Extension.url`, `Narrative.div`)
    """

    name: str
    type: str
    least: int = 0
    listed: bool = False
    choice: str = ""
    targets: tuple[str, ...] = ()
    codes: str = ""
    bare: bool = False

    @property
    def primitive(self) -> bool:
        """Whether a JSON string, number or boolean stands here."""
        return self.type in PRIMITIVES


LONGEST = 1024 * 1024
"""Characters of a string (chapter 2.24.0.1)."""
# Regular expressions of chapter 2.24.0.1; ids of elements are any string there.
# What repeats within what repeats is possessive: a text that does not fit is left after one look.
_TEXT = rf"[^\x00-\x08\x0b\x0c\x0e-\x1f]{{1,{LONGEST}}}+"
_SIGN = r"[0-9a-zA-Z+/]\s*+"
_YEAR = r"([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)"
_MONTH, _DAY = r"(0[1-9]|1[0-2])", r"(0[1-9]|[1-2][0-9]|3[0-1])"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
_ZONE = r"(Z|(\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_UUID = r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

PRIMITIVES: Mapping[str, str] = MappingProxyType(
    {
        "base64Binary": rf"(?:\s*+(?=\S))?+(?:(?:{_SIGN}){{4}})*+(?:(?:{_SIGN}){{2}}(?:==|{_SIGN}=)\s*+)?",
        "boolean": r"true|false",
        "canonical": r"\S*",
        "code": r"[^\s]+(\s[^\s]+)*",
        "date": rf"{_YEAR}(-{_MONTH}(-{_DAY})?)?",
        "dateTime": rf"{_YEAR}(-{_MONTH}(-{_DAY}(T{_CLOCK}{_ZONE})?)?)?",
        "decimal": r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?",
        "id": r"[A-Za-z0-9\-\.]{1,64}",
        "instant": rf"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}{_ZONE}",
        "integer": r"0|[-+]?[1-9][0-9]*",
        "markdown": _TEXT,
        "oid": r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+",
        "positiveInt": r"\+?[1-9][0-9]*",
        "string": _TEXT,
        "time": _CLOCK,
        "unsignedInt": r"0|[1-9][0-9]*",
        "uri": r"\S*",
        "url": r"\S*",
        "uuid": _UUID,
        "xhtml": r"\s*<[\s\S]*>\s*",
    }
)
"""The primitive types and what their values must look like."""

NUMBERS = frozenset({"decimal", "integer", "positiveInt", "unsignedInt"})
"""Primitive types that JSON writes as numbers."""

_PRIMITIVE_PARTS = (Property("id", "string", bare=True), Property("extension", "Extension", listed=True))


@cache
def _paragraphs() -> Mapping[str, str]:
    text = (FACTS / "r4-elements.txt").read_text(encoding="utf-8")
    return {block[: block.index(" ")]: block for block in text.rstrip("\n").split("\n\n")}


@cache
def _headers() -> Mapping[str, tuple[str, str]]:
    """Parent and kind (`resource`, `complex-type`, empty for backbone elements) of every type."""
    found = {}
    for name, block in _paragraphs().items():
        _, _, parent, *kind = block.split("\n", 1)[0].split(" ")
        found[name] = (parent, kind[0] if kind else "")
    return found


def _property(line: str) -> Property:
    name, kind, card, *marks = line.split(" ")
    known = dict(mark.split("=", 1) for mark in marks)
    targets = tuple(known.get("to", "").split(",")) if "to" in known else ()
    least, most = card.split("..")
    return Property(
        name,
        kind,
        least=int(least),
        listed=most != "1",
        choice=known.get("of", ""),
        targets=targets,
        codes=known.get("codes", ""),
        bare="bare" in known,
    )


@cache
def properties(type_name: str) -> Mapping[str, Property] | None:
    """The elements of a type with all it inherits, in the standard's order; None for a type R4 does not have.

    Primitive types have `id` and `extension`.
    """
    if type_name in PRIMITIVES:
        return MappingProxyType({p.name: p for p in _PRIMITIVE_PARTS})
    block = _paragraphs().get(type_name)
    if block is None:
        return None
    inherited = properties(_headers()[type_name][0]) or {}
    own = (_property(line) for line in block.split("\n")[1:])
    return MappingProxyType({**inherited, **{p.name: p for p in own}})


@cache
def required(type_name: str) -> Mapping[str, tuple[str, ...]]:
    """What a type must have: element name (`value[x]` for choices) -> the JSON names that satisfy it."""
    found: dict[str, tuple[str, ...]] = {}
    for p in (properties(type_name) or {}).values():
        if p.least:
            label = f"{p.choice}[x]" if p.choice else p.name
            found[label] = (*found.get(label, ()), p.name, f"_{p.name}")
    return MappingProxyType(found)


@cache
def choices(type_name: str) -> tuple[frozenset[str], ...]:
    """The groups of JSON names of which an object may have one only (chapter 2.1.14)."""
    groups: dict[str, set[str]] = {}
    for p in (properties(type_name) or {}).values():
        if p.choice:
            groups.setdefault(p.choice, set()).add(p.name)
    return tuple(frozenset(names) for names in groups.values())


@cache
def resource_types() -> frozenset[str]:
    """The names of all resources (chapter 2.1), without the abstract two."""
    abstract = {"Resource", "DomainResource"}
    return frozenset(name for name, (_, kind) in _headers().items() if kind == "resource") - abstract


@cache
def value_sets() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """The codes of every required, closed value set by system (chapter 4.1.5)."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for line in (FACTS / "r4-codes.txt").read_text(encoding="utf-8").splitlines():
        name, system, *codes = line.split(" ")
        found.setdefault(name, {})[system] = frozenset(codes)
    return MappingProxyType(found)


@cache
def codes(value_set: str) -> frozenset[str] | None:
    """All codes of a required value set, None for one that R4 leaves open."""
    systems = value_sets().get(value_set)
    return frozenset().union(*systems.values()) if systems else None


@cache
def pattern(type_name: str) -> re.Pattern[str]:
    """The regular expression a primitive's text must match as a whole (chapter 2.24.0.1)."""
    return re.compile(PRIMITIVES[type_name], re.ASCII)
