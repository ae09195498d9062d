"""`copy:`: elements that travel as they are, and what of them is left out."""

from collections.abc import Callable, Iterable
from typing import Any

from gateway.mapping.runtime import Object, clone

UNCOPIED = frozenset({"resourceType", "fullUrl"})
WHOLE: dict[str, Any] = {}

Out = dict[str, Any]
"""What is left out: by key None for the whole element, or the same again for what lies below it."""
Places = list[tuple[Object, str, Object]]


def left_out(paths: Iterable[tuple[str, ...]]) -> Out:
    """Paths as a tree of keys; the shorter of two that lie on each other counts."""
    out: Out = {}
    for path in sorted(filter(None, paths), key=len):
        inner: Any = out
        for key in path[:-1]:
            inner = inner.setdefault(key, {})
            if inner is None:
                break
        if inner is not None:
            inner[path[-1]] = None
    return out


def copy_rest(source: Object, target: Object, choice: Callable[[str], bool], out: Out) -> Places:
    """Copy the elements that `choice` names where nothing stands yet, without what is in `out`.

    Gives source container, key and target container of what was copied.
    """
    places: Places = []
    for key in source:
        if key not in UNCOPIED and choice(key):
            copy_element(source, target, key, out.get(key, WHOLE), places)
    return places


def copy_element(source: Object, target: Object, key: str, out: Out | None, places: Places) -> None:
    """Copy one element; an object that is there already is filled up, everything else stays as it is."""
    if out is None:
        return
    value, there = source[key], target.get(key)
    if value.__class__ is dict and (out or there.__class__ is dict):
        inner: Object = {} if there is None else there
        for name in value if inner.__class__ is dict else ():
            copy_element(value, inner, name, out.get(name, WHOLE), places)
        if inner:
            target[key] = inner
    elif there is None and not out:
        target[key] = clone(value)
        places.append((source, key, target))
    elif there is None:
        copied = clone(value)
        remove(copied, out)
        if copied not in ([], [{}]):
            target[key] = copied
            places += [(owner, name, target) for owner, name in taken(source, key, out)]


def taken(owner: Object, key: str, out: Out | None) -> list[tuple[Object, str]]:
    """Places that a copy took whole: the element itself, or what stands beside what is left out below it."""
    if not out:
        return [(owner, key)] if out is not None else []
    value = owner[key]
    items = [item for item in (value if isinstance(value, list) else (value,)) if isinstance(item, dict)]
    return [place for item in items for name in item for place in taken(item, name, out.get(name, WHOLE))]


def remove(value: Any, out: Out) -> None:
    """Take elements out of a tree, and containers that become empty by it."""
    for item in value if isinstance(value, list) else [value]:
        for key in out.keys() & item.keys() if isinstance(item, dict) else ():
            if out[key] is not None:
                remove(item[key], out[key])
            if out[key] is None or not item[key]:
                del item[key]
