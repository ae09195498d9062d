"""Whether one resource is what a search asks for, told from the resource alone, as it is written (chapter 3.1.1)."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

from gateway.domain.question import Condition, Known, Linked, Linking, Missing, Not, OneOf, Span, Term
from gateway.fhir.searching.entries import entries
from gateway.fhir.searching.texts import EXACT

Stretch = tuple[str, str]


class Seen:
    """A resource and what it is found by, worked out once and only if somebody asks."""

    def __init__(self, resource: Mapping[str, Any]) -> None:
        self.resource = resource

    @cached_property
    def _entries(self) -> tuple[dict[str, list[str]], dict[str, list[Stretch]]]:
        terms: dict[str, list[str]] = {}
        spans: dict[str, list[Stretch]] = {}
        found, stretches = entries(self.resource)
        for name, value in found:
            terms.setdefault(name, []).append(value)
        for name, low, high in stretches:
            spans.setdefault(name, []).append((low, high))
        return terms, spans

    def terms(self, name: str) -> list[str]:
        """Values of a parameter."""
        return self._entries[0].get(name, [])

    def spans(self, name: str) -> list[Stretch]:
        """Stretches of a date."""
        return self._entries[1].get(name, [])


def fits(seen: Seen, conditions: Iterable[Condition]) -> bool:
    """Whether all of it holds."""
    return all(CHECKS[type(each)](seen, each) for each in conditions)


def tellable(conditions: Iterable[Condition]) -> bool:
    """Whether a resource alone tells: chains ask others too, and its moment is not there before it is written."""
    return all(
        not isinstance(each, Linked | Linking)
        and not (isinstance(each, Span) and each.name == "_lastUpdated")
        and (not isinstance(each, OneOf) or tellable(each.of))
        and (not isinstance(each, Not) or tellable((each.condition,)))
        for each in conditions
    )


MANNERS: Mapping[str, Callable[[str, str], bool]] = {
    "is": str.__eq__,
    "starts": str.startswith,
    "contains": lambda value, wanted: wanted in value.partition(EXACT)[0],
}
BEFORE: Mapping[str, Callable[[Stretch, Stretch], bool]] = {
    "eq": lambda mine, asked: asked[0] <= mine[0] and mine[1] <= asked[1],
    "ne": lambda mine, asked: not (asked[0] <= mine[0] and mine[1] <= asked[1]),
    "gt": lambda mine, asked: mine[1] > asked[1],
    "lt": lambda mine, asked: mine[0] < asked[0],
    "ge": lambda mine, asked: mine[1] >= asked[0],
    "le": lambda mine, asked: mine[0] <= asked[1],
    "sa": lambda mine, asked: mine[0] > asked[1],
    "eb": lambda mine, asked: mine[1] < asked[0],
    "ap": lambda mine, asked: mine[0] <= asked[1] and asked[0] <= mine[1],
}
"""Prefix -> how a stretch of the resource lies to the one asked for (chapter 3.1.1.4.6), widened already for `ap`."""


def _term(seen: Seen, asked: Term) -> bool:
    manner = MANNERS[asked.how]
    return any(manner(value, wanted) for value in seen.terms(asked.name) for wanted in asked.values)


def _span(seen: Seen, asked: Span) -> bool:
    return any(BEFORE[asked.prefix](mine, (asked.low, asked.high)) for mine in seen.spans(asked.name))


def _missing(seen: Seen, asked: Missing) -> bool:
    return asked.is_so is not bool(seen.terms(asked.name) or seen.spans(asked.name))


CHECKS: Mapping[type, Callable[[Seen, Any], bool]] = {
    Term: _term,
    Span: _span,
    Missing: _missing,
    Known: lambda seen, asked: seen.resource.get("id") in asked.ids,
    OneOf: lambda seen, asked: any(fits(seen, (each,)) for each in asked.of),
    Not: lambda seen, asked: not fits(seen, (asked.condition,)),
    Linked: lambda _seen, _asked: False,
    Linking: lambda _seen, _asked: False,
}
