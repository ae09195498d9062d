"""A resource walked once along the verdicts: each element released or withheld, with the reason."""

from dataclasses import dataclass, field
from typing import Any

from gateway.consent.decide import Decision, Verdict
from gateway.consent.reasons import RELEASED
from gateway.consent.trie import Node, Places, down, granted, meant, refused, root, top
from gateway.consent.vocabulary import ORIGIN, UNDER_203

GONE = object()
"""Stands for what is withheld, whole."""
ITSELF = frozenset({"resourceType", "id", "fullUrl"})
"""What a resource that is shown always says of itself."""
COUNTS = frozenset({"total", "link", "signature"})
"""What counts, leads to or signs all entries of a Bundle (chapter 2.36), those that are withheld too."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a path (without the numbers of items), why, by which class of data and which Consent."""

    path: str
    reason: str
    data: str = ""
    consent: str = ""

    @property
    def released(self) -> bool:
        """Whether it is shown."""
        return self.reason in RELEASED


@dataclass(slots=True)
class Walk:
    """One projection: the decision, and the fates of what it met."""

    decision: Decision
    tell: bool = False
    fates: list[Fate] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    """Names of resources that lie inside others and are withheld."""

    root: Node = field(init=False)

    def __post_init__(self) -> None:
        self.root = root(self.decision)

    def is_open(self) -> bool:
        """Whether nothing can be withheld."""
        made = self.decision
        refusing = "refused" in made.items.values() or any(not v.released for v in made.verdicts)
        open_to_all = any(v.released and v.path.text == "*" for v in made.verdicts)
        return not made.closed and made.freed and open_to_all and not refusing

    def resource(self, resource: dict[str, Any], kind: str = "") -> Any:
        """A resource as it is shown, GONE where it is not."""
        kind = str(resource.get("resourceType", kind))
        closed = self.decision.closed or ("" if self.decision.freed or not is_secret(resource) else "secrecy")
        item = self.decision.items.get(f"{kind}/{resource.get('id')}", "")
        if (closed and (self.decision.closed or item != "item")) or item == "refused":
            return self.lost(Fate(kind, closed or item))
        places = meant(top(kind, self.root), resource)
        denied = refused(places)
        if denied and item != "item":
            return self.lost(fate(kind, denied))
        before = len(self.fates)
        grant = Fate(kind, "item") if item == "item" else _fate(kind, granted(places))
        shown, content = self.elements(resource, places, grant, kind)
        if not content:
            del self.fates[before:]
            return self.lost(Fate(kind, "default"))
        return self.sound(resource, shown, kind, before)

    def sound(self, resource: dict[str, Any], shown: dict[str, Any], kind: str, before: int) -> Any:
        """Without what tells of the withheld: a text, a Bundle's counts; GONE where a modifier is (chapter 2.4.1.2)."""
        shown |= {key: resource[key] for key in ITSELF if key in resource}
        if not any(not one.released for one in self.fates[before:]):
            return shown
        if "modifierExtension" in resource and shown.get("modifierExtension") != resource["modifierExtension"]:
            return self.lost(Fate(kind, "modifier"))
        if "text" in shown and "div" in shown["text"]:
            self.lost(Fate(f"{kind}.text", "copy"))
            del shown["text"]
        return {key: value for key, value in shown.items() if key not in COUNTS} if kind == "Bundle" else shown

    def elements(
        self, node: dict[str, Any], places: Places, grant: Fate | None, path: str
    ) -> tuple[dict[str, Any], bool]:
        """The elements of a node that are shown, and whether they are more than frame."""
        shown, content = {}, False
        for key, value in node.items():
            if path.count(".") == 0 and key in ITSELF:
                continue
            found, more = self.value(value, down(places, key), grant, f"{path}.{key.removeprefix('_')}")
            if found is GONE and key == "resource" and isinstance(value, dict) and "resourceType" in value:
                self.gone |= {str(node.get("fullUrl")), f"{value['resourceType']}/{value.get('id')}"}
                return {}, False
            if found is not GONE:
                shown[key] = found
                content = content or more
        return shown, content

    def value(self, value: Any, pairs: Any, grant: Fate | None, path: str) -> tuple[Any, bool]:
        """One element: a list item by item."""
        if isinstance(value, list):
            made = [self.value(item, pairs, grant, path) for item in value]
            kept = [found for found, _ in made if found is not GONE]
            return (kept, any(more for found, more in made if found is not GONE)) if kept else (GONE, False)
        places = meant(pairs, value)
        denied = refused(places)
        if denied:
            return self.lost(fate(path, denied)), False
        grant = _better(grant, _fate(path, granted(places)))
        if not isinstance(value, dict):
            return self.leaf(value, grant, path)
        if "resourceType" in value:
            found = self.resource(value)
            return found, found is not GONE
        return self.node(value, places, grant, path)

    def node(self, value: dict[str, Any], places: Places, grant: Fate | None, path: str) -> tuple[Any, bool]:
        """An element with elements; withheld as one where nothing of it is shown."""
        before = len(self.fates)
        shown, content = self.elements(value, places, grant, path)
        if shown and "modifierExtension" in value and shown.get("modifierExtension") != value["modifierExtension"]:
            return self.lost(Fate(path, "modifier")), False
        if shown or (not value and grant):
            return shown, content
        if all(one.reason == "default" for one in self.fates[before:]):
            del self.fates[before:]
            self.lost(Fate(path, "default"))
        return GONE, False

    def identifier(self, kind: str, value: Any) -> bool:
        """Whether an identifier of a resource type is shown, wherever it stands."""
        places = meant(top(kind, self.root), {})
        found, _ = self.value(value, down(places, "identifier"), _fate(kind, granted(places)), f"{kind}.identifier")
        return bool(found is not GONE and found == value)

    def leaf(self, value: Any, grant: Fate | None, path: str) -> tuple[Any, bool]:
        """A value: shown where a verdict releases it."""
        if grant is None:
            return self.lost(Fate(path, "default")), False
        if self.tell:
            self.fates.append(Fate(path, grant.reason, grant.data, grant.consent))
        return value, grant.reason != "frame"

    def lost(self, one: Fate) -> Any:
        """Takes down what is withheld."""
        self.fates.append(one)
        return GONE


def is_secret(resource: dict[str, Any]) -> bool:
    """Whether it came from professionals under § 203 StGB (meta.security)."""
    meta = resource.get("meta")
    said = meta.get("security", []) if isinstance(meta, dict) else []
    codings = said if isinstance(said, list) else []
    return any(isinstance(c, dict) and (c.get("system"), c.get("code")) == (ORIGIN, UNDER_203) for c in codings)


def fate(path: str, verdict: Verdict) -> Fate:
    """What a verdict makes of a path."""
    return Fate(path, verdict.reason, verdict.data, verdict.consent)


def _fate(path: str, verdict: Verdict | None) -> Fate | None:
    return fate(path, verdict) if verdict else None


def _better(above: Fate | None, here: Fate | None) -> Fate | None:
    """The nearer release counts; the frame only where nothing else releases."""
    if above is None or (here is not None and here.reason != "frame"):
        return here if here is not None else above
    return above
