"""The account of a run: which source leaves were used, ignored or left over (law 2), and where things stood."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gateway.domain.codec import Key, Tree
from gateway.domain.problem import Problem, Severity
from gateway.mapping.runtime import Run

UNLISTED = frozenset({"resourceType", "fullUrl", "id"})
ENVELOPE = ("Bundle", 0)

Path = tuple[Key, ...]


@dataclass(slots=True)
class Leaf:
    """A leaf that no rule used: its path, its value, and the number of the note that ignores it (-1: none)."""

    path: Path
    value: Any
    rule: int


class Account:
    """The walk over all leaves of a source; on its way it finds the paths of some (container, key) pairs."""

    def __init__(
        self, book: Run, reasons: Sequence[str], wanted: Sequence[tuple[Any, Any]], *, fhir_source: bool
    ) -> None:
        self.marks, self.reasons, self.fhir = book.used, reasons, fhir_source
        self.wanted = wanted
        self.paths: dict[int, Path | None] = {id(container): None for container, _ in wanted}
        self.unmapped: list[Leaf] = []
        self.ignored: list[Leaf] = []

    def walk(self, node: Any, path: Path, over: int) -> None:
        """Go down; `over` is the rule that took a whole subtree, -1 for none."""
        own, marks = id(node), self.marks
        if own in self.paths:
            self.paths[own] = path
        for key, value in node.items() if node.__class__ is dict else enumerate(node):
            rule = marks.get((own, key), over)
            kind = value.__class__
            if kind is dict or kind is list:
                if rule < 0 or self.reasons[rule]:
                    self.walk(value, (*path, key), rule)
            elif rule < 0 or self.reasons[rule]:
                self.left(path, key, value, rule)

    @property
    def found(self) -> list[Path]:
        """The paths of what was wanted; empty where the walk did not come by."""
        paths = [self.paths[id(container)] for container, _ in self.wanted]
        return [() if path is None else (*path, key) for path, (_, key) in zip(paths, self.wanted, strict=True)]

    def left(self, path: Path, key: Key, value: Any, rule: int) -> None:
        """Note a leaf that no rule used, unless it is the identity of a resource or what the codec writes."""
        if value is None or (self.fhir and (key in UNLISTED or (key == "type" and path == ENVELOPE))):
            return
        (self.unmapped if rule < 0 else self.ignored).append(Leaf((*path, key), value, rule))


def find_path(tree: Tree, containers: Sequence[tuple[Any, Any]]) -> list[Path]:
    """Paths of (container, key) pairs in a tree; containers that are not in it give an empty path."""
    wanted = {id(container) for container, _ in containers}
    paths: dict[int, Path] = {id(tree): ()}
    stack: list[tuple[Any, Path]] = [(tree, ())]
    while stack:
        node, path = stack.pop()
        if id(node) in wanted:
            paths[id(node)] = path
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            if isinstance(value, dict | list):
                stack.append((value, (*path, key)))
    return [(*paths[id(container)], key) if id(container) in paths else () for container, key in containers]


def places_of(book: Run, containers: Sequence[tuple[Any, Any]]) -> list[Path]:
    """Source paths of (container, key) pairs; a part of a split text stands where the text stood."""
    return find_path(book.src, [book.parts.get(id(container), (container, key)) for container, key in containers])


def object_paths(tree: Tree, objects: Sequence[Any]) -> list[Path]:
    """Paths of objects in a tree."""
    return [path[:-1] for path in find_path(tree, [(item, "") for item in objects])]


def leftover(policy: str, place: str) -> Problem:
    """The finding for an unmapped leaf, by the format's policy."""
    severity: Severity = "error" if policy == "error" else "warning"
    repair = "add a rule for it, or `ignore:` it with the reason"
    return Problem("map.unmapped", place, "no rule uses this value", repair, severity)
