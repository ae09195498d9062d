"""What still leads to the withheld: references, addresses, and what a reference repeats of its target (chapter 2.3)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from gateway.consent.trie import reached, whole
from gateway.consent.vocabulary import ABSENT, MASKED
from gateway.consent.walk import GONE, Fate, Walk
from gateway.fhir.references import REFERENCE

TARGET = re.compile(r"(?:^|/)(?P<kind>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})(?:/_history/.*)?$")
MUST = frozenset({"subject", "patient", "beneficiary"})
"""References that a resource must have: they stay, without saying to whom."""
INSTEAD = {"extension": [{"url": ABSENT, "valueCode": MASKED}]}
LINK = REFERENCE | {"_type", "_display"}
MARKS = frozenset({"reference", "type", "identifier", "display"})


def names(resource: dict[str, Any]) -> Iterator[str]:
    """By which a resource is referred to."""
    url = str(resource.get("fullUrl", "")).rpartition(" ")[2]
    if url:
        yield url
    if "id" in resource:
        yield f"{resource.get('resourceType')}/{resource['id']}"


@dataclass(slots=True)
class Links:
    """The second pass: what the first left is rid of all that leads to what it took away."""

    walk: Walk
    gone: set[str] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)
    ways: dict[str, tuple[bool, bool]] = field(default_factory=dict)
    """By type: whether all of every resource of it is shown, and whether anything of any."""

    def is_gone(self, text: str) -> bool:
        """Whether a text is the name or the address of something withheld."""
        found = TARGET.search(text) if "/" in text else None
        return text in self.gone or (found is not None and f"{found['kind']}/{found['id']}" in self.gone)

    def cut(self, resource: dict[str, Any], kind: str) -> Any:
        """A resource without references to the withheld; GONE where nothing else was in it."""
        inside = {f"#{one.get('id')}" for one in resource.get("contained", []) if isinstance(one, dict)}
        made = self.node(resource, kind, inside)
        return made if made is GONE or set(made) - {"resourceType", "id", "fullUrl", "meta"} else GONE

    def node(self, node: dict[str, Any], path: str, inside: set[str]) -> Any:
        """A node without them."""
        if is_link(node):
            return self.link(node, path, inside)
        made = {}
        for key, value in node.items():
            found = self.value(value, f"{path}.{key.removeprefix('_')}", inside)
            if found is not GONE:
                made[key] = found
            elif key in MUST and isinstance(value, dict):
                made[key] = INSTEAD
        return made or (node if not node else GONE)

    def value(self, value: Any, path: str, inside: set[str]) -> Any:
        """An element without them."""
        if isinstance(value, dict):
            kind = value.get("resourceType")
            return self.node(value, str(kind) if kind else path, inside)
        if isinstance(value, list):
            made = [self.value(item, path, inside) for item in value]
            kept = [item for item in made if item is not GONE]
            return kept or (value if not value else GONE)
        if isinstance(value, str) and self.is_gone(value):
            return self.walk.lost(Fate(path, "reference"))
        return value

    def link(self, node: dict[str, Any], path: str, inside: set[str]) -> Any:
        """A Reference: gone with its target; of a target that is shown in part it repeats nothing."""
        target, kind = str(node.get("reference", "")), kind_of(node)
        entire, some = self.way(kind)
        lost = self.is_gone(target) or ("?" in target and not entire)
        lost = lost or (target.startswith("#") and target not in {"#", *inside})
        if lost or (kind and target not in self.shown and not some):
            return self.walk.lost(Fate(path, "reference"))
        if not kind or entire:
            return node
        made = {key: value for key, value in node.items() if key.removeprefix("_") != "display"}
        if "identifier" in made and not self.walk.identifier(kind, made["identifier"]):
            del made["identifier"]
        if len(made) < len(node):
            self.walk.lost(Fate(path, "copy"))
        return made if set(made) - {"type", "_type"} else GONE

    def way(self, kind: str) -> tuple[bool, bool]:
        """How far resources of a type are shown."""
        if kind not in self.ways:
            self.ways[kind] = whole(kind, self.walk.root), reached(kind, self.walk.root)
        return self.ways[kind]


def kind_of(node: dict[str, Any]) -> str:
    """The resource type that a Reference says it leads to, empty where it says none."""
    target = str(node.get("reference", ""))
    found = TARGET.search(target)
    if found:
        return found["kind"]
    return target.partition("?")[0] if "?" in target else str(node.get("type", "")).rpartition("/")[2]


def is_link(node: dict[str, Any]) -> bool:
    """Whether a node is a Reference (2.3.0): at least one of its marks and nothing else."""
    said = node.keys() - {"id", "extension"}
    plain = isinstance(node.get("reference", ""), str) and isinstance(node.get("type", ""), str)
    return bool(said & MARKS) and node.keys() <= LINK and plain and len(said) > ("reference" not in said)
