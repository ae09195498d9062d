"""Resources as a decision shows them: what it does not release is gone, and so is every way that leads there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.consent.decide import Decision
from gateway.consent.links import Links, names
from gateway.consent.walk import GONE, Fate, Walk

Resource = dict[str, Any]
Tree = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Projected:
    """What is shown, and the fate of what is not (of all, if asked for): paths, reasons, no values."""

    tree: Tree
    fates: tuple[Fate, ...] = ()

    @property
    def withheld(self) -> tuple[Fate, ...]:
        """What is not shown, each path once for each reason."""
        return tuple(dict.fromkeys(fate for fate in self.fates if not fate.released))


def project(tree: Mapping[str, Iterable[Resource]], decision: Decision, *, tell: bool = False) -> Projected:
    """Resources by type, projected as a whole; `tell`: also with the fate of what is shown."""
    walk = Walk(decision, tell=tell)
    if walk.is_open() and not tell:
        return Projected({kind: list(items) for kind, items in tree.items()})
    given = [(kind, resource) for kind, items in tree.items() for resource in items]
    made = [(kind, resource, _one(kind, resource, walk)) for kind, resource in given]
    links = Links(walk)
    links.shown = {name for _, resource, found in made if found is not GONE for name in names(resource)}
    links.gone = {name for _, resource, _ in made for name in names(resource)} - links.shown | walk.gone
    shown: Tree = {}
    for kind, _, found in made:
        if found is not GONE:
            kept = links.cut(found, kind)
            if kept is not GONE:
                shown.setdefault(kind, []).append(kept)
    return Projected(shown, tuple(walk.fates))


def project_bundle(bundle: Resource, decision: Decision) -> tuple[Resource, tuple[Fate, ...]]:
    """A Bundle (chapter 2.36), its entries projected together; what counts or links them goes with any of them."""
    entries = [entry for entry in bundle.get("entry", []) if isinstance(entry, dict)]
    tree: Tree = {}
    for number, entry in enumerate(entries):
        if isinstance(entry.get("resource"), dict):
            named = {**entry["resource"], "fullUrl": f"{number} {entry.get('fullUrl', '')}"}
            tree.setdefault(str(named.get("resourceType", "")), []).append(named)
    found = project(tree, decision)
    kept = {str(r["fullUrl"]).partition(" ")[0]: r for items in found.tree.values() for r in items}
    shown = [_entry(entries[int(number)], kept[number]) for number in sorted(kept, key=int)]
    frame = (
        {"resourceType", "id", "type", "identifier", "timestamp"}
        if found.withheld or len(shown) < len(entries)
        else None
    )
    rest = {key: value for key, value in bundle.items() if key != "entry" and (frame is None or key in frame)}
    return ({**rest, "entry": shown} if shown else rest), found.withheld


def _entry(entry: Resource, resource: Resource) -> Resource:
    """An entry with what is shown of its resource."""
    frame: Resource = {key: entry[key] for key in ("fullUrl", "search") if key in entry}
    return {**frame, "resource": {key: value for key, value in resource.items() if key != "fullUrl"}}


def _one(kind: str, resource: Resource, walk: Walk) -> Any:
    """A resource; the envelope of a Bundle has nothing of its own to withhold."""
    return resource if kind == "Bundle" and "entry" not in resource else walk.resource(resource, kind)
