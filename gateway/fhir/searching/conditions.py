"""One parameter with its value as a condition, by the kind of the parameter (chapter 3.1.1.4.8 and following)."""

import re
from collections.abc import Callable, Mapping

from gateway.domain.question import Condition, How, Known, Missing, Not, OneOf, Span, Term
from gateway.fhir.elements import resource_types
from gateway.fhir.searching import refused
from gateway.fhir.searching.moments import stretch, widened
from gateway.fhir.searching.parameters import Parameter, types
from gateway.fhir.searching.spelling import Key, Refused, meant, parts
from gateway.fhir.searching.texts import EXACT, bare, folded, reachable

Read = Callable[[Parameter, Key, str], Condition]
PREFIX = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)?(.+)", re.DOTALL)
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}", re.ASCII)
LITERAL = re.compile(r"([A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(/_history/[A-Za-z0-9\-.]+)?", re.ASCII)
BOOLEANS = {"true": True, "false": False}
CONTACTS = frozenset({"ContactPoint", "phone", "email"})
CODED = frozenset({"CodeableConcept", "Coding", "Identifier"})


def condition(parameter: Parameter, key: Key, value: str, base: str) -> Condition:
    """What a parameter with a value asks for."""
    if key.modifier == "missing":
        return missing(parameter, key, value)
    if base:
        value = value.replace(base, "")
    narrower = parameter.kind == "reference" and key.modifier in resource_types()
    read = READ.get((parameter.kind, "[type]" if narrower else key.modifier))
    if read is None:
        raise Refused(refused.modifier(key.whole))
    return read(parameter, key, value)


def missing(parameter: Parameter, key: Key, value: str) -> Condition:
    """`:missing=true`; of a parameter that counts links to one type only, the others count as none."""
    if value not in BOOLEANS:
        raise Refused(refused.value(key.whole, "true or false"))
    is_so = BOOLEANS[value]
    if parameter.only and parameter.stored != parameter.name:
        there = Term(parameter.stored, (f"{parameter.only}/",), "starts")
        return Not(there) if is_so else there
    if parameter.kind == "reference":
        both = (Missing(parameter.stored, is_so), Missing(f"{parameter.stored}:identifier", is_so))
        return Not(OneOf(tuple(Missing(each.name, not is_so) for each in both))) if is_so else OneOf(both)
    return Missing(parameter.stored, is_so)


def known(key: Key, value: str) -> Condition:
    """`_id`."""
    if key.modifier:
        raise Refused(refused.modifier(key.whole))
    return Known(tuple(meant(part) for part in parts(value, ",") if part))


def lately(key: Key, value: str) -> Condition:
    """`_lastUpdated`."""
    if key.modifier:
        raise Refused(refused.modifier(key.whole))
    return dates("_lastUpdated", key, value)


def _any(found: list[Condition]) -> Condition:
    """One of several, or the only one; terms of one name and manner are one."""
    grouped: dict[tuple[str, How], list[str]] = {}
    others: list[Condition] = []
    for each in found:
        if isinstance(each, Term):
            grouped.setdefault((each.name, each.how), []).extend(each.values)
        else:
            others.append(each)
    terms = [Term(name, tuple(dict.fromkeys(values)), how) for (name, how), values in grouped.items()]
    both: list[Condition] = [*terms, *others]
    return both[0] if len(both) == 1 else OneOf(tuple(both))


def _values(key: Key, value: str) -> list[str]:
    """The alternatives, those that say something."""
    found = [part for part in parts(value, ",") if part]
    if not found:
        raise Refused(refused.value(key.whole, "a value"))
    return found


def token(parameter: Parameter, key: Key, value: str) -> Condition:
    """Codes, with their system or without (chapter 3.1.1.4.10)."""
    return _any([_token(parameter, parts(part, "|")) for part in _values(key, value)])


def _token(parameter: Parameter, said: list[str]) -> Condition:
    system, code = (meant(said[0]), meant("|".join(said[1:]))) if len(said) > 1 else (None, meant(said[0]))
    name = parameter.stored
    if parameter.of[0] in CONTACTS:
        return Term(name, (bare(reachable(f"+{code[1:]}" if code.startswith(" ") else code)),))
    if parameter.of[0] not in CODED:
        return _code(parameter, system, code)
    if system is None:
        return Term(name, (bare(code),))
    return Term(name, (f"{system}|{code}",), "is" if code else "starts")


