"""Pages of a search that stay right while others write: every match that is one throughout is shown once.

The first page notes the moment of the last write. Each later page puts every match at the place it had at that moment:
by its current values if it was not written since, else by those of the version that was current then. In the usual
order, as resources were first written, places never change.
"""

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from gateway.domain.question import Question
from gateway.store.port import PageError

BEFORE, BEHIND = "", "\U0010ffff"
"""Where what has no value is put when values fall, when they rise: at the end."""
Term = tuple[str, str]
Span = tuple[str, str, str]
NO_PAGE = "this is no page of this search; search again"
FURTHEST = 2**62
TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resource stands in the order of a search: its values, then the number of its first version."""

    keys: tuple[str, ...]
    number: int


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a page ended, and the moment of the last write when the first page was made (empty: in the usual order)."""

    moment: str
    place: Place


def told(mark: Mark) -> str:
    """A mark as text that says nothing to others."""
    packed = orjson.dumps([mark.moment, mark.place.keys, mark.place.number])
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def mark_of(question: Question) -> Mark | None:
    """The mark a question goes on from, None for a first page; PageError where it is none of this question's."""
    if not question.after:
        return None
    try:
        moment, keys, number = orjson.loads(base64.urlsafe_b64decode(question.after.encode() + b"=="))
        texts = all(isinstance(each, str) for each in (moment, *keys))
    except (ValueError, TypeError, binascii.Error):
        raise PageError(NO_PAGE) from None
    fits = texts and len(keys) == len(question.sort) and bool(moment) == bool(keys)
    if not fits or not isinstance(number, int) or abs(number) > FURTHEST:
        raise PageError(NO_PAGE)
    return Mark(moment, Place(tuple(keys), number))


def keys_of(question: Question, key: str, moment: str, found: tuple[Iterable[Term], Iterable[Span]]) -> tuple[str, ...]:
    """The values a resource is sorted by: the least of each if they rise, else the greatest.

    key, moment  its id, when it was written
    found        its terms and spans
    """
    terms, spans = found
    keys = []
    for name, falls in question.sort:
        if name in {"_id", "_lastUpdated"}:
            keys.append(key if name == "_id" else moment)
            continue
        dates = [span[2 if falls else 1] for span in spans if span[0] == name]
        values = dates or [value for term, value in terms if term == name]
        keys.append((max(values, default=BEFORE)) if falls else min(values, default=BEHIND))
    return tuple(keys)


def ordered(places: Iterable[Place], question: Question) -> list[Place]:
    """Places in the order of a question."""
    found = sorted(places, key=lambda place: place.number)
    for at, (_, falls) in reversed(list(enumerate(question.sort))):
        found.sort(key=lambda place: place.keys[at], reverse=falls)
    return found


def beyond(place: Place, mark: Mark | None, question: Question) -> bool:
    """Whether a place comes after the mark."""
    return mark is None or (place != mark.place and ordered([place, mark.place], question)[0] == mark.place)


def cut(places: Sequence[Place], question: Question, moment: str) -> tuple[Sequence[Place], str]:
    """The places of one page, of which there may be one too many, and where the next begins."""
    shown = places[: question.limit]
    if len(places) <= question.limit or not shown:
        return shown, ""
    return shown, told(Mark(moment if question.sort else "", shown[-1]))


def risen(at: str, last: str) -> str:
    """The moment of a version: `at`, or a microsecond after the last one, so that no two are alike and all rise."""
    return at if at > last else (datetime.fromisoformat(last) + TICK).isoformat(timespec="microseconds")
