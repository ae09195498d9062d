"""Differences between two resource trees that a format may declare as none (`canonical:` of its format.yaml)."""

from collections.abc import Iterable
from typing import Any

from gateway.domain.codec import Tree
from gateway.fhir.json import dumps
from gateway.fhir.references import Resource, renamed

WORDS = ("ids", "order", "display", "narrative", "versions", "timestamp", "bundle", "key-order")
"""ids: logical ids and the forms of references; order: the order of the resources of one type; display: texts of
codings; narrative: `text`; versions: meta.versionId and meta.lastUpdated; timestamp: Bundle.timestamp; bundle: all
elements of the Bundle itself; key-order: nothing, the order of keys never is a difference."""

Part = tuple[str, str]


def _without(value: Any, names: frozenset[str], marker: str) -> Any:
    """A copy in which objects that have `marker` lack `names`; an empty marker stands for every object."""
    if value.__class__ is list:
        return [_without(item, names, marker) for item in value]
    if value.__class__ is not dict:
        return value
    dropped = names if not marker or marker in value else frozenset[str]()
    return {key: _without(item, names, marker) for key, item in value.items() if key not in dropped}


DROPS: dict[str, tuple[frozenset[str], str]] = {
    "display": (frozenset({"display"}), "code"),
    "narrative": (frozenset({"text"}), "resourceType"),
    "versions": (frozenset({"versionId", "lastUpdated"}), ""),
    "timestamp": (frozenset({"timestamp"}), "resourceType"),
}
"""Words that leave elements out: which, and in objects that have which key."""


def _blank(tree: Tree) -> dict[str, str]:
    return {r["fullUrl"]: "" for listed in tree.values() for r in listed if "fullUrl" in r}


def _sorted(tree: Tree) -> Tree:
    """Resources of one type in the order of their content, ids and links aside."""
    names = _blank(tree)

    def content(resource: Resource) -> bytes:
        bare = {key: resource[key] for key in sorted(resource) if key not in ("id", "fullUrl")}
        return dumps(renamed(bare, names))

    return {name: sorted(listed, key=content) for name, listed in tree.items()}


def _anonymous(tree: Tree) -> Tree:
    """Identities by position (`Patient/0`), ids left out."""
    names = {
        resource["fullUrl"]: f"{name}/{n}"
        for name, listed in tree.items()
        for n, resource in enumerate(listed)
        if "fullUrl" in resource
    }
    level: Tree = {}
    for name, listed in tree.items():
        bare = ({key: value for key, value in resource.items() if key != "id"} for resource in listed)
        level[name] = [renamed(r, names) | ({"fullUrl": names[r["fullUrl"]]} if "fullUrl" in r else {}) for r in bare]
    return level


def canonical(tree: Tree, words: Iterable[str]) -> Tree:
    """The tree without what `words` declare as no difference; unknown words change nothing."""
    chosen = tuple(words)
    level = {name: list(listed) for name, listed in tree.items()}
    if "bundle" in chosen:
        level["Bundle"] = [nested for nested in level.get("Bundle", ()) if "fullUrl" in nested]
    level = {name: listed for name, listed in level.items() if listed}
    for word in chosen:
        if word in DROPS:
            level = _without(level, *DROPS[word])
    level = _sorted(level) if "order" in chosen else level
    return _anonymous(level) if "ids" in chosen else level
