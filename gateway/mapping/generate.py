"""Trees made up from the maps and the model, for the proof that two ways are two ways (law 4)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from gateway.domain.codec import Model, Tree
from gateway.mapping.emit import template_of, write
from gateway.mapping.plan import FormatPlan, GuardPlan, RulePlan, ScopePlan, Step, Test
from gateway.mapping.run import urn
from gateway.mapping.runtime import every

TOKEN = re.compile(r"(\[[^\]]*\]|\\.|.)(?:\{(\d+)(?:,\d*)?\}|[?+])?")
DEPTH = 12
TEXTS = {"string", "ST", "TX", "FT", "markdown"}


@dataclass(slots=True)
class Grower:
    """Grows one left tree; what it writes is decided by `random` alone."""

    plan: FormatPlan
    model: Model
    patterns: Mapping[str, re.Pattern[str]]
    random: Random
    share: float = 0.6
    count: int = 0
    tree: Tree = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    """Types of the resources without which the way back would choose another root map."""

    def grow(self) -> Tree:
        """A tree for one of the root maps."""
        _, scope, when, back = self.random.choice(self.plan.roots)
        self.asked = {test.keys[0] for test in back if not test.negated and test.keys}
        for test in when:
            self.satisfy(self.tree, test)
        self.scope(scope, self.tree, 0)
        return self.tree

    def scope(self, scope: ScopePlan, owner: Any, depth: int) -> None:
        """Fill an object by the rules that stand on it."""
        if depth < DEPTH:
            for rule in scope.rules:
                self.statement(rule, owner, depth)

    def statement(self, rule: RulePlan | GuardPlan, owner: Any, depth: int) -> None:
        """A rule that is drawn, or a guard whose conditions are met."""
        if self.random.random() > self.share and not (is_constant(rule) or (depth == 0 and self.needed(rule))):
            return
        if isinstance(rule, GuardPlan):
            if not any(test.negated or test.operator in {"none", "!="} for test in rule.when):
                for test in rule.when:
                    self.satisfy(self.tree if test.absolute else owner, test)
                for inner in rule.rules:
                    self.statement(inner, owner, depth)
        elif rule.arrow == "<->" and rule.left.is_path:
            self.rule(rule, owner, depth)

    def needed(self, rule: RulePlan | GuardPlan) -> bool:
        """Whether a rule makes a resource that the root map asks for on the way back."""
        return isinstance(rule, RulePlan) and any(step.type in self.asked for step in rule.right.steps[-1:])

    def satisfy(self, owner: Any, test: Test) -> None:
        """Write a value that meets a condition."""
        if isinstance(owner, dict) and test.way and not test.negated and test.operator != "has":
            value = self.fitting(test.pattern) if test.pattern else test.values[0] if test.values else "1"
            write(owner, test.way, value or "1")

    def rule(self, rule: RulePlan, owner: Any, depth: int) -> None:
        """Write what a rule reads."""
        steps = rule.left.steps
        base = self.tree if rule.left.absolute else owner
        if not steps:
            self.below(rule, owner, depth)
            return
        if not isinstance(base, dict) or any(step.through for step in steps) or rule.copied:
            return
        for _ in range(self.random.choice((1, 1, 2)) if steps[-1].each else 1):
            self.end(rule, reach(base, steps[:-1]), steps[-1], depth)

    def end(self, rule: RulePlan, holder: dict[str, Any], step: Step, depth: int) -> None:
        """Write the last step: a value, or an object with what its rules read."""
        if rule.right.constant is not None:
            put(holder, step, rule.right.constant)
        elif not (rule.call or rule.scope):
            value = self.value(rule, step) if step.primitive else None
            if value is not None:
                put(holder, step, value)
        elif step.primitive:
            put(holder, step, self.text(step.type))
        else:
            begun = self.begun(holder, step)
            item = self.item(step) | begun
            before = len(item)
            self.below(rule, item, depth)
            taken = any(all(holds(item, test) for test in tests) for tests in step.others)
            if (begun or len(item) > before) and not taken:
                put(holder, step, item)

    def begun(self, holder: dict[str, Any], step: Step) -> dict[str, Any]:
        """A resource that a guard of the root map wrote a value into; it is taken out to be finished."""
        waiting = holder.get(step.key) if holder is self.tree and step.key == step.type else None
        if isinstance(waiting, list) and isinstance(waiting[0], dict) and "fullUrl" not in waiting[0]:
            found: dict[str, Any] = waiting.pop(0)
            return found
        return {}

    def item(self, step: Step) -> dict[str, Any]:
        """A new object as its selectors ask."""
        made = template_of(step)
        for test in step.tests:
            if test.pattern:
                self.satisfy(made, test)
        if self.model.root == "resources" and self.model.element(self.model.root, step.type):
            self.count += 1
            name = urn("generated", step.type, str(self.count))
            made |= {"resourceType": step.type, "fullUrl": name, "id": name[9:]}
        return made

    def below(self, rule: RulePlan, owner: Any, depth: int) -> None:
        """What a block or a called map reads."""
        self.scope(rule.scope or self.plan.maps[rule.call], owner, depth + 1)

    def value(self, rule: RulePlan, step: Step) -> Any:
        """A value that the rule's conversions take there and back."""
        table = next((change.table for change in rule.changes if change.table), None)
        if table:
            known = [code for code in table.inward if self.survives(rule, code)]
            return self.random.choice(known) if known else None
        samples = [value for value in self.model.samples(step.type) if self.survives(rule, value)]
        if step.type in TEXTS and samples and not rule.changes:
            return self.text(step.type)
        return self.random.choice(samples) if samples else None

    def text(self, kind: str) -> str:
        """A text nothing else has."""
        self.count += 1
        samples = self.model.samples(kind) or ("Text",)
        return f"{samples[self.count % len(samples)]} {self.count}"

    def survives(self, rule: RulePlan, value: Any) -> bool:
        """Whether a value comes back from the rule's conversions as it was."""
        there = through(value, [change.to_fhir for change in rule.changes])
        return there is not None and through(there, [change.from_fhir for change in rule.changes[::-1]]) == value

    def fitting(self, name: str) -> str:
        """A text that fits a named pattern."""
        pattern = self.patterns[name]
        text = "".join(one_of(match[1]) * int(match[2] or 1) for match in TOKEN.finditer(pattern.pattern))
        return text if pattern.fullmatch(text) else ""


