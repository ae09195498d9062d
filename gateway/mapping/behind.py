"""What stands behind the two sides of a rule: a block, a map, conversions, or what the types ask for."""

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from gateway.domain.problem import Problem
from gateway.mapping import coded, convert
from gateway.mapping.language import Conversion, Link, MapFile, Path, Place, Rule, finding
from gateway.mapping.plan import Change, End, FormatPlan, KeyPart, RuleNote, RulePlan
from gateway.mapping.resolve import PathError, Resolver, shown, typed

NO_ARGUMENT = operator.not_
ELSE = "else"


@dataclass(frozen=True, slots=True)
class Source:
    """What the check needs of a format: its maps by name, its codec's model, its tables and options."""

    name: str
    maps: Mapping[str, MapFile]
    roots: Sequence[str]
    direction: str
    surroundings: convert.Surroundings
    patterns: Mapping[str, object]
    left_is_fhir: bool
    place: Place


@dataclass(slots=True)
class Behind:
    """The book of a check, and the types at the end of a rule."""

    source: Source
    left: Resolver
    right: Resolver
    plan: FormatPlan
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
        changes = [self.change(other, types[1], rule.place) for other in rule.conversions if other.word != name]
        splits = len(changes) == 1 and rule.arrow == "->" and changes[0] is not None and changes[0].listing
        if changes and not splits:
            repair = "only `->` with a conversion that makes a list may stand before a map"
            self.wrong("map.call", rule.place, "a map stands alone behind `|`", repair)
        plan = replace(plan, changes=tuple(change for change in changes if change))
        return replace(plan, call=name, key=self.keys(called))

    def keys(self, file: MapFile) -> tuple[KeyPart, ...]:
        """The lines of `key:`: places of the finished resource and links to other results."""
        found = []
        for side in file.key:
            if isinstance(side, Link):
                self.linked.append((side.name, file.place))
                found.append(KeyPart(link=side.name))
            elif isinstance(side, Path) and side.text == ELSE:
                found.append(KeyPart(otherwise=True))
            elif isinstance(side, Path):
                try:
                    found.append(KeyPart(self.right.leaf(self.right.path(side, file.target, file.place))))
                except PathError as fault:
                    self.problems.append(fault.problem)
            else:
                self.wrong("map.key", file.place, "a constant identifies nothing", "name a path or `link NAME`")
        return tuple(found)

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
            table = self.source.surroundings.tables.get(name)
            if table is None:
                repair = f"add codes/{name or 'TABLE'}.csv; known: {shown(tuple(self.source.surroundings.tables))}"
                self.wrong("map.code.table", place, f"there is no code table `{name}`", repair)
                return None
            self.tables.add(name)
            return coded.code(table, target)
        if conversion.word not in convert.WORDS:
            repair = f"conversions: {', '.join(convert.WORDS)}, code, copy; maps: {shown(tuple(self.source.maps))}"
            self.wrong("map.conversion", place, f"there is no conversion or map `{conversion.word}`", repair)
            return None
        if not convert.ARGUMENTS.get(conversion.word, NO_ARGUMENT)(conversion.arguments):
            repair = "see the table of conversions in docs/reference/mapping-language.md"
            self.wrong("map.conversion", place, f"`{conversion.word}` does not take this behind it", repair)
        return convert.WORDS[conversion.word](conversion.arguments, self.source.surroundings)

    def fits(self, rule: Rule, plan: RulePlan, types: tuple[str, str]) -> None:
        """Both ends of a plain rule are single values; an object needs a map, a block or `copy`."""
        words = {c.word for c in rule.conversions}
        model = self.left.model
        scope = bool(model.parts(types[0])) and not model.samples(types[0])
        left_object = not plan.left.steps[-1].primitive if plan.left.steps else scope
        right = plan.right.steps[-1] if plan.right.steps else None
        coded = "code" in words and types[1] in {"Coding", "CodeableConcept"}
        if left_object or right is None or not (right.primitive or coded):
            kind = types[0] if left_object else types[1]
            sentence = f"a {kind} is an object, not a single value"
            self.wrong("map.type", rule.place, sentence, "go on to a value, or name a map, a block, `code` or `copy`")
