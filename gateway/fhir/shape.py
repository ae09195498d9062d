"""What a profile asks of a resource, as a tree of elements: the common form of StructureDefinitions and rules files."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

Codes = Mapping[str, frozenset[str]]
"""Codes by system; the empty system stands for any."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What tells the items of a slice apart (chapter 5.1.0.8): something at a path of the item.

    kind  `value` (equal), `pattern` (contained in it), `exists`, `profile` (meta.profile names it), `type` (the JSON
          name of the choice ends with it)
    """

    path: tuple[str, ...]
    kind: str
    value: Any


@dataclass
class Shape:
    """What is asked of the items at one element; what is not asked stays at its default.

    most None is no bound; `only` closes the object to other elements; `fixed` equals, `pattern` is contained;
    `masked` no value but a data-absent-reason; `one` path and value that exactly one item has;
    `targets` resource types or profile URLs; `types` R4 types of a choice; `rules` invariants as (key, text, FHIRPath)
    """

    least: int = 0
    most: int | None = None
    only: frozenset[str] | None = None
    fixed: Any = None
    pattern: Any = None
    length: int = 0
    form: re.Pattern[str] | None = None
    codes: Codes | None = None
    targets: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    masked: bool = False
    one: tuple[tuple[str, ...], Any] | None = None
    rules: list[tuple[str, str, str]] = field(default_factory=list)
    children: dict[str, "Shape"] = field(default_factory=dict)
    slices: dict[str, "Slice"] = field(default_factory=dict)
    closed: bool = False
    plan: Any = field(default=None, init=False, repr=False, compare=False)
    """What keeps.py made of this shape when it was first asked."""

    @cached_property
    def judges(self) -> bool:
        """Whether anything is asked of the value itself; read only when the shape is complete."""
        asked = (self.fixed, self.pattern, self.form, self.codes)
        return bool(self.length) or self.masked or any(item is not None for item in asked)

    @cached_property
    def pigeonholes(self) -> tuple[Mark, Mapping[Any, str]] | None:
        """Value -> slice where one mark of one path tells all slices apart; None where it takes a closer look."""
        marks = [piece.marks for piece in self.slices.values()]
        simple = all(len(m) == 1 and isinstance(m[0].value, str) and m[0].kind in ("value", "profile") for m in marks)
        if not simple or len({(m[0].path, m[0].kind) for m in marks}) != 1:
            return None
        return marks[0][0], {piece.marks[0].value: name for name, piece in self.slices.items()}

    @cached_property
    def bare(self) -> bool:
        """Whether nothing is asked of an item: only of their number or of slices."""
        return not (self.judges or self.targets or self.rules or self.children or self.only is not None)

    @cached_property
    def counted(self) -> bool:
        """Whether only the number of items matters."""
        return self.bare and not (self.slices or self.closed or self.types or self.one)

    def allows(self, number: int) -> bool:
        """Whether so many items may stand here."""
        return number >= self.least and (self.most is None or number <= self.most)

    def at(self, path: Sequence[str]) -> "Shape":
        """The shape below a path, made where there is none; `name[key=value]` goes into a slice of that value."""
        shape = self
        for part in path:
            name, key, value = selector(part)
            shape = shape.children.setdefault(name, Shape())
            if key:
                mark = Mark(tuple(key.split(".")), "value", value)
                shape = shape.slices.setdefault(f"{key}={value}", Slice((mark,))).shape
        return shape


@dataclass(slots=True)
class Slice:
    """Some items of a list, told by their marks, and what is asked of them; without marks nothing is."""

    marks: tuple[Mark, ...] = ()
    shape: Shape = field(default_factory=Shape)


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile: its canonical URL without version, the R4 type it constrains, what it asks, the profile below it."""

    url: str
    type: str
    shape: Shape
    base: str = ""


Profiles = Mapping[str, Profile]

_PART = re.compile(r"([^\[\]]+?)(?:\[([A-Za-z.]+)=([^\]]+)\])?")
_DOT = re.compile(r"\.(?![^\[]*\])")


@cache
def selector(text: str) -> tuple[str, str, str]:
    """Name, key and value of `telecom[system=email]`; key and value are empty without brackets."""
    match = _PART.fullmatch(text)
    return (match[1], match[2] or "", match[3] or "") if match else (text, "", "")


def split(path: str) -> tuple[str, ...]:
    """The parts of `telecom[system=email].value`; `.` is the object itself, `value[x]` one part."""
    return () if path == "." else tuple(_DOT.split(path))
