"""Whether a resource breaks nothing of R4, told without places: what is sound needs no closer look by conform.py.

A check of this file may turn down what is right (then conform.py looks), but never let pass what is wrong.
"""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from gateway.fhir import elements
from gateway.fhir.elements import Property
from gateway.fhir.json import Number

Check = Callable[[Any], Any]
"""Told a JSON value; truthy where nothing is wrong. May raise TypeError or AttributeError for one of another kind."""


def _text(match: Check, value: str) -> Any:
    return (0 < len(value) <= elements.LONGEST and value.isprintable()) or match(value)


def _word(match: Check, value: str) -> Any:
    return (value and " " not in value and value.isprintable()) or match(value)


def _boolean(value: Any) -> bool:
    return value is True or value is False


def _whole(least: int, value: Any) -> bool:
    return value.__class__ is int and least <= value < 2**31


def _number(value: Any) -> bool:
    return value.__class__ in (int, float, Number)


_QUICK: Mapping[str, Callable[..., Any]] = {
    "string": _text,
    "markdown": _text,
    "code": _word,
    "uri": _word,
    "url": _word,
    "canonical": _word,
}
"""Types whose values are mostly told without their regular expression."""
_PLAIN: Mapping[str, Check] = {
    "boolean": _boolean,
    "decimal": _number,
    "integer": partial(_whole, -(2**31)),
    "unsignedInt": partial(_whole, 0),
    "positiveInt": partial(_whole, 1),
}


@cache
def _leaf(kind: str, value_set: str) -> Check:
    """The check of one value of a primitive type (2.24.0.1), with its required value set."""
    codes = elements.codes(value_set) if value_set and kind == "code" else None
    if codes is not None:
        return frozenset(code for code in codes if elements.pattern(kind).fullmatch(code)).__contains__
    if kind in _PLAIN:
        return _PLAIN[kind]
    match = elements.pattern(kind).fullmatch
    return partial(_QUICK[kind], match) if kind in _QUICK else match


def _leaves(one: Check, value: Any) -> bool:
    """An array of primitives; nulls keep places for extensions (2.6.2.3)."""
    if value.__class__ is not list or not value:
        return False
    return all(map(one, value if None not in value else [item for item in value if item is not None]))


def _listed(one: Check, value: Any) -> bool:
    return value.__class__ is list and bool(value) and all(map(one, value))


def _beside(one: Check, value: Any) -> bool:
    return value.__class__ is list and bool(value) and all(item is None or one(item) for item in value)


def _bound(p: Property, one: Check, value: dict[str, Any]) -> bool:
    """A Coding or CodeableConcept with a required binding (4.1.5)."""
    if not one(value):
        return False
    systems = elements.value_sets().get(p.codes)
    codings = value.get("coding", ()) if p.type == "CodeableConcept" else [value]
    return systems is None or any(c.get("code") in systems.get(str(c.get("system")), ()) for c in codings)


def _aimed(targets: frozenset[str], one: Check, value: dict[str, Any]) -> bool:
    """A Reference to one of the types it may point to (2.3.0)."""
    text = value.get("reference")
    if text is not None and "/" in text:
        kind = text.partition("/_history/")[0].rsplit("/", 2)[-2:][0]
        if kind not in targets and kind in elements.resource_types():
            return False
    return bool(one(value))


class Type:
    """The checks of an object of one R4 type: its keys, what must stand there, of which group only one may."""

    __slots__ = ("choices", "demanded", "known", "one_of", "parallel")

    def __init__(self) -> None:
        self.known: dict[str, Check] = {}
        self.demanded: frozenset[str] = frozenset()
        self.one_of: tuple[frozenset[str], ...] = ()
        self.choices: tuple[frozenset[str], ...] = ()
        self.parallel: tuple[tuple[str, str], ...] = ()

    def sound(self, node: dict[str, Any]) -> bool:
        """Whether an object breaks nothing."""
        known = self.known
        for key, value in node.items():
            check = known.get(key)
            if check is None or not check(value):
                return False
        return bool(node) and self.demanded <= node.keys() and self._single(node)

    def _single(self, node: dict[str, Any]) -> bool:
        """Whether one variant of a choice stands there where one must, and never two; the arrays run in parallel."""
        for names in self.one_of:
            if names.isdisjoint(node):
                return False
        if self.choices and len(node) > len(self.demanded) + 1:
            for names in self.choices:
                if len(names & node.keys()) > 1:
                    return False
        for name, beside in self.parallel:
            if beside in node and name in node and len(node[name]) != len(node[beside]):
                return False
        return True


def _element(p: Property) -> Check:
    """The check of what stands at an element."""
    if p.primitive:
        one = _leaf(p.type, p.codes)
        return partial(_leaves, one) if p.listed else one
    one = resource if p.type == "Resource" else of_type(p.type).sound
    if p.codes:
        one = partial(_bound, p, one)
    if p.targets and "*" not in p.targets:
        one = partial(_aimed, frozenset(p.targets), one)
    return partial(_listed, one) if p.listed else one


_TYPES: dict[str, Type] = {}


def of_type(kind: str) -> Type:
    """The checks of a type; types that hold each other meet here before they are complete."""
    found = _TYPES.get(kind)
    return found if found is not None else _made(kind)


def _filled(one: Check, node: dict[str, Any]) -> bool:
    """A primitive's companion: id or extensions (2.6.2.3)."""
    return bool(node) and bool(one(node))


def _made(kind: str) -> Type:
    made = _TYPES[kind] = Type()
    properties = (elements.properties(kind) or {}).values()
    known: dict[str, Check] = {p.name: _element(p) for p in properties}
    for p in properties:
        if p.primitive and not p.bare:
            one = partial(_filled, of_type(p.type).sound)
            known[f"_{p.name}"] = partial(_beside, one) if p.listed else one
    if kind in elements.resource_types():
        known["resourceType"] = frozenset({kind}).__contains__
    needs = [] if kind in elements.PRIMITIVES else [frozenset(n) for n in elements.required(kind).values()]
    made.parallel = tuple((p.name, f"_{p.name}") for p in properties if p.primitive and p.listed)
    made.demanded = frozenset(min(names, key=len) for names in needs if len(names) == 2)
    made.one_of = tuple(names for names in needs if len(names) > 2)
    made.choices = elements.choices(kind)
    made.known = known
    return made


def resource(value: dict[str, Any]) -> bool:
    """Whether a resource as JSON breaks nothing of R4; False where it takes a closer look."""
    try:
        kind = value["resourceType"]
        return kind in elements.resource_types() and of_type(kind).sound(value)
    except (TypeError, AttributeError, KeyError):
        return False
