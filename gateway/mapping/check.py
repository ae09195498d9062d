"""The static check: every rule typed by the models of both sides, every finding with place and repair (law 1)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gateway.domain.codec import Model
from gateway.domain.problem import Problem
from gateway.mapping.behind import Behind, Source
from gateway.mapping.circles import circles
from gateway.mapping.language import (
    Condition,
    Constant,
    Guard,
    Link,
    MapFile,
    Path,
    Place,
    Rule,
    Side,
    Statement,
    finding,
)
from gateway.mapping.plan import (
    Copying,
    End,
    FormatPlan,
    GuardPlan,
    IgnorePlan,
    RulePlan,
    ScopePlan,
    Step,
    Test,
)
from gateway.mapping.resolve import PathError, Resolver, shown

BOTH = "<->"


@dataclass(slots=True)
class Builder(Behind):
    """Types the maps of one format, one after the other, and collects what is wrong."""

    def scope(self, file: MapFile) -> ScopePlan:
        """Type one map."""
        for key, text in (("source", file.source), ("target", file.target)):
            if not text:
                repair = f"add `{key}: ...`, the type the rules stand on"
                self.wrong("map.yaml.missing", file.place, f"the key `{key}` is missing", repair)
        left_leaf = file.source != self.left.model.root and not self.left.model.parts(file.source)
        plan = ScopePlan(file.name, file.source, file.target, left_leaf)
        plan.rules = tuple(self.statements(file.rules, file.source, file.target))
        plan.ignore = tuple(self.ignored(file))
        for forth, names in ((True, file.copy_in), (False, file.copy_out)):
            if names:
                chosen = frozenset[str]() if "rest" in names else frozenset(names)
                plan.copies[forth] = Copying(self.note(file.place, f"copy: {', '.join(names)}"), chosen)
        plan.ignore += tuple(self.excepted(file))
        self.keys(file)
        return plan

    def excepted(self, file: MapFile) -> Iterator[IgnorePlan]:
        """What a copy leaves out both ways."""
        for path in file.excepted:
            steps = self.steps(self.left, path, file.source, file.place)
            if steps:
                number = self.note(file.place, path.text, "except")
                yield from (IgnorePlan(number, steps, fhir, absolute=False) for fhir in (False, True))

    def ignored(self, file: MapFile) -> Iterator[IgnorePlan]:
        """Type the ignored paths."""
        for entry in file.ignore:
            side, scope = (self.right, file.target) if entry.fhir else (self.left, file.source)
            steps = self.steps(side, entry.path, scope, entry.place)
            if steps is not None:
                yield IgnorePlan(
                    self.note(entry.place, entry.path.text, entry.reason), steps, entry.fhir, entry.path.absolute
                )

    def steps(
        self, side: Resolver, path: Path, scope: str, place: Place, siblings: Sequence[Path] = ()
    ) -> tuple[Step, ...] | None:
        """Typed steps, or None with the finding noted."""
        try:
            return side.path(path, scope, place, siblings)
        except PathError as fault:
            self.problems.append(fault.problem)
            return None

    def statements(self, rules: Sequence[Statement], source: str, target: str) -> Iterator[RulePlan | GuardPlan]:
        """Type a list of rules and guards that stand on the same two objects."""
        flat = list(flatten(rules))
        siblings = (
            [rule.left for rule in flat if isinstance(rule.left, Path)],
            [rule.right for rule in flat if isinstance(rule.right, Path)],
        )
        for rule in rules:
            plan = (
                self.guard(rule, source, target)
                if isinstance(rule, Guard)
                else self.rule(rule, source, target, siblings)
            )
            if plan:
                yield plan

    def guard(self, guard: Guard, source: str, target: str) -> GuardPlan | None:
        """Type a guard and the rules below it."""
        when = self.tests(guard.when, self.left, source, guard.place)
        back = self.tests(guard.back, self.right, target, guard.place)
        if contradictory(guard.when) and not guard.any:
            self.wrong(
                "map.never",
                guard.place,
                "these conditions exclude each other, so no rule below can fire",
                "mend `when:`",
            )
        return GuardPlan(when, back, guard.any, tuple(self.statements(guard.rules, source, target)))

    def tests(self, conditions: Sequence[Condition], side: Resolver, scope: str, place: Place) -> tuple[Test, ...]:
        """Typed conditions; patterns must exist."""
        found = []
        for condition in conditions:
            try:
                found.append(side.test(condition, scope, place))
            except PathError as fault:
                self.problems.append(fault.problem)
        self.patterns(found, place)
        return tuple(found)

    def patterns(self, tests: Sequence[Test], place: Place) -> None:
        """Each `~` names a pattern of the format."""
        for test in tests:
            if test.pattern and test.pattern not in self.source.patterns:
                repair = f"define it under `patterns:`; known: {shown(tuple(self.source.patterns))}"
                self.wrong("map.pattern", place, f"there is no pattern `{test.pattern}`", repair)

    def rule(self, rule: Rule, source: str, target: str, siblings: tuple[list[Path], list[Path]]) -> RulePlan | None:
        """Type one rule; None where something is wrong (the finding is noted)."""
        before = len(self.problems)
        left = self.end(rule.left, self.left, source, rule.place, siblings[0])
        right = self.end(rule.right, self.right, target, rule.place, siblings[1])
        if left is None or right is None:
            return None
        self.never(rule)
        if rule.name:
            self.named.add(rule.name)
        plan = RulePlan(self.note(rule.place, rule.text), rule.arrow, left, right, name=rule.name)
        if rule.arrow != BOTH:
            plan = replace(plan, one_way=self.note(rule.place, rule.text, f"one way: {rule.text}"))
        plan = self.below(rule, plan, source, target)
        return plan if len(self.problems) == before else None

    def end(self, side: Side, resolver: Resolver, scope: str, place: Place, siblings: list[Path]) -> End | None:
        """One side of a rule."""
        if isinstance(side, Constant):
            return End(constant=side.text, fallback=side.fallback)
        if isinstance(side, Link):
            self.linked.append((side.name, place))
            return End(link=side.name, every=side.every)
        steps = self.steps(resolver, side, scope, place, siblings)
        if steps is None:
            return None
        for step in steps:
            self.patterns(step.tests, place)
        return End(steps, side.absolute)

    def never(self, rule: Rule) -> None:
        """A rule whose arrow the format's direction rules out can never fire."""
        wrong = {"in": "<-", "out": "->"}.get(self.source.direction)
        if rule.arrow == wrong:
            sentence = f"the format goes only `{self.source.direction}`, so a rule with {wrong} can never fire"
            self.wrong("map.never", rule.place, sentence, "take the rule away or change `direction:`")

    def below(self, rule: Rule, plan: RulePlan, source: str, target: str) -> RulePlan:
        """What stands behind the two sides: a block, a map, conversions, or what the types ask for."""
        types = self.kinds(plan, source, target)
        plan = self.constants(plan, *types, rule.place)
        calls = [c.word for c in rule.conversions if c.word in self.source.maps]
        if (calls or rule.block is not None) and plan.right.steps and plan.right.steps[-1].primitive:
            sentence = "a block or a map fills an object, but the FHIR side ends at a single value"
            self.wrong(
                "map.type", rule.place, sentence, "end the path one step earlier, or write a rule without a block"
            )
        if rule.block is not None:
            inner = ScopePlan(rule.text, *types, left_leaf=self.is_leaf(plan.left, types[0], source))
            inner.rules = tuple(self.statements(rule.block, *types))
            return replace(plan, scope=inner)
        if calls:
            return self.call(rule, plan, calls[0], types)
        if not plan.left.is_path or not plan.right.is_path:
            return plan
        return self.leaf_rule(rule, plan, types)


