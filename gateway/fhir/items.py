"""The items that a profile's elements and slices mean in a resource (chapters 5.1.0.4 to 5.1.0.8)."""

from collections.abc import Mapping
from typing import Any

from gateway.fhir.shape import Mark, Shape, selector

NOTHING: Mapping[str, Any] = {}
DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


class Item:
    """One value of an element: where, what, and the companion that holds a primitive's extensions.

    `node` is the object whose elements stand below: the value itself, or a primitive's companion.
    """

    __slots__ = ("_above", "_step", "node", "value")

    def __init__(self, above: "Item | None", step: str, value: Any, companion: Any = None) -> None:
        self._above = above
        self._step = step
        self.value = value
        self.node: Mapping[str, Any] = (
            value if value.__class__ is dict else companion if companion.__class__ is dict else NOTHING
        )

    @property
    def place(self) -> str:
        """Where it stands, like FHIRPath: `Patient.name[0].family`."""
        return f"{self._above.place}.{self._step}" if self._above else self._step

    def named(self, kind: str) -> bool:
        """Whether this is the variant of a choice for a type: `valueString` for string."""
        return self._step.endswith(kind[:1].upper() + kind[1:])


def contains(value: Any, pattern: Any) -> bool:
    """Whether a value has all that a pattern has (ElementDefinition.pattern[x], 2.28.1)."""
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(contains(value.get(key), item) for key, item in pattern.items())
    if isinstance(pattern, list):
        return isinstance(value, list) and all(any(contains(v, item) for v in value) for item in pattern)
    return bool(value == pattern) and isinstance(value, bool) == isinstance(pattern, bool)


def profile_urls(resource: Mapping[str, Any]) -> list[str]:
    """The profiles that a resource claims, without versions (Resource.meta.profile)."""
    meta = resource.get("meta")
    listed = meta.get("profile", []) if isinstance(meta, dict) else []
    return [str(url).split("|")[0] for url in listed] if isinstance(listed, list) else []


def _spread(above: Item, name: str, value: Any, companion: Any) -> list[Item]:
    """The items of one JSON name; a list and its companion run in parallel (2.6.2.3)."""
    if value.__class__ is not list and companion.__class__ is not list:
        return [Item(above, name, value, companion)]
    left = value if value.__class__ is list else []
    right = companion if companion.__class__ is list else []
    return [
        Item(above, f"{name}[{n}]", left[n] if n < len(left) else None, right[n] if n < len(right) else None)
        for n in range(max(len(left), len(right)))
    ]


def _variants(node: Mapping[str, Any], name: str) -> list[str]:
    """The JSON names of a choice that an object has."""
    start = name[:-3]
    found = {key.removeprefix("_") for key in node}
    return sorted(key for key in found if key.startswith(start) and key[len(start) : len(start) + 1].isupper())


def items(above: Item, name: str) -> list[Item]:
    """All items of an element below an item; `value[x]` by all its variants."""
    node = above.node
    if name.endswith("[x]"):
        return [
            item for key in _variants(node, name) for item in _spread(above, key, node.get(key), node.get(f"_{key}"))
        ]
    value, companion = node.get(name), node.get(f"_{name}")
    return [] if value is None and companion is None else _spread(above, name, value, companion)


def follow(item: Item, path: tuple[str, ...]) -> list[Item]:
    """The items at a path below an item; `$this` is the item, `extension('url')` and `name[key=value]` choose."""
    found = [item]
    for part in path:
        if part == "$this":
            continue
        if part.startswith("extension("):
            name, key, value = "extension", "url", part[11:-2]
        else:
            name, key, value = selector(part)
        found = [below for one in found for below in items(one, name)]
        if key:
            found = [one for one in found if one.node.get(key) == value]
    return found


Seen = dict[tuple[tuple[str, ...], str], list[Any]]
"""What was already read of one item, by path and kind of mark."""


def _read(item: Item, mark: Mark) -> list[Any]:
    """What stands at the path of a mark: items, profile URLs or values."""
    found = follow(item, mark.path)
    if mark.kind == "profile":
        return [url for one in found for url in profile_urls(one.node)]
    return [one.value for one in found] if mark.kind in ("value", "pattern") else list(found)


def _has(item: Item, mark: Mark, seen: Seen) -> bool:
    found = seen.get((mark.path, mark.kind))
    if found is None:
        found = seen[mark.path, mark.kind] = _read(item, mark)
    if mark.kind == "exists":
        return bool(found) is bool(mark.value)
    if mark.kind == "type":
        kind = str(mark.value)
        return any(one.named(kind) or one.node.get("resourceType") == kind for one in found)
    return mark.value in found if isinstance(mark.value, str) else any(contains(one, mark.value) for one in found)


def sort(found: list[Item], shape: Shape) -> dict[str, list[int]]:
    """Slice name -> the numbers of the items that have all its marks; a slice without marks has none."""
    sorted_items: dict[str, list[int]] = {}
    holes = shape.pigeonholes
    for n, item in enumerate(found):
        if holes:
            names = {holes[1][value] for value in _read(item, holes[0]) if isinstance(value, str) and value in holes[1]}
        else:
            seen: Seen = {}
            pieces = ((name, piece.marks) for name, piece in shape.slices.items() if piece.marks)
            names = {name for name, marks in pieces if all(_has(item, mark, seen) for mark in marks)}
        for name in names:
            sorted_items.setdefault(name, []).append(n)
    return sorted_items
