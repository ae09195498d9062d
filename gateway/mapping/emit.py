"""Python source, line by line: how compiled maps read and write the steps of a path."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from gateway.mapping.plan import Step, Test
from gateway.mapping.resolve import coded


@dataclass(frozen=True, slots=True)
class Spot:
    """Names of generated variables: the container, the key in it and the value there."""

    container: str
    key: str
    value: str


SINGLE = {
    "has": "{one} is not None",
    "none": "{one} is None",
    "=": "{one} == {wanted}",
    "!=": "{one} != {wanted}",
    "in": "{one} in {all}",
    "starts": "str({one} or '').startswith({all})",
}
"""The same where there is one value at most; None stands for no value."""
COMPARISONS = {
    "has": "bool({values})",
    "none": "not {values}",
    "=": "{wanted} in {values}",
    "!=": "{wanted} not in {values}",
    "in": "any(x in {all} for x in {values})",
    "starts": "any(str(x).startswith({all}) for x in {values})",
}


@dataclass(slots=True)
class Emitter:
    """Collects source lines; constants of a map live in `namespace`, never in the text."""

    account: bool
    namespace: dict[str, Any]
    patterns: dict[str, Any] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    indent: int = 1
    count: int = 0
    mark: str = ""

    def __call__(self, line: str) -> None:
        """Add a line at the current indentation."""
        self.lines.append("    " * self.indent + line)

    def name(self, prefix: str) -> str:
        """A name nothing else has."""
        self.count += 1
        return f"{prefix}{self.mark}{self.count}"

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """A compound statement; an empty body becomes `pass`."""
        self(head)
        self.indent += 1
        before = len(self.lines)
        yield
        if len(self.lines) == before:
            self("pass")
        self.indent -= 1

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Read without accounting."""
        account, self.account = self.account, False
        yield
        self.account = account

    def constant(self, value: Any) -> str:
        """A value as source: plain ones as literals, others by name from the namespace."""
        if value is None or isinstance(value, str | int | bool):
            return repr(value)
        name = self.name("K")
        self.namespace[name] = value
        return name

    def used(self, spot: Spot, rule: int) -> None:
        """Note a source leaf as used by a rule."""
        if self.account:
            self(f"A[id({spot.container}), {spot.key}] = {rule}")

    def test(self, test: Test, value: str) -> str:
        """A condition on a value as an expression."""
        value = "c.src" if test.absolute else value
        expression = self.comparison(test, f"every({value}, {test.keys!r})", value)
        return f"not ({expression})" if test.negated else expression

    def comparison(self, test: Test, values: str, value: str) -> str:
        """One operator over all values below the keys."""
        wanted = test.values[0] if test.values else ""
        if isinstance(wanted, tuple):
            found = " or ".join(f"has_code({values}, {system!r}, {code!r})" for _, system, code in test.values)
            return f"not ({found})" if test.operator == "!=" else f"({found})"
        if test.operator == "~":
            return f"matches({self.constant(self.patterns[test.pattern])}, {values})"
        if test.operator == "=" and len(test.keys) == 1 and test.template and not test.template[0][0][1]:
            return f"{value}.get({test.keys[0]!r}) == {wanted!r}"
        operator = "has" if test.operator == "!=" and wanted == "" else test.operator
        if len(test.keys) == 1 and operator in {"has", "none"}:
            return f"{value}.get({test.keys[0]!r}) is {'not ' if operator == 'has' else ''}None"
        if test.single:
            one = f"only({value}, {test.keys!r})"
            return SINGLE[operator].format(one=one, wanted=repr(wanted), all=repr(test.values))
        return COMPARISONS[operator].format(values=values, wanted=repr(wanted), all=repr(test.values))

    def fits(self, step: Step, value: str, *, writing: bool = False) -> str:
        """All selectors of a step on an item as one expression, empty where it has none."""
        tests = [test for test in step.tests if test.template or not writing]
        found = [self.test(test, value) for test in tests]
        for other in step.others:
            chosen = [test for test in other if test.template or not writing]
            if chosen:
                found.append(f"not ({' and '.join(self.test(test, value) for test in chosen)})")
        return " and ".join(found)

    def predicate(self, step: Step, *, writing: bool = False) -> str:
        """The selectors as a function of their own, `None` where there are none."""
        expression = self.fits(step, "x", writing=writing)
        if not expression:
            return "None"
        name = self.name("p")
        self.heads += [f"def {name}(x):", f"    return {expression}"]
        return name

    def selected(self, step: Step, item: str, rule: int) -> None:
        """The leaves a selector compared are used: they come back through it."""
        for test in step.tests:
            if self.account and test.template and not test.absolute:
                keys = test.keys
                owner = item if len(keys) == 1 else f"o{self.count}"
                if len(keys) == 1:
                    self(f"A[id({item}), {keys[0]!r}] = {rule}")
                elif keys:
                    with self.block(f"for {owner} in every({item}, {keys[:-1]!r}):"):
                        self(f"A[id({owner}), {keys[-1]!r}] = {rule}")

    def read(self, steps: Sequence[Step], root: str, stack: ExitStack, rule: int, *, whole: bool = False) -> Spot:
        """Open the blocks that reach the values of a path."""
        spot = Spot("", "", root)
        for at, step in enumerate(steps):
            spot = self.enter(step, spot.value, stack, rule, whole=whole and at == len(steps) - 1)
            if step.through:
                found = self.name("r")
                self(f"{found} = c.resolve({spot.value}, {step.through!r})")
                stack.enter_context(self.block(f"if {found} is not None:"))
                self.used(spot if step.key == "reference" else Spot(spot.value, "'reference'", ""), rule)
                spot = Spot(spot.container, spot.key, found)
        return spot

    def enter(self, step: Step, owner: str, stack: ExitStack, rule: int, *, whole: bool) -> Spot:
        """Open the blocks of one step."""
        value = self.name("v")
        self(f"{value} = {owner}.get({step.key!r})")
        if whole:
            self(f"{value} = [x for x in ({value} or ())[{step.index or 0}:] if x is not None] or None")
        if not step.listed or whole:
            stack.enter_context(self.block(f"if {value} is not None:"))
            return Spot(owner, repr(step.key), value)
        stack.enter_context(self.block(f"if {value}:"))
        item = self.name("i")
        if step.each:
            key = self.name("k")
            stack.enter_context(self.block(f"for {key}, {item} in enumerate({value}):"))
            condition = " and ".join(filter(None, [f"{item} is not None", self.fits(step, item)]))
            stack.enter_context(self.block(f"if {condition}:"))
        else:
            key = self.position(step, value, stack)
            self(f"{item} = {value}[{key}]")
            stack.enter_context(self.block(f"if {item} is not None:"))
        self.selected(step, item, rule)
        return Spot(value, key, item)

    def position(self, step: Step, items: str, stack: ExitStack) -> str:
        """Which single item of a list is meant."""
        if step.index is not None:
            stack.enter_context(self.block(f"if len({items}) > {step.index}:"))
            return str(step.index)
        predicate = self.predicate(step)
        if predicate == "None":
            return "0"
        key = self.name("k")
        self(f"{key} = find({items}, {predicate})")
        stack.enter_context(self.block(f"if {key} >= 0:"))
        return key

    def reach(self, steps: Sequence[Step], root: str, rule: int, *, resources: bool = False) -> str:
        """Find or make the objects on the way to the last step; gives the owner of it."""
        owner = root
        for at, step in enumerate(steps):
            made = self.name("o")
            template = repr(template_of(step))
            if resources and at == 0:
                self(f"{made} = c.resource({step.key!r}, {self.predicate(step, writing=True)}, {template}, {rule})")
            elif step.through:
                self(f"{made} = c.through({owner}, {step.key!r}, {step.through!r}, {rule})")
            elif not step.listed:
                self(f"{made} = {owner}.get({step.key!r})")
                self(f"if {made} is None: {made} = {owner}[{step.key!r}] = {{}}")
            elif step.each:
                self(f"{made} = {template}")
                self(f"{owner}.setdefault({step.key!r}, []).append({made})")
            elif step.index is not None:
                self(f"{made} = item_at({owner}, {step.key!r}, {step.index})")
            else:
                fits = self.predicate(step, writing=True)
                self(f"{made} = c.make({owner}, {step.key!r}, {fits}, {template}, {template!r})")
            if step.listed and (step.key.startswith("_") or step.index):
                self(f"c.paired.append(({owner}, {step.key!r}))")
            owner = made
        return owner


def template_of(step: Step) -> dict[str, Any]:
    """What a new item gets from the selectors of its step."""
    made: dict[str, Any] = {}
    for test in step.tests:
        if test.template:
            write(made, *test.template)
    return made


def write(made: Any, path: tuple[tuple[str, bool], ...], value: Any) -> None:
    """Write a constant below (key, listed) steps."""
    for at, (key, listed) in enumerate(path):
        last = at == len(path) - 1
        inner: Any = (coded(value) if isinstance(value, tuple) else value) if last else {}
        if listed:
            items = made.setdefault(key, [])
            if last or not items:
                items.append(inner)
            made = items[-1]
        else:
            made[key] = inner if last else made.get(key, inner)
            made = made[key]
