"""Searches of one type or several, and their Bundles (chapter 3.1.1)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from gateway.domain.ledger import Version
from gateway.domain.problem import Problem, worst
from gateway.domain.question import Page, Question
from gateway.store.port import PageError
from gateway.store.sealing.faults import UnsearchableError
from gateway.web.fhir.call import Answer, Call, Pairs
from gateway.web.fhir.links import CURSOR, links
from gateway.web.fhir.outcome import outcome
from gateway.web.fhir.shown import bundle, checked, entry, remark
from gateway.web.fhir.tables import KEPT
from gateway.web.refusal import RefusedError

OURS = (CURSOR, "_format", "_pretty", "_type")
"""Parameters that are no part of a question."""
FIGURES = 4
"""Of the number of a type in a cursor, one more than it can have."""
ANYWHERE = frozenset({"_id", "_lastUpdated", "_tag", "_profile", "_security", "_source", "_count", "_total", "_type"})
"""What a search of several types may ask for: what every resource has."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it was understood: the question, warnings, and the parameters that were heeded."""

    question: Question
    warnings: tuple[Problem, ...]
    used: Pairs


def of_type(call: Call) -> Answer:
    """A search of one type."""
    checked(call)
    asked = understood(call, call.type)
    page = found(call, asked.question)
    return Answer(200, searchset(call, page, asked, included(call, page.found)))


def understood(call: Call, kind: str) -> Asked:
    """The question of a query; RefusedError 400 where it cannot be asked."""
    from gateway.fhir.searching.ask import question  # noqa: PLC0415 - the tables of parameters take a moment

    pairs = call.without(*OURS)
    made, problems = question(kind, pairs, strict=call.strict, base=call.base)
    if worst(problems) == "error":
        raise RefusedError(400, *problems)
    ignored = {problem.place for problem in problems}
    used = tuple(pair for pair in call.query if pair[0] not in ignored)
    return Asked(replace(made, after=call.said(CURSOR)), tuple(problems), used)


def found(call: Call, question: Question) -> Page:
    """One page; RefusedError 400 where the cursor is of no page of it, or a sealed store cannot answer it."""
    try:
        return call.desk.rooms.store.search(question)
    except PageError:
        repair = "search again from the first page, and follow the links of the Bundle"
        wrong = Problem("fhir.http.cursor", CURSOR, "this is no page of this search", repair)
        raise RefusedError(400, wrong) from None
    except UnsearchableError:
        sentence = "the store is sealed, and this cannot be looked for in it, or only among too many"
        repair = "ask for less: by identifier, a whole name or date of birth; without :contains over a link"
        raise RefusedError(400, Problem("fhir.http.sealed", question.type, sentence, repair)) from None


def included(call: Call, matches: Iterable[Version]) -> list[Version]:
    """What `_include` and `_revinclude` add to a page."""
    if not any(name.partition(":")[0] in {"_include", "_revinclude"} for name, _ in call.query):
        return []
    from gateway.fhir.searching.including import included, includes  # noqa: PLC0415 - as above

    asked, problems = includes(call.type, call.query)
    if problems:
        raise RefusedError(400, *problems)
    return included(matches, asked, call.desk.rooms.store) if asked else []


def searchset(call: Call, page: Page, asked: Asked, more: Iterable[Version] = ()) -> dict[str, Any]:
    """The Bundle of one page."""
    entries = [entry(version, call, "match") for version in page.found]
    entries += [entry(version, call, "include") for version in more]
    if asked.warnings:
        entries.append(remark(outcome(asked.warnings)))
    return bundle("searchset", call, entries, total=page.total, link=links(call, asked.used, page.next))


def of_system(call: Call) -> Answer:
    """A search of the types that `_type` names, one after the other."""
    checked(call)
    kinds = kinds_of(call)
    number, _, after = call.said(CURSOR).partition("-")
    at = int(number) if number.isascii() and number.isdigit() and len(number) < FIGURES else 0
    asked = [understood(call, kind) for kind in kinds]
    total = sum(found(call, replace(one.question, limit=0, after="")).total or 0 for one in asked)
    page, room = list[Version](), asked[0].question.limit
    cursor = ""
    while at < len(asked) and room > len(page):
        part = found(call, replace(asked[at].question, after=after, limit=room - len(page), total=False))
        page += part.found
        at, after = (at, part.next) if part.next else (at + 1, "")
        cursor = f"{at}-{after}" if at < len(asked) else ""
    counted = total if any(one.question.total for one in asked) else None
    return Answer(200, searchset(call, Page(tuple(page), cursor, counted), asked[0]))


def kinds_of(call: Call) -> list[str]:
    """The types of `_type`; RefusedError 400 where it names none of ours, or where more is asked than all have."""
    kinds = list(dict.fromkeys(kind for kind in call.said("_type").split(",") if kind))
    if not kinds or any(kind not in KEPT for kind in kinds):
        repair = "write `_type=Task,ServiceRequest`, types that GET metadata names"
        raise RefusedError(400, Problem("fhir.http.types", "_type", "it is not said which types are meant", repair))
    odd = [name for name, _ in call.without(*OURS, "_summary", "_elements") if name.partition(":")[0] not in ANYWHERE]
    if odd:
        repair = f"search one type, or use only {', '.join(sorted(ANYWHERE))}"
        sentence = "a search of several types cannot ask for this parameter"
        raise RefusedError(400, Problem("fhir.http.anywhere", "query", sentence, repair))
    return kinds
