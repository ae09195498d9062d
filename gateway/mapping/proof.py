"""The proof of a format: its examples, the way there and back, generated trees, coverage (laws 2 and 4)."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from gateway.domain.codec import Key, Model, Tree
from gateway.domain.problem import Problem, worst
from gateway.mapping import evidence
from gateway.mapping.account import UNLISTED, Leaf
from gateway.mapping.codes import one_way_codes
from gateway.mapping.format import Format
from gateway.mapping.generate import Grower
from gateway.mapping.language import finding
from gateway.mapping.plan import FormatPlan
from gateway.mapping.run import Result
from gateway.mapping.runtime import clone

SHOWN = 5
GENERATED = 25
ADDITIONS = "additions"
"""Word of `canonical:` for formats that write more than was read (fixed values, defaults): generated trees, which lack
them, need only come back within what is written; examples must still come back exactly."""


@dataclass(slots=True)
class Proof:
    """What was proven of a format, and what was found."""

    name: str
    examples: int = 0
    back: int = 0
    generated: int = 0
    rules: int = 0
    fired: set[int] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    @property
    def coverage(self) -> str:
        """Share of rules that an example exercises."""
        return f"{100 * len(self.fired) // self.rules} %" if self.rules else "-"


def prove(form: Format, canonical: Format, shown: str, *, bless: bool = False) -> Proof:
    """Run all examples and generated trees of a format; `canonical` writes FHIR, `bless` missing expectations."""
    proof = Proof(form.name)
    if form.plan is None:
        return proof
    proof.rules = sum(1 for note in form.plan.notes if not note.reason)
    folder = form.file.folder / "examples"
    for path in sorted(folder.glob("*.in.*")):
        Example(form, canonical, path, f"{shown}/examples/{path.name}", proof).run(bless=bless)
    for path in sorted(folder.glob("*.fhir.json")):
        if not any(folder.glob(f"{path.name.removesuffix('.fhir.json')}.in.*")):
            Example(form, canonical, path, f"{shown}/examples/{path.name}", proof).outward(path, bless=bless)
    if form.goes("to_fhir") and form.goes("from_fhir"):
        proof.problems += list(trees(form, form.plan))
        proof.generated = GENERATED
    proof.problems += list(codes(form))
    return proof


def codes(form: Format) -> Iterator[Problem]:
    """Codes that do not come back as themselves, in the format's own tables that are used both ways."""
    if form.goes("to_fhir") and form.goes("from_fhir"):
        for table in form.tables.values():
            lost = one_way_codes(table)
            if lost and table.outward and form.file.place.beside(table.file):
                sentence = f"{len(lost)} code(s) do not come back as themselves: {', '.join(lost[:SHOWN])}"
                repair = "nothing to mend where their line says `in` on purpose"
                yield finding("map.code.one-way", table.file, sentence, repair, "information")


@dataclass(slots=True)
class Example:
    """One example file and the files beside it."""

    form: Format
    canonical: Format
    path: Path
    shown: str
    proof: Proof

    def wrong(self, code: str, sentence: str, repair: str) -> None:
        """Note a finding at the example."""
        self.proof.problems.append(finding(code, self.shown, sentence, repair))

    def beside(self, ending: str) -> Path:
        """A file of the same example."""
        return self.path.with_name(self.path.name.partition(".in.")[0] + ending)

    def run(self, *, bless: bool) -> None:
        """To FHIR, compared with `.fhir.json`; back, compared with `.back.*` or the input."""
        self.proof.examples += 1
        data = self.path.read_bytes()
        decoded = self.form.codec.decode(data, self.form.spec)
        self.proof.problems += [
            placed(problem, self.shown) for problem in decoded.problems if problem.severity == "error"
        ]
        seed = hashlib.sha256(data).hexdigest()
        for number, tree in enumerate(decoded.trees, 1):
            result = self.form.to_fhir(tree, f"{seed}:{number}", "lineage")
            self.note(result)
            if worst(result.problems) == "error":
                continue
            if len(decoded.trees) == 1:
                self.expect(self.beside(".fhir.json"), self.encode(self.canonical, result.tree), bless=bless)
            if self.form.goes("from_fhir"):
                self.back(tree, result, bless=bless)

    def note(self, result: Result) -> None:
        """Errors of a run are findings; the rules that fired are counted."""
        self.proof.problems += [
            placed(problem, self.shown) for problem in result.problems if problem.severity == "error"
        ]
        if result.book:
            numbers = set(result.book.used.values()) | {line[0] for line in result.book.trace}
            self.proof.fired |= {rule for rule in numbers if not self.form.reasons[rule]}

    def encode(self, form: Format, tree: Tree) -> bytes:
        """Bytes of a tree; what the codec finds wrong is a finding here."""
        encoded = form.codec.encode([tree], form.spec)
        self.proof.problems += [
            placed(problem, self.shown) for problem in encoded.problems if problem.severity == "error"
        ]
        return encoded.data

    def expect(self, path: Path, data: bytes, *, bless: bool) -> None:
        """Compare with an expectation, if there is one, as trees of the canonical form."""
        if not path.exists():
            if bless:
                path.write_bytes(data)
            return
        form = self.canonical if path.name.endswith(".fhir.json") else self.form
        wanted, found = (first(form, part) for part in (path.read_bytes(), data))
        places = list(differences(evidence.without(wanted), evidence.without(found), form.model))
        if places and bless:
            path.write_bytes(data)
        elif places:
            sentence = f"the result differs from {path.name} at {', '.join(places[:SHOWN])}"
            self.wrong("map.example", sentence, "mend the map, or the expectation if the result is right (`--bless`)")

    def back(self, tree: Tree, result: Result, *, bless: bool) -> None:
        """The way back gives the input, but for what no rule used and what `canonical:` levels out."""
        self.proof.back += 1
        returned = self.form.from_fhir(clone(result.tree), variant="lineage")
        self.note(returned)
        data = self.encode(self.form, returned.tree)
        expected = next(iter(self.path.parent.glob(self.path.name.partition(".in.")[0] + ".back.*")), None)
        if expected:
            self.expect(expected, data, bless=bless)
            return
        places = list(lost(self.form, tree, result, first(self.form, data)))
        if places:
            sentence = f"the way back differs from the input at {', '.join(places[:SHOWN])}"
            self.wrong(
                "map.round-trip", sentence, "mend the rules, write -> and <- apart, or declare it under `canonical:`"
            )

    def outward(self, path: Path, *, bless: bool) -> None:
        """An example that starts with FHIR: what is written is compared with `.back.*`."""
        self.proof.examples += 1
        result = self.form.from_fhir(first(self.canonical, path.read_bytes()), variant="lineage")
        self.note(result)
        ending = f".back{self.form.codec.extension}"
        target = path.with_name(path.name.removesuffix(".fhir.json") + ending)
        self.expect(target, self.encode(self.form, result.tree), bless=bless)


