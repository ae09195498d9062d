"""A query string as a `Question` (chapter 3.1.1)."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from gateway.domain.problem import Problem
from gateway.domain.question import Condition, Linked, Linking, OneOf, Question, Span
from gateway.fhir.searching import refused
from gateway.fhir.searching.conditions import condition, known, lately
from gateway.fhir.searching.parameters import Parameter, parameters, types
from gateway.fhir.searching.spelling import KNOWN, Key, Refused, UnknownName, key_of, parts

Pairs = Sequence[tuple[str, str]]
Links = Linked | Linking
Found = Condition | Problem | None
"""None: the parameter says nothing."""

MOST = 1000
"""Matches of one page, whatever `_count` asks for."""
VALUES = 200
"""Alternatives of one query, all parameters together."""
LINKS = 200
"""Links of all chains and `_has`, one for each type that a chain may lead to."""
KEYS = 5
"""Parameters of one `_sort`."""
ELSEWHERE = frozenset({"_include", "_revinclude", "_elements", "_format", "_pretty"})
"""How the answer is written; who answers reads them."""
TOTALS = {"none": False, "estimate": True, "accurate": True}
SUMMARIES = frozenset({"true", "false", "text", "data", "count"})


class Asking:
    """A question as far as it was read."""

    def __init__(self, kind: str, base: str) -> None:
        self.kind = kind
        self.base = base
        self.where: list[Condition] = []
        self.sort: tuple[tuple[str, bool], ...] = ()
        self.limit = 20
        self.total = False
        self.problems: list[Problem] = []


def question(
    type: str,  # noqa: A002 - FHIR's word
    pairs: Pairs,
    *,
    strict: bool = False,
    base: str = "",
) -> tuple[Question, list[Problem]]:
    """The question of a search of one type, and what is wrong with it.

    pairs   decoded names and values, in their order; empty values say nothing
    strict  `Prefer: handling=strict`: unknown parameters are errors, else warnings, and passed over (3.1.1.5.1)
    base    URL under which this server is asked; references may be written with it
    """
    asking = Asking(type, base.rstrip("/") + "/" if base else "")
    said = sum(1 + value.count(",") for _, value in pairs)
    if said > VALUES:
        return Question(type), [refused.too_much(VALUES)]
    for name, value in pairs:
        if value and name.partition(":")[0] not in ELSEWHERE:
            try:
                storable(name, value)
                CONTROLS.get(name, _asked)(asking, name, value)
            except UnknownName as fault:
                asking.problems.append(refused.unknown(fault.name, type, strict=strict))
            except Refused as fault:
                asking.problems.append(fault.problem)
    if sum(len(each.of) if isinstance(each, OneOf) else isinstance(each, Links) for each in asking.where) > LINKS:
        return Question(type), [refused.too_linked()]
    found = Question(type, tuple(asking.where), asking.sort or _usual(asking), asking.limit, "", asking.total)
    return found, asking.problems


def storable(name: str, value: str) -> None:
    """Refuse half of a pair of surrogates, which no store can look for."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Refused(refused.value(name, "a text in UTF-8")) from None


def _asked(asking: Asking, name: str, value: str) -> None:
    """One parameter, a chain or `_has`."""
    asking.where.append(_condition(asking, asking.kind, key_of(name), value))


def _condition(asking: Asking, kind: str, key: Key, value: str) -> Condition:
    if key.type:
        return _linking(asking, key, value)
    if key.rest is not None:
        return _chained(asking, kind, key, value)
    return simple(kind, key, value, asking.base)


def simple(kind: str, key: Key, value: str, base: str) -> Condition:
    """A parameter of a type itself."""
    special = SPECIAL.get(key.name)
    if special is not None:
        return special(key, value)
    parameter = parameters(kind).get(key.name)
    if parameter is None:
        raise UnknownName(key.whole)
    return condition(parameter, key, value, base)


