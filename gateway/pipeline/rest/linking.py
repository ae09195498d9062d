"""References as they are stored: `Type/id`, whatever form the client gave them (chapters 2.3.0 and 3.1.0.11.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.domain.problem import Problem
from gateway.fhir.conform import printable
from gateway.fhir.elements import resource_types
from gateway.fhir.references import REFERENCE
from gateway.pipeline.rest.asked import Caller
from gateway.pipeline.rest.naming import matching
from gateway.pipeline.rest.wanted import Wanted
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.view import links, universal

URLS = frozenset({"url", "valueUri", "valueUrl", "valueUuid"})
"""Elements of type uri, url and uuid that may name a resource of the transaction too (Attachment.url)."""


def link(wanted: Sequence[Wanted], caller: Caller, rooms: Rooms) -> None:
    """All references of some changes that are made together; what leads nowhere is a problem of its change."""
    names = names_of(wanted)
    for one in wanted:
        if not one.found:
            known = Known({**as_sent(one), **names}, tuple(filter(None, (rooms.base, caller.base))), rooms)
            one.after = _linked(one, one.after, one.asked.type, known)


@dataclass(frozen=True, slots=True)
class Known:
    """What references may mean: names of the request and of the version before, and the addresses we are reached at."""

    names: Mapping[str, str]
    bases: tuple[str, ...]
    rooms: Rooms


def as_sent(wanted: Wanted) -> dict[str, str]:
    """The references of a resource as its parties were sent them, by `urn:uuid:`: sent back they mean the same."""
    named = (name.partition("/") for name in (links(wanted.stored) if wanted.before else ()))
    return {universal({"resourceType": kind, "id": key}): f"{kind}/{key}" for kind, _, key in named if key}


def names_of(wanted: Sequence[Wanted]) -> dict[str, str]:
    """FullUrl -> `Type/id`, and what the URL of an entry on another server is called there (2.36.4.1)."""
    names = {one.asked.full_url: one.name for one in wanted if one.asked.full_url}
    there: dict[str, list[str]] = {}
    for url, name in names.items():
        own = "/".join(url.rsplit("/", 2)[1:])
        if own.partition("/")[0] in resource_types():
            there.setdefault(own, []).append(name)
    return {**{own: found[0] for own, found in there.items() if len(found) == 1}, **names}


def _linked(wanted: Wanted, value: Any, place: str, known: Known) -> Any:
    """A copy with its references as they are stored."""
    if isinstance(value, list):
        return [_linked(wanted, item, f"{place}[{n}]", known) for n, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    copy = {key: _linked(wanted, item, f"{place}.{printable(key)}", known) for key, item in value.items()}
    for key in URLS & copy.keys():
        copy[key] = known.names.get(copy[key], copy[key]) if isinstance(copy[key], str) else copy[key]
    text = copy.get("reference")
    if isinstance(text, str) and copy.keys() <= REFERENCE:
        name, problems = meant(text, f"{place}.reference", known)
        wanted.problems += problems
        copy["reference"] = name
    return copy


def meant(text: str, place: str, known: Known) -> tuple[str, list[Problem]]:
    """What a reference means here: a resource of the transaction, the one a search finds, ours, or another server's."""
    if text in known.names:
        return known.names[text], []
    if text.startswith(("urn:uuid:", "urn:oid:")):
        return text, [_nowhere(place)]
    if "?" in text and text.partition("?")[0] in resource_types():
        return _searched(text, place, known.rooms)
    return next((text.removeprefix(base) for base in known.bases if text.startswith(base)), text), []


def _searched(text: str, place: str, rooms: Rooms) -> tuple[str, list[Problem]]:
    """The one resource that a conditional reference finds."""
    kind, _, where = text.partition("?")
    found, problems = matching(kind, where, rooms)
    if len(found) == 1 and not problems:
        return f"{kind}/{found[0].id}", []
    sentence = "This reference finds no resource, or more than one."
    repair = "Let it find exactly one, or refer by `Type/id`."
    return text, [Problem("rest.reference.search", place, sentence, repair)]


def _nowhere(place: str) -> Problem:
    sentence = "This reference leads to nothing in the request."
    return Problem("rest.reference", place, sentence, "Send the resource as an entry with this fullUrl.")
