"""Searches that sealed words cannot answer alone: what they find is opened, compared and sorted, up to `MOST`."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gateway.domain.question import Absent, Page, Question
from gateway.fhir.searching.entries import entries
from gateway.store import rules
from gateway.store.fits import Row, fits
from gateway.store.paging import Mark, Place, beyond, cut, keys_of, mark_of, ordered
from gateway.store.rows import resource_of
from gateway.store.sealing.faults import UnreadableError, UnsearchableError
from gateway.store.sealing.questions import Asked, asked
from gateway.store.sealing.records import Seals, body
from gateway.store.sql import search as plain
from gateway.store.sql.link import Link
from gateway.store.sql.sealed.indexing import index

MOST = 2_000
"""Resources that are opened for one page."""
AT_ONCE = 500
BODIES = (
    "SELECT r.number, r.type, r.id, v.version, v.updated, v.body FROM resource r "
    "CROSS JOIN resource_version v ON v.number = r.current WHERE r.number IN ({marks})"
)
OLDER = (
    "SELECT r.number, r.type, r.id, v.version, v.updated, v.body FROM resource r CROSS JOIN resource_version v "
    "ON v.resource = r.number WHERE r.number = ? AND v.updated <= ? ORDER BY v.version DESC LIMIT 1"
)


def search(link: Link, question: Question) -> Page:
    """One page of a store, sealed or not."""
    if link.seals is None:
        return plain.search(link, question)
    made = asked(question, index(link, link.seals))
    if not (made.left or made.sorted_here):
        return plain.search(link, made.question)
    mark = mark_of(question)
    link.say("BEGIN")
    try:
        rows = [row for row in _opened(link, link.seals, made) if _fits(made, row)]
        total = len(rows) if question.total else None
        if question.limit <= 0:
            return Page((), "", total)
        moment = (mark.moment if mark else plain.newest(link)) if question.sort else ""
        found = [place for row in rows if (place := _place(link, link.seals, question, mark, row)) is not None]
        after = [place for place in ordered(found, question) if beyond(place, mark, question)]
        shown, more = cut(after, question, moment)
        return Page(plain.versions(link, shown), more, total)
    finally:
        link.say("ROLLBACK")


def absent(link: Link, change: Absent) -> None:
    """Nothing fits, as the transaction sees it that asks."""
    question = replace(change.question, sort=(), after="", limit=1)
    made = asked(question, index(link, link.seals)) if link.seals else Asked(question, (), sorted_here=False)
    if link.seals and made.left:
        rules.must_be_none(change, sum(_fits(made, row) for row in _opened(link, link.seals, made)))
    else:
        rules.must_be_none(change, len(plain.first(link, made.question)))


def _opened(link: Link, seals: Seals, made: Asked) -> list[Sequence[Any]]:
    """What the words find, each with its opened resource; what cannot be opened is left out."""
    wide = replace(made.question, sort=(), after="", limit=MOST)
    numbers = [place.number for place in plain.first(link, wide)]
    if len(numbers) > MOST:
        raise UnsearchableError(f"more than {MOST} would have to be opened; ask for less")
    found: list[Sequence[Any]] = []
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        rows = link.told(BODIES.format(marks=", ".join("?" * len(some))), some)
        found += [(*row[:5], opened) for row in rows if (opened := _resource(seals, row)) is not None]
    return found


def _resource(seals: Seals, row: Sequence[Any]) -> dict[str, Any] | None:
    try:
        return resource_of(body(seals, row[1], row[2], row[3], row[5]))
    except UnreadableError as fault:
        if fault.lost:
            return None
        raise


def _fits(made: Asked, row: Sequence[Any]) -> bool:
    """Whether an opened resource is what was asked for, as far as the words could not tell."""
    terms, spans = entries(row[5])
    seen = Row(row[1], row[2], row[4], frozenset(terms), frozenset(spans))
    return all(fits(each, seen) for each in made.left)


def _place(link: Link, seals: Seals, question: Question, mark: Mark | None, row: Sequence[Any]) -> Place | None:
    """Where it stood when the first page was made; None where it was not there yet."""
    number, _, key, _, updated, resource = row
    if not question.sort:
        return Place((), number)
    if mark is not None and updated > mark.moment:
        older = link.told(OLDER, (number, mark.moment))
        found = _resource(seals, older[0]) if older else None
        if found is None:
            return None
        updated, resource = older[0][4], found
    return Place(keys_of(question, key, updated, entries(resource)), number)
