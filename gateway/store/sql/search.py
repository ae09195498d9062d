# ruff: noqa: S608 - only texts of this room are put together; values stand apart, as parameters
"""A search over terms and spans: by the rarest of its conditions, or along the order it asks for (chapter 3.1.1)."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.domain.ledger import Version
from gateway.domain.question import Condition, Page, Question, Term
from gateway.fhir.searching.entries import NONE, entries
from gateway.store.paging import BEFORE, BEHIND, Mark, Place, beyond, cut, keys_of, mark_of, ordered
from gateway.store.rows import resource_of, version_of
from gateway.store.sql.asking import SPANS, TERMS, Sql, all_of, lead
from gateway.store.sql.link import Link

FEW, MANY = 500, 20_000
"""Matches of a condition that are counted, at first and where all have more."""
SORTED = 5_000
"""So many matches are sorted by the moment they changed; of more, those that changed last are looked at one by one."""

VERSIONS = (
    "SELECT r.type, r.id, v.version, v.updated, v.message, v.number, v.body, r.number FROM resource r "
    "CROSS JOIN resource_version v ON v.number = r.current WHERE r.number IN ({marks})"
)
NEWEST = "SELECT updated FROM resource_version ORDER BY number DESC LIMIT 1"
CHANGED = (
    "SELECT r.number, r.id, v.updated, v.body FROM resource r INDEXED BY ix_resource_updated "
    "CROSS JOIN resource_version v ON v.number = (SELECT number FROM resource_version "
    "WHERE resource = r.number AND updated <= ? ORDER BY version DESC LIMIT 1) "
    "WHERE r.type = ? AND r.updated > ?"
)
BY_UPDATE = "_lastUpdated"


@dataclass(frozen=True, slots=True)
class Way:
    """How matches are come by: a FROM with its conditions, the resource called `r`."""

    start: Sql
    checks: Sql


def search(link: Link, question: Question) -> Page:
    """One page, all of it from one moment."""
    mark = mark_of(question)
    link.say("BEGIN")
    try:
        way = _way(link, question)
        total = _count(link, way) if question.total else None
        places, moment = _places(link, question, way, mark) if question.limit > 0 else ([], "")
        shown, after = cut(places, question, moment)
        return Page(_versions(link, shown), after, total)
    finally:
        link.say("ROLLBACK")


def _count(link: Link, way: Way) -> int:
    text = f"SELECT count(*) FROM {way.start.text}{way.checks.text}"
    found: int = link.told(text, (*way.start.values, *way.checks.values))[0][0]
    return found


# --- how matches are come by -----------------------------------------------------------------------------------------


def _way(link: Link, question: Question) -> Way:
    """By the rarest condition that an index lists; along the order where all are frequent."""
    kind, where = question.type, question.where
    leads = [(each, found) for each in where if (found := lead(each, kind)) is not None]
    streams = [pair for pair in leads if _streams(pair[0])] if not question.sort else []
    if len(leads) == len(streams) == 1:
        return _stream(streams[0][1], question, streams[0][0])
    alone = [name for name, _ in question.sort] == [BY_UPDATE]
    rarest, size = _rarest(link, leads, SORTED if alone else MANY)
    if rarest is not None and (size < (SORTED if alone else MANY) or (question.sort and not alone)):
        return _led(rarest[1], question, rarest[0])
    if streams:
        return _stream(streams[0][1], question, streams[0][0])
    index = "ix_resource_updated" if alone else "ix_resource_type"
    start = Sql(f"resource r INDEXED BY {index} WHERE r.type = ?", (kind,))
    return Way(start, all_of(where, "r"))


def _rarest(link: Link, leads: Sequence[tuple[Condition, Sql]], most: int) -> tuple[tuple[Condition, Sql] | None, int]:
    """The condition with the fewest matches, and how many: exact below `most`."""
    for limit in (FEW, most):
        sizes = [_size(link, found, limit) for _, found in leads]
        if sizes and (limit == most or min(sizes) < limit):
            least = min(sizes)
            return leads[sizes.index(least)], least
    return None, 0


def _size(link: Link, found: Sql, limit: int) -> int:
    text = f"SELECT count(*) FROM (SELECT 1 FROM ({found.text}) LIMIT {limit})"
    size: int = link.told(text, found.values)[0][0]
    return size


def _streams(condition: Condition) -> bool:
    """Whether an index lists the matches of a condition as they were first written, each once."""
    return isinstance(condition, Term) and condition.how == "is" and len(condition.values) == 1


def _rest(question: Question, condition: Condition) -> Sql:
    return all_of([each for each in question.where if each is not condition], "r")


def _stream(found: Sql, question: Question, condition: Condition) -> Way:
    """In the order of an index."""
    name, value = condition.name, condition.values[0]  # type: ignore[union-attr]
    del found
    start = Sql(
        "term c CROSS JOIN resource r ON r.number = c.resource WHERE c.type = ? AND c.name = ? AND c.value = ?",
        (question.type, name, value),
    )
    return Way(start, _rest(question, condition))


def _led(found: Sql, question: Question, condition: Condition) -> Way:
    """All that an index lists."""
    start = Sql(
        f"(SELECT DISTINCT resource FROM ({found.text})) c CROSS JOIN resource r ON r.number = c.resource "
        "WHERE r.type = ?",
        (*found.values, question.type),
    )
    return Way(start, _rest(question, condition))


# --- in which order --------------------------------------------------------------------------------------------------


def _places(link: Link, question: Question, way: Way, mark: Mark | None) -> tuple[list[Place], str]:
    """The places of a page and one more, and the moment whose order they are in."""
    if not question.sort:
        return _first_written(link, question, way, mark), ""
    moment = mark.moment if mark else _newest(link)
    found = _sorted(link, question, way, mark)
    if mark:
        found = ordered([*found, *_changed(link, question, mark)], question)
    return found[: question.limit + 1], moment


def _newest(link: Link) -> str:
    rows = link.told(NEWEST, ())
    return rows[0][0] if rows else ""


def _first_written(link: Link, question: Question, way: Way, mark: Mark | None) -> list[Place]:
    number = "c.resource" if "CROSS JOIN" in way.start.text else "r.number"
    text = f"SELECT {number} FROM {way.start.text} AND {number} > ?{way.checks.text} ORDER BY {number} LIMIT ?"
    after = mark.place.number if mark else 0
    rows = link.told(text, (*way.start.values, after, *way.checks.values, question.limit + 1))
    return [Place((), row[0]) for row in rows]


def _sorted(link: Link, question: Question, way: Way, mark: Mark | None) -> list[Place]:
    """Those that were not written since the first page, by their current values."""
    keys = [_key(name, falls=falls) for name, falls in question.sort]
    names = [f"k{at}" for at in range(len(keys))]
    columns = "".join(f", {key.text} AS {name}" for key, name in zip(keys, names, strict=True))
    since = Sql(" AND r.updated <= ?", (mark.moment,)) if mark else Sql("")
    later = _later(question, keys, mark)
    order = ", ".join(
        [*(f"{n} DESC" if falls else n for n, (_, falls) in zip(names, question.sort, strict=True)), "r.number"]
    )
    if [name for name, _ in question.sort] == [BY_UPDATE]:
        order = order.removesuffix(", r.number")  # no two moments are alike
    text = (
        f"SELECT r.number{columns} FROM {way.start.text}{since.text}{later.text}{way.checks.text} "
        f"ORDER BY {order} LIMIT ?"
    )
    values = [v for key in keys for v in key.values]
    values += [*way.start.values, *since.values, *later.values, *way.checks.values, question.limit + 1]
    return [Place(tuple(row[1:]), row[0]) for row in link.told(text, values)]


def _key(name: str, *, falls: bool) -> Sql:
    """The value a resource is sorted by, as `keys_of` finds it."""
    if name in {"_id", BY_UPDATE}:
        return Sql("r.id" if name == "_id" else "r.updated")
    which, column, end = ("max", "high", BEFORE) if falls else ("min", "low", BEHIND)
    dates = f"(SELECT {which}({column}) FROM {SPANS} WHERE resource = r.number AND name = ?)"
    values = f"(SELECT {which}(value) FROM {TERMS} WHERE resource = r.number AND name = ?)"
    return Sql(f"coalesce({dates}, {values}, ?)", (name, name, end))


def _later(question: Question, keys: Sequence[Sql], mark: Mark | None) -> Sql:
    """` AND` it comes after the mark: greater in the first key that differs."""
    if mark is None:
        return Sql("")
    if [name for name, _ in question.sort] == [BY_UPDATE]:
        return Sql(f" AND r.updated {'<' if question.sort[0][1] else '>'} ?", mark.place.keys)
    text, values = "r.number > ?", [mark.place.number]
    found: list[object] = list(values)
    for key, value, (_, falls) in reversed(list(zip(keys, mark.place.keys, question.sort, strict=True))):
        sign = "<" if falls else ">"
        text = f"({key.text} {sign} ? OR ({key.text} = ? AND {text}))"
        found = [*key.values, value, *key.values, value, *found]
    return Sql(f" AND {text}", tuple(found))


def _changed(link: Link, question: Question, mark: Mark) -> list[Place]:
    """Those that were written since, at the places they had before."""
    checks = all_of(question.where, "r")
    values = (mark.moment, question.type, mark.moment, *checks.values)
    bare = all(name in {"_id", BY_UPDATE} for name, _ in question.sort)
    found = []
    for number, key, updated, body in link.told(CHANGED + checks.text, values):
        terms = NONE if bare else entries(resource_of(body))
        place = Place(keys_of(question, key, updated, terms), number)
        if beyond(place, mark, question):
            found.append(place)
    return found


def _versions(link: Link, places: Sequence[Place]) -> tuple[Version, ...]:
    """The current versions, in this order."""
    if not places:
        return ()
    text = VERSIONS.format(marks=", ".join("?" * len(places)))
    rows = {row[7]: row for row in link.told(text, [place.number for place in places])}
    return tuple(version_of(rows[place.number][:7]) for place in places)
