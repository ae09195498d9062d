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


def _one(kind: str, resource: Resource, walk: Walk) -> Any:
    """A resource; the envelope of a Bundle has nothing of its own to withhold."""
    return resource if kind == "Bundle" and "entry" not in resource else walk.resource(resource, kind)
