"""A search of a sealed store: conditions over sealed words, and what has to be compared with what they find.

A condition becomes one that finds the same, or more; then it is compared with the opened resource (`looking.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from gateway.domain.question import AllOf, Condition, Known, Linked, Linking, Missing, Not, OneOf, Question, Span, Term
from gateway.store.sealing.dates import DAY, cover, first_day, last_day
from gateway.store.sealing.faults import UnsearchableError
from gateway.store.sealing.tokens import OWN_DATES, THERE, Index, lengths, way


class Found(NamedTuple):
    """A condition over what is stored, None where all fit; whether it finds the same and no more."""

    condition: Condition | None
    exact: bool = True


class Asked(NamedTuple):
    """A question over what is stored, and the conditions to compare with what it finds."""

    question: Question
    left: tuple[Condition, ...]
    sorted_here: bool


def asked(question: Question, index: Index) -> Asked:
    """A question as a sealed store can answer it; UnsearchableError where it cannot."""
    found = [(each, sealed(each, question.type, index)) for each in question.where]
    where = tuple(each.condition for _, each in found if each.condition is not None)
    left = tuple(given for given, each in found if not each.exact)
    secret = any(not plain_order(question.type, name) for name, _ in question.sort)
    return Asked(replace(question, where=where), left, secret)


def plain_order(kind: str, name: str) -> bool:
    """Whether what is stored has the order of what it stands for."""
    return name in {"_id", "_lastUpdated"} or (
        (kind, name) not in OWN_DATES
        and way(kind, name) != "text"
        and (way(kind, name) == "plain" or name in _dates(kind))
    )


def _dates(kind: str) -> frozenset[str]:
    from gateway.fhir.searching.parameters import parameters  # noqa: PLC0415 - only for a sorted search

    return frozenset(each.stored for each in parameters(kind).values() if each.kind == "date")


def sealed(condition: Condition, kind: str, index: Index) -> Found:
    """One condition about a resource of a type."""
    return SEALED[type(condition)](condition, kind, index)


def _term(asked: Term, kind: str, index: Index) -> Found:
    if way(kind, asked.name) == "plain":
        return Found(asked)
    if asked.how == "is":
        words = tuple(each.value(kind, asked.name, value) for value in asked.values for each in index.used)
        return Found(Term(asked.name, words))
    if asked.how == "contains":
        return Found(Missing(asked.name, is_so=False), exact=False)
    said = [_start(kind, asked.name, value) for value in asked.values]
    if any(start is None for start, _ in said):
        return Found(Missing(asked.name, is_so=False), exact=False)
    starts = tuple(word for start, _ in said for word in index.words(asked.name, "starts", start or ""))
    return Found(Term(asked.name, starts), all(exact for _, exact in said))


def _start(kind: str, name: str, value: str) -> tuple[str | None, bool]:
    """The beginning that a word stands for, and whether it is all that was asked for."""
    if way(kind, name) == "text":
        length = max((each for each in lengths(name) if each <= len(value)), default=0)
        return value[:length] or None, length == len(value)
    system, mark, rest = value.partition("|")
    return (f"{system}|", not rest) if mark else (None, False)


def _span(asked: Span, kind: str, index: Index) -> Found:
    if (kind, asked.name) not in OWN_DATES:
        return Found(asked)
    first, last = first_day(asked.low), last_day(asked.high)
    if first is None or last is None:
        return Found(Term(asked.name, index.words(asked.name, THERE, "")), exact=False)
    return Found(PREFIXES[asked.prefix](Days(asked.name, index), first, last))


class Days(NamedTuple):
    """Conditions on the first and the last day of a sealed date."""

    name: str
    by: Index

    def side(self, side: str, first: date | None, last: date | None) -> Condition:
        """It lies between two days; None: open."""
        return Term(self.name, tuple(w for word in cover(first, last) for w in self.by.words(self.name, side, word)))

    def within(self, first: date, last: date) -> Condition:
        """All of it lies between two days."""
        return AllOf((self.side("low", first, last), self.side("high", first, last)))

    def after(self, side: str, last: date) -> Condition:
        """It lies behind a day."""
        return self.side(side, last + DAY, None)

    def before(self, side: str, first: date) -> Condition:
        """It lies before a day."""
        return self.side(side, None, first - DAY)

    def other(self, first: date, last: date) -> Condition:
        """There is one, and not all of it lies between two days."""
        return AllOf((Term(self.name, self.by.words(self.name, THERE, "")), Not(self.within(first, last))))

    def about(self, first: date, last: date) -> Condition:
        """It touches the days."""
        return AllOf((self.side("low", None, last), self.side("high", first, None)))


PREFIXES: Mapping[str, Callable[[Days, date, date], Condition]] = {
    "eq": lambda days, first, last: days.within(first, last),
    "ne": lambda days, first, last: days.other(first, last),
    "gt": lambda days, _, last: days.after("high", last),
    "lt": lambda days, first, _: days.before("low", first),
    "ge": lambda days, first, last: OneOf((days.after("high", last), days.within(first, last))),
    "le": lambda days, first, last: OneOf((days.before("low", first), days.within(first, last))),
    "sa": lambda days, _, last: days.after("low", last),
    "eb": lambda days, first, _: days.before("high", first),
    "ap": lambda days, first, last: days.about(first, last),
}
"""Prefixes (chapter 3.1.1.4.6), as in store/fits.py."""


def _same(asked: Missing | Known, kind: str, index: Index) -> Found:
    del kind, index
    return Found(asked)


def _one_of(asked: OneOf, kind: str, index: Index) -> Found:
    found = [sealed(each, kind, index) for each in asked.of]
    parts = tuple(each.condition for each in found if each.condition is not None)
    return Found(OneOf(parts) if len(parts) == len(found) else None, all(each.exact for each in found))


def _all_of(asked: AllOf, kind: str, index: Index) -> Found:
    found = [sealed(each, kind, index) for each in asked.of]
    parts = tuple(each.condition for each in found if each.condition is not None)
    return Found(AllOf(parts) if parts or not found else None, all(each.exact for each in found))


def _not(asked: Not, kind: str, index: Index) -> Found:
    found = sealed(asked.condition, kind, index)
    if found.exact and found.condition is not None:
        return Found(Not(found.condition))
    return Found(None, exact=False)


def _linked(asked: Linked | Linking, kind: str, index: Index) -> Found:
    del kind
    found = [sealed(each, asked.type, index) for each in asked.where]
    if not all(each.exact for each in found):
        raise UnsearchableError("what is sealed is not looked through over a link")
    return Found(replace(asked, where=tuple(each.condition for each in found if each.condition is not None)))


SEALED: Mapping[type, Callable[[Any, str, Index], Found]] = {
    Term: _term,
    Span: _span,
    Missing: _same,
    Known: _same,
    OneOf: _one_of,
    AllOf: _all_of,
    Not: _not,
    Linked: _linked,
    Linking: _linked,
}
