"""A format ready to run: both directions, the three variants, and what it says of every leaf."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from gateway.domain.codec import Codec, Model, Spec, Tree
from gateway.domain.problem import Problem, Severity
from gateway.mapping.account import Account, Path, find_path, leftover, object_paths
from gateway.mapping.codes import Table
from gateway.mapping.compile import Compiled, Direction, Variant, compiled
from gateway.mapping.language import FormatFile
from gateway.mapping.merge import overlay
from gateway.mapping.plan import Change, FormatPlan, RuleNote
from gateway.mapping.run import Result, run
from gateway.mapping.runtime import Run


@dataclass
class Format:
    """Immutable once built and named by its content hash (law 7); what is compiled is compiled when first asked for."""

    file: FormatFile
    codec: Codec
    plan: FormatPlan | None
    patterns: Mapping[str, Any]
    tables: Mapping[str, Table]
    hash: str
    made: dict[tuple[Direction, Variant], Compiled] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The format's name."""
        return self.file.name

    @property
    def spec(self) -> Spec:
        """Options for the codec, with what else of format.yaml it needs."""
        return {"zone": "Europe/Berlin", **self.file.options, "canonical": self.file.canonical}

    @property
    def is_fhir(self) -> bool:
        """Whether the left side is FHIR too."""
        return self.file.codec == "fhir"

    @property
    def model(self) -> Model:
        """The left model."""
        return self.codec.model(self.spec)

    def goes(self, direction: Direction) -> bool:
        """Whether the format is used in a direction."""
        return self.file.direction in {"", "both", "in" if direction == "to_fhir" else "out"}

    def ready(self, direction: Direction, variant: Variant) -> Compiled:
        """The compiled maps."""
        if (direction, variant) not in self.made:
            plan = self.plan or FormatPlan(self.model, self.model)
            self.made[direction, variant] = compiled(plan, direction, variant, self.file.null, self.patterns)
        return self.made[direction, variant]

    def to_fhir(self, tree: Tree, seed: str, variant: Variant = "account") -> Result:
        """A tree of the format -> canonical resources; `seed` names what has no business identity."""
        return self.convert(tree, "to_fhir", seed, variant)

    def from_fhir(self, tree: Tree, original: Tree | None = None, variant: Variant = "account") -> Result:
        """Canonical resources -> a tree of the format; unmapped content of `original` is kept (law 4)."""
        result = self.convert(tree, "from_fhir", "", variant)
        if original is not None and self.plan is not None and result.tree:
            known = self.convert(self.to_fhir(original, "", "plain").tree, "from_fhir", "", "plain").tree
            result = replace(result, tree=overlay(original, known, result.tree))
        return result

    def convert(self, tree: Tree, direction: Direction, seed: str, variant: Variant) -> Result:
        """One run; a tree that breaks its model in a way the maps stumble over is named, not raised."""
        if self.plan is None:
            return Result(tree)
        try:
            return self.translate(tree, direction, seed, variant)
        except (AttributeError, KeyError, TypeError, ValueError):
            broken = self.broken(tree, forth=direction == "to_fhir")
            if not broken:
                raise
            return Result({}, problems=broken)
        except RecursionError:
            sentence, repair = "references lead in a circle, or it is nested too deep", "break the circle at the source"
            return Result({}, problems=[Problem("map.depth", "message", sentence, repair)])

    def broken(self, tree: Tree, *, forth: bool) -> list[Problem]:
        """Why a tree could not be translated: where it is not what its model says."""
        source = self.model if forth else self.fhir_model
        return [problem for problem in source.check(tree, self.spec) if problem.severity == "error"]

    def translate(self, tree: Tree, direction: Direction, seed: str, variant: Variant) -> Result:
        """One run with its account of a tree that is what its model says."""
        forth = direction == "to_fhir"
        done = run(
            self.ready(direction, variant), tree, seed,
            fhir_source=not forth or self.is_fhir, fhir_target=forth or self.is_fhir,
        )  # fmt: skip
        if done is None or done.book is None:
            return Result({}, problems=[self.no_root(direction)])
        if not any(items for kind, items in done.tree.items() if kind != "Bundle"):
            sentence, repair = (
                "nothing came of this message",
                "check that it carries what the maps read; a constant with <-> is required",
            )
            done.problems.append(Problem("map.empty", "message", sentence, repair))
        self.settle(done, done.book, forth=forth, counted=variant != "plain")
        return done

    def settle(self, done: Result, book: Run, *, forth: bool, counted: bool) -> None:
        """Places for what failed, and the account of all leaves."""
        source = self.model if forth else self.fhir_model
        failed = [book.parts.get(id(owner), (owner, key)) for _, owner, key, _ in book.failed]
        if counted:
            account = Account(book, self.reasons, failed, fhir_source=not forth or self.is_fhir)
            account.walk(book.src, (), -1)
            done.unmapped, done.ignored = account.unmapped, account.ignored
            paths = account.found
        else:
            paths = find_path(book.src, failed)
        for (rule, _, _, change), path in zip(book.failed, paths, strict=True):
            problem = self.failure(rule, change, source.place(path))
            done.problems.append(replace(problem, severity="error") if self.file.unmapped == "error" else problem)
        done.problems += [self.clash(done, source, *clash) for clash in done.clashes]
        said = set(paths)
        done.problems += [
            leftover(self.file.unmapped, source.place(leaf.path)) for leaf in done.unmapped if leaf.path not in said
        ]

    def clash(self, done: Result, source: Model, first: Any, second: Any, path: Path) -> Problem:
        """Two places say different things about one place of a resource."""
        where = ".".join(str(key) for key in path)
        paths = object_paths(done.book.src if done.book else {}, [first, second])
        place = " and ".join(source.place(found) or "the message" for found in paths)
        sentence = f"these say different things about {where} of the same resource"
        severity: Severity = "warning" if self.file.unmapped == "warn" else "error"
        repair = "mend the source, or choose a key that tells them apart"
        return Problem("map.contradiction", place, sentence, repair, severity)

    @property
    def fhir_model(self) -> Model:
        """The canonical model."""
        return self.plan.right if self.plan else self.model

    @cached_property
    def reasons(self) -> Sequence[str]:
        """By rule number: why it leaves a leaf out; empty for rules that use it."""
        return [note.reason for note in self.plan.notes] if self.plan else []

    def failure(self, rule: int, change: Change, place: str) -> Problem:
        """A value that a conversion could not read or a code that no table row fits."""
        note = self.plan.notes[rule] if self.plan else RuleNote(self.file.place, "")
        where = note.place.short
        if change.table:
            name, policy = change.table.name, change.table.policy.no_match
            sentence = f"the code table `{name}` has no row for this code ({where})"
            severity: Severity = "error" if policy == "error" else "warning"
            return Problem("map.code.unknown", place, sentence, f"add the code to codes/{name}.csv", severity)
        written = (text for text in note.text.split(" | ")[1:] if text.split()[0] == change.word)
        conversion = next(written, change.word)
        if change.word == "text":
            sentence = f"the value has more characters than `{conversion}` allows ({where})"
            return Problem("map.too-long", place, sentence, "shorten it at the source", "warning")
        sentence = f"the value is not what `{conversion}` reads ({where})"
        repair = "mend the value at the source, or choose another conversion"
        return Problem("map.value", place, sentence, repair, "warning")

    def no_root(self, direction: Direction) -> Problem:
        """No root map fits."""
        kinds = ", ".join(file.name for file, *_ in self.plan.roots) if self.plan else ""
        side = "message" if direction == "to_fhir" else "Bundle"
        return Problem("map.no-root", side, f"no root map of `{self.name}` fits this {side}", f"known: {kinds}")
