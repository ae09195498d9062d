"""Compiled rules between two values: read, convert, write."""

from contextlib import ExitStack

from gateway.mapping.coded import defaulted
from gateway.mapping.emit import Spot
from gateway.mapping.page import Job, Page
from gateway.mapping.plan import Step


class Leaves(Page):
    """Writes rules between single values."""

    def leaves(self, job: Job) -> None:
        """A rule between two values."""
        steps, number = job.read.steps, job.rule.number
        whole = not self.forth and job.listing and steps[-1].listed
        if self.compiler.null and not self.forth and steps and steps[-1].companion and not self.null_code(steps[-1]):
            self.empty_back(job)
        with ExitStack() as stack:
            spot = job.opened or (
                self.out.read(steps[:-1], self.root(job.read), stack, number) if steps else self.start()
            )
            if steps and not job.opened:
                self.kept(job, spot.value, stack)
                spot = self.out.enter(steps[-1], spot.value, stack, number, whole=whole)
            if self.compiler.null and self.forth and job.written.steps and job.written.steps[-1].companion:
                with self.out.block(f"if {spot.value} == {self.compiler.null!r}:"):
                    self.empty(job, spot)
                stack.enter_context(self.out.block("else:"))
            self.change(job, spot)

    def start(self) -> Spot:
        """The scope itself as a value."""
        container, key, value = (self.out.name("v") for _ in range(3))
        self.out(f"{container}, {key} = s; {value} = {container}[{key}]")
        return Spot(container, key, value)

    def change(self, job: Job, spot: Spot) -> None:
        """Apply the conversions and write the result."""
        value = spot.value
        with ExitStack() as stack:
            for change in job.rule.changes if self.forth else job.rule.changes[::-1]:
                function = change.to_fhir if self.forth else change.from_fhir
                if function is None:
                    return
                after = self.out.name("v")
                self.out(f"{after} = {self.out.constant(function)}({value})")
                failed = f"{job.rule.number}, {spot.container}, {spot.key}, {self.out.constant(change)}"
                if not change.quiet:
                    self.out(f"if {after} is None: c.failed.append(({failed}))")
                stack.enter_context(self.out.block(f"if {after} is not None:"))
                if self.forth and change.table and change.table.policy.no_match == "default":
                    self.out(f"if {self.out.constant(defaulted)}({after}): c.failed.append(({failed}))")
                value = after
            self.store(job, spot, value)

    def store(self, job: Job, spot: Spot, value: str) -> None:
        """Write one value and note where it came from."""
        self.out.used(spot, job.rule.number)
        if not job.written.steps:
            container, key = self.out.name("o"), self.out.name("k")
            self.out(f"{container}, {key} = t; {container}[{key}] = {value}")
            self.out("w = 1")
            return
        owner, last = self.reach(job)
        if self.forth and job.coded and last.companion and not last.listed:
            self.out(f"put_code({owner}, {last.key!r}, {last.companion!r}, {value})")
        elif self.forth and job.coded and last.companion and last.index is None:
            put = f"put_codes({owner}, {last.key!r}, {last.companion!r}, {value})"
            self.out(f"if {put}: c.paired.append(({owner}, {last.companion!r}))")
        elif self.forth and job.listing and last.listed:
            self.out(f"put_all({owner}, {last.key!r}, {last.index}, {value})")
        else:
            self.assign(owner, last, value)
        self.out("w = 1")
        self.traced(job, spot, (owner, last), value)

    def kept(self, job: Job, owner: str, stack: ExitStack) -> None:
        """The original code kept beside a primitive comes back before anything else."""
        step = job.read.steps[-1]
        if self.forth or not step.companion or step.listed or not (job.coded or self.null_code(step)):
            return
        at, found = self.out.name("k"), self.out.name("v")
        self.out(f"{at} = kept_at({owner}, {step.key!r})")
        with self.out.block(f"if {at} >= 0:"):
            self.out(f"{found} = kept_of({owner}['extension'][{at}], {step.key!r})")
            self.store(job, Spot(f"{owner}['extension']", at, found), found)
            self.out.used(Spot(owner, repr(step.key), found), job.rule.number)
        stack.enter_context(self.out.block("else:"))

    def null_code(self, step: Step) -> bool:
        """Whether a null at this step is kept as an original code."""
        return bool(self.compiler.null) and step.type == "code" and not step.listed

    def empty(self, job: Job, spot: Spot) -> None:
        """HL7 v2 null and its like become the extension `explicitly-empty`."""
        self.out.used(spot, job.rule.number)
        owner, last = self.reach(job)
        if self.null_code(last):
            self.out(f"put_null_code({owner}, {last.key!r}, {self.compiler.null!r})")
            self.out("w = 1")
            return
        at = last.index if last.index is not None else 0 if last.listed else None
        self.out(f"put_empty({owner}, {last.companion!r}, {at})")
        if last.listed:
            self.out(f"c.paired.append(({owner}, {last.companion!r}))")
        self.out("w = 1")

    def empty_back(self, job: Job) -> None:
        """The extension `explicitly-empty` comes back as the format's null."""
        last = job.read.steps[-1]
        with ExitStack() as stack:
            spot = self.out.read(job.read.steps[:-1], self.root(job.read), stack, job.rule.number)
            at = last.index if last.index is not None else 0 if last.listed else None
            stack.enter_context(self.out.block(f"if is_empty({spot.value}, {last.companion!r}, {at}):"))
            null = repr(self.compiler.null)
            self.store(job, Spot(spot.value, repr(last.companion), null), null)

    def constant(self, job: Job) -> None:
        """Write a constant; a fallback only where nothing stands yet."""
        with ExitStack() as stack:
            if job.read.fallback:
                stack.enter_context(self.out.block(f"if {self.vacant(job)}:"))
            owner, last = self.reach(job)
            value = self.out.constant(job.read.constant)
            self.assign(owner, last, value)
            self.traced(job, None, (owner, last), value)

    def vacant(self, job: Job) -> str:
        """A variable that says whether the written place is empty so far."""
        vacant = self.out.name("e")
        self.out(f"{vacant} = 1")
        with ExitStack() as stack, self.out.silent():
            self.out.read(job.written.steps, self.root(job.written, target=True), stack, job.rule.number)
            self.out(f"{vacant} = 0")
        return vacant

    def consumed(self, job: Job) -> None:
        """A constant that was required is used."""
        if self.out.account:
            with ExitStack() as stack:
                self.out.used(
                    self.out.read(job.read.steps, self.root(job.read), stack, job.rule.number), job.rule.number
                )
