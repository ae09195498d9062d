"""What is shown beside the matches of a search: `_include` and `_revinclude` (chapter 3.1.1.5.6)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.domain.ledger import Version
from gateway.domain.problem import Problem
from gateway.domain.question import Page, Question, Term
from gateway.fhir.searching import refused
from gateway.fhir.searching.entries import entries
from gateway.fhir.searching.parameters import Parameter, parameters, types

MOST = 1000
"""Resources that are shown beside one page."""
ROUNDS = 5
"""How often what was included includes others (`:iterate`)."""
ENOUGH = 5 * MOST
"""Resources that one `_revinclude` lists, some of them perhaps seen before."""
MANY = 50
"""References of one question."""
DIFFERENT = 20
"""`_include` and `_revinclude` of one query that are not the same."""
ENDS = 2
"""Parts of `Task:owner`; a third names the type it leads to."""
AGAIN = frozenset({"iterate", "recurse"})


@dataclass(frozen=True, slots=True)
class Include:
    """`_include=Task:owner:Organization`, or `_revinclude`.

    type    of the resource that refers
    stored  names of the terms that hold its references
    target  type it refers to, empty for any
    again   also from what was included (`:iterate`)
    """

    type: str
    stored: tuple[str, ...]
    target: str = ""
    back: bool = False
    again: bool = False


class Shelf(Protocol):
    """Where others are found; a `Store`."""

    def read(self, kind: str, key: str, version: int | None = None) -> Version | None:
        """A resource by type and id."""

    def search(self, question: Question) -> Page:
        """One page of what is asked for."""


def includes(type: str, pairs: Iterable[tuple[str, str]]) -> tuple[list[Include], list[Problem]]:  # noqa: A002 - FHIR's word
    """What a query wants beside its matches, and what is wrong with that; other parameters are passed over."""
    found: list[Include] = []
    problems: list[Problem] = []
    for name, value in pairs:
        word, _, modifier = name.partition(":")
        if word in {"_include", "_revinclude"} and value:
            one = _include(type, value, back=word == "_revinclude", again=modifier in AGAIN)
            if one is None or modifier not in {"", *AGAIN}:
                problems.append(refused.include(name))
            else:
                found.append(one)
    found = list(dict.fromkeys(found))
    if len(found) > DIFFERENT:
        problems.append(refused.too_many_includes(DIFFERENT))
    return found, problems


def _include(kind: str, value: str, *, back: bool, again: bool) -> Include | None:
    """One of them; None where there is no such reference."""
    if value == "*" and not back:
        return Include(kind, _all(kind), "", back, again)
    source, _, rest = value.partition(":")
    name, _, target = rest.partition(":")
    if source not in types() or (target and target not in types()):
        return None
    if name == "*":
        return Include(source, _all(source), target, back, again)
    parameter = parameters(source).get(name)
    if parameter is None or parameter.kind != "reference":
        return None
    return Include(source, (parameter.stored,), target or parameter.only, back, again)


def _all(kind: str) -> tuple[str, ...]:
    """The names of all references of a type."""
    found: list[Parameter] = [each for each in parameters(kind).values() if each.kind == "reference"]
    return tuple(dict.fromkeys(each.stored for each in found))


def included(matches: Iterable[Version], wanted: Sequence[Include], shelf: Shelf) -> list[Version]:
    """The resources to be shown beside some matches, each once, none that is a match; at most `MOST`."""
    seen = {f"{match.type}/{match.id}": match for match in matches}
    fresh, found = list(seen.values()), dict[str, Version]()
    for turn in range(ROUNDS):
        asked = [one for one in wanted if one.again or not turn]
        new = [each for one in asked for each in _beside(one, fresh, shelf, seen)]
        fresh = list({f"{each.type}/{each.id}": each for each in new}.values())
        found |= {f"{each.type}/{each.id}": each for each in fresh}
        seen |= found
        if not fresh or len(found) >= MOST:
            break
    return list(found.values())[:MOST]


def _beside(one: Include, around: Sequence[Version], shelf: Shelf, seen: dict[str, Version]) -> list[Version]:
    found = _referring(one, around, shelf) if one.back else _referred(one, around, shelf, seen)
    return [each for each in found if f"{each.type}/{each.id}" not in seen]


def _referred(one: Include, around: Sequence[Version], shelf: Shelf, seen: dict[str, Version]) -> list[Version]:
    """What they refer to."""
    names: dict[str, None] = {}
    for version in around:
        if version.type == one.type:
            terms = entries(version.resource)[0]
            names |= {value: None for name, value in terms if name in one.stored and value not in seen}
    parts = [name.split("/") for name in names]
    literal = [pair for pair in parts if len(pair) == ENDS and one.target in {"", pair[0]}]
    versions = (shelf.read(kind, key) for kind, key in literal[:MOST])
    return [version for version in versions if version is not None]


def _referring(one: Include, around: Sequence[Version], shelf: Shelf) -> list[Version]:
    """What refers to them."""
    names = [f"{version.type}/{version.id}" for version in around if one.target in {"", version.type}]
    found: list[Version] = []
    for stored in one.stored:
        for start in range(0, len(names), MANY):
            term = Term(stored, tuple(names[start : start + MANY]))
            found += shelf.search(Question(one.type, (term,), limit=MOST)).found
            if len(found) > ENOUGH:
                return found
    return found
