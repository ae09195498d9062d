"""Compiled rules between two objects: blocks, other maps, copies, references."""

from contextlib import ExitStack
from dataclasses import replace
from itertools import takewhile

from gateway.mapping.copying import left_out
from gateway.mapping.emit import Spot, template_of
from gateway.mapping.page import Job, Page
from gateway.mapping.plan import Copying, End, GuardPlan, RulePlan, ScopePlan, Step


class Objects(Page):
    """Writes rules between objects."""

    def objects(self, job: Job) -> None:
        """A rule between two objects: a block, a map or a copy of the whole."""
        rule, read = job.rule, job.read
        function = self.callee(rule)
        with ExitStack() as stack:
            spot = job.opened or self.out.read(read.steps, self.root(read), stack, rule.number)
            source = spot.value
            if self.forth and self.leaf(read) and read.steps:
                source = f"({spot.container}, {spot.key})"
            if rule.copied or rule.changes:
                self.out.used(spot, rule.number)
            if rule.changes:
                source = self.part(rule, spot, stack)
            self.target(job, spot, source, function)

    def part(self, rule: RulePlan, spot: Spot, stack: ExitStack) -> str:
        """Split a text; the map stands on each part."""
        parts, key = self.out.name("v"), self.out.name("k")
        split = self.out.constant(rule.changes[0].to_fhir)
        self.out(f"{parts} = c.split({split}({spot.value}), {spot.container}, {spot.key})")
        stack.enter_context(self.out.block(f"for {key} in range(len({parts})):"))
        return f"({parts}, {key})"

    def callee(self, rule: RulePlan) -> str:
        """Name of the function that fills the target object."""
        if rule.copied:
            return "copy_object"
        self.compiler.count = self.out.count
        name = self.compiler.inner(rule.scope) if rule.scope else f"map_{ident(rule.call)}"
        self.out.count = self.compiler.count
        return name

    def target(self, job: Job, spot: Spot, source: str, function: str) -> None:
        """Make the target object, fill it, and keep it if something was written."""
        written = job.written
        if not written.steps:
            self.out(f"if {function}({source}, t, c): w = 1")
            return
        last = written.steps[-1]
        if last.primitive and not self.forth:
            owner, _ = self.reach(job)
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
                self.attach(job, spot, made)

    def is_resource(self, written: End) -> bool:
        """Whether the written object is a resource of its own."""
        top = self.compiler.target_model.root == "resources"
        scope = self.scope.target if self.forth else self.scope.source
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

    def attach(self, job: Job, spot: Spot, made: str) -> None:
        """Put a finished object where it belongs."""
        rule, written = job.rule, job.written
        last = written.steps[-1]
        if self.is_resource(written):
            key = self.compiler.key(rule.key)
            self.out(f"c.keep({made}, {key}, {spot.value}, {rule.number}, {rule.name!r})")
            if not last.through:
                self.traced_object(rule, spot, made)
                return
            owner, _ = self.reach(job)
            self.out(f"c.point({owner}, {last.key!r}, {last.listed}, {made})")
        else:
            owner, _ = self.reach(job)
            self.assign(owner, last, made)
            if rule.name:
                self.out(f"c.results.setdefault({rule.name!r}, []).append(({spot.value}, {made}))")
        self.traced_object(rule, spot, made)

    def pointer(self, job: Job) -> None:
        """`link NAME` or `all NAME`: a reference now, or when the result exists."""
        read = job.read
        name = self.out.name("later")
        with self.out.block(f"def {name}(t=t):"):
            chosen = f"c.every({read.link!r})" if read.every else f"filter(None, [c.latest({read.link!r})])"
            self.out("done = 0")
            with self.out.block(f"for r in {chosen}:"):
                owner, last = self.reach(job)
                if last.index is not None:
                    last = each(last)
                self.out(f"done = c.point({owner}, {last.key!r}, {last.listed}, r)")
                if self.compiler.variant == "lineage":
                    self.out(f"L(({job.rule.number}, None, None, None, done, 'reference', None))")
            self.out("return done")
        self.out(f"c.later.append({name})" if read.every else f"if not {name}(): c.later.append({name})")

    def copy(self, copying: Copying) -> None:
        """`copy:` elements travel as they are, but for what rules read and what is ignored."""
        choice = copying.chosen.__contains__ if copying.chosen else everything
        choice_name, out_name = self.out.constant(choice), self.out.constant(left_out(self.kept_out() + self.named()))
        places = self.out.name("k")
        self.out(f"{places} = copy_rest(s, t, {choice_name}, {out_name})")
        self.out(f"if {places}: w = 1")
        if self.out.account:
            with self.out.block(f"for o, x, n in {places}:"):
                self.out(f"A[id(o), x] = {copying.number}")
                if self.compiler.variant == "lineage":
                    self.out(f"L(({copying.number}, o, x, o[x], n, x, n.get(x)))")

    def named(self) -> tuple[tuple[str, ...], ...]:
        """Keys that rules of this direction read, down to the first list."""
        found = []
        for rule in rules_of(self.scope):
            read = self.ends(rule)[0]
            if rule.arrow in {"<->", "->" if self.forth else "<-"} and read.steps and not read.absolute:
                single = [*takewhile(lambda step: not step.listed, read.steps)]
                found.append(tuple(step.key for step in read.steps[: len(single) + 1]))
        return tuple(dict.fromkeys(found))

    def kept_out(self) -> tuple[tuple[str, ...], ...]:
        """Keys of what is ignored in this direction: a copy leaves it out."""
        ignored = [entry for entry in self.scope.ignore if entry.fhir != self.forth and not entry.absolute]
        plain = [entry.steps for entry in ignored if not any(step.tests for step in entry.steps)]
        return tuple(tuple(step.key for step in steps) for steps in plain)


def everything(_: str) -> bool:
    """`copy: rest`."""
    return True


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
