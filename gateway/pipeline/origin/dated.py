"""In which version of a resource each of its values was said last (chapter 3.1.0.12, history)."""

from collections.abc import Iterator, Sequence
from typing import Any

from gateway.domain.ledger import Version
from gateway.mapping.run import leaves

Path = tuple[str | int, ...]
SERVERS = frozenset({"resourceType", "id"})
"""What names a resource, and is no statement of anybody."""


def dated(versions: Sequence[Version]) -> Iterator[tuple[Path, Any, Version]]:
    """Path and value of each leaf of the newest of some versions (oldest first), and the version that brought it."""
    before: Any = None
    marks: Any = None
    for version in versions:
        marks = _marked(version.resource, before, marks, version)
        before = version.resource
    for *_, path, value in leaves(before or {}):
        if path[0] not in SERVERS:
            yield path, value, _at(marks, path)


def _marked(value: Any, before: Any, marks: Any, version: Version) -> Any:
    """The shape of a value with the version of each of its leaves; an item of a list keeps it wherever it stands."""
    if marks is not None and value == before and type(value) is type(before):
        return marks
    if isinstance(value, dict):
        was = before if isinstance(before, dict) else {}
        known = marks if isinstance(marks, dict) else {}
        return {key: _marked(item, was.get(key), known.get(key), version) for key, item in value.items()}
    if isinstance(value, list):
        items = before if isinstance(before, list) and isinstance(marks, list) else []
        found = (_place(number, item, items) for number, item in enumerate(value))
        pairs = ((items[at], marks[at]) if at is not None else (None, None) for at in found)
        return [_marked(item, was, mark, version) for item, (was, mark) in zip(value, pairs, strict=True)]
    return version


def _place(number: int, item: Any, before: list[Any]) -> int | None:
    """Where an item stood in the list before: as it is now, else whatever object stood in its place."""
    if number < len(before) and before[number] == item:
        return number
    same = next((place for place, other in enumerate(before) if other == item), None)
    return number if same is None and number < len(before) and isinstance(item, dict) else same


def _at(marks: Any, path: Path) -> Version:
    for key in path:
        marks = marks[key]
    found: Version = marks
    return found
