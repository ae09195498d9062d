"""Typed rules -> Python source from a small set of statements -> functions, one per map, direction and variant."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Literal

from gateway.domain.codec import Model
from gateway.mapping import coded, copying, runtime
from gateway.mapping.emit import Emitter, write
from gateway.mapping.objects import ident, rules_of
from gateway.mapping.plan import End, FormatPlan, KeyPart, RulePlan, ScopePlan, Test
from gateway.mapping.statements import Body

Direction = Literal["to_fhir", "from_fhir"]
Variant = Literal["plain", "account", "lineage"]
Function = Callable[[Any, Any, runtime.Run], int]
KeyFunction = Callable[[Any], list[tuple[int, Any]]]

WORDS = (
    "every only has_code find item_at put put_all peek put_code put_codes put_null_code kept_at put_empty "
    "is_empty clone matches"
)
HELPERS = {
    "copy_rest": copying.copy_rest,
    "kept_of": coded.kept_of,
    **{name: getattr(runtime, name) for name in WORDS.split()},
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
    keys: list[tuple[KeyPart, ...]] = field(default_factory=lambda: [()])
    count: int = 0

    @property
    def forth(self) -> bool:
        """Whether the run goes to FHIR."""
        return self.direction == "to_fhir"

    @property
    def target_model(self) -> Model:
        """Model of the side that is written."""
        return self.plan.right if self.forth else self.plan.left

    def ends(self, rule: RulePlan) -> tuple[End, End]:
        """The side that is read and the side that is written."""
        return (rule.left, rule.right) if self.forth else (rule.right, rule.left)

    def source(self) -> tuple[str, dict[str, str]]:
        """The whole module's source, and the function name of each root map."""
        for name, scope in self.plan.maps.items():
            self.function(scope, f"map_{ident(name)}")
        roots = {}
        for file, scope, when, back in self.plan.roots:
            if not any(rule.arrow in {"<->", "->" if self.forth else "<-"} for rule in rules_of(scope)):
                continue  # a root map whose rules all go the other way is none here
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
        head = [f"def {name}(s, t, c):  # {scope.label!a}", "    w = 0"]
        if out.account:
            head.append("    A = c.used")
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

    def key(self, key: tuple[KeyPart, ...]) -> int:
        """Number of a key; its places become a function of the finished resource."""
        if key not in self.keys:
            self.keys.append(key)
            self.key_function(key, len(self.keys) - 1)
        return self.keys.index(key)

    def key_function(self, key: tuple[KeyPart, ...], number: int) -> None:
        """`key_N(resource)` -> (number of the line, value) pairs."""
        out = Emitter(account=False, namespace=self.namespace, patterns=dict(self.patterns), mark=f"_key{number}_")
        for line, part in enumerate(key):
            if part.steps:
                with ExitStack() as stack:
                    spot = out.read(part.steps, "s", stack, 0)
                    out(f"found.append(({line}, {spot.value}))")
        head = [f"def key_{number}(s):", "    found = []"]
        self.parts.append("\n".join([*out.heads, *head, *out.lines, "    return found"]))


def copy_object(source: Any, target: dict[str, Any], _: runtime.Run) -> int:
    """`| copy`: the whole object as it is."""
    target.update(runtime.clone(source))
    return 1


@dataclass(frozen=True, slots=True)
class Compiled:
    """One direction and variant of a format, ready to run."""

    roots: tuple[tuple[str, Callable[[Any, Any], bool], Function], ...]
    keys: Mapping[int, tuple[tuple[KeyPart, ...], KeyFunction]]
    """By number; 0 stands for no key."""
    text: str


def compiled(
    plan: FormatPlan, direction: Direction, variant: Variant, null: str, patterns: Mapping[str, Any]
) -> Compiled:
    """Write the source and make functions of it; the only place of the gateway where source becomes code."""
    compiler = Compiler(plan, direction, variant, null, patterns)
    text, roots = compiler.source()
    space: dict[str, Any] = {
        "__builtins__": SAFE,
        **compiler.namespace,
        "write_constant": write,
        "copy_object": copy_object,
    }
    for part in compiler.parts:  # one at a time: half a megabyte at once would take 50 MB and hold everybody else up
        exec(compile(part, f"<{direction} {variant}>", "exec", dont_inherit=True), space)
    found = tuple((name, space[f"fits_{ident(name)}"], space[function]) for name, function in roots.items())
    keys = {number: (key, space[f"key_{number}"]) for number, key in enumerate(compiler.keys) if number}
    return Compiled(found, keys, text)


SAFE = {
    "len": len,
    "enumerate": enumerate,
    "any": any,
    "str": str,
    "bool": bool,
    "range": range,
    "id": id,
    "filter": filter,
}