def holds(item: dict[str, Any], test: Test) -> bool:
    """Whether an item of `[otherwise]` would be taken by a sibling that asks for one of some values."""
    return test.operator in {"=", "in"} and not test.negated and not {*test.values}.isdisjoint(every(item, test.keys))


def is_constant(rule: RulePlan | GuardPlan) -> bool:
    """Whether a rule's left side must have one value; without it the object would not fit."""
    return isinstance(rule, RulePlan) and rule.right.constant is not None


def one_of(sign: str) -> str:
    """A character of a class, or the character itself."""
    if sign == r"\d":
        return "1"
    return sign[1] if sign[0] in "[\\" else sign


def through(value: Any, functions: list[Callable[[Any], Any] | None]) -> Any:
    """A value through conversions; None where one cannot."""
    for function in functions:
        if function is None or value is None:
            return None
        value = function(value)
    return value


def reach(owner: dict[str, Any], steps: tuple[Step, ...]) -> dict[str, Any]:
    """Find or make the way to the last step."""
    for step in steps:
        if not step.listed:
            owner = owner.setdefault(step.key, {})
            continue
        items = owner.setdefault(step.key, [])
        template = template_of(step)
        fitting = (item for item in items if isinstance(item, dict) and item.items() >= template.items())
        found = None if step.each else next(fitting, None)
        if found is None:
            items.append(template)
            found = template
        owner = found
    return owner


def put(holder: dict[str, Any], step: Step, value: Any) -> None:
    """Write at the last step; a single place is written once."""
    if not step.listed:
        holder.setdefault(step.key, value)
    elif step.each or not holder.get(step.key):
        holder.setdefault(step.key, []).append(value)
