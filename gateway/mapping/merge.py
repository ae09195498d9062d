"""`from_fhir(original, changed)`: the original with only the changes, so that what no rule knows stays (law 4)."""

from typing import Any

from gateway.mapping.runtime import clone


def overlay(original: Any, known: Any, changed: Any) -> Any:
    """Three-way: where `changed` says what `known` said, the original stays; elsewhere the change counts.

    `known` is what the maps make of the original itself, so what it lacks is unmapped content.
    """
    if changed == known:
        return clone(original)
    if isinstance(original, dict) and isinstance(changed, dict):
        before = known if isinstance(known, dict) else {}
        return {key: value for key, value in merged(original, before, changed) if value is not None}
    if isinstance(original, list) and isinstance(changed, list) and isinstance(known, list):
        return items(original, known, changed)
    return clone(changed)


def merged(original: dict[str, Any], known: dict[str, Any], changed: dict[str, Any]) -> list[tuple[str, Any]]:
    """Keys of a dict: unmapped ones stay, known ones follow the change."""
    found: list[tuple[str, Any]] = []
    for key, value in original.items():
        if key in changed:
            found.append((key, overlay(value, known.get(key), changed[key])))
        elif key not in known:
            found.append((key, clone(value)))
        else:
            found.append((key, unmapped(value, known[key])))
    return found + [(key, clone(value)) for key, value in changed.items() if key not in original]


def unmapped(original: Any, known: Any) -> Any:
    """What stays of a subtree whose known content was taken away; None for nothing."""
    if isinstance(original, dict) and isinstance(known, dict):
        rest = {key: unmapped(value, known[key]) if key in known else clone(value) for key, value in original.items()}
        return {key: value for key, value in rest.items() if value is not None} or None
    return None


def items(original: list[Any], known: list[Any], changed: list[Any]) -> list[Any]:
    """Items of a list: the same one keeps its unmapped content; by position where the number is unchanged."""
    if len(original) == len(known) == len(changed):
        return [overlay(*trio) for trio in zip(original, known, changed, strict=True)]
    rest = list(zip(original, known, strict=False)) if len(original) == len(known) else []
    found = []
    for item in changed:
        match = next((pair for pair in rest if pair[1] == item), None)
        if match:
            rest.remove(match)
        found.append(clone(match[0] if match else item))
    return found
