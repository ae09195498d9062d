"""A notification on its way out: its words, its bytes, where it goes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gateway.delivery.notify_address import Circle, circle, pinned
from gateway.delivery.notify_turn import Job
from gateway.domain.ledger import Announced, Audit, Change, Heard, Note, Version
from gateway.domain.problem import Problem
from gateway.domain.road import Parcel, Sent
from gateway.fhir import json
from gateway.fhir.notification import Happening, Kind, Notice, bundle, instant
from gateway.fhir.subscription import Wanted
from gateway.store.port import Store

ACTOR = "notifier"
KINDS: dict[Job, Kind] = {"handshake": "handshake", "heartbeat": "heartbeat", "events": "event-notification"}
UNKNOWN = Sent("retry", "E0", "name", "The name of the receiver is not known now.")


@dataclass(frozen=True, slots=True)
class Manner:
    """How subscribers are spoken to; seconds.

    base      address under which our resources are found, ending in `/`
    circle    whom we notify besides the public network
    timeout   for an answer, unless the subscriber wants another; longest: the longest it may want
    most      events of one notification, unless the subscriber wants fewer
    """

    base: str = ""
    circle: Circle = field(default_factory=circle)
    timeout: float = 10
    longest: float = 60
    most: int = 50


@dataclass(frozen=True, slots=True)
class Letter:
    """A notification ready to be sent, and what is to be written down once it arrived."""

    parcel: Parcel
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class Herald:
    """Finds the words; any number of threads may ask it at once."""

    store: Store
    manner: Manner

    def letter(self, job: Job, wanted: Wanted, now: datetime) -> Letter | Sent | None:
        """What is to be sent; where it cannot be, what that means, as if it had been tried; None: nothing any more."""
        try:
            pin = pinned(wanted.endpoint, self.manner.circle)
        except (OSError, ValueError):
            return UNKNOWN
        if isinstance(pin, Problem):
            return Sent("refused", "E0", "address", f"{pin.sentence}: {pin.repair}")
        notice = self.notice(job, wanted, now)
        if job == "events" and not notice.happenings:
            return None
        return Letter(self.parcel(notice, pin), written(notice))

    def notice(self, job: Job, wanted: Wanted, now: datetime) -> Notice:
        """What is told."""
        last = self.store.last_event(wanted.id)
        content = wanted.content or "empty"
        happenings: tuple[Happening, ...] = ()
        if job == "events":
            heard = self.store.behind().get(wanted.id, last)
            most = min(wanted.most or self.manner.most, self.manner.most)
            events = self.store.announced(wanted.id, heard, most)
            happenings = told(self.store, events, full=content == "full-resource")
        return Notice(KINDS[job], wanted, last, now, self.manner.base, happenings, content)

    def parcel(self, notice: Notice, pin: str) -> Parcel:
        """As a road takes it; `pin` is the address that was looked at."""
        wanted = notice.wanted
        timeout = min(wanted.timeout or self.manner.timeout, self.manner.longest)
        address = {"url": wanted.endpoint, "pin": pin, "timeout": timeout, "headers": wanted.headers}
        data = written_as(bundle(notice), wanted.media)
        numbers = "-".join(str(each.event.number) for each in (*notice.happenings[:1], *notice.happenings[-1:]))
        key = f"{wanted.id} {notice.kind} {numbers or notice.last}"
        return Parcel(key, f"Subscription/{wanted.id}", data, wanted.media, address, about=notice.kind)


def told(store: Store, events: Sequence[Announced], *, full: bool) -> tuple[Happening, ...]:
    """Events, with their resources as they were then if they are told in full."""
    return tuple(Happening(event, resource_of(store, event) if full else None) for event in events)


def resource_of(store: Store, event: Announced) -> dict[str, Any] | None:
    """The resource an event is about, in its version of then."""
    kind, _, key = event.focus.partition("/")
    version = store.read(kind, key, event.version or None)
    return shown(version) if version else None


def shown(version: Version) -> dict[str, Any]:
    """A version with its number and moment (Resource.meta, chapter 2.27.3.1)."""
    meta = {
        **version.resource.get("meta", {}),
        "versionId": str(version.version),
        "lastUpdated": instant(version.updated),
    }
    return {**version.resource, "meta": meta}


def written_as(resource: dict[str, Any], media: str) -> bytes:
    """A resource as JSON or XML (chapter 2.6)."""
    if not media.endswith("xml"):
        return json.dumps(resource)
    from gateway.fhir import xml  # noqa: PLC0415 - lxml takes its time

    return xml.dumps(resource)[0]


def written(notice: Notice) -> list[Change]:
    """What is written down once a notification arrived: how far the subscriber was told, and that it was."""
    name = f"Subscription/{notice.wanted.id}"
    if not notice.happenings:
        return [Note(Audit(notice.at, ACTOR, notice.kind, name, "delivered"))] if notice.kind == "handshake" else []
    first, last = notice.happenings[0].event.number, notice.happenings[-1].event.number
    line = Audit(notice.at, ACTOR, notice.kind, name, "delivered", f"events {first} to {last}")
    return [Heard(notice.wanted.id, last), Note(line)]
