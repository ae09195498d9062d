"""Whether one resource is what a search asks for, told from the resource alone, as it is written (chapter 3.1.1)."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from gateway.domain.question import Condition, Linked, Linking, Not, OneOf, Span
from gateway.fhir.searching.entries import entries
from gateway.store.fits import Row
from gateway.store.fits import fits as holds


class Seen:
    """A resource and what it is found by, worked out once and only if somebody asks."""

    def __init__(self, resource: Mapping[str, Any]) -> None:
        self.resource = resource

    @cached_property
    def row(self) -> Row:
        """As a search sees it."""
        terms, spans = entries(self.resource)
        return Row(self.resource["resourceType"], self.resource["id"], "", frozenset(terms), frozenset(spans))


def fits(seen: Seen, conditions: Iterable[Condition]) -> bool:
    """Whether all of it holds."""
    return all(holds(each, seen.row) for each in conditions)


def tellable(conditions: Iterable[Condition]) -> bool:
    """Whether a resource alone tells: chains ask others too, and its moment is not there before it is written."""
    return all(
        not isinstance(each, Linked | Linking)
        and not (isinstance(each, Span) and each.name == "_lastUpdated")
        and (not isinstance(each, OneOf) or tellable(each.of))
        and (not isinstance(each, Not) or tellable((each.condition,)))
        for each in conditions
    )
