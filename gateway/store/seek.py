"""A search in the tables in memory: every resource of the type is looked at (chapter 3.1.1)."""

from collections.abc import Iterator
from dataclasses import replace

from gateway.domain.ledger import Version
from gateway.domain.question import Page, Question
from gateway.fhir.searching.entries import entries
from gateway.store.fits import Row, Rows, fits
from gateway.store.paging import Mark, Place, beyond, cut, keys_of, mark_of, ordered
from gateway.store.rows import moment, resource_of
from gateway.store.tables import Tables

Name = tuple[str, str]


def search(tables: Tables, question: Question) -> Page:
    """One page."""
    mark = mark_of(question)
    names = [name for name in tables.resources if name[0] == question.type]
    found = [name for name in names if all(fits(each, row(tables, name), rows_of(tables)) for each in question.where)]
    total = len(found) if question.total else None
    if question.limit <= 0:
        return Page((), "", total)
    moment_ = mark.moment if mark else tables.updated.get("last", "")
    places = {place: name for name in found if (place := place_of(tables, name, question, mark)) is not None}
    after = [place for place in ordered(places, question) if beyond(place, mark, question)]
    shown, more = cut(after, question, moment_)
    return Page(tuple(newest(tables, places[place]) for place in shown), more, total)


def rows_of(tables: Tables) -> Rows:
    """All resources of a type, as a search sees them."""

    def rows(kind: str) -> Iterator[Row]:
        return (row(tables, name) for name in tables.resources if name[0] == kind)

    return rows


def row(tables: Tables, name: Name) -> Row:
    """A resource as a search sees it."""
    updated = moment(tables.resources[name][-1][0].updated)
    return Row(*name, updated, tables.listed[name], tables.spanned[name])


def place_of(tables: Tables, name: Name, question: Question, mark: Mark | None) -> Place | None:
    """Where a resource stood when the first page was made; None where it was not there yet."""
    versions = tables.resources[name]
    number, current = versions[0][0].number, versions[-1][0]
    if not question.sort:
        return Place((), number)
    if mark is None or moment(current.updated) <= mark.moment:
        found = (tables.listed[name], tables.spanned[name])
        return Place(keys_of(question, name[1], moment(current.updated), found), number)
    then = [pair for pair in versions if moment(pair[0].updated) <= mark.moment]
    if not then:
        return None
    version, body = then[-1]
    return Place(keys_of(question, name[1], moment(version.updated), entries(resource_of(body))), number)


def newest(tables: Tables, name: Name) -> Version:
    """The current version."""
    version, body = tables.resources[name][-1]
    return replace(version, resource=resource_of(body))
