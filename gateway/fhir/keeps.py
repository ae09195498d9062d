"""Whether an object keeps a profile, told without places: what does needs no closer look by validate.py.

A check of this file may turn down what is right (then validate.py looks), but never let pass what is wrong.
"""

from collections.abc import Callable, Mapping
from functools import partial
from itertools import repeat
from typing import Any

from gateway.fhir.items import DATA_ABSENT, NOTHING, Item, contains, follow, profile_urls
from gateway.fhir.json import Number
from gateway.fhir.shape import Mark, Shape

Node = Mapping[str, Any]
Reach = Mapping[str, Node]
Judge = Callable[[Any, Node], bool]
"""Told a value and the object whose elements stand below; whether a demand on the value is met."""
ABSENT: tuple[Any, ...] = (None, [])


def _fixed(fixed: Any, value: Any, _: Node) -> bool:
    return value is None or bool(value == fixed)


def _pattern(pattern: Any, value: Any, _: Node) -> bool:
    return value is None or contains(value, pattern)


def _short(length: int, value: Any, _: Node) -> bool:
    return value.__class__ is not Number and (value.__class__ is not str or len(value) <= length)


def _formed(match: Callable[[str], object], value: Any, _: Node) -> bool:
    return value.__class__ is not Number and (value.__class__ is not str or match(value) is not None)


def _coded(codes: Mapping[str, frozenset[str]], value: Any, _: Node) -> bool:
    """Whether the first coding is of the codes; a text takes a closer look."""
    if value is None:
        return True
    coding = value["coding"][0] if "coding" in value else value
    allowed = codes.get(coding.get("system", ""), codes.get(""))
    return allowed is not None and "code" in coding and (not allowed or coding["code"] in allowed)


def _absent(value: Any, node: Node) -> bool:
    """A data-absent-reason stands instead of a value."""
    return value is None and any(extension.get("url") == DATA_ABSENT for extension in node["extension"])


def _judges(shape: Shape) -> tuple[Judge, ...]:
    found: list[Judge] = []
    if shape.fixed is not None:
        found.append(partial(_fixed, shape.fixed))
    if shape.pattern is not None:
        found.append(partial(_pattern, shape.pattern))
    if shape.length:
        found.append(partial(_short, shape.length))
    if shape.form is not None:
        found.append(partial(_formed, shape.form.fullmatch))
    if shape.codes is not None:
        found.append(partial(_coded, shape.codes))
    if shape.masked:
        found.append(_absent)
    return tuple(found)


class _Items:
    """The demands on one element below an object: how many items, each of them, their slices."""

    __slots__ = ("beside", "each", "least", "most", "name", "one", "slices")

    def __init__(self, name: str, shape: Shape) -> None:
        self.name, self.beside = name, f"_{name}"
        self.least = shape.least
        self.most = shape.most if shape.most is not None else 1 << 62
        self.each = None if shape.bare else plan(shape)
        self.slices = _Slices(shape) if shape.slices or shape.closed else None
        self.one = shape.one

    def keep(self, node: Node, reach: Reach) -> bool:
        """Whether the items of this element in an object meet all."""
        value = node.get(self.name)
        if value is None or self.beside in node:
            return self._extended(node, reach)
        values = value if value.__class__ is list else [value]
        if not self.least <= len(values) <= self.most:
            return False
        each = self.each
        if each is not None:
            for item in values:
                if not each(item, None, reach):
                    return False
        if self.slices is not None and not self.slices.keep(values, reach):
            return False
        return self.one is None or self._once(values)

    def _extended(self, node: Node, reach: Reach) -> bool:
        """As `keep`, where no value stands or a companion beside it; slices take a closer look."""
        value, beside = node.get(self.name), node.get(self.beside)
        if beside is None:
            return value is None and not self.least and self.name not in node and self.beside not in node
        if self.slices is not None or self.one is not None:
            return False
        if (
            value is not None
            and value.__class__ is not beside.__class__
            and list in (value.__class__, beside.__class__)
        ):
            return False
        besides = beside if beside.__class__ is list else [beside]
        values = value if value.__class__ is list else [value]
        if len(besides) != len(values) or not self.least <= len(values) <= self.most:
            return False
        return self.each is None or all(map(self.each, values, besides, repeat(reach)))

    def _once(self, values: list[Any]) -> bool:
        path, value = self.one or ((), None)
        return sum(any(below.value == value for below in follow(Item(None, "", v), path)) for v in values) == 1


