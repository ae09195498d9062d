"""Whether a resource is what a question asks for, decided from its terms and spans alone (chapter 3.1.1)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.domain.question import AllOf, Condition, Known, Linked, Linking, Missing, Not, OneOf, Span, Term


@dataclass(frozen=True, slots=True)
class Row:
    """A resource as a search sees it; `updated` is the moment of its current version as text."""

    type: str
    id: str
    updated: str = ""
    terms: frozenset[tuple[str, str]] = frozenset()
    spans: frozenset[tuple[str, str, str]] = frozenset()


Rows = Callable[[str], Iterable[Row]]
"""All resources of a type."""


def none(kind: str) -> Iterable[Row]:
    """No others: chains lead nowhere."""
    del kind
    return ()


def fits(condition: Condition, row: Row, rows: Rows = none) -> bool:
    """Whether a condition holds for a resource; `rows` finds what it refers to and what refers to it."""
    return TESTS[type(condition)](condition, row, rows)


def _term(asked: Term, row: Row, rows: Rows) -> bool:
    del rows
    values = [value for name, value in row.terms if name == asked.name]
    test = HOW[asked.how]
    return any(test(value, wanted) for value in values for wanted in asked.values)


def _span(asked: Span, row: Row, rows: Rows) -> bool:
    del rows
    if asked.name == "_lastUpdated":
        return COMPARED[asked.prefix](row.updated, row.updated, asked)
    return any(COMPARED[asked.prefix](low, high, asked) for name, low, high in row.spans if name == asked.name)


def _missing(asked: Missing, row: Row, rows: Rows) -> bool:
    del rows
    there = any(each[0] == asked.name for each in (*row.terms, *row.spans))
    return there is not asked.is_so


def _known(asked: Known, row: Row, rows: Rows) -> bool:
    del rows
    return row.id in asked.ids


def _one_of(asked: OneOf, row: Row, rows: Rows) -> bool:
    return any(fits(each, row, rows) for each in asked.of)


def _all_of(asked: AllOf, row: Row, rows: Rows) -> bool:
    return all(fits(each, row, rows) for each in asked.of)


def _not(asked: Not, row: Row, rows: Rows) -> bool:
    return not fits(asked.condition, row, rows)


def _linked(asked: Linked, row: Row, rows: Rows) -> bool:
    wanted = {value for name, value in row.terms if name == asked.name}
    others = (other for other in rows(asked.type) if f"{other.type}/{other.id}" in wanted)
    return any(all(fits(each, other, rows) for each in asked.where) for other in others)


def _linking(asked: Linking, row: Row, rows: Rows) -> bool:
    others = (other for other in rows(asked.type) if (asked.name, f"{row.type}/{row.id}") in other.terms)
    return any(all(fits(each, other, rows) for each in asked.where) for other in others)


TESTS: Mapping[type, Callable[[Any, Row, Rows], bool]] = {
    Term: _term,
    Span: _span,
    Missing: _missing,
    Known: _known,
    OneOf: _one_of,
    AllOf: _all_of,
    Not: _not,
    Linked: _linked,
    Linking: _linking,
}
HOW: Mapping[str, Callable[[str, str], bool]] = {
    "is": lambda value, wanted: value == wanted,
    "starts": lambda value, wanted: value.startswith(wanted),
    "contains": lambda value, wanted: wanted in value,
}


def _within(low: str, high: str, asked: Span) -> bool:
    return low >= asked.low and high <= asked.high


COMPARED: Mapping[str, Callable[[str, str, Span], bool]] = {
    "eq": _within,
    "ne": lambda low, high, asked: not _within(low, high, asked),
    "gt": lambda _, high, asked: high > asked.high,
    "lt": lambda low, _, asked: low < asked.low,
    "ge": lambda low, high, asked: high > asked.high or _within(low, high, asked),
    "le": lambda low, high, asked: low < asked.low or _within(low, high, asked),
    "sa": lambda low, _, asked: low > asked.high,
    "eb": lambda _, high, asked: high < asked.low,
    "ap": lambda low, high, asked: low <= asked.high and high >= asked.low,
}
"""Prefixes (chapter 3.1.1.4.6): the stretch of a resource against the stretch that was asked for."""