def _linking(asking: Asking, key: Key, value: str) -> Condition:
    """`_has:Task:focus:status=`: others that refer to it (chapter 3.1.1.4.14)."""
    parameter = parameters(key.type).get(key.name) if key.type in types() else None
    if parameter is None or key.rest is None:
        raise UnknownName(key.whole)
    if parameter.kind != "reference" or not leads(parameter, asking.kind):
        raise Refused(refused.no_link(key.whole))
    inner = key_of(key.rest)
    if inner.type or inner.rest is not None:
        raise Refused(refused.too_long(key.whole))
    return Linking(key.type, parameter.stored, (simple(key.type, inner, value, asking.base),))


def _chained(asking: Asking, kind: str, key: Key, value: str) -> Condition:
    """`subject:Patient.name=`: what it refers to (chapter 3.1.1.4.13)."""
    parameter = parameters(kind).get(key.name)
    if parameter is None:
        raise UnknownName(key.whole)
    if parameter.kind != "reference":
        raise Refused(refused.no_link(key.whole))
    inner = key_of(key.rest or "")
    if inner.type or inner.rest is not None:
        raise Refused(refused.too_long(key.whole))
    named = [key.modifier] if key.modifier else [each for each in targets(parameter) if has(each, inner)]
    if not named or not all(leads(parameter, each) for each in named):
        raise Refused(refused.no_link(key.whole))
    links = [Linked(parameter.stored, each, (simple(each, inner, value, asking.base),)) for each in named]
    return links[0] if len(links) == 1 else OneOf(tuple(links))


def targets(parameter: Parameter) -> Iterable[str]:
    """The types a reference may lead to."""
    return sorted(types()) if parameter.targets == ("*",) else parameter.targets


def leads(parameter: Parameter, kind: str) -> bool:
    """Whether a reference may lead to a type."""
    return parameter.targets == ("*",) or kind in parameter.targets


def has(kind: str, key: Key) -> bool:
    """Whether a type has a parameter of its own, or one of every resource."""
    return key.name in SPECIAL or key.name in parameters(kind)


def _usual(asking: Asking) -> tuple[tuple[str, bool], ...]:
    """Who asks for what changed since a moment gets it as it changed, unless another order is asked for."""
    since = any(isinstance(each, Span) and each.name == "_lastUpdated" for each in asking.where)
    return (("_lastUpdated", False),) if since else ()


# --- what stands beside the conditions -------------------------------------------------------------------------------


def _sort(asking: Asking, name: str, value: str) -> None:
    """`_sort=-_lastUpdated,status` (chapter 3.1.1.5.2)."""
    order = []
    for part in parts(value, ","):
        word = part.removeprefix("-")
        parameter = parameters(asking.kind).get(word)
        if parameter is None and word not in KNOWN:
            raise UnknownName(f"_sort={word}")
        order.append((parameter.stored if parameter else word, part.startswith("-")))
    if len(order) > KEYS:
        raise Refused(refused.value(name, f"at most {KEYS} parameters"))
    asking.sort = tuple(order)


def _count(asking: Asking, name: str, value: str) -> None:
    """`_count`, 0 for the total alone (chapter 3.1.1.5.3)."""
    if not (value.isascii() and value.isdigit()):
        raise Refused(refused.value(name, "a whole number"))
    asking.limit = min(int(value[:9]), MOST)
    asking.total = asking.total or asking.limit == 0


def _total(asking: Asking, name: str, value: str) -> None:
    """`_total` (chapter 3.1.1.5.4); an estimate is exact."""
    if value not in TOTALS:
        raise Refused(refused.value(name, "none, estimate or accurate"))
    asking.total = asking.total or TOTALS[value]


def _summary(asking: Asking, name: str, value: str) -> None:
    """`_summary=count` asks for the total alone (chapter 3.1.1.5.8); who answers reads the others."""
    if value not in SUMMARIES:
        raise Refused(refused.value(name, ", ".join(sorted(SUMMARIES))))
    if value == "count":
        asking.limit, asking.total = 0, True


CONTROLS: Mapping[str, Callable[[Asking, str, str], None]] = {
    "_sort": _sort,
    "_count": _count,
    "_total": _total,
    "_summary": _summary,
}
SPECIAL: Mapping[str, Callable[[Key, str], Condition]] = {"_id": known, "_lastUpdated": lately}
