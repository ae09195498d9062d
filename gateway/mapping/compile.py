"""Typed rules -> Python source from a small set of statements -> functions, one per map, direction and variant."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import groupby
from types import CodeType
from typing import Any, Literal

from gateway.domain.codec import Model
from gateway.mapping import runtime
from gateway.mapping.emit import Emitter, Spot, template_of
from gateway.mapping.plan import Change, End, FormatPlan, GuardPlan, IgnorePlan, RulePlan, ScopePlan, Step, Test

Direction = Literal["to_fhir", "from_fhir"]
Variant = Literal["plain", "account", "lineage"]
Function = Callable[[Any, Any, runtime.Run], int]

HELPERS = {
    name: getattr(runtime, name)
    for name in ["every", "has_code", "find", "make", "item_at", "put", "put_all", "peek", "put_code", "kept_code", "put_empty", "is_empty", "clone", "copy_rest", "taken", "matches"]
}


@dataclass(slots=True)
class Compiler:
    """Writes the source of all maps of a format for one direction and variant."""

    plan: FormatPlan
    direction: Direction
    variant: Variant
    null: str
    patterns: Mapping[str, Any]
    namespace: dict[str, Any] = field(default_factory=lambda: dict(HELPERS))
    parts: list[str] = field(default_factory=list)
    keys: list[tuple[tuple[str, ...], ...]] = field(default_factory=lambda: [()])
    count: int = 0

    @property
    def forth(self) -> bool:
        """Whether the run goes to FHIR."""
        return self.direction == "to_fhir"

    @property
    def target_model(self) -> Model:
        """Model of the side that is written."""
        model = self.plan.right if self.forth else self.plan.left
        if model is None:
            raise RuntimeError
        return model

    def ends(self, rule: RulePlan) -> tuple[End, End]:
        """The side that is read and the side that is written."""
        return (rule.left, rule.right) if self.forth else (rule.right, rule.left)

    def source(self) -> tuple[str, dict[str, str]]:
        """The whole module's source, and the function name of each root map."""
        for name, scope in self.plan.maps.items():
            self.function(scope, f"map_{ident(name)}")
        roots = {}
        for file, scope, when, back in self.plan.roots:
            roots[file.name] = f"root_{ident(file.name)}"
            self.function(scope, roots[file.name])
            self.guard_function(f"fits_{ident(file.name)}", when if self.forth else back)
        return "\n\n".join(self.parts) + "\n", roots

    def guard_function(self, name: str, tests: tuple[Test, ...]) -> None:
        """A root map's guard as a function of the source tree."""
        out = self.emitter()
        expression = " and ".join(f"({out.test(test, 's')})" for test in tests) or "True"
        self.parts.append("\n".join([*out.heads, f"def {name}(s, c):", f"    return {expression}"]))

    def emitter(self) -> Emitter:
        """A fresh page; names stay unique over the module."""
        out = Emitter(self.variant != "plain", self.namespace, dict(self.patterns))
        out.count = self.count
        return out

    def function(self, scope: ScopePlan, name: str) -> None:
        """One map or block as a function `(source, target, run) -> did it write`."""
        out = self.emitter()
        Body(self, scope, out).write()
        head = [f"def {name}(s, t, c):  # {scope.label}", "    w = 0"]
        if out.account:
            head.append("    A = c.used.append")
        if self.variant == "lineage":
            head.append("    L = c.trace.append")
        self.count = out.count
        self.parts.append("\n".join([*out.heads, *head, *out.lines, "    return w"]))

    def inner(self, scope: ScopePlan) -> str:
        """A block as a function of its own; gives its name."""
        self.count += 1
        name = f"block_{self.count}"
        self.function(scope, name)
        return name

    def key(self, key: tuple[tuple[str, ...], ...]) -> int:
        """Number of a key description."""
        if key not in self.keys:
            self.keys.append(key)
        return self.keys.index(key)