def placed(problem: Problem, where: str) -> Problem:
    """A problem of a run as a finding about an example."""
    return Problem(problem.code, f"{where}: {problem.place}", problem.sentence, problem.repair, problem.severity)


def first(form: Format, data: bytes) -> Tree:
    """The first tree of some bytes, empty where there is none."""
    trees = form.codec.decode(data, form.spec).trees
    return trees[0] if trees else {}


def lost(form: Format, tree: Tree, result: Result, returned: Tree, *, additions: bool = False) -> Iterator[str]:
    """Places where the way back differs from the input, unmapped and ignored leaves (and `additions`) aside."""
    kept = pruned(tree, [*result.unmapped, *result.ignored])
    whole, wanted, found = (level(form, part) for part in (tree, kept, returned))
    if whole != found:
        yield from differences(wanted, within(wanted, found) if additions else found, form.model)


def level(form: Format, tree: Tree) -> Tree:
    """A tree without the differences that the format declares as none."""
    return pruned(form.model.canonical(without_type(tree) if form.is_fhir else tree, form.spec), [])


def within(wanted: Any, found: Any) -> Any:
    """The part of `found` that has the shape of `wanted`."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return {key: within(wanted[key], item) for key, item in found.items() if key in wanted}
    if isinstance(wanted, list) and isinstance(found, list):
        return [within(*pair) for pair in zip(wanted, found, strict=False)]
    return found


def without_type(tree: Tree) -> Tree:
    """A resource tree without Bundle.type, which is the codec's to write."""
    envelope = [
        {key: value for key, value in item.items() if key not in UNLISTED | {"type"}} for item in tree.get("Bundle", ())
    ]
    return {**tree, "Bundle": envelope}


def pruned(tree: Tree, leaves: list[Leaf]) -> Tree:
    """A copy without some leaves and without what becomes empty by it."""
    copy = clone(tree)
    for leaf in leaves:
        holder = copy
        for key in leaf.path[:-1]:
            holder = holder[key]
        holder[leaf.path[-1]] = None
    found: Tree = bare(copy) or {}
    return found


def bare(value: Any) -> Any:
    """A tree without empty parts; None for nothing."""
    if isinstance(value, dict):
        return {key: item for key, item in ((k, bare(v)) for k, v in value.items()) if item is not None} or None
    if isinstance(value, list):
        return [item for item in map(bare, value) if item is not None] or None
    return value


def differences(wanted: Any, found: Any, model: Model, path: tuple[Key, ...] = ()) -> Iterator[str]:
    """Places where two trees differ, never values."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key in {**wanted, **found}:
            yield from differences(wanted.get(key), found.get(key), model, (*path, key))
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for number, pair in enumerate(zip(wanted, found, strict=True)):
            yield from differences(*pair, model, (*path, number))
    elif wanted != found:
        yield model.place(path) or "the whole"


def trees(form: Format, plan: FormatPlan) -> Iterator[Problem]:
    """One finding for all generated trees that do not come back, the places met most often first."""
    lists = [places for number in range(GENERATED) if (places := grown(form, plan, number))]
    if lists:
        met = Counter(place for places in lists for place in dict.fromkeys(places))
        often = ", ".join(place for place, _ in met.most_common(SHOWN))
        sentence = f"{len(lists)} of {GENERATED} generated trees do not come back, most often at {often}"
        repair = "mend the rules, write -> and <- apart, or declare it under `canonical:`"
        yield finding("map.round-trip", form.file.place, sentence, repair)


def grown(form: Format, plan: FormatPlan, number: int) -> list[str]:
    """Places where one generated tree does not come back."""
    seeded = Random(number)  # noqa: S311 - the same trees each time, nothing secret
    tree = Grower(plan, form.model, form.patterns, seeded).grow()
    if not bare(tree):
        return []
    result = form.to_fhir(tree, str(number))
    places = [p.place for p in result.problems if p.severity == "error"]
    returned = form.from_fhir(clone(result.tree))
    return places or list(lost(form, tree, result, returned.tree, additions=ADDITIONS in form.file.canonical))
