"""A question as a partner may ask it: only what it reaches is found, counted, or passed through by a chain."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from gateway.domain.question import AllOf, Condition, Known, Linked, Linking, Missing, Not, OneOf, Question, Span, Term
from gateway.fhir.searching.parameters import parameters
from gateway.pipeline.disclose import MEASURE_KEEPS, PLAN_KEEPS, TASK_KEEPS
from gateway.pipeline.seeing.lens import Lens
from gateway.pipeline.seeing.reach import REACH, reach, source

KEEPS: Mapping[str, frozenset[str]] = {"Task": TASK_KEEPS, "ServiceRequest": MEASURE_KEEPS, "CarePlan": PLAN_KEEPS}
"""Elements that a partner who is no site is shown, before the policy is asked."""
ASKS: Mapping[str, frozenset[str]] = {
    "Task": TASK_KEEPS,
    "ServiceRequest": MEASURE_KEEPS,
    "CarePlan": PLAN_KEEPS - {"activity", "goal", "contributor"},
    "Patient": frozenset({
        "meta", "name", "birthDate", "gender", "address", "telecom", "communication", "active", "deceasedBoolean",
        "deceasedDateTime",
    }),
}  # fmt: skip
"""Elements that it can ask for: those that it is shown as a whole, never a part of a list."""
SENT = frozenset({"ServiceRequest", "CarePlan", "Goal"})
"""Types that are shown as they were sent to whoever sent them, by any policy; persons and Tasks change by others."""
NEVER = frozenset({"_tag"})
"""By which numbers a person is known to whom (`meta.tag`); partners do not ask for it."""
ALWAYS = frozenset({"_lastUpdated", "_source", "_profile"})
NOTHING = Known(())


class Sight:
    """The eyes of one partner, open for some types."""

    def __init__(self, party: str, kinds: Collection[str] = REACH, *, site: bool, lens: Lens | None = None) -> None:
        self.party, self.kinds, self.site, self.lens = party, kinds, site, lens

    def reach(self, kind: str) -> Condition:
        """What of a type it reaches."""
        if kind not in self.kinds:
            return NOTHING
        found = reach(kind, self.party, site=self.site)
        shown = self.lens.listed(kind, found) if self.lens else found
        return shown if shown == found or kind not in SENT else OneOf((source(self.party), shown))

    def narrowed(self, question: Question) -> Question:
        """The question about what it reaches."""
        where = tuple(self.seen(each, question.type) for each in question.where)
        sort = tuple(each for each in question.sort if each[0] == "_id" or self.sorts(question.type, each[0]))
        return replace(question, where=(self.reach(question.type), *where), sort=sort)

    def asks(self, kind: str, name: str) -> bool:
        """Whether it may ask for a parameter."""
        return name not in NEVER and (self.site or kind not in ASKS or name in askable(kind))

    def sorts(self, kind: str, name: str) -> bool:
        """Whether it may sort by a parameter."""
        return self.asks(kind, name) and (self.lens is None or self.lens.sorts(kind, name))

    def seen(self, condition: Condition, kind: str) -> Condition:
        """A condition without what the partner does not see: that counts as what is not there."""
        return SEEN[type(condition)](self, condition, kind)

    def plain(self, condition: Term | Span | Missing, kind: str) -> Condition:
        """A value of the resource itself."""
        if not self.asks(kind, condition.name):
            return NOTHING
        return self.lens.plain(kind, condition) if self.lens else condition

    def known(self, condition: Known, _: str) -> Condition:
        """Its id, which whoever sees it knows."""
        return condition

    def several(self, condition: OneOf | AllOf, kind: str) -> Condition:
        """Each for itself."""
        return replace(condition, of=tuple(self.seen(each, kind) for each in condition.of))

    def refused(self, condition: Not, kind: str) -> Condition:
        """The contrary of what it may ask."""
        return Not(self.seen(condition.condition, kind))

    def linked(self, condition: Linked, kind: str) -> Condition:
        """A chain through what it reaches."""
        if not self.asks(kind, condition.name):
            return NOTHING
        there = self.reach(condition.type)
        made = replace(condition, where=self.beyond(condition, there))
        return self.lens.link(kind, condition.name, condition.type, made) if self.lens else made

    def linking(self, condition: Linking, kind: str) -> Condition:
        """What refers to it, of what it reaches."""
        if not self.asks(condition.type, condition.name):
            return NOTHING
        there = self.reach(condition.type)
        there = self.lens.link(condition.type, condition.name, kind, there) if self.lens else there
        return replace(condition, where=self.beyond(condition, there))

    def beyond(self, condition: Linked | Linking, there: Condition) -> tuple[Condition, ...]:
        """The conditions at the other end."""
        return (there, *(self.seen(each, condition.type) for each in condition.where))


SEEN: Mapping[type, Callable[[Sight, Any, str], Condition]] = {
    Term: Sight.plain,
    Span: Sight.plain,
    Missing: Sight.plain,
    Known: Sight.known,
    OneOf: Sight.several,
    AllOf: Sight.several,
    Not: Sight.refused,
    Linked: Sight.linked,
    Linking: Sight.linking,
}


@cache
def askable(kind: str) -> frozenset[str]:
    """Names under which the elements are stored that everybody is shown."""
    kept = (
        one
        for one in parameters(kind).values()
        if all(path.partition(".")[0] in ASKS[kind] and not path.startswith("meta.tag") for path in one.paths)
    )
    return ALWAYS | {name for one in kept for name in (one.stored, f"{one.stored}:identifier")} - NEVER
