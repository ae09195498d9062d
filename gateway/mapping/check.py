"""The static check: every rule typed by the models of both sides, every finding with place and repair (law 1)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gateway.domain.codec import Model
from gateway.domain.problem import Problem
from gateway.mapping import convert
from gateway.mapping.codes import Table
from gateway.mapping.language import (
    Condition,
    Constant,
    Conversion,
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
    Change,
    End,
    FormatPlan,
    GuardPlan,
    IgnorePlan,
    RuleNote,
    RulePlan,
    ScopePlan,
    Step,
    Test,
)
from gateway.mapping.resolve import PathError, Resolver, shown, typed

TEXT_TYPES = {"string", "code", "uri", "url", "canonical", "id", "markdown", "oid", "uuid", "base64Binary", "xhtml"}
BOTH = "<->"


@dataclass(frozen=True, slots=True)
class Source:
    """What the check needs of a format: its maps by name, its codec's model, its tables and options."""

    name: str
    maps: Mapping[str, MapFile]
    roots: Sequence[str]
    direction: str
    surroundings: convert.Surroundings
    patterns: Mapping[str, str]
    left_is_fhir: bool
    place: Place


@dataclass(slots=True)
class Builder:
    """Types the maps of one format, one after the other, and collects what is wrong."""

    source: Source
    left: Resolver
    right: Resolver
    plan: FormatPlan = field(default_factory=FormatPlan)
    problems: list[Problem] = field(default_factory=list)
    called: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    linked: list[tuple[str, Place]] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)

    def note(self, place: Place, text: str, reason: str = "") -> int:
        """Enter a rule or an ignored path in the book and give its number."""
        self.plan.notes.append(RuleNote(place, text, reason))
        return len(self.plan.notes) - 1

    def wrong(self, code: str, place: Place, sentence: str, repair: str) -> None:
        """Note a finding."""
        self.problems.append(finding(code, place, sentence, repair))

    def scope(self, file: MapFile) -> ScopePlan:
        """Type one map."""
        left_leaf = file.source != self.left.model.root and not self.left.model.parts(file.source)
        plan = ScopePlan(file.name, file.source, file.target, left_leaf)
        plan.rules = tuple(self.statements(file.rules, file.source, file.target))
        plan.ignore = tuple(self.ignored(file))
        if file.copy:
            plan.copy = self.note(file.place, f"copy: {', '.join(file.copy)}")
            plan.copied = () if "rest" in file.copy else file.copy
            plan.ignore += tuple(self.excepted(file))
        plan.key = tuple(self.key(text, file) for text in file.key)
        return plan

    def excepted(self, file: MapFile) -> Iterator[IgnorePlan]:
        """What a copy leaves out both ways."""
        for path in file.excepted:
            steps = self.steps(self.left, path, file.source, file.place)
            if steps:
                number = self.note(file.place, path.text, "except")
                yield from (IgnorePlan(number, steps, fhir, absolute=False) for fhir in (False, True))

    def key(self, text: str, file: MapFile) -> tuple[str, ...]:
        """One line of `key:` as keys of the finished resource, or ('link', NAME)."""
        if text.startswith("link "):
            self.linked.append((text[5:].strip(), file.place))
            return ("link", text[5:].strip())
        parts = tuple(part for part in text.split("."))
        return ("path", *parts)

    def ignored(self, file: MapFile) -> Iterator[IgnorePlan]:
        """Type the ignored paths."""
        for entry in file.ignore:
            side, scope = (self.right, file.target) if entry.fhir else (self.left, file.source)
            steps = self.steps(side, entry.path, scope, entry.place)
            if steps:
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
            return End(constant=side.text)
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
        if rule.block is not None:
            inner = ScopePlan(rule.text, *types, left_leaf=self.is_leaf(plan.left, types[0], source))
            inner.rules = tuple(self.statements(rule.block, *types))
            return replace(plan, scope=inner)
        if calls:
            return self.call(rule, plan, calls[0], types)
        if not plan.left.is_path or not plan.right.is_path:
            return plan
        return self.leaf_rule(rule, plan, types)

    def is_leaf(self, end: End, kind: str, scope: str) -> bool:
        """Whether a block's left object is a single value."""
        return end.steps[-1].primitive if end.steps else not self.left.model.parts(kind or scope)

    def kinds(self, plan: RulePlan, source: str, target: str) -> tuple[str, str]:
        """Types at the two ends."""
        left = plan.left.steps[-1].type if plan.left.steps else source
        right = plan.right.steps[-1].type if plan.right.steps else target
        return left, right

    def constants(self, plan: RulePlan, left: str, right: str, place: Place) -> RulePlan:
        """Constants take the JSON type of the other side; two of them make no rule."""
        if not plan.left.is_path and not plan.right.is_path:
            self.wrong("map.constant", place, "neither side is a place", "put a path on one side")
        if plan.left.constant is not None:
            plan = replace(plan, left=replace(plan.left, constant=typed(plan.left.constant, right)))
            plan = replace(plan, right=replace(plan.right, steps=self.right.leaf(plan.right.steps)))
        if plan.right.constant is not None:
            plan = replace(plan, right=replace(plan.right, constant=typed(plan.right.constant, left)))
            plan = replace(plan, left=replace(plan.left, steps=self.left.leaf(plan.left.steps)))
        return plan

    def call(self, rule: Rule, plan: RulePlan, name: str, types: tuple[str, str]) -> RulePlan:
        """A rule that hands both objects to another map: the types must agree."""
        called = self.source.maps[name]
        self.called.add(name)
        for side, ours, theirs in (("left", types[0], called.source), ("FHIR", types[1], called.target)):
            if ours != theirs and theirs not in {"*", ""}:
                sentence = f"the map `{name}` stands on {theirs}, but the {side} side here is {ours}"
                self.wrong("map.call", rule.place, sentence, f"name a map for {ours}, or end the path at a {theirs}")
        if len(rule.conversions) > 1:
            self.wrong("map.call", rule.place, "a map stands alone behind `|`", "take the other conversions away")
        return replace(plan, call=name, key=tuple(self.key(text, called) for text in called.key))

    def leaf_rule(self, rule: Rule, plan: RulePlan, types: tuple[str, str]) -> RulePlan:
        """A rule between two values: conversions as written, or as the types ask for."""
        if [c.word for c in rule.conversions] == ["copy"] or (not rule.conversions and self.copies(plan, types)):
            return replace(plan, copied=True)
        plan = replace(plan, left=replace(plan.left, steps=self.left.leaf(plan.left.steps)))
        changes = [self.change(conversion, types[1], rule.place) for conversion in rule.conversions]
        if not rule.conversions and not self.source.left_is_fhir and types[1] in convert.BY_TYPE:
            changes = [convert.WORDS[convert.BY_TYPE[types[1]]]((), self.source.surroundings)]
        self.fits(rule, plan, types)
        return replace(plan, changes=tuple(change for change in changes if change))

    def copies(self, plan: RulePlan, types: tuple[str, str]) -> bool:
        """Two objects of the same FHIR type are copied."""
        both = [end.steps[-1] for end in (plan.left, plan.right) if end.steps]
        return (
            self.source.left_is_fhir and len(both) == 2 and not any(s.primitive for s in both) and types[0] == types[1]
        )

    def change(self, conversion: Conversion, target: str, place: Place) -> Change | None:
        """One conversion of the fixed list, or a code table."""
        if conversion.word == "code":
            name = conversion.arguments[0] if conversion.arguments else ""
            table: Table | None = self.source.surroundings.tables.get(name)
            if table is None:
                repair = f"add codes/{name or 'TABLE'}.csv; known: {shown(tuple(self.source.surroundings.tables))}"
                self.wrong("map.code.table", place, f"there is no code table `{name}`", repair)
                return None
            self.tables.add(name)
            return convert.code(table, target)
        if conversion.word not in convert.WORDS:
            repair = f"conversions: {', '.join(convert.WORDS)}, code, copy; maps: {shown(tuple(self.source.maps))}"
            self.wrong("map.conversion", place, f"there is no conversion or map `{conversion.word}`", repair)
            return None
        return convert.WORDS[conversion.word](conversion.arguments, self.source.surroundings)

    def fits(self, rule: Rule, plan: RulePlan, types: tuple[str, str]) -> None:
        """Both ends of a plain rule are single values; an object needs a map, a block or `copy`."""
        words = {c.word for c in rule.conversions}
        left_object = bool(plan.left.steps) and not plan.left.steps[-1].primitive
        right = plan.right.steps[-1] if plan.right.steps else None
        coded = "code" in words and types[1] in {"Coding", "CodeableConcept"}
        if left_object or (right is not None and not right.primitive and not coded):
            kind = types[0] if left_object else types[1]
            sentence = f"a {kind} is an object, not a single value"
            self.wrong("map.type", rule.place, sentence, "go on to a value, or name a map, a block, `code` or `copy`")


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
    builder = Builder(source, Resolver(left, "left"), Resolver(right, "FHIR"))
    builder.plan.left, builder.plan.right = left, right
    for name, file in source.maps.items():
        if not file.is_root:
            builder.plan.maps[name] = builder.scope(file)
    for name in source.roots:
        file = source.maps[name]
        when = builder.tests(file.when, builder.left, left.root, file.place)
        back = builder.tests(file.back, builder.right, right.root, file.place)
        builder.plan.roots.append((file, builder.scope(file), when, back))
    builder.problems += unreachable(builder)
    return builder.plan, builder.problems


def unreachable(builder: Builder) -> Iterator[Problem]:
    """Maps nobody calls, names nobody gives, tables nobody asks, formats without a root."""
    if not builder.source.roots:
        yield finding(
            "map.root", builder.source.place, "no map has `target: resources`", "add the map everything starts from"
        )
    for name, file in builder.source.maps.items():
        if not file.is_root and name not in builder.called:
            sentence = f"the map `{name}` is called by no rule, so it can never fire"
            yield finding("map.never", file.place, sentence, f"call it with `| {name}` or delete the file", "warning")
    for name, place in builder.linked:
        if name not in builder.named:
            repair = f"name a result with `as {name}`; known: {shown(tuple(sorted(builder.named)))}"
            yield finding("map.link.name", place, f"no rule makes a result named `{name}`", repair)
    for name, table in builder.source.surroundings.tables.items():
        if name not in builder.tables:
            yield finding(
                "map.code.unused",
                table.file,
                "no rule asks this table",
                "use it with `| code`, or delete it",
                "warning",
            )
