"""Compiled scopes: requirements, rules in their order, guards, shared loops, what is ignored."""

from collections.abc import Sequence
from contextlib import ExitStack
from itertools import groupby

from gateway.mapping.emit import Spot
from gateway.mapping.leaves import Leaves
from gateway.mapping.objects import Objects, each
from gateway.mapping.page import Job
from gateway.mapping.plan import GuardPlan, IgnorePlan, RulePlan, Test


class Body(Leaves, Objects):
    """The statements of one scope."""

    def write(self) -> None:
        """Requirements first, then the rules in their order, then copies and what is ignored."""
        required = [rule for rule in self.scope.rules if isinstance(rule, RulePlan) and self.is_required(rule)]
        for rule in required:
            self.out(f"if not ({self.requirement(rule)}): return 0")
        self.statements(self.scope.rules)
        if self.forth in self.scope.copies:
            self.copy(self.scope.copies[self.forth])
        if self.out.account:
            for ignored in self.scope.ignore:
                self.ignore(ignored)

    def is_required(self, rule: RulePlan) -> bool:
        """A constant on the written side of a two-way rule must stand on the read side."""
        read, written = self.ends(rule)
        return rule.arrow == "<->" and written.constant is not None and read.is_path and not written.fallback

    def requirement(self, rule: RulePlan) -> str:
        """The constant as a condition on the source."""
        read, written = self.ends(rule)
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
        if isinstance(rule, GuardPlan) or rule.arrow not in {"<->", "->" if self.forth else "<-"}:
            return object()
        read, written = self.ends(rule)
        if not read.steps or not written.is_path or not read.steps[-1].each or read.steps[-1].through:
            return object()
        if not self.forth and any(change.listing for change in rule.changes):
            return object()
        return (read.absolute, read.steps[:-1], read.steps[-1].key)

    def looped(self, rules: list[RulePlan]) -> None:
        """One loop over a list for several rules."""
        read = self.ends(rules[0])[0]
        last = read.steps[-1]
        with ExitStack() as stack:
            owner = self.out.read(read.steps[:-1], self.root(read), stack, rules[0].number).value
            items, key, item = (self.out.name(prefix) for prefix in "vki")
            self.out(f"{items} = {owner}.get({last.key!r})")
            stack.enter_context(self.out.block(f"if {items}:"))
            stack.enter_context(self.out.block(f"for {key}, {item} in enumerate({items}):"))
            self.out(f"if {item} is None: continue")
            for rule in rules:
                step = self.ends(rule)[0].steps[-1]
                with self.out.block(f"if {self.out.fits(step, item) or 'True'}:"):
                    self.out.selected(step, item, rule.number)
                    self.rule(rule, Spot(items, key, item))

    def statement(self, rule: RulePlan | GuardPlan) -> None:
        """A rule or a guard."""
        if isinstance(rule, GuardPlan):
            self.guard(rule)
        elif rule.arrow in {"<->", "->" if self.forth else "<-"}:
            self.rule(rule)
        elif self.out.account:
            self.one_way(rule)

    def rule(self, rule: RulePlan, opened: Spot | None = None) -> None:
        """One rule in the direction of the run; `opened` where a shared loop stands on its item already."""
        job = Job(rule, *self.ends(rule), opened)
        if job.read.link:
            self.pointer(job)
        elif job.read.constant is not None:
            self.constant(job)
        elif not job.written.is_path:
            self.consumed(job)
        elif rule.scope or rule.call or (rule.copied and not self.leaf(job.read)):
            self.objects(job)
        else:
            self.leaves(job)

    def guard(self, guard: GuardPlan) -> None:
        """Conditions around rules; on the way back an equality of `when:` is written."""
        tests = guard.when if self.forth else guard.back
        word = " or " if guard.any and self.forth else " and "
        conditions = [f"({self.out.test(test, 's')})" for test in tests]
        required = [rule for rule in guard.rules if isinstance(rule, RulePlan) and self.is_required(rule)]
        conditions = [word.join(conditions)] if conditions else []
        conditions += [f"({self.requirement(rule)})" for rule in required]
        with self.out.block(f"if {' and '.join(conditions) or 'True'}:"):
            if self.forth:
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
                    self.out(f"A[id({owner}), {test.keys[-1]!r}] = {first}")

    def templates(self, guard: GuardPlan) -> None:
        """Write the equalities of `when:` where the rules below wrote something."""
        steps = [test for test in guard.when if test.template]
        if steps and not guard.any:
            with self.out.block("if w:"):
                for test in steps:
                    path, value = test.template or ((), "")
                    base = "c.dst" if test.absolute else "t"
                    self.out(f"write_constant({base}, {path!r}, {value!r})")

    def one_way(self, rule: RulePlan) -> None:
        """Leaves that a rule of the other direction made come from elsewhere: ignored with that reason."""
        read, _ = self.ends(rule)
        if read.is_path and read.steps and not rule.scope and not rule.call and not rule.copied:
            self.ignore(IgnorePlan(rule.one_way, read.steps, fhir=not self.forth, absolute=read.absolute))

    def ignore(self, ignored: IgnorePlan) -> None:
        """Mark everything at a path as left out; `.` means everything of the scope that no rule uses."""
        if ignored.fhir == self.forth:
            return
        if not ignored.steps:
            self.out(f"for x in s: A.setdefault((id(s), x), {ignored.number})")
            return
        with ExitStack() as stack:
            steps = [each(step) for step in ignored.steps]
            spot = self.out.read(steps, "c.src" if ignored.absolute else "s", stack, ignored.number)
            self.out(f"A.setdefault((id({spot.container}), {spot.key}), {ignored.number})")
