"""StructureDefinitions with their CodeSystems and ValueSets (chapter 5.3) -> profiles for validation."""

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.fhir.shape import Codes, Mark, Profile, Shape, Slice

Json = Mapping[str, Any]


def _concepts(listed: Iterable[Json]) -> Iterable[str]:
    for concept in listed:
        yield str(concept.get("code"))
        yield from _concepts(concept.get("concept", ()))


def expand(value_set: Json, systems: Mapping[str, Json]) -> Codes | None:
    """The codes of a value set that lists them or includes whole known code systems, None for any other."""
    found: dict[str, frozenset[str]] = {}
    for include in value_set.get("compose", {}).get("include", ()):
        system = str(include.get("system", ""))
        listed = include.get("concept") or systems.get(system, {}).get("concept")
        if not listed or "filter" in include or "valueSet" in include:
            return None
        found[system] = found.get(system, frozenset()) | frozenset(_concepts(listed))
    return found or None


def value_sets(definitions: Iterable[Json]) -> dict[str, Codes]:
    """The codes of all value sets that can be expanded, by URL."""
    listed = list(definitions)
    systems = {str(d.get("url")): d for d in listed if d.get("resourceType") == "CodeSystem"}
    sets = {str(d.get("url")): expand(d, systems) for d in listed if d.get("resourceType") == "ValueSet"}
    return {url: codes for url, codes in sets.items() if codes}


def _prefixed(element: Json, prefix: str) -> Any:
    """fixed[x] or pattern[x], whatever its type."""
    return next(
        (value for key, value in element.items() if key.startswith(prefix) and key[len(prefix)].isupper()), None
    )


def _ask(shape: Shape, element: Json, sets: Mapping[str, Codes]) -> None:
    """Writes what one ElementDefinition asks into a shape."""
    shape.least = max(shape.least, int(element.get("min", 0)))
    if element.get("max", "*") != "*":
        shape.most = int(element["max"])
    shape.fixed = _prefixed(element, "fixed") or shape.fixed
    shape.pattern = _prefixed(element, "pattern") or shape.pattern
    shape.length = int(element.get("maxLength", shape.length))
    binding = element.get("binding", {})
    if binding.get("strength") == "required":
        shape.codes = sets.get(str(binding.get("valueSet")).split("|")[0], shape.codes)
    types = element.get("type", ())
    shape.targets = tuple(_short(p) for t in types for p in t.get("targetProfile", ())) or shape.targets
    if str(element.get("path", "")).endswith("[x]"):
        shape.types = tuple(str(t["code"]) for t in types if "code" in t) or shape.types
    for rule in element.get("constraint", ()):
        if rule.get("severity") == "error" and "expression" in rule:
            shape.rules.append((str(rule.get("key")), str(rule.get("human")), str(rule["expression"])))


def _short(url: str) -> str:
    """A core resource by its name, other profiles by their URL."""
    core = "http://hl7.org/fhir/StructureDefinition/"
    return url.removeprefix(core).replace("Resource", "") if url.startswith(core) else url


class _Builder:
    """Builds the shape of one StructureDefinition."""

    def __init__(self, definition: Json, sets: Mapping[str, Codes]) -> None:
        view = definition.get("differential") or definition.get("snapshot") or {}
        self.elements = {str(e.get("id") or e.get("path")): e for e in view.get("element", ())}
        self.sets = sets
        self.shape = Shape()

    def build(self) -> Shape:
        """The shape of the root, all elements written into it."""
        for key, element in self.elements.items():
            _ask(self._find(key), element, self.sets)
        for key, element in self.elements.items():
            slicing = element.get("slicing")
            if slicing:
                self._find(key).closed = slicing.get("rules") == "closed"
        return self.shape

    def _find(self, key: str) -> Shape:
        """The shape of an element id such as `Patient.identifier:GKV.system`."""
        shape, here = self.shape, []
        for part in key.split(".")[1:] if not key.startswith("http") else ():
            here.append(part)
            name, _, piece = part.partition(":")
            shape = shape.children.setdefault(name, Shape())
            if piece:
                owner = ".".join([key.split(".", maxsplit=1)[0], *here])
                shape = shape.slices.setdefault(piece, Slice(self._marks(owner))).shape
        return shape

    def _marks(self, owner: str) -> tuple[Mark, ...]:
        """What tells a slice apart, read from its sliced element's discriminators."""
        sliced = owner.rsplit(":", 1)[0]
        last = sliced.rsplit(".", 1)[-1]
        given = self.elements.get(sliced, {}).get("slicing", {}).get("discriminator")
        if not given:
            kinds = {"extension": ("value", "url"), "modifierExtension": ("value", "url")}
            kind, path = kinds.get(last, ("type", "$this") if last.endswith("[x]") else ("", ""))
            given = [{"type": kind, "path": path}] if kind else []
        marks = [self._mark(owner, str(d.get("type")), str(d.get("path"))) for d in given]
        return tuple(mark for mark in marks if mark) if all(marks) else ()

    def _mark(self, owner: str, kind: str, path: str) -> Mark | None:
        steps = () if path == "$this" else tuple(path.split("."))
        element = self.elements.get(".".join([owner, *steps]), {})
        types = self.elements.get(owner, {}).get("type", [{}])
        if kind == "type":
            sliced, _, piece = owner.rsplit(".", 1)[-1].partition(":")
            found = element.get("type") or [{"code": piece.removeprefix(sliced.removesuffix("[x]"))}]
            return Mark(steps, "type", found[0].get("code"))
        if kind == "profile":
            listed = (element.get("type") or [{}])[0].get("profile", [None])
            return Mark(steps, "profile", listed[0]) if listed[0] else None
        if kind == "exists":
            return Mark(steps, "exists", element.get("max") != "0")
        value = self._value(owner, steps)
        if value is None and path == "url":
            value = (types[0].get("profile") or [None])[0]
        return Mark(steps, "pattern", value) if value is not None else None

    def _value(self, owner: str, steps: tuple[str, ...]) -> Any:
        """The fixed value or pattern at a discriminator, also where only its parts are fixed."""
        for depth in range(len(steps), -1, -1):
            element = self.elements.get(".".join([owner, *steps[:depth]]), {})
            value = _prefixed(element, "fixed") or _prefixed(element, "pattern")
            for step in steps[depth:] if value is not None else ():
                value = value[0] if isinstance(value, list) and value else value
                value = value.get(step) if isinstance(value, dict) else None
            if value is not None:
                return value
        return None


def profile(definition: Json, sets: Mapping[str, Codes]) -> Profile:
    """A StructureDefinition, differential or snapshot, as a profile; bindings are judged where `sets` has the codes."""
    shape = _Builder(definition, sets).build()
    base = str(definition.get("baseDefinition", ""))
    return Profile(str(definition.get("url")), str(definition.get("type")), shape, base)
