"""Conditions and patches of a partner (chapters 3.1.0.5.1, 3.1.0.6.3): they meet what it is shown, not what is stored.

A condition that fits, a `test` that holds, a value that is copied tell as much as a page that shows.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from gateway.domain.ledger import Version
from gateway.domain.problem import Problem
from gateway.domain.question import Question
from gateway.pipeline.rest.asked import Asked
from gateway.pipeline.rest.naming import condition
from gateway.pipeline.rest.patch import patched
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.seeing.seen import Seen

Resource = dict[str, Any]
SOURCE = "_source"
"""What every condition of a partner is narrowed by (writing.py); whoever wrote a resource knows it."""


def met(one: Asked, seen: Seen, rooms: Rooms) -> Asked:
    """A change whose condition finds only what fits it as the partner sees it; what else it fits is not there."""
    question, problems = condition(one.type, one.where, rooms) if one.where else (Question(one.type), [])
    if not one.where or problems:
        return one
    found = rooms.store.search(question).found
    plain = [pair for pair in parse_qsl(one.where, keep_blank_values=True) if pair[0] != SOURCE]
    asked = condition(one.type, urlencode(plain), rooms)[0] if plain else Question(one.type)
    fitting = [version for version in found if fits(asked, version, seen)]
    if found and not fitting:
        return replace(one, where="", **MISSED[one.how](rooms))
    if len(fitting) == 1 and one.how == "patch":
        return replace(one, where="", id=fitting[0].id)
    return one if len(fitting) == len(found) else replace(one, where=f"_id={fitting[0].id}")


MISSED: Mapping[str, Callable[[Rooms], dict[str, Any]]] = {
    "create": lambda _: {},
    "update": lambda _: {"how": "create"},
    "patch": lambda rooms: {"id": rooms.new_id()},
}
"""What a change is whose condition finds nothing (chapters 3.1.0.4.3, 3.1.0.8.1); a patch is of what is not there."""


def fits(question: Question, version: Version, seen: Seen) -> bool:
    """Whether a resource fits a condition by what the partner is shown of it."""
    from gateway.fhir.searching.entries import entries  # noqa: PLC0415 - the tables take a moment
    from gateway.store.fits import Row  # noqa: PLC0415 - with the store
    from gateway.store.fits import fits as holds  # noqa: PLC0415 - with the store
    from gateway.store.rows import moment  # noqa: PLC0415 - with the store

    shown = seen.shown(version)
    if shown is None:
        return False
    terms, spans = entries(shown.resource)
    row = Row(version.type, version.id, moment(version.updated), frozenset(terms), frozenset(spans))
    return all(holds(each, row) for each in question.where)


# --- patches ---------------------------------------------------------------------------------------------------------


def unpatchable(one: Asked, stored: Version, seen: Seen) -> list[Problem]:
    """Why a patch cannot be done on what the partner is shown; it reads nothing of what it is shown in part."""
    shown = seen.shown(stored)
    if shown is None:
        return []
    _, problems = patched(shown.resource, one.patch)
    return problems or [withheld(place) for place in partly(one, stored.resource, shown.resource)][:1]


def partly(one: Asked, stored: Resource, shown: Resource) -> Iterator[str]:
    """Operations on an element that is stored otherwise than it is shown, beside those that only put a value there."""
    keys = {key.removeprefix("_") for key in stored.keys() | shown.keys()}
    odd = {k for k in keys if (stored.get(k), stored.get(f"_{k}")) != (shown.get(k), shown.get(f"_{k}"))}
    for number, step in enumerate(one.patch):
        for word in ("path", "from"):
            path = str(step.get(word, ""))
            name = path.split("/")[1].removeprefix("_") if path else ""
            puts = word == "path" and step.get("op") == "add" and path in {f"/{name}", f"/{name}/-"}
            if word in step and (not name or name in odd) and not (puts and name):
                yield f"[{number}].{word}"


def after(one: Asked, seen: Seen, stored: Version | None) -> Resource:
    """The resource that a change leads to, as the partner sees it."""
    shown = seen.shown(stored) if stored and one.how == "patch" else None
    return patched(shown.resource, one.patch)[0] if shown else one.resource


def withheld(place: str) -> Problem:
    """An operation on what the partner is shown only in part."""
    sentence = "The caller sees this element only in part, so a patch cannot read or place anything in it."
    return Problem(
        "rest.partner.patch", place, sentence, "Put the whole element by `add`, or send the resource by PUT."
    )
