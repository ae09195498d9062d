"""read, vread and history (chapters 3.1.0.2, 3.1.0.3, 3.1.0.12)."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from gateway.domain.ledger import Version
from gateway.domain.problem import Problem
from gateway.web.fhir.call import Answer, Call
from gateway.web.fhir.links import links
from gateway.web.fhir.shown import bundle, checked, etag, found, instant, name, shown
from gateway.web.fhir.tables import TYPES
from gateway.web.refusal import RefusedError

PAGE, MOST = 20, 500
"""Entries of a page where nothing is asked, and at most."""
CHUNK = 100
MOMENT = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?")


def read(call: Call) -> Answer:
    """The current version."""
    checked(call)
    version = call.desk.rooms.store.read(call.type, call.id)
    if version is None:
        raise RefusedError(404, unknown(call))
    return found(version, call)


def vread(call: Call) -> Answer:
    """One version."""
    checked(call)
    number = call.where["version"]
    usable = number.isascii() and number.isdigit() and len(number) <= 9
    version = call.desk.rooms.store.read(call.type, call.id, int(number)) if usable else None
    if version is None:
        raise RefusedError(404, unknown(call))
    return found(version, call)


def unknown(call: Call) -> Problem:
    """There is no such resource, or no such version of it."""
    place = f"{call.type}.id" if "version" not in call.where else f"{call.type}.meta.versionId"
    return Problem("fhir.http.unknown", place, "there is no such resource here", "search for it first")


# --- history ---------------------------------------------------------------------------------------------------------


def of_one(call: Call) -> Answer:
    """All versions of one resource, newest first; `_at` keeps those that stood at a moment."""
    versions = call.desk.rooms.store.history(call.type, call.id)
    if not versions:
        raise RefusedError(404, unknown(call))
    kept = list(at(versions, call.said("_at"))) if call.said("_at") else versions
    return paged(call, kept, len(kept))


def of_many(call: Call) -> Answer:
    """Versions of all resources of a type or of the whole store, newest first."""
    if call.said("_at"):
        repair = "ask for the history of one resource, or use `_since`"
        raise RefusedError(400, Problem("fhir.http.at", "_at", "only one resource's history is asked so", repair))
    return paged(call, every(call), None)


def every(call: Call) -> Iterator[Version]:
    """The versions from the cursor on, fetched as they are needed."""
    before = number(call, "_cursor", 0, 2**62)
    while chunk := call.desk.rooms.store.versions(call.type, before, CHUNK):
        yield from (version for version in chunk if version.type in TYPES)
        before = chunk[-1].number


def paged(call: Call, versions: Iterable[Version], total: int | None) -> Answer:
    """One page as a Bundle of type history."""
    checked(call)
    count, before = number(call, "_count", PAGE, MOST) or PAGE, number(call, "_cursor", 0, 2**62)
    since = moment(call, "_since") if call.said("_since") else None
    left = (v for v in versions if not before or v.number < before)
    kept: list[Version] = []
    for version in islice(left, count + 1):
        if since is not None and version.updated < since:
            break
        kept.append(version)
    page = kept[:count]
    cursor = str(page[-1].number) if len(kept) > count else ""
    entries = [entry(version, call) for version in page]
    return Answer(200, bundle("history", call, entries, total=total, link=links(call, call.query, cursor)))


def entry(version: Version, call: Call) -> dict[str, Any]:
    """One version with the interaction that wrote it."""
    first = version.version == 1
    return {
        "fullUrl": f"{call.base}{name(version)}",
        "resource": shown(version, call),
        "request": {"method": "POST" if first else "PUT", "url": version.type if first else name(version)},
        "response": {
            "status": "201 Created" if first else "200 OK",
            "etag": etag(version),
            "lastModified": instant(version),
        },
    }


def at(versions: list[Version], text: str) -> Iterator[Version]:
    """The versions (newest first) that were current at some time of a moment or day."""
    low, high = stretch(text, "_at")
    end: datetime | None = None
    for version in versions:
        if version.updated < high and (end is None or end > low):
            yield version
        end = version.updated


def number(call: Call, parameter: str, otherwise: int, most: int) -> int:
    """A whole number of the query, at most `most`; RefusedError 400 for anything else."""
    text = call.said(parameter)
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        repair = f"write {parameter} as a whole number, or take the link that a page gives"
        raise RefusedError(400, Problem("fhir.http.number", parameter, "this is no number", repair))
    return min(int(text), most)


def moment(call: Call, parameter: str) -> datetime:
    """The beginning of a moment of the query."""
    return stretch(call.said(parameter), parameter)[0]


def stretch(text: str, parameter: str) -> tuple[datetime, datetime]:
    """First and past-last moment of an instant, date, month or year; a `+` that became a blank is one again."""
    text = text.strip().replace(" ", "+")
    usable = text if MOMENT.fullmatch(text) else ""
    try:
        low = datetime.fromisoformat(usable + "0001-01-01"[len(usable) :] if 0 < len(usable) < 10 else usable)
        low = low if low.tzinfo else low.replace(tzinfo=UTC)
        return low, low + {4: timedelta(366), 7: timedelta(31), 10: timedelta(1)}.get(len(text), timedelta(seconds=1))
    except (ValueError, OverflowError):
        repair = f"write {parameter} like 2026-03-12T11:05:00Z or 2026-03-12"
        wrong = Problem("fhir.http.moment", parameter, "this is no moment", repair)
        raise RefusedError(400, wrong) from None
