"""Values that FHIR's JSON forbids: empty strings, objects and arrays, and null outside arrays (chapter 2.6.2)."""

from typing import Any


def _gone(value: Any) -> bool:
    return value is None or value == "" or (value.__class__ in (dict, list) and not value)


def prune(value: Any, place: str) -> tuple[Any, list[str]]:
    """A copy without empty values, and their places; positions in arrays of primitives are kept by null."""
    places: list[str] = []
    return _prune(value, place, places), places


def _prune(value: Any, place: str, places: list[str]) -> Any:
    if value.__class__ is dict:
        kept = {}
        for key, item in value.items():
            below = _prune(item, f"{place}.{key.lstrip('_')}", places)
            if _gone(below):
                places.append(f"{place}.{key.lstrip('_')}") if _gone(item) else None
            else:
                kept[key] = below
        return kept
    if value.__class__ is list:
        items = [_prune(item, f"{place}[{n}]", places) for n, item in enumerate(value)]
        places += [f"{place}[{n}]" for n, item in enumerate(value) if _gone(item) and item is not None]
        if any(item.__class__ is dict and item for item in items) and None not in value:
            return [item for item in items if not _gone(item)]
        return [None if _gone(item) else item for item in items] if any(not _gone(i) for i in items) else []
    return value