@dataclass(slots=True)
class Body:
    """The statements of one scope."""

    compiler: Compiler
    scope: ScopePlan
    out: Emitter

    def write(self) -> None:
        """Requirements first, then the rules in their order, then copies and what is ignored."""
        required = [rule for rule in self.scope.rules if isinstance(rule, RulePlan) and self.is_required(rule)]
        for rule in required:
            self.out(f"if not ({self.requirement(rule)}): return 0")
        self.statements(self.scope.rules)
        if self.scope.copy:
            self.copy()
        if self.out.account:
            for ignored in self.scope.ignore:
                self.ignore(ignored)

    def is_required(self, rule: RulePlan) -> bool:
        """A constant on the written side of a two-way rule must stand on the read side."""
        read, written = self.compiler.ends(rule)
        return rule.arrow == "<->" and written.constant is not None and read.is_path

    def requirement(self, rule: RulePlan) -> str:
        """The constant as a condition on the source."""
        read, written = self.compiler.ends(rule)
        test = Test(tuple(step.key for step in read.steps), "in", (written.constant,), absolute=read.absolute)
        return self.out.test(test, "s")

    def statements(self, rules: Sequence[RulePlan | GuardPlan]) -> None:
        """Rules in their order; neighbours over the same list share one loop, so that its order stays."""
        for _, group in groupby(rules, self.loop):
            together = list(group)
            if len(together) > 1:
                self.looped([rule for rule in together if isinstance(rule, RulePlan)])
            else:
                self.statement(together[0])

    def loop(self, rule: RulePlan | GuardPlan) -> object:
        """What neighbours must have in common to share a loop; something unlike all else for the others."""
        if isinstance(rule, GuardPlan) or rule.arrow not in {"<->", "->" if self.compiler.forth else "<-"}:
            return object()
        read, written = self.compiler.ends(rule)
        if not read.steps or not written.is_path or not read.steps[-1].each or read.steps[-1].through:
            return object()
        if not self.compiler.forth and any(change.listing for change in rule.changes):
            return object()
        return (read.absolute, read.steps[:-1], read.steps[-1].key)

    def looped(self, rules: list[RulePlan]) -> None:
        """One loop over a list for several rules."""
        read = self.compiler.ends(rules[0])[0]
        last = read.steps[-1]
        with ExitStack() as stack:
            owner = self.out.read(read.steps[:-1], self.root(read), stack, rules[0].number).value
            items, key, item = (self.out.name(prefix) for prefix in "vki")
            self.out(f"{items} = {owner}.get({last.key!r})")
            stack.enter_context(self.out.block(f"if {items}:"))
            stack.enter_context(self.out.block(f"for {key}, {item} in enumerate({items}):"))
            self.out(f"if {item} is None: continue")
            for rule in rules:
                step = self.compiler.ends(rule)[0].steps[-1]
                with self.out.block(f"if {self.out.fits(step, item) or 'True'}:"):
                    self.out.selected(step, item, rule.number)
                    self.rule(rule, Spot(items, key, item))

    def statement(self, rule: RulePlan | GuardPlan) -> None:
        """A rule or a guard."""
        if isinstance(rule, GuardPlan):
            self.guard(rule)
        elif rule.arrow in {"<->", "->" if self.compiler.forth else "<-"}:
            self.rule(rule)
        elif self.out.account:
            self.one_way(rule)

    def guard(self, guard: GuardPlan) -> None:
        """Conditions around rules; on the way back an equality of `when:` is written."""
        tests = guard.when if self.compiler.forth else guard.back
        word = " or " if guard.any and self.compiler.forth else " and "
        conditions = [f"({self.out.test(test, 's')})" for test in tests]
        required = [rule for rule in guard.rules if isinstance(rule, RulePlan) and self.is_required(rule)]
        conditions = [word.join(conditions)] if conditions else []
        conditions += [f"({self.requirement(rule)})" for rule in required]
        with self.out.block(f"if {' and '.join(conditions) or 'True'}:"):
            if self.compiler.forth:
                self.equalities(guard)
                self.statements(guard.rules)
                return
            outer = self.out.name("w")
            self.out(f"{outer} = w; w = 0")
            self.statements(guard.rules)
            self.templates(guard)
            self.out(f"w = w or {outer}")

    def equalities(self, guard: GuardPlan) -> None:
        """Leaves an equality compared come back through it, so they are used."""
        first = next((rule.number for rule in guard.rules if isinstance(rule, RulePlan)), 0)
        for test in guard.when:
            if self.out.account and test.template and not guard.any:
                owner = self.out.name("o")
                base = "c.src" if test.absolute else "s"
                with self.out.block(f"for {owner} in every({base}, {test.keys[:-1]!r})[:1]:"):
                    self.out(f"A(({owner}, {test.keys[-1]!r}, {first}))")

    def templates(self, guard: GuardPlan) -> None:
        """Write the equalities of `when:` where the rules below wrote something."""
        steps = [test for test in guard.when if test.template]
        if steps and not guard.any:
            with self.out.block("if w:"):
                for test in steps:
                    path, value = test.template or ((), "")
                    base = "c.dst" if test.absolute else "t"
                    self.out(f"write_constant({base}, {path!r}, {value!r})")

    def rule(self, rule: RulePlan, opened: Spot | None = None) -> None:
        """One rule in the direction of the run; `opened` where a shared loop stands on its item already."""
        read, written = self.compiler.ends(rule)
        if read.link:
            self.pointer(rule, read, written)
        elif written.link:
            with ExitStack() as stack:
                spot = self.out.read(read.steps, self.root(read), stack, rule.number)
                self.out.used(spot, rule.number)
        elif read.constant is not None:
            self.constant(rule, read, written)
        elif written.constant is not None:
            self.consumed(rule, read)
        elif rule.scope or rule.call or (rule.copied and not self.leaf(read)):
            self.objects(rule, read, written, opened)
        else:
            self.leaves(rule, read, written, opened)

    def leaf(self, end: End) -> bool:
        """Whether an end is a single value."""
        return end.steps[-1].primitive if end.steps else self.scope.left_leaf

    def root(self, end: End, *, target: bool = False) -> str:
        """Variable an end's path starts from."""
        if target:
            return "c.dst" if end.absolute else "t"
        return "c.src" if end.absolute else "s"

    def consumed(self, rule: RulePlan, read: End) -> None:
        """A constant that was required is used."""
        if self.out.account:
            with ExitStack() as stack:
                self.out.used(self.out.read(read.steps, self.root(read), stack, rule.number), rule.number)

    def one_way(self, rule: RulePlan) -> None:
        """Leaves that a rule of the other direction made come from elsewhere: ignored with that reason."""
        read, _ = self.compiler.ends(rule)
        if read.is_path and read.steps and not rule.scope and not rule.call and not rule.copied:
            self.ignore(IgnorePlan(rule.one_way, read.steps, fhir=not self.compiler.forth, absolute=read.absolute))

    def ignore(self, ignored: IgnorePlan) -> None:
        """Mark everything at a path as left out."""
        if ignored.fhir == self.compiler.forth:
            return
        with ExitStack() as stack:
            steps = [each(step) for step in ignored.steps]
            spot = self.out.read(steps, "c.src" if ignored.absolute else "s", stack, ignored.number)
            self.out.used(spot, ignored.number)

    def constant(self, rule: RulePlan, read: End, written: End) -> None:
        """Write a constant."""
        owner, last = self.reach(rule, written)
        self.assign(owner, last, repr(read.constant))
        self.traced(rule, None, repr(read.constant), owner, last, repr(read.constant))

    def reach(self, rule: RulePlan, written: End) -> tuple[str, Step]:
        """Make the way to the last step of the written side."""
        resources = written.absolute and self.compiler.target_model.root == "resources"
        root = self.root(written, target=True)
        return self.out.reach(written.steps[:-1], root, rule.number, resources=resources), written.steps[-1]

    def assign(self, owner: str, step: Step, value: str) -> None:
        """Write a value at a step."""
        if step.index is not None:
            self.out(f"put({owner}, {step.key!r}, {step.index}, {value})")
        elif step.listed:
            self.out(f"{owner}.setdefault({step.key!r}, []).append({value})")
        else:
            self.out(f"{owner}[{step.key!r}] = {value}")

    def traced(self, rule: RulePlan, spot: Spot | None, before: str, owner: str, step: Step, after: str) -> None:  # noqa: PLR0913, PLR0917 - one line of lineage
        """A line of lineage: rule, source container and key, value before, target container and key, value after."""
        if self.compiler.variant != "lineage":
            return
        source = f"{spot.container}, {spot.key}" if spot else "None, None"
        target, key = (
            (f"{owner}[{step.key!r}]", str(step.index if step.index is not None else -1))
            if step.listed
            else (owner, repr(step.key))
        )
        self.out(f"L(({rule.number}, {source}, {before}, {target}, {key}, {after}))")

    def pointer(self, rule: RulePlan, read: End, written: End) -> None:
        """`link NAME` or `all NAME`: a reference now, or when the result exists."""
        name = self.out.name("later")
        with self.out.block(f"def {name}(t=t):"):
            chosen = f"c.every({read.link!r})" if read.every else f"filter(None, [c.latest({read.link!r})])"
            self.out("done = 0")
            with self.out.block(f"for r in {chosen}:"):
                owner, last = self.reach(rule, written)
                if last.index is not None:
                    last = each(last)
                self.out(f"done = c.point({owner}, {last.key!r}, {last.listed}, r)")
                if self.compiler.variant == "lineage":
                    self.out(f"L(({rule.number}, None, None, None, done, 'reference', None))")
            self.out("return done")
        self.out(f"c.later.append({name})" if read.every else f"if not {name}(): c.later.append({name})")

    def copy(self) -> None:
        """`copy:` elements travel as they are."""
        read = [self.compiler.ends(rule)[0] for rule in rules_of(self.scope)]
        named = frozenset(end.steps[0].key for end in read if end.steps and not end.absolute)
        chosen = frozenset(self.scope.copied)
        choice = chosen.__contains__ if chosen else lambda key: key not in named
        kept = self.kept_out()
        choice_name, out_name = self.out.constant(choice), self.out.constant(kept)
        keys = self.out.name("k")
        self.out(f"{keys} = copy_rest(s, t, {choice_name}, {out_name})")
        self.out(f"if {keys}: w = 1")
        if self.out.account:
            with self.out.block(f"for x in {keys}:"):
                if kept:
                    self.out(f"for o, k in taken(s, x, {out_name}): A((o, k, {self.scope.copy}))")
                else:
                    self.out(f"A((s, x, {self.scope.copy}))")
                if self.compiler.variant == "lineage":
                    self.out(f"L(({self.scope.copy}, s, x, s[x], t, x, t.get(x)))")

    def kept_out(self) -> tuple[tuple[str, ...], ...]:
        """Keys of what is ignored in this direction: a copy leaves it out."""
        ignored = [entry for entry in self.scope.ignore if entry.fhir != self.compiler.forth and not entry.absolute]
        plain = [entry.steps for entry in ignored if not any(step.tests for step in entry.steps)]
        return tuple(tuple(step.key for step in steps) for steps in plain)

    def leaves(self, rule: RulePlan, read: End, written: End, opened: Spot | None) -> None:
        """A rule between two values."""
        changes = rule.changes if self.compiler.forth else rule.changes[::-1]
        steps = read.steps
        whole = not self.compiler.forth and any(change.listing for change in changes) and steps[-1].listed
        if self.compiler.null and not self.compiler.forth and steps and steps[-1].companion:
            self.empty_back(rule, read, written)
        with ExitStack() as stack:
            spot = opened or (self.out.read(steps[:-1], self.root(read), stack, rule.number) if steps else self.start())
            if steps and not opened:
                self.kept(rule, steps[-1], spot.value, written, changes, stack)
                spot = self.out.enter(steps[-1], spot.value, stack, rule.number, whole=whole)
            if self.compiler.null and self.compiler.forth and written.steps and written.steps[-1].companion:
                with self.out.block(f"if {spot.value} == {self.compiler.null!r}:"):
                    self.empty(rule, spot, written)
                stack.enter_context(self.out.block("else:"))
            self.change(rule, spot, written, changes)

    def start(self) -> Spot:
        """The scope itself as a value."""
        if not self.scope.left_leaf or not self.compiler.forth:
            return Spot("s", "''", "s")
        container, key, value = (self.out.name("v") for _ in range(3))
        self.out(f"{container}, {key} = s; {value} = {container}[{key}]")
        return Spot(container, key, value)

    def change(self, rule: RulePlan, spot: Spot, written: End, changes: tuple[Change, ...]) -> None:
        """Apply the conversions and write the result."""
        value = spot.value
        with ExitStack() as stack:
            for change in changes:
                function = change.to_fhir if self.compiler.forth else change.from_fhir
                if function is None:
                    return
                after = self.out.name("v")
                self.out(f"{after} = {self.out.constant(function)}({value})")
                if not change.quiet:
                    self.out(f"if {after} is None: c.failed.append(({rule.number}, {spot.container}, {spot.key}))")
                stack.enter_context(self.out.block(f"if {after} is not None:"))
                value = after
            flagged = self.compiler.forth and any(change.table for change in changes)
            self.store(
                rule,
                spot,
                written,
                value,
                flagged=flagged,
                many=any(c.listing for c in changes) and self.compiler.forth,
            )

    def store(
        self, rule: RulePlan, spot: Spot, written: End, value: str, *, flagged: bool = False, many: bool = False
    ) -> None:
        """Write one value and note where it came from."""
        self.out.used(spot, rule.number)
        if not written.steps:
            container, key = self.out.name("o"), self.out.name("k")
            self.out(f"{container}, {key} = t; {container}[{key}] = {value}")
            self.out("w = 1")
            return
        owner, last = self.reach(rule, written)
        if flagged and last.companion and not last.listed:
            self.out(f"put_code({owner}, {last.key!r}, {last.companion!r}, {value})")
        elif many and last.listed:
            call = (
                f"put_all({owner}, {last.key!r}, {last.index}, {value})"
                if last.index is not None
                else f"{owner}.setdefault({last.key!r}, []).extend({value})"
            )
            self.out(call)
        else:
            self.assign(owner, last, value)
        self.out("w = 1")
        self.traced(rule, spot, spot.value, owner, last, value)

    def kept(
        self, rule: RulePlan, step: Step, owner: str, written: End, changes: tuple[Change, ...], stack: ExitStack
    ) -> None:
        """The original code kept beside a primitive comes back before anything else."""
        if self.compiler.forth or not step.companion or step.listed or not any(c.table for c in changes):
            return
        found = self.out.name("v")
        self.out(f"{found} = kept_code({owner}, {step.companion!r})")
        with self.out.block(f"if {found} is not None:"):
            self.store(rule, Spot(owner, repr(step.companion), found), written, found)
            self.out.used(Spot(owner, repr(step.key), found), rule.number)
        stack.enter_context(self.out.block("else:"))

    def empty(self, rule: RulePlan, spot: Spot, written: End) -> None:
        """HL7 v2 null and its like become the extension `explicitly-empty`."""
        self.out.used(spot, rule.number)
        owner, last = self.reach(rule, written)
        at = last.index if last.index is not None else 0 if last.listed else None
        self.out(f"put_empty({owner}, {last.companion!r}, {at})")
        self.out("w = 1")

    def empty_back(self, rule: RulePlan, read: End, written: End) -> None:
        """The extension `explicitly-empty` comes back as the format's null."""
        last = read.steps[-1]
        with ExitStack() as stack:
            spot = self.out.read(read.steps[:-1], self.root(read), stack, rule.number)
            at = last.index if last.index is not None else 0 if last.listed else None
            stack.enter_context(self.out.block(f"if is_empty({spot.value}, {last.companion!r}, {at}):"))
            null = repr(self.compiler.null)
            self.store(rule, Spot(spot.value, repr(last.companion), null), written, null)

    def objects(self, rule: RulePlan, read: End, written: End, opened: Spot | None) -> None:
        """A rule between two objects: a block, a map or a copy of the whole."""
        function = self.callee(rule)
        with ExitStack() as stack:
            spot = opened or self.out.read(read.steps, self.root(read), stack, rule.number)
            source = spot.value
            if self.compiler.forth and self.leaf(read) and read.steps:
                source = f"({spot.container}, {spot.key})"
            if rule.copied:
                self.out.used(spot, rule.number)
            self.target(rule, spot, source, written, function)

    def callee(self, rule: RulePlan) -> str:
        """Name of the function that fills the target object."""
        if rule.copied:
            return "copy_object"
        self.compiler.count = self.out.count
        name = self.compiler.inner(rule.scope) if rule.scope else f"map_{ident(rule.call)}"
        self.out.count = self.compiler.count
        return name

    def target(self, rule: RulePlan, spot: Spot, source: str, written: End, function: str) -> None:
        """Make the target object, fill it, and keep it if something was written."""
        if not written.steps:
            self.out(f"if {function}({source}, t, c): w = 1")
            return
        last = written.steps[-1]
        if last.primitive and not self.compiler.forth:
            owner, _ = self.reach(rule, written)
            self.out(f"if {function}({source}, ({owner}, {last.key!r}), c): w = 1")
            return
        resource = self.is_resource(written)
        made = self.out.name("n")
        template = {**({"resourceType": last.type} if resource else {}), **template_of(last)}
        fresh = last.each or resource
        self.out(f"{made} = {'None' if fresh else self.existing(written)}")
        new = self.out.name("f")
        self.out(f"{new} = {made} is None")
        self.out(f"if {new}: {made} = {template!r}")
        with self.out.block(f"if {function}({source}, {made}, c):"):
            self.out("w = 1")
            with self.out.block(f"if {new}:"):
                self.attach(rule, spot, written, made)

    def is_resource(self, written: End) -> bool:
        """Whether the written object is a resource of its own."""
        top = self.compiler.target_model.root == "resources"
        scope = self.scope.target if self.compiler.forth else self.scope.source
        at_root = len(written.steps) == 1 and (written.absolute or scope == "resources")
        return bool(written.steps[-1].through) or (top and at_root)

    def existing(self, written: End) -> str:
        """The target object if it stands there already."""
        path = []
        for step in written.steps:
            if step.through or step.each or step.index is not None:
                return "None"
            path.append(f"({step.key!r}, {step.listed}, {self.out.predicate(step, writing=True)})")
        return f"peek({self.root(written, target=True)}, ({', '.join(path)},))"

    def attach(self, rule: RulePlan, spot: Spot, written: End, made: str) -> None:
        """Put a finished object where it belongs."""
        last = written.steps[-1]
        if self.is_resource(written):
            key = self.compiler.key(rule.key)
            self.out(f"c.keep({made}, {key}, {spot.value}, {rule.number}, {rule.name!r})")
            if not last.through:
                self.traced_object(rule, spot, made)
                return
            owner, _ = self.reach(rule, written)
            self.out(f"c.point({owner}, {last.key!r}, {last.listed}, {made})")
        else:
            owner, _ = self.reach(rule, written)
            self.assign(owner, last, made)
            if rule.name:
                self.out(f"c.results.setdefault({rule.name!r}, []).append(({spot.value}, {made}))")
        self.traced_object(rule, spot, made)

    def traced_object(self, rule: RulePlan, spot: Spot, made: str) -> None:
        """An object came from a rule: the fallback for values without a line of their own."""
        if self.compiler.variant == "lineage":
            source = f"{spot.container}, {spot.key}" if spot.container else "None, None"
            self.out(f"L(({rule.number}, {source}, None, {made}, None, None))")


