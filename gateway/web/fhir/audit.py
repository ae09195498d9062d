"""AuditEvents (chapter 6.5), made of the lines of the audit when they are asked for; nobody writes them over FHIR."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from gateway.domain.ledger import Audit, Version
from gateway.domain.problem import Problem
from gateway.domain.question import Condition, Inquiry, Page, Question, Span, Term
from gateway.web.fhir.call import Answer, Call
from gateway.web.fhir.links import CURSOR
from gateway.web.fhir.read import number, unknown
from gateway.web.fhir.roles import ALL_LINES
from gateway.web.fhir.search import searchset, understood
from gateway.web.fhir.shown import checked, found
from gateway.web.refusal import RefusedError

KIND = "AuditEvent"
ORDERS = ("", "-date", "-_lastUpdated")
"""How they can be sorted: newest first, as a chain is read."""
CHUNK, MOST = 250, 2500
"""Lines read at once, and at most for one page: a page may have fewer entries than asked for, and a link to go on."""
ENTITY = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")


def read(call: Call) -> Answer:
    """One line."""
    checked(call)
    usable = call.id.isascii() and call.id.isdigit() and len(call.id) < 19
    lines = call.desk.rooms.store.inquired(own(call), int(call.id) + 1, 1) if usable else []
    if not lines or str(lines[0].number) != call.id:
        raise RefusedError(404, unknown(call))
    return found(version(lines[0]), call)


def search(call: Call) -> Answer:
    """One page of what fits, newest first."""
    checked(call)
    if call.said("_sort") not in ORDERS:
        repair = "leave _sort out, or write _sort=-date"
        raise RefusedError(400, Problem("fhir.http.audit.sort", "_sort", "the audit is told newest first only", repair))
    asked = understood(call, KIND)
    scan = Scan(asked.question, narrowed(asked.question, own(call)), number(call, CURSOR, 0, 2**62))
    wanted = max(asked.question.limit, 0)
    page = scan.page(call, wanted)
    total = len(page) if scan.whole and not scan.start and (asked.question.total or not wanted) else None
    return Answer(200, searchset(call, Page(tuple(page[:wanted]), scan.next if wanted else "", total), asked))


def own(call: Call) -> Inquiry:
    """What the caller may see: the desk, officer and auditor all, others what they did themselves."""
    every = call.grant is not None and call.grant.role in ALL_LINES
    return Inquiry(actor="" if every else call.caller.who)


@dataclass(slots=True)
class Scan:
    """The audit looked through for one page; `next` is where the next page begins, empty where nothing is left."""

    question: Question
    inquiry: Inquiry
    start: int
    whole: bool = True
    next: str = ""
    looked_at: int = field(default=0)

    def page(self, call: Call, wanted: int) -> list[Version]:
        """What fits, at most so much; all of it where nothing but a number is asked for."""
        page: list[Version] = []
        for line in self.lines(call):
            self.looked_at += 1
            made = version(line)
            if fits(self.question, made):
                if wanted and len(page) == wanted:
                    self.whole = False
                    return page
                page.append(made)
            self.next = str(line.number)
            if self.looked_at >= MOST:
                self.whole = False
                return page
        self.next = ""
        return page

    def lines(self, call: Call) -> Iterator[Audit]:
        """The lines that may fit, newest first."""
        before = self.start
        while chunk := call.desk.rooms.store.inquired(self.inquiry, before, CHUNK):
            yield from chunk
            before = chunk[-1].number


def version(line: Audit) -> Version:
    """A line as the one version of an AuditEvent."""
    from gateway.fhir.audit_event import audit_event  # noqa: PLC0415 - only who asks for the audit needs it

    return Version(KIND, str(line.number), 1, line.at, audit_event(line), number=line.number)


def fits(question: Question, made: Version) -> bool:
    """Whether all that is asked for holds, by the terms and dates that any resource is searched by."""
    if not question.where:
        return True
    from gateway.fhir.searching.entries import entries  # noqa: PLC0415 - the tables take a moment
    from gateway.store.fits import Row  # noqa: PLC0415 - with the store
    from gateway.store.fits import fits as holds  # noqa: PLC0415 - with the store
    from gateway.store.rows import moment  # noqa: PLC0415 - with the store

    terms, spans = entries(made.resource)
    row = Row(KIND, made.id, moment(made.updated), frozenset(terms), frozenset(spans))
    return all(holds(condition, row) for condition in question.where)


def narrowed(question: Question, inquiry: Inquiry) -> Inquiry:
    """What the store can leave out by itself: lines about another resource, and of another time."""
    changes: dict[str, Any] = {}
    for condition in question.where:
        changes |= narrow(condition)
    return Inquiry(inquiry.actor, **changes)


def narrow(condition: Condition) -> dict[str, Any]:
    """What one condition leaves out; never a line that may fit."""
    if isinstance(condition, Term) and condition.name == "entity" and condition.how == "is":
        usable = len(condition.values) == 1 and ENTITY.fullmatch(condition.values[0])
        return {"object": condition.values[0]} if usable else {}
    if isinstance(condition, Span) and condition.name in {"date", "_lastUpdated"}:
        since, until = day(condition.low, -1), day(condition.high, 1)
        kept = {"since": since} if condition.prefix in {"eq", "gt", "ge", "sa"} and since else {}
        return kept | ({"until": until} if condition.prefix in {"eq", "lt", "le", "eb"} and until else {})
    return {}


def day(text: str, more: int) -> datetime | None:
    """A moment of a search and a day more or less, so that nothing near it is lost; None where it is out of reach."""
    try:
        return datetime.fromisoformat(text) + timedelta(days=more)
    except (ValueError, OverflowError):
        return None
