"""JSON Patch on a resource (RFC 6902, chapter 3.1.0.6.3 of FHIR): what it is asked to become, or why it cannot."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gateway.domain.problem import Problem

Document = Any
Path = list[str]

STEPS, NODES, DEPTH = 1_000, 50_000, 100
"""Operations of a patch, values they put together, and how deep these may come to stand (fhir/json.py)."""


class _UnfitError(Exception):
    """An operation cannot be done; the argument is the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def patched(resource: dict[str, Any], operations: Sequence[Any]) -> tuple[dict[str, Any], list[Problem]]:
    """The resource after all operations in their order; the resource as it was, and why, where one cannot be done."""
    if len(operations) > STEPS:
        return resource, [_too_much("patch")]
    made, left = _copied(resource), NODES
    for number, operation in enumerate(operations):
        try:
            left -= _weight(made, operation, f"patch[{number}]", left)
            made = _done(made, operation, f"patch[{number}]")
        except _UnfitError as fault:
            return resource, [fault.problem]
    if not isinstance(made, dict):
        return resource, [_malformed("patch", "It leaves no resource.")]
    return made, []


def _done(document: Document, operation: Mapping[str, Any], place: str) -> Document:
    """The document after one operation."""
    return OPERATIONS[str(operation["op"])](document, operation, place)


def _weight(document: Document, operation: Any, place: str, left: int) -> int:
    """How many values an operation puts somewhere, of those that are left to be put; none where it puts nothing."""
    if not isinstance(operation, Mapping) or str(operation.get("op")) not in OPERATIONS:
        raise _UnfitError(_malformed(place, f"This is no operation; there are {', '.join(OPERATIONS)}."))
    name = str(operation["op"])
    if name in VALUED and "value" not in operation:
        raise _UnfitError(_malformed(place, f"`{name}` lacks its `value`."))
    if name in {"remove", "test"}:
        return 0
    put = operation["value"] if name in VALUED else _found(document, _path(operation, "from", place), place)
    depth = len(_path(operation, "path", place))
    weight, level = 0, [put]
    while level:
        weight, depth = weight + len(level), depth + 1
        if weight > left or depth > DEPTH:
            raise _UnfitError(_too_much(place))
        level = [
            item
            for above in level
            if isinstance(above, (dict, list))
            for item in (above.values() if isinstance(above, dict) else above)
        ]
    return weight


def _copied(value: Any) -> Any:
    """A JSON value with objects and lists of its own; what is no object or list never changes."""
    if isinstance(value, dict):
        return {key: _copied(item) if isinstance(item, (dict, list)) else item for key, item in value.items()}
    if isinstance(value, list):
        return [_copied(item) if isinstance(item, (dict, list)) else item for item in value]
    return value


def _add(document: Document, operation: Mapping[str, Any], place: str) -> Document:
    return _put(document, _path(operation, "path", place), _copied(operation["value"]), place)


def _remove(document: Document, operation: Mapping[str, Any], place: str) -> Document:
    path = _path(operation, "path", place)
    _taken(document, path, place)
    return document


def _replace(document: Document, operation: Mapping[str, Any], place: str) -> Document:
    path = _path(operation, "path", place)
    _found(document, path, place)
    if not path:
        return _copied(operation["value"])
    above, last = _found(document, path[:-1], place), path[-1]
    above[int(last) if isinstance(above, list) else last] = _copied(operation["value"])
    return document


def _move(document: Document, operation: Mapping[str, Any], place: str) -> Document:
    source, target = _path(operation, "from", place), _path(operation, "path", place)
    if target[: len(source)] == source and target != source:
        raise _UnfitError(_malformed(place, "Nothing can be moved into itself."))
    return _put(document, target, _taken(document, source, place), place)


def _copy(document: Document, operation: Mapping[str, Any], place: str) -> Document:
    value = _copied(_found(document, _path(operation, "from", place), place))
    return _put(document, _path(operation, "path", place), value, place)


def _test(document: Document, operation: Mapping[str, Any], place: str) -> Document:
    if not _same(_found(document, _path(operation, "path", place), place), operation["value"]):
        sentence = "The resource does not have this value any more."
        raise _UnfitError(Problem("rest.patch.test", place, sentence, "Read the resource again, and patch what it is."))
    return document


OPERATIONS: Mapping[str, Callable[[Document, Mapping[str, Any], str], Document]] = {
    "add": _add, "remove": _remove, "replace": _replace, "move": _move, "copy": _copy, "test": _test,
}  # fmt: skip
"""RFC 6902, section 4."""
VALUED = frozenset({"add", "replace", "test"})


def _path(operation: Mapping[str, Any], name: str, place: str) -> Path:
    """A JSON Pointer as its parts (RFC 6901)."""
    text = operation.get(name)
    if not isinstance(text, str) or (text and not text.startswith("/")):
        raise _UnfitError(_malformed(place, f"`{name}` is no JSON Pointer."))
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def _found(document: Document, path: Path, place: str) -> Document:
    """The value at a path."""
    for part in path:
        if isinstance(document, dict) and part in document:
            document = document[part]
        elif isinstance(document, list) and _is_index(part, len(document) - 1):
            document = document[int(part)]
        else:
            raise _UnfitError(_nowhere(place))
    return document


def _put(document: Document, path: Path, value: Any, place: str) -> Document:
    """The document with a value put at a path: into a list before what stands there, `-` at its end."""
    if not path:
        return value
    above, last = _found(document, path[:-1], place), path[-1]
    if isinstance(above, dict):
        above[last] = value
    elif isinstance(above, list) and (last == "-" or _is_index(last, len(above))):
        above.insert(len(above) if last == "-" else int(last), value)
    else:
        raise _UnfitError(_nowhere(place))
    return document


def _taken(document: Document, path: Path, place: str) -> Any:
    """The value at a path, taken out."""
    if not path:
        raise _UnfitError(_malformed(place, "The whole resource cannot be taken away."))
    _found(document, path, place)
    above, last = _found(document, path[:-1], place), path[-1]
    return above.pop(int(last) if isinstance(above, list) else last)


def _is_index(part: str, most: int) -> bool:
    """Whether a part names a place of a list (RFC 6901, section 4)."""
    return part.isascii() and part.isdecimal() and len(part) < 9 and str(int(part)) == part and int(part) <= most


def _same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal (RFC 6902, 4.6); true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)


def _malformed(place: str, sentence: str) -> Problem:
    return Problem("rest.patch.operation", place, sentence, "See RFC 6902, section 4.")


def _too_much(place: str) -> Problem:
    sentence = f"A patch has at most {STEPS} operations, and puts little and nothing deep."
    return Problem("rest.patch.size", place, sentence, "Send the resource as it is to be, by PUT.")


def _nowhere(place: str) -> Problem:
    sentence = "There is nothing at this path of the resource."
    return Problem("rest.patch.path", place, sentence, "Add the element above first, or correct the path.")