def each(step: Step) -> Step:
    """The step meaning every item."""
    return replace(step, each=step.listed, index=None)


def rules_of(scope: ScopePlan) -> list[RulePlan]:
    """All rules of a scope, those under guards too."""
    found: list[RulePlan] = []
    todo = list(scope.rules)
    while todo:
        rule = todo.pop()
        if isinstance(rule, GuardPlan):
            todo += rule.rules
        else:
            found.append(rule)
    return found


def ident(name: str) -> str:
    """A map's name as a Python name; other letters by number."""
    return "".join(char if char.isascii() and char.isalnum() else f"_{ord(char)}_" for char in name)


def copy_object(source: Any, target: dict[str, Any], _: runtime.Run) -> int:
    """`| copy`: the whole object as it is."""
    target.update(runtime.clone(source))
    return 1


@dataclass(frozen=True, slots=True)
class Compiled:
    """One direction and variant of a format, ready to run."""

    roots: tuple[tuple[str, Callable[[Any, Any], bool], Function], ...]
    keys: tuple[tuple[tuple[str, ...], ...], ...]
    text: str


def compiled(
    plan: FormatPlan, direction: Direction, variant: Variant, null: str, patterns: Mapping[str, Any]
) -> Compiled:
    """Write the source and make functions of it; the only place of the gateway where source becomes code."""
    from gateway.mapping.emit import write

    compiler = Compiler(plan, direction, variant, null, patterns)
    text, roots = compiler.source()
    code: CodeType = compile(text, f"<{direction} {variant}>", "exec", dont_inherit=True)
    space: dict[str, Any] = {
        "__builtins__": SAFE,
        **compiler.namespace,
        "write_constant": write,
        "copy_object": copy_object,
    }
    exec(code, space)
    found = tuple((name, space[f"fits_{ident(name)}"], space[function]) for name, function in roots.items())
    return Compiled(found, tuple(compiler.keys), text)


SAFE = {"len": len, "enumerate": enumerate, "any": any, "str": str, "bool": bool, "filter": filter}
