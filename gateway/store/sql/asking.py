# ruff: noqa: S608 - only texts of this room are put together; values stand apart, as parameters
"""Conditions of a search as SQL: `check` asks whether a resource fits, `lead` lists those that fit by an index.

The tables of terms and spans are deep, and SQLite knows nothing of how often a value occurs; so the text says which
index answers: CROSS JOIN keeps the order of tables, INDEXED BY names the index.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from gateway.domain.question import AllOf, Condition, Known, Linked, Linking, Missing, Not, OneOf, Span, Term

LAST = "\U0010ffff"
TERMS = "term INDEXED BY ix_term_resource"
SPANS = "span INDEXED BY ix_span_resource"


class Sql(NamedTuple):
    """A piece of text with its values in their order."""

    text: str
    values: tuple[Any, ...] = ()


def joined(pieces: Sequence[Sql], between: str) -> Sql:
    """Several pieces as one."""
    return Sql(between.join(piece.text for piece in pieces), tuple(v for piece in pieces for v in piece.values))


def all_of(conditions: Sequence[Condition], row: str) -> Sql:
    """` AND ...` for each condition."""
    pieces = [check(each, row) for each in conditions]
    return Sql("".join(f" AND {piece.text}" for piece in pieces), joined(pieces, "").values)


def check(condition: Condition, row: str) -> Sql:
    """Whether the resource of this alias fits."""
    return CHECKS[type(condition)](condition, row)


def lead(condition: Condition, kind: str) -> Sql | None:
    """The numbers of resources of a type that fit, some perhaps twice; None where no index lists them."""
    found = LEADS.get(type(condition))
    return found(condition, kind) if found else None


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))


# --- terms -----------------------------------------------------------------------------------------------------------


def _value(asked: Term) -> Sql:
    """The condition on the value of a term."""
    if asked.how == "is":
        return Sql(f"value IN ({_marks(asked.values)})", asked.values)
    if asked.how == "contains":
        return Sql(" OR ".join(["instr(value, ?) > 0"] * len(asked.values)), asked.values)
    bounds = tuple(each for value in asked.values for each in (value, value + LAST))
    return Sql(" OR ".join(["(value >= ? AND value < ?)"] * len(asked.values)), bounds)


def _check_term(asked: Term, row: str) -> Sql:
    value = _value(asked)
    table = "term" if asked.how == "is" else TERMS
    text = (
        f"EXISTS (SELECT 1 FROM {table} WHERE type = {row}.type AND name = ? AND ({value.text}) "
        f"AND resource = {row}.number)"
    )
    return Sql(text, (asked.name, *value.values))


def _lead_term(asked: Term, kind: str) -> Sql:
    pieces = [asked] if asked.how != "starts" else [Term(asked.name, (each,), "starts") for each in asked.values]
    found = [_value(each) for each in pieces]
    texts = [
        Sql(f"SELECT resource FROM term WHERE type = ? AND name = ? AND ({v.text})", (kind, asked.name, *v.values))
        for v in found
    ]
    return joined(texts, " UNION ALL ")


# --- spans -----------------------------------------------------------------------------------------------------------

WITHIN = Sql("(low >= ? AND low <= ? AND high <= ?)", ("low", "high", "high"))
COMPARED: Mapping[str, tuple[Sql, ...]] = {
    "eq": (WITHIN,),
    "ne": (Sql("NOT (low >= ? AND high <= ?)", ("low", "high")),),
    "gt": (Sql("high > ?", ("high",)),),
    "lt": (Sql("low < ?", ("low",)),),
    "ge": (Sql("high > ?", ("high",)), WITHIN),
    "le": (Sql("low < ?", ("low",)), WITHIN),
    "sa": (Sql("low > ?", ("high",)),),
    "eb": (Sql("high < ?", ("low",)),),
    "ap": (Sql("(low <= ? AND high >= ?)", ("high", "low")),),
}
"""Prefixes (chapter 3.1.1.4.6); one of several holds, each by an index of its own."""

MOMENTS: Mapping[str, Sql] = {
    "eq": Sql("updated >= ? AND {r}updated <= ?", ("low", "high")),
    "ne": Sql("updated NOT BETWEEN ? AND ?", ("low", "high")),
    "gt": Sql("updated > ?", ("high",)),
    "lt": Sql("updated < ?", ("low",)),
    "ge": Sql("updated >= ?", ("low",)),
    "le": Sql("updated <= ?", ("high",)),
    "sa": Sql("updated > ?", ("high",)),
    "eb": Sql("updated < ?", ("low",)),
    "ap": Sql("updated >= ? AND {r}updated <= ?", ("low", "high")),
}
"""The same for a moment (`_lastUpdated`)."""


def _bound(piece: Sql, asked: Span) -> Sql:
    return Sql(piece.text, tuple(getattr(asked, name) for name in piece.values))


def _moment(asked: Span, row: str) -> Sql:
    """`_lastUpdated` of a row."""
    piece = _bound(MOMENTS[asked.prefix], asked)
    return Sql(f"({row}{piece.text.format(r=row)})", piece.values)


def _check_span(asked: Span, row: str) -> Sql:
    if asked.name == "_lastUpdated":
        return _moment(asked, f"{row}.")
    ways = joined([_bound(piece, asked) for piece in COMPARED[asked.prefix]], " OR ")
    text = f"EXISTS (SELECT 1 FROM {SPANS} WHERE resource = {row}.number AND name = ? AND ({ways.text}))"
    return Sql(text, (asked.name, *ways.values))


def _lead_span(asked: Span, kind: str) -> Sql | None:
    if asked.prefix == "ne":
        return None
    if asked.name == "_lastUpdated":
        piece = _moment(asked, "")
        return Sql(f"SELECT number AS resource FROM resource WHERE type = ? AND {piece.text}", (kind, *piece.values))
    ways = [_bound(piece, asked) for piece in COMPARED[asked.prefix]]
    texts = [
        Sql(f"SELECT resource FROM span WHERE type = ? AND name = ? AND {way.text}", (kind, asked.name, *way.values))
        for way in ways
    ]
    return joined(texts, " UNION ALL ")


# --- the others ------------------------------------------------------------------------------------------------------


def _check_missing(asked: Missing, row: str) -> Sql:
    tables = [f"EXISTS (SELECT 1 FROM {table} WHERE resource = {row}.number AND name = ?)" for table in (TERMS, SPANS)]
    text = f"({' OR '.join(tables)})"
    return Sql(f"NOT {text}" if asked.is_so else text, (asked.name, asked.name))


def _check_known(asked: Known, row: str) -> Sql:
    return Sql(f"{row}.id IN ({_marks(asked.ids)})", asked.ids)


def _lead_known(asked: Known, kind: str) -> Sql:
    text = f"SELECT number AS resource FROM resource WHERE type = ? AND id IN ({_marks(asked.ids)})"
    return Sql(text, (kind, *asked.ids))


def _check_one_of(asked: OneOf, row: str) -> Sql:
    either = joined([check(each, row) for each in asked.of], " OR ")
    return Sql(f"({either.text})", either.values)


def _lead_one_of(asked: OneOf, kind: str) -> Sql | None:
    found = [each for each in (lead(one, kind) for one in asked.of) if each is not None]
    return joined(found, " UNION ALL ") if len(found) == len(asked.of) else None


def _check_all_of(asked: AllOf, row: str) -> Sql:
    each = joined([check(one, row) for one in asked.of], " AND ")
    return Sql(f"({each.text})", each.values)


def _lead_all_of(asked: AllOf, kind: str) -> Sql | None:
    """Those of the first part that an index lists, as far as the others hold too."""
    if not any(lead(one, kind) for one in asked.of):
        return None
    found = _others(kind, asked.of, "a")
    return Sql(f"SELECT number AS resource FROM ({found.text})", found.values)


def _check_not(asked: Not, row: str) -> Sql:
    inner = check(asked.condition, row)
    return Sql(f"NOT {inner.text}", inner.values)


def _others(kind: str, where: Sequence[Condition], row: str) -> Sql:
    """Number and id of the resources at the other end of a link."""
    leads = [(at, found) for at, each in enumerate(where) if (found := lead(each, kind)) is not None]
    if not leads:
        checks = all_of(where, row)
        return Sql(
            f"SELECT {row}.number, {row}.id FROM resource {row} WHERE {row}.type = ?{checks.text}",
            (kind, *checks.values),
        )
    at, first = leads[0]
    checks = all_of([*where[:at], *where[at + 1 :]], row)
    text = (
        f"SELECT {row}.number, {row}.id FROM ({first.text}) CROSS JOIN resource {row} "
        f"ON {row}.number = resource WHERE {row}.type = ?{checks.text}"
    )
    return Sql(text, (*first.values, kind, *checks.values))


def _check_linked(asked: Linked, row: str) -> Sql:
    other, start = f"{row}q", f"{asked.type}/"
    checks = all_of(asked.where, other)
    text = (
        f"EXISTS (SELECT 1 FROM {TERMS} CROSS JOIN resource {other} WHERE resource = {row}.number AND name = ? "
        f"AND value >= ? AND value < ? AND {other}.type = ? AND {other}.id = substr(value, ?){checks.text})"
    )
    return Sql(text, (asked.name, start, start + LAST, asked.type, len(start) + 1, *checks.values))


def _lead_linked(asked: Linked, kind: str) -> Sql:
    others = _others(asked.type, asked.where, "q")
    text = (
        f"SELECT resource FROM ({others.text}) o CROSS JOIN term t ON t.type = ? AND t.name = ? AND t.value = ? || o.id"
    )
    return Sql(text, (*others.values, kind, asked.name, f"{asked.type}/"))


def _check_linking(asked: Linking, row: str) -> Sql:
    other = f"{row}q"
    checks = all_of(asked.where, other)
    text = (
        f"EXISTS (SELECT 1 FROM term t CROSS JOIN resource {other} ON {other}.number = t.resource "
        f"WHERE t.type = ? AND t.name = ? AND t.value = {row}.type || '/' || {row}.id{checks.text})"
    )
    return Sql(text, (asked.type, asked.name, *checks.values))


def _lead_linking(asked: Linking, kind: str) -> Sql:
    others, start = _others(asked.type, asked.where, "q"), f"{kind}/"
    text = (
        f"SELECT r.number AS resource FROM ({others.text}) o CROSS JOIN {TERMS.replace('term', 'term t', 1)} "
        "ON t.resource = o.number AND t.name = ? AND t.value >= ? AND t.value < ? "
        "CROSS JOIN resource r ON r.type = ? AND r.id = substr(t.value, ?)"
    )
    return Sql(text, (*others.values, asked.name, start, start + LAST, kind, len(start) + 1))


CHECKS: Mapping[type, Callable[[Any, str], Sql]] = {
    Term: _check_term,
    Span: _check_span,
    Missing: _check_missing,
    Known: _check_known,
    OneOf: _check_one_of,
    AllOf: _check_all_of,
    Not: _check_not,
    Linked: _check_linked,
    Linking: _check_linking,
}
LEADS: Mapping[type, Callable[[Any, str], Sql | None]] = {
    Term: _lead_term,
    Span: _lead_span,
    Known: _lead_known,
    OneOf: _lead_one_of,
    AllOf: _lead_all_of,
    Linked: _lead_linked,
    Linking: _lead_linking,
}
