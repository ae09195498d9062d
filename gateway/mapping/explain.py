"""Where each value of a result came from: rule, place in the source, value before (law 5)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.domain.codec import Key, Model
from gateway.mapping.account import UNLISTED, Path, places_of
from gateway.mapping.format import Format
from gateway.mapping.run import Result, leaves
from gateway.mapping.runtime import Run

RULE, SOURCE, SOURCE_KEY, BEFORE, TARGET, TARGET_KEY, AFTER = range(7)
Line = tuple[Any, ...]
NONE: Line = (-1, None, None, None, None, None, None)


@dataclass(frozen=True, slots=True)
class Origin:
    """One value of the result: its path and value, the rule, and where the value stood before.

    `at` is the path as keys, below the type and its number.
    """

    path: str
    value: Any
    rule: str
    source: str
    before: Any
    at: Path = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Explanation:
    """All values of a result, what was ignored with its reason, and what no rule used."""

    values: list[Origin]
    ignored: list[tuple[str, str]]
    unmapped: list[tuple[str, Any]]


def explain(form: Format, result: Result) -> Explanation:
    """The explanation of a run in the variant `lineage`."""
    if result.book is None or form.plan is None:
        return Explanation([], [], [])
    source, target = form.model, form.fhir_model
    values = list(origins(form, result.book, target, source))
    notes = form.plan.notes
    ignored = [(source.place(leaf.path), notes[leaf.rule].reason) for leaf in result.ignored]
    return Explanation(values, ignored, [(source.place(leaf.path), leaf.value) for leaf in result.unmapped])


class Book:
    """The lines of lineage, found by the place they wrote."""

    def __init__(self, run: Run) -> None:
        self.leaf: dict[tuple[int, Any], Line] = {}
        self.appended: dict[int, list[Line]] = {}
        self.object: dict[int, Line] = {}
        for line in run.trace:
            if line[TARGET_KEY] is None:
                self.object[id(line[TARGET])] = line
            elif line[TARGET_KEY] == -1:
                self.appended.setdefault(id(line[TARGET]), []).append(line)
            else:
                self.leaf[id(line[TARGET]), line[TARGET_KEY]] = line

    def at(self, container: Any, key: Key, value: Any, over: Line) -> Line:
        """The line that wrote `container[key]`, or the one of the object it stands in."""
        found = self.leaf.get((id(container), key))
        if found is None and isinstance(container, list):
            lines = self.appended.get(id(container), ())
            found = next((line for line in lines if holds(line[AFTER], value)), None)
        if found is None and isinstance(container, list) and self.leaf:
            found = self.leaf.get((id(container), 0)) if not isinstance(value, dict | list) else None
        if found is None and isinstance(value, dict):
            found = self.object.get(id(value)) or self.constant(value)
        return found or over

    def constant(self, made: dict[str, Any]) -> Line | None:
        """For what selectors wrote into an object: the first rule that wrote into it, from no place of the source."""
        for key, value in made.items():
            line = self.leaf.get((id(made), key)) or next(iter(self.appended.get(id(value), ())), None)
            if line:
                return (line[RULE], *NONE[1:])
        return None


def holds(after: Any, value: Any) -> bool:
    """Whether what a rule wrote is this value, or a list with it."""
    return after is value or after == value or (isinstance(after, list) and value in after)


def origins(form: Format, run: Run, target: Model, source: Model) -> Iterator[Origin]:
    """A line per value of the result, in its order."""
    book = Book(run)
    found: list[tuple[Path, Any, Line, Path]] = []
    walk(run.dst, (), NONE, (), book, found)
    starts = places_of(run, [(line[SOURCE], line[SOURCE_KEY]) for _, _, line, _ in found])
    lines = [(path, value, line, below, start) for (path, value, line, below), start in zip(found, starts, strict=True)]
    for path, value, line, below, start in lines:
        rule = form.plan.notes[line[RULE]].place.short if form.plan and line[RULE] >= 0 else ""
        before, where = stood(run.src, start, below, line)
        yield Origin(target.place(path), value, rule, source.place(where) if where else "", before, path)


def walk(node: Any, path: Path, over: Line, below: Path, book: Book, found: list[tuple[Path, Any, Line, Path]]) -> None:  # noqa: PLR0913, PLR0917 - a recursion
    """Each leaf with the line that is nearest to it and its path below what that line wrote."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        line = book.at(node, key, value, over)
        under = (*below, key) if line is over else ()
        if isinstance(value, dict | list):
            walk(value, (*path, key), line, under, book, found)
        elif value is not None and key not in UNLISTED:
            found.append(((*path, key), value, line, under))


def stood(tree: Any, start: Path, below: Path, line: Line) -> tuple[Any, Path]:
    """What stood in the source and where; below a copied object, at the same place below it."""
    if not start:
        return line[BEFORE], ()
    place = (
        (*start, *below)
        if isinstance(line[BEFORE], dict | list) and at_path(tree, (*start, *below)) is not None
        else start
    )
    before = at_path(tree, place)
    return (line[BEFORE] if isinstance(before, dict | list) else before), place


def at_path(tree: Any, path: Sequence[Key]) -> Any:
    """The value at a path, None where it ends."""
    for key in path:
        if isinstance(tree, dict):
            tree = tree.get(key)
        elif isinstance(tree, list) and isinstance(key, int) and key < len(tree):
            tree = tree[key]
        else:
            return None
    return tree


__all__ = ["Explanation", "Origin", "explain", "leaves"]
