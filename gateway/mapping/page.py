"""One page of compiled source: what every statement of a scope needs to read and write."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.mapping.emit import Emitter, Spot
from gateway.mapping.plan import End, RulePlan, ScopePlan, Step

if TYPE_CHECKING:
    from gateway.mapping.compile import Compiler


@dataclass(frozen=True, slots=True)
class Job:
    """A rule in the direction of the run: what is read, what is written, and the item a shared loop stands on."""

    rule: RulePlan
    read: End
    written: End
    opened: Spot | None = None

    @property
    def coded(self) -> bool:
        """Whether a code table stands between the two."""
        return any(change.table for change in self.rule.changes)

    @property
    def listing(self) -> bool:
        """Whether a conversion makes a list of one text."""
        return any(change.listing for change in self.rule.changes)


class Page:
    """The scope that is written, and the names `s` (source), `t` (target), `c` (the run) and `w` (wrote something)."""

    def __init__(self, compiler: "Compiler", scope: ScopePlan, out: Emitter) -> None:
        self.compiler, self.scope, self.out = compiler, scope, out
        self.forth = compiler.forth
        self.ends = compiler.ends

    def leaf(self, end: End) -> bool:
        """Whether an end is a single value."""
        return end.steps[-1].primitive if end.steps else self.scope.left_leaf

    def root(self, end: End, *, target: bool = False) -> str:
        """Variable an end's path starts from."""
        if target:
            return "c.dst" if end.absolute else "t"
        return "c.src" if end.absolute else "s"

    def reach(self, job: Job) -> tuple[str, Step]:
        """Make the way to the last step of the written side."""
        resources = job.written.absolute and self.compiler.target_model.root == "resources"
        root = self.root(job.written, target=True)
        return self.out.reach(job.written.steps[:-1], root, job.rule.number, resources=resources), job.written.steps[-1]

    def assign(self, owner: str, step: Step, value: str) -> None:
        """Write a value at a step."""
        if step.index is not None:
            self.out(f"put({owner}, {step.key!r}, {step.index}, {value})")
        elif step.listed:
            self.out(f"{owner}.setdefault({step.key!r}, []).append({value})")
        else:
            self.out(f"{owner}[{step.key!r}] = {value}")

    def traced(self, job: Job, spot: Spot | None, target: tuple[str, Step], after: str) -> None:
        """A line of lineage: rule, source container and key, value before, target container and key, value after."""
        if self.compiler.variant != "lineage":
            return
        holder, step = target
        before = spot.value if spot else after
        source = f"{spot.container}, {spot.key}" if spot else "None, None"
        container, key = holder, repr(step.key)
        if step.listed:
            container, key = f"{holder}[{step.key!r}]", str(-1 if step.index is None else step.index)
        self.out(f"L(({job.rule.number}, {source}, {before}, {container}, {key}, {after}))")

    def traced_object(self, rule: RulePlan, spot: Spot, made: str) -> None:
        """An object came from a rule: the fallback for values without a line of their own."""
        if self.compiler.variant == "lineage":
            source = f"{spot.container}, {spot.key}" if spot.container else "None, None"
            self.out(f"L(({rule.number}, {source}, None, {made}, None, None))")