def _code(parameter: Parameter, system: str | None, code: str) -> Condition:
    """A code whose element says which system it is of."""
    if system and parameter.system and system != parameter.system:
        return Known(())
    return Term(parameter.stored, (bare(code),)) if code else Missing(parameter.stored, is_so=False)


def token_not(parameter: Parameter, key: Key, value: str) -> Condition:
    """`:not`, also where there is no value at all."""
    return Not(token(parameter, key, value))


def string(parameter: Parameter, key: Key, value: str) -> Condition:
    """A text that begins so."""
    return Term(parameter.stored, _folded(key, value), "starts")


def string_contains(parameter: Parameter, key: Key, value: str) -> Condition:
    """A text that holds this."""
    return Term(parameter.stored, _folded(key, value), "contains")


def _folded(key: Key, value: str) -> tuple[str, ...]:
    found = tuple(filter(None, (folded(meant(part)) for part in _values(key, value))))
    if not found:
        raise Refused(refused.value(key.whole, "a text with letters or digits"))
    return found


def string_exact(parameter: Parameter, key: Key, value: str) -> Condition:
    """A text that is exactly this."""
    said = [meant(part) for part in _values(key, value)]
    return Term(parameter.stored, tuple(f"{folded(each)}{EXACT}{each}" for each in said))


def link(parameter: Parameter, key: Key, value: str) -> Condition:
    """`id`, `Type/id` or URL (chapter 3.1.1.4.12)."""
    return Term(parameter.stored, tuple(each for part in _values(key, value) for each in _link(parameter, meant(part))))


def _link(parameter: Parameter, said: str) -> tuple[str, ...]:
    if "Reference" not in parameter.of:
        return (said,)
    found = LITERAL.fullmatch(said)
    if found:
        return (f"{found[1]}/{found[2]}",)
    kinds = sorted(types()) if parameter.targets == ("*",) else parameter.targets
    return tuple(f"{kind}/{said}" for kind in kinds) if ID.fullmatch(said) and kinds else (said,)


def link_typed(parameter: Parameter, key: Key, value: str) -> Condition:
    """`subject:Patient=id`."""
    said = [meant(part) for part in _values(key, value)]
    return Term(parameter.stored, tuple(each if "/" in each else f"{key.modifier}/{each}" for each in said))


def link_identified(parameter: Parameter, key: Key, value: str) -> Condition:
    """`:identifier`: the identifier of a logical reference, as a token."""
    name = f"{parameter.stored}:identifier"
    whole = Parameter(name, "token", (), ("Identifier",), (), "", "", name)
    return token(whole, key, value)


def date(parameter: Parameter, key: Key, value: str) -> Condition:
    """A date with its prefix."""
    return dates(parameter.stored, key, value)


def dates(name: str, key: Key, value: str) -> Condition:
    """Dates with their prefixes (chapter 3.1.1.4.6)."""
    return _any([_span(name, key, meant(part)) for part in _values(key, value)])


def _span(name: str, key: Key, said: str) -> Condition:
    found = PREFIX.fullmatch(said)
    when = stretch(found[2].replace(" ", "+")) if found else None
    if found is None or when is None:
        raise Refused(refused.value(key.whole, "a date as 2026, 2026-11, 2026-11-20 or 2026-11-20T12:00:00Z"))
    prefix = found[1] or "eq"
    return Span(name, prefix, *(widened(*when) if prefix == "ap" else when))  # type: ignore[arg-type]  # PREFIX has these


def uri(parameter: Parameter, key: Key, value: str) -> Condition:
    """A uri as it is."""
    return Term(parameter.stored, tuple(meant(part) for part in _values(key, value)))


def uri_below(parameter: Parameter, key: Key, value: str) -> Condition:
    """`:below`: a uri that begins so."""
    return Term(parameter.stored, tuple(meant(part) for part in _values(key, value)), "starts")


READ: Mapping[tuple[str, str], Read] = {
    ("token", ""): token,
    ("token", "not"): token_not,
    ("string", ""): string,
    ("string", "exact"): string_exact,
    ("string", "contains"): string_contains,
    ("reference", ""): link,
    ("reference", "identifier"): link_identified,
    ("reference", "[type]"): link_typed,
    ("date", ""): date,
    ("uri", ""): uri,
    ("uri", "below"): uri_below,
}
"""Kind and modifier -> how the value is read."""
