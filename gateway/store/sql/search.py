# ruff: noqa: S608 - only texts of this room are put together; values stand apart, as parameters
"""A search over terms and spans (chapter 3.1.1), by the way that reads least.

Few matches of one condition: they are listed and looked at. Many, in the usual order: terms give them in it, one by
one, until a page is full. Many, otherwise: the order itself is walked for a while, and if that fills no page, all
matches of the rarest condition are listed after all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.domain.ledger import Version
from gateway.domain.question import Condition, Known, OneOf, Page, Question, Term
from gateway.fhir.searching.entries import NONE, entries
from gateway.store.paging import BEFORE, BEHIND, Mark, Place, beyond, cut, keys_of, mark_of, ordered
from gateway.store.rows import resource_of
from gateway.store.sealing import records
from gateway.store.sql.asking import SPANS, TERMS, Sql, all_of, lead
from gateway.store.sql.link import Link

FEW = 1_000
"""So many are listed without a thought."""
MANY = 5_000
"""Matches of a condition that are counted to find the rarest of several that have more."""
STREAMS = 50
"""Terms whose matches are read side by side."""
STEPS = 2_000
"""Resources that are looked at along an order before their matches are listed instead."""

VERSIONS = (
    "SELECT r.type, r.id, v.version, v.updated, v.message, v.number, v.body, r.number FROM resource r "
    "CROSS JOIN resource_version v ON v.number = r.current WHERE r.number IN ({marks})"
)
NEWEST = "SELECT updated FROM resource_version ORDER BY number DESC LIMIT 1"
CHANGED = (
    "SELECT r.number, r.id, v.updated, v.version, v.body FROM resource r INDEXED BY ix_resource_updated "
    "CROSS JOIN resource_version v ON v.number = (SELECT number FROM resource_version "
    "WHERE resource = r.number AND updated <= ? ORDER BY version DESC LIMIT 1) "
    "WHERE r.type = ? AND r.updated > ?"
)
BY_UPDATE = "_lastUpdated"


@dataclass(frozen=True, slots=True)
class Listed:
    """A condition that an index lists, and how many it lists: exact below what was counted."""

    condition: Condition
    text: Sql
    size: int


@dataclass(frozen=True, slots=True)
class Order:
    """How a question is sorted, as SQL.

    keys    values of a resource `r`, empty in the usual order
    walk    the index that is in this order, empty where none is; by which column
    by      ORDER BY
    """

    keys: tuple[Sql, ...]
    walk: str
    column: str
    by: str
    falls: bool = False


def search(link: Link, question: Question) -> Page:
    """One page, all of it from one moment."""
    mark = mark_of(question)
    link.say("BEGIN")
    try:
        best = _rarest(link, question)
        total = _count(link, question, best) if question.total else None
        places, moment = _places(link, question, best, mark) if question.limit > 0 else ([], "")
        shown, after = cut(places, question, moment)
        return Page(versions(link, shown), after, total)
    finally:
        link.say("ROLLBACK")


def first(link: Link, question: Question) -> list[Place]:
    """The first that fit, in the usual order, and one more than are asked for."""
    return _unchanged(link, question, _rarest(link, question), None)


def _places(link: Link, question: Question, best: Listed | None, mark: Mark | None) -> tuple[list[Place], str]:
    """The places of a page and one more, and the moment whose order they are in."""
    if not question.sort:
        return _unchanged(link, question, best, mark), ""
    moment = mark.moment if mark else newest(link)
    found = _unchanged(link, question, best, mark)
    if mark:
        found = ordered([*found, *_changed(link, question, mark)], question)
    return found[: question.limit + 1], moment


def newest(link: Link) -> str:
    """The moment of the last write."""
    rows = link.told(NEWEST, ())
    return rows[0][0] if rows else ""


# --- which way -------------------------------------------------------------------------------------------------------


def _rarest(link: Link, question: Question) -> Listed | None:
    """The condition with the fewest matches, None where no index lists any; a few ids are few without counting."""
    named = next((each for each in question.where if isinstance(each, Known) and len(each.ids) < FEW), None)
    if named is not None and (listed := lead(named, question.type)) is not None:
        return Listed(named, listed, len(named.ids))
    leads = [(each, found) for each in question.where if (found := lead(each, question.type)) is not None]
    best: Listed | None = None
    for limit in (FEW, MANY):
        best = None
        for each, found in leads:
            size = _size(link, found, best.size if best else limit)  # no further than the fewest so far
            if best is None or size < best.size:
                best = Listed(each, found, size)
        if best is None or best.size < limit or len(leads) == 1:
            break
    return best


def _size(link: Link, found: Sql, limit: int) -> int:
    size: int = link.told(f"SELECT count(*) FROM (SELECT 1 FROM ({found.text}) LIMIT {limit})", found.values)[0][0]
    return size


def _terms(condition: Condition) -> list[Term]:
    """The single terms of which one must be there, where a condition asks for nothing else."""
    if isinstance(condition, Term) and condition.how == "is":
        return [Term(condition.name, (value,)) for value in condition.values]
    if isinstance(condition, OneOf):
        inner = [_terms(each) for each in condition.of]
        return [term for each in inner for term in each] if all(inner) else []
    return []


def _unchanged(link: Link, question: Question, best: Listed | None, mark: Mark | None) -> list[Place]:
    """Places of those that were not written since the first page, as many as a page and one more."""
    order = _order(question)
    if best is not None and best.size >= FEW:
        streams = [] if order.keys else _streams(question, best)
        if streams:
            return _streamed(link, question, order, streams, mark)
        if order.walk:
            edge = _edge(link, question, order, mark)
            if edge is not None:
                limits = Sql(f" AND r.{order.column} {'>=' if order.falls else '<='} ?", (edge,))
                found = _run(link, question, order, _walked(question, order, limits), mark)
                if len(found) > question.limit:
                    return found
    start = _walked(question, order, Sql("")) if best is None else _led(question, best)
    return _run(link, question, order, start, mark)


def _streams(question: Question, best: Listed) -> list[tuple[Condition, Term]]:
    """The terms whose matches come in the usual order: of the rarest condition, else of any."""
    for condition in (best.condition, *question.where):
        if 0 < len(terms := _terms(condition)) <= STREAMS:
            return [(condition, term) for term in terms]
    return []


def _streamed(
    link: Link, question: Question, order: Order, streams: Sequence[tuple[Condition, Term]], mark: Mark | None
) -> list[Place]:
    """The first of several terms together are among the first of each."""
    found: set[int] = set()
    for condition, term in streams:
        text = "term c CROSS JOIN resource r ON r.number = c.resource WHERE c.type = ? AND c.name = ? AND c.value = ?"
        start = Sql(text, (question.type, term.name, *term.values))
        found.update(place.number for place in _run(link, question, order, (start, _rest(question, condition)), mark))
    return [Place((), number) for number in sorted(found)[: question.limit + 1]]


Start = tuple[Sql, Sql]
"""A FROM with its first conditions, the resource called `r` (`c.resource` is its number); the other conditions."""


def _rest(question: Question, condition: Condition | None = None) -> Sql:
    return all_of([each for each in question.where if each is not condition], "r")


def _led(question: Question, best: Listed) -> Start:
    """All that an index lists."""
    distinct = "" if len(_terms(best.condition)) == 1 else "DISTINCT "
    text = (
        f"(SELECT {distinct}resource FROM ({best.text.text})) c CROSS JOIN resource r ON r.number = c.resource WHERE 1"
    )
    return Sql(text, best.text.values), _rest(question, best.condition)


def _walked(question: Question, order: Order, limits: Sql) -> Start:
    """All of the type, along an order."""
    index = f" INDEXED BY {order.walk}" if order.walk else ""
    return Sql(f"resource r{index} WHERE r.type = ?{limits.text}", (question.type, *limits.values)), _rest(question)


def _edge(link: Link, question: Question, order: Order, mark: Mark | None) -> object | None:
    """Up to where the order is walked; None where it ends before."""
    sign, way = ("<", "DESC") if order.falls else (">", "ASC")
    since = ""
    values: list[object] = [question.type]
    if mark:
        since = f" AND {order.column} {sign} ?"
        values.append(mark.place.keys[0] if mark.place.keys else mark.place.number)
    text = (
        f"SELECT {order.column} FROM resource INDEXED BY {order.walk} WHERE type = ?{since} "
        f"ORDER BY {order.column} {way} LIMIT 1 OFFSET {STEPS}"
    )
    rows = link.told(text, values)
    return rows[0][0] if rows else None


# --- in which order --------------------------------------------------------------------------------------------------


def _order(question: Question) -> Order:
    """The order of a question."""
    if not question.sort:
        return Order((), "ix_resource_type", "number", "")
    keys = tuple(_key(name, falls=falls) for name, falls in question.sort)
    ways = [f"k{at} {'DESC' if falls else 'ASC'}" for at, (_, falls) in enumerate(question.sort)]
    if len(keys) == 1 and question.sort[0][0] == BY_UPDATE:  # no two moments are alike
        return Order(keys, "ix_resource_updated", "updated", ways[0].replace("k0", "r.updated"), question.sort[0][1])
    return Order(keys, "", "", ", ".join([*ways, "r.number"]))


def _key(name: str, *, falls: bool) -> Sql:
    """The value a resource is sorted by, as `keys_of` finds it."""
    if name in {"_id", BY_UPDATE}:
        return Sql("r.id" if name == "_id" else "r.updated")
    which, column, end = ("max", "high", BEFORE) if falls else ("min", "low", BEHIND)
    dates = f"(SELECT {which}({column}) FROM {SPANS} WHERE resource = r.number AND name = ?)"
    values = f"(SELECT {which}(value) FROM {TERMS} WHERE resource = r.number AND name = ?)"
    return Sql(f"coalesce({dates}, {values}, ?)", (name, name, end))


def _run(link: Link, question: Question, order: Order, start: Start, mark: Mark | None) -> list[Place]:
    """The first of those after the mark, as many as a page and one more."""
    base, checks = start
    number = "c.resource" if " c CROSS JOIN" in base.text else "r.number"
    columns = "".join(f", {key.text} AS k{at}" for at, key in enumerate(order.keys))
    since = Sql(" AND r.updated <= ?", (mark.moment,)) if mark and order.keys else Sql("")
    later = _later(question, order, mark, number)
    text = (
        f"SELECT {number}{columns} FROM {base.text}{since.text}{later.text}{checks.text} "
        f"ORDER BY {order.by or number} LIMIT ?"
    )
    values = [value for key in order.keys for value in key.values]
    values += [*base.values, *since.values, *later.values, *checks.values, question.limit + 1]
    return [Place(tuple(row[1:]), row[0]) for row in link.told(text, values)]


def _later(question: Question, order: Order, mark: Mark | None, number: str) -> Sql:
    """` AND` it comes after the mark: greater in the first key that differs."""
    if mark is None:
        return Sql("")
    if order.walk and order.keys:
        return Sql(f" AND r.updated {'<' if order.falls else '>'} ?", mark.place.keys)
    text = f"{number} > ?"
    values: list[object] = [mark.place.number]
    for key, value, (_, falls) in reversed(list(zip(order.keys, mark.place.keys, question.sort, strict=True))):
        text = f"({key.text} {'<' if falls else '>'} ? OR ({key.text} = ? AND {text}))"
        values = [*key.values, value, *key.values, value, *values]
    return Sql(f" AND {text}", tuple(values))


def _changed(link: Link, question: Question, mark: Mark) -> list[Place]:
    """Those that were written since, at the places they had before."""
    checks = all_of(question.where, "r")
    values = (mark.moment, question.type, mark.moment, *checks.values)
    bare = all(name in {"_id", BY_UPDATE} for name, _ in question.sort)
    found = []
    for number, key, updated, version, body in link.told(CHANGED + checks.text, values):
        terms = NONE if bare else entries(resource_of(records.body(link.seals, question.type, key, version, body)))
        place = Place(keys_of(question, key, updated, terms), number)
        if beyond(place, mark, question):
            found.append(place)
    return found


def _count(link: Link, question: Question, best: Listed | None) -> int:
    """All matches."""
    base, checks = _walked(question, _order(question), Sql("")) if best is None else _led(question, best)
    found: int = link.told(f"SELECT count(*) FROM {base.text}{checks.text}", (*base.values, *checks.values))[0][0]
    return found


def versions(link: Link, places: Sequence[Place]) -> tuple[Version, ...]:
    """The current versions, in this order."""
    if not places:
        return ()
    text = VERSIONS.format(marks=", ".join("?" * len(places)))
    rows = {row[7]: row for row in link.told(text, [place.number for place in places])}
    return tuple(records.versions(link.seals, [rows[place.number][:7] for place in places]))