def flatten(rules: Sequence[Statement]) -> Iterator[Rule]:
    """All rules of a list, those under guards too, without their blocks."""
    for rule in rules:
        if isinstance(rule, Guard):
            yield from flatten(rule.rules)
        else:
            yield rule


def contradictory(conditions: Sequence[Condition]) -> bool:
    """Whether two conditions ask the same place for different values."""
    wanted: dict[str, set[str]] = {}
    for condition in conditions:
        if condition.operator in {"=", "in"} and not condition.negated:
            values = set(condition.values)
            wanted[condition.path.text] = wanted.get(condition.path.text, values) & values
    return any(not values for values in wanted.values())


def build(source: Source, left: Model, right: Model) -> tuple[FormatPlan, list[Problem]]:
    """Type all maps of a format; with a problem of severity error the plan must not run."""
    builder = Builder(source, Resolver(left, "left"), Resolver(right, "FHIR"), FormatPlan(left, right))
    for name, file in source.maps.items():
        if not file.is_root:
            if file.when or file.back:
                sentence = f"`when:` and `back:` choose root maps; `{name}` is called by rules and is none"
                builder.wrong(
                    "map.guard", file.place, sentence, "put them over the rules: `- when: [...]` with `rules:`"
                )
            builder.plan.maps[name] = builder.scope(file)
    for name in source.roots:
        file = source.maps[name]
        when = builder.tests(file.when, builder.left, left.root, file.place)
        back = builder.tests(file.back, builder.right, right.root, file.place)
        builder.plan.roots.append((file, builder.scope(file), when, back))
    builder.problems += unreachable(builder)
    for name in sorted(circles(builder.plan)):
        sentence = f"the map `{name}` comes back to itself on the same object, so it would never end"
        builder.wrong(
            "map.circle", source.maps[name].place, sentence, "call it on something below, not on `.` or `/...`"
        )
    return builder.plan, list(dict.fromkeys(builder.problems))


def unreachable(builder: Builder) -> Iterator[Problem]:
    """Maps nobody calls, names nobody gives, tables nobody asks, formats without a root; what is inherited may rest."""
    own = builder.source.place.beside
    if not builder.source.roots:
        yield finding(
            "map.root", builder.source.place, "no map has `target: resources`", "add the map everything starts from"
        )
    for name, file in builder.source.maps.items():
        if not file.is_root and name not in builder.called and own(file.place.file):
            sentence = f"the map `{name}` is called by no rule, so it can never fire"
            yield finding("map.never", file.place, sentence, f"call it with `| {name}` or delete the file", "warning")
    for name, place in builder.linked:
        if name not in builder.named:
            repair = f"name a result with `as {name}`; known: {shown(tuple(sorted(builder.named)))}"
            yield finding("map.link.name", place, f"no rule makes a result named `{name}`", repair)
    for name, table in builder.source.surroundings.tables.items():
        if name not in builder.tables and own(table.file):
            yield finding(
                "map.code.unused",
                table.file,
                "no rule asks this table",
                "use it with `| code`, or delete it",
                "warning",
            )