class _Slices:
    """Items told apart by one mark: which slice each is of, how many each has, strangers where it is closed."""

    __slots__ = ("closed", "counts", "each", "mark", "names")

    def __init__(self, shape: Shape) -> None:
        mark, names = shape.pigeonholes or (None, {})
        self.mark: Mark | None = mark
        self.names: Mapping[Any, str] = names
        self.closed = shape.closed
        pieces = shape.slices.items()
        self.counts = [
            (name, s.shape.least, s.shape.most) for name, s in pieces if s.shape.least or s.shape.most is not None
        ]
        self.each = {name: plan(s.shape) for name, s in pieces if not s.shape.bare}

    def keep(self, values: list[Any], reach: Reach) -> bool:
        """Whether every slice has as many as it may and every item is of one that it keeps."""
        if self.mark is None or len(self.mark.path) != 1:
            return False
        (step,), profile, seen = self.mark.path, self.mark.kind == "profile", dict[str, int]()
        for item in values:
            found = item.get(step) if f"_{step}" not in item else None
            if profile:
                urls = profile_urls(found or NOTHING)
                found = urls[0] if len(urls) == 1 else None
            name = self.names.get(found)
            if name is None:
                if self.closed or found.__class__ is not str:
                    return False
                continue
            seen[name] = seen.get(name, 0) + 1
            if name in self.each and not self.each[name](item, None, reach):
                return False
        return all(
            least <= seen.get(name, 0) and (most is None or seen.get(name, 0) <= most)
            for name, least, most in self.counts
        )


class _Plan:
    """The demands on one object or value."""

    __slots__ = ("forbidden", "judges", "needed", "only", "parts", "targets")

    def __init__(self) -> None:
        self.judges: tuple[Judge, ...] = ()
        self.targets: frozenset[str] = frozenset()
        self.only: frozenset[str] | None = None
        self.needed: tuple[str, ...] = ()
        self.forbidden: frozenset[str] = frozenset()
        self.parts: tuple[_Items, ...] = ()

    def keep(self, value: Any, beside: Any, reach: Reach) -> bool:
        """Whether a value with its companion meets all."""
        node: Node = value if value.__class__ is dict else beside if beside.__class__ is dict else NOTHING
        for judge in self.judges:
            if not judge(value, node):
                return False
        if self.only is not None and not node.keys() <= self.only:
            return False
        if not self.forbidden.isdisjoint(node):
            return False
        for name in self.needed:
            if node.get(name) in ABSENT:
                return False
        for part in self.parts:
            if not part.keep(node, reach):
                return False
        return not self.targets or self._reaches(node, reach)

    def _reaches(self, node: Node, reach: Reach) -> bool:
        target = reach.get(node.get("reference", ""))
        return target is None or not self.targets.isdisjoint((target.get("resourceType"), *profile_urls(target)))


def _never(value: Any, beside: Any, reach: Reach) -> bool:  # noqa: ARG001 - a shape that always takes a closer look
    return False


def _readable(shape: Shape) -> bool:
    """Whether a shape asks only what this file can judge."""
    choice = any(name.endswith("[x]") or part.types for name, part in shape.children.items())
    return not (shape.rules or choice)


def plan(shape: Shape) -> Callable[[Any, Any, Reach], bool]:
    """The check of a shape, made once."""
    if shape.plan is None:
        shape.plan = _made(shape).keep if _readable(shape) else _never
    found: Callable[[Any, Any, Reach], bool] = shape.plan
    return found


def _made(shape: Shape) -> _Plan:
    made = _Plan()
    made.judges, made.targets = _judges(shape), frozenset(shape.targets)
    if shape.only is not None:
        made.only = shape.only | {f"_{name}" for name in shape.only}
    parts = shape.children.items()
    banned = [name for name, part in parts if part.counted and part.most == 0 and not part.least]
    made.forbidden = frozenset(banned) | {f"_{name}" for name in banned}
    needed = [name for name, part in parts if part.counted and part.least == 1 and part.most is None]
    made.needed = tuple(needed)
    free = [name for name, part in parts if part.counted and not part.least and part.most is None]
    done = {*banned, *needed, *free}
    made.parts = tuple(_Items(name, part) for name, part in parts if name not in done)
    return made


def keeps(resource: dict[str, Any], shape: Shape, reach: Reach) -> bool:
    """Whether a resource as JSON keeps what a profile's shape asks; False where it takes a closer look."""
    try:
        return plan(shape)(resource, None, reach)
    except (TypeError, AttributeError, KeyError, IndexError):
        return False
