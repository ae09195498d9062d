"""What a subscriber is told: Bundles that begin with the status (Subscriptions R5 Backport 1.1, notifications)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5

from gateway.domain.ledger import Announced
from gateway.fhir.subscription import BACKPORT, Content, Wanted

STATUS = f"{BACKPORT}/backport-subscription-status-r4"
NOTIFICATION = f"{BACKPORT}/backport-subscription-notification-r4"

Kind = Literal["handshake", "heartbeat", "event-notification", "query-status", "query-event"]
Part = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Happening:
    """An event, and the resource as it was then; None where it is not told or no longer there."""

    event: Announced
    resource: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told.

    status   of the Subscription; last: number of its newest event, up to now
    base     address under which our resources are found, ending in `/`
    error    why it is in error, empty if it is not
    """

    kind: Kind
    wanted: Wanted
    last: int
    at: datetime
    base: str
    happenings: Sequence[Happening] = ()
    content: Content = "empty"
    error: str = ""


def instant(at: datetime) -> str:
    """A moment as FHIR writes an instant (chapter 2.24.0.1)."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parameters(notice: Notice) -> dict[str, Any]:
    """The status as Parameters."""
    wanted = notice.wanted
    told: list[Part] = [{"name": "subscription", "valueReference": {"reference": name(notice)}}]
    if wanted.topic and notice.content != "empty":
        told.append({"name": "topic", "valueCanonical": wanted.topic})
    told += [
        {"name": "status", "valueCode": wanted.status},
        {"name": "type", "valueCode": notice.kind},
        {"name": "events-since-subscription-start", "valueString": str(notice.last)},
        *(event(each, notice) for each in notice.happenings),
    ]
    if notice.error:
        told.append({"name": "error", "valueCodeableConcept": {"text": notice.error}})
    return {"resourceType": "Parameters", "id": identity(notice), "meta": {"profile": [STATUS]}, "parameter": told}


def event(happening: Happening, notice: Notice) -> Part:
    """One event; with the content `empty` nobody learns what it is about."""
    known = happening.event
    parts: list[Part] = [
        {"name": "event-number", "valueString": str(known.number)},
        {"name": "timestamp", "valueInstant": instant(known.at)},
    ]
    if notice.content != "empty":
        exactly = f"/_history/{known.version}" if known.version else ""  # several events may be about one resource
        parts.append({"name": "focus", "valueReference": {"reference": f"{notice.base}{known.focus}{exactly}"}})
    return {"name": "notification-event", "part": parts}


def name(notice: Notice) -> str:
    """Where the Subscription is found."""
    return f"{notice.base}Subscription/{notice.wanted.id}"


def identity(notice: Notice) -> str:
    """The id of a status: the same for the same words."""
    numbers = ",".join(str(each.event.number) for each in notice.happenings)
    said = (notice.kind, notice.wanted.id, notice.wanted.status, str(notice.last), numbers, instant(notice.at))
    return str(uuid5(NAMESPACE_URL, "|".join(said)))


def bundle(notice: Notice) -> dict[str, Any]:
    """A notification, or the answer to `$events`."""
    status = parameters(notice)
    first = {
        "fullUrl": f"urn:uuid:{status['id']}",
        "resource": status,
        "request": {"method": "GET", "url": f"{name(notice)}/$status"},
        "response": {"status": "200"},
    }
    return {
        "resourceType": "Bundle",
        "id": status["id"],
        "meta": {"profile": [NOTIFICATION]},
        "type": "history",
        "timestamp": instant(notice.at),
        "entry": [first, *entries(notice)],
    }


def entries(notice: Notice) -> Iterator[dict[str, Any]]:
    """An entry for each event, with the resource where the content is `full-resource`; none where it is `empty`."""
    if notice.content == "empty":
        return
    for happening in notice.happenings:
        focus, version = happening.event.focus, happening.event.version
        kind = focus.partition("/")[0]
        created = version == 1
        entry: dict[str, Any] = {"fullUrl": f"{notice.base}{focus}"}
        if notice.content == "full-resource" and happening.resource is not None:
            entry["resource"] = happening.resource
        entry["request"] = {"method": "POST", "url": kind} if created else {"method": "PUT", "url": focus}
        entry["response"] = {
            "status": "201" if created else "200",
            "etag": f'W/"{version}"',
            "lastModified": instant(happening.event.at),
        }
        yield entry


def statuses(notices: Sequence[Notice]) -> dict[str, Any]:
    """The answer to `$status`: a searchset with a status for each Subscription."""
    found = [parameters(notice) for notice in notices]
    listed = [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each, "search": {"mode": "match"}} for each in found]
    made = {"resourceType": "Bundle", "type": "searchset", "total": len(found)}
    return {**made, "entry": listed} if listed else made
