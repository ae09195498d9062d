"""`copy:`: elements that travel as they are, and what of them is left out."""

from collections.abc import Callable
from typing import Any

from gateway.mapping.runtime import Object, clone

UNCOPIED = frozenset({"resourceType", "fullUrl"})


Out = tuple[tuple[str, ...], ...]
Places = list[tuple[Object, str, Object]]


def copy_rest(source: Object, target: Object, choice: Callable[[str], bool], out: Out) -> Places:
    """Copy the elements that `choice` names where nothing stands yet, without the paths in `out`.

    Gives source container, key and target container of what was copied.
    """
    places: Places = []
    for key in source:
        if key not in UNCOPIED and choice(key):
            copy_element(source, target, key, below(out, key), places)
    return places


def below(out: Out, key: str) -> Out:
    """The paths that go through a key, without it."""
    return tuple(path[1:] for path in out if path and path[0] == key)


def copy_element(source: Object, target: Object, key: str, out: Out, places: Places) -> None:
    """Copy one element; an object that is there already is filled up, everything else stays as it is."""
    value, there = source[key], target.get(key)
    if () in out:
        return
    if isinstance(value, dict) and (out or isinstance(there, dict)):
        inner = {} if there is None else there
        for name in value if isinstance(inner, dict) else ():
            copy_element(value, inner, name, below(out, name), places)
        if inner:
            target[key] = inner
    elif there is None:
        copied = clone(value)
        for path in out:
            remove(copied, path)
        if copied not in ([], [{}]):
            target[key] = copied
            places += [(owner, name, target) for owner, name in taken(source, key, out)]


def taken(owner: Object, key: str, out: Out) -> list[tuple[Object, str]]:
    """Places that a copy took whole: the element itself, or what stands beside the paths left out below it."""
    if not out:
        return [(owner, key)]
    value = owner[key]
    items = [item for item in (value if isinstance(value, list) else (value,)) if isinstance(item, dict)]
    inner = [(item, name, below(out, name)) for item in items for name in item]
    return [place for item, name, paths in inner if () not in paths for place in taken(item, name, paths)]


def remove(value: Any, path: tuple[str, ...]) -> None:
    """Take a path out of a tree, and containers that become empty by it."""
    if isinstance(value, list):
        for item in value:
            remove(item, path)
    elif isinstance(value, dict) and path[0] in value:
        if len(path) > 1:
            remove(value[path[0]], path[1:])
        if len(path) == 1 or not value[path[0]]:
            del value[path[0]]
