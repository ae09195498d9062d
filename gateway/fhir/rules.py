"""Rules files: what a format demands, in a few lines per profile (profiles/evp/README.md) -> profiles."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from gateway.fhir.shape import Mark, Profile, Shape, Slice, split

Table = Mapping[str, Any]


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _bounds(text: str) -> tuple[int, int | None]:
    least, _, most = str(text).partition("..")
    return int(least), None if most in ("", "*") else int(most)


def _many(shape: Shape, given: Table) -> None:
    for path, text in given.items():
        found = shape.at(split(path))
        found.least, found.most = _bounds(text)


def _only(shape: Shape, given: Table) -> None:
    for path, text in given.items():
        shape.at(split(path)).only = frozenset(_words(text)) | ({"resourceType", "id"} if path == "." else set())


def _required(shape: Shape, given: list[str]) -> None:
    for path in given:
        found = shape.at(split(path))
        found.least = max(found.least, 1)


def _forbidden(shape: Shape, given: list[str]) -> None:
    for path in given:
        shape.at(split(path)).most = 0


def _masked(shape: Shape, given: list[str]) -> None:
    for path in given:
        found = shape.at(split(path))
        found.masked, found.least = True, 1


def _each(name: str, read: Callable[[Any], Any] = lambda value: value) -> Callable[[Shape, Table], None]:
    """A rule that sets one demand per path."""

    def write(shape: Shape, given: Table) -> None:
        for path, value in given.items():
            setattr(shape.at(split(path)), name, read(value))

    return write


def _one(shape: Shape, given: Table) -> None:
    for path, demand in given.items():
        ((below, value),) = demand.items()
        shape.at(split(path)).one = (split(below), value)


def _closed(shape: Shape, given: Table) -> None:
    for path, listed in given.items():
        found = shape.at(split(path))
        found.closed = True
        _among(found, listed)


def _open(shape: Shape, given: Table) -> None:
    for path, listed in given.items():
        _among(shape.at(split(path)), listed)


def _among(shape: Shape, listed: Table) -> None:
    """`by:` the path that tells the items apart, then value: cardinality."""
    by = split(str(listed["by"]))
    kind = "profile" if by[-1:] == ("profile",) else "value"
    steps = by[:-2] if kind == "profile" else by
    for value, text in listed.items():
        if value == "by":
            continue
        piece = shape.slices.setdefault(f"{listed['by']}={value}", Slice((Mark(steps, kind, value),)))
        piece.shape.least, piece.shape.most = _bounds(text)


def _codes(value: Any) -> dict[str, frozenset[str]]:
    return {str(system): frozenset(_words(str(text))) for system, text in value.items()}


KINDS: Mapping[str, Callable[[Shape, Any], None]] = {
    "only": _only,
    "required": _required,
    "forbidden": _forbidden,
    "many": _many,
    "fixed": _each("fixed"),
    "pattern": _each("pattern"),
    "length": _each("length", int),
    "form": _each("form", re.compile),
    "codes": _each("codes", _codes),
    "refers": _each("targets", lambda text: tuple(_words(text))),
    "masked": _masked,
    "one": _one,
    "closed": _closed,
    "open": _open,
}
"""The kinds of rules, in the words of the file."""


def _named(value: Any, names: Mapping[str, str]) -> Any:
    """The value with `$name:` replaced in every text and key."""
    if isinstance(value, str):
        return re.sub(r"\$([a-z]+):", lambda m: names.get(m[1], m[0]), value) if "$" in value else value
    if isinstance(value, dict):
        return {_named(key, names): _named(item, names) for key, item in value.items()}
    return [_named(item, names) for item in value] if isinstance(value, list) else value


def read(document: Table) -> list[Profile]:
    """The profiles of a rules file, `every:` written into each; raises KeyError or ValueError for a malformed one."""
    names = dict(document.get("names", {}))
    every = _named(dict(document.get("every", {})), names)
    found = []
    for url, given in _named(dict(document["profiles"]), names).items():
        shape = Shape()
        for source in (every, given):
            for kind, demand in source.items():
                if kind != "resource":
                    KINDS[kind](shape, demand)
        found.append(Profile(url, given["resource"], shape))
    return found
