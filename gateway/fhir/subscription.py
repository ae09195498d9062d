"""A Subscription as it is asked for: R4 (chapter 2.46), and by topic as the Subscriptions R5 Backport 1.1 has it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition"
FILTER = f"{BACKPORT}/backport-filter-criteria"
CONTENT = f"{BACKPORT}/backport-payload-content"
HEARTBEAT = f"{BACKPORT}/backport-heartbeat-period"
TIMEOUT = f"{BACKPORT}/backport-timeout"
MOST = f"{BACKPORT}/backport-max-count"

Content = Literal["empty", "id-only", "full-resource"]
CONTENTS: Mapping[str, Content] = {"empty": "empty", "id-only": "id-only", "full-resource": "full-resource"}
MEDIA: Mapping[str, str] = {
    "application/fhir+json": "application/fhir+json",
    "application/json": "application/fhir+json",
    "application/fhir+xml": "application/fhir+xml",
    "application/xml": "application/fhir+xml",
}
"""channel.payload -> the media type of the notifications."""
CLASSIC = re.compile(r"[A-Z][A-Za-z]+(\?.*)?")
"""`criteria` of R4 itself: a search; a topic is a URL."""
FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)")
"""A header field (RFC 9110, 5)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a subscriber wants.

    topic      canonical of the topic, without its version; empty where `search` says it
    search     a search as R4 itself has it (`Task?status=requested`); empty where there is a topic
    filters    what narrows the topic: searches, each with its type or without
    media      of the notifications; content: how much they say
    heartbeat  seconds of silence after which a sign of life is wanted, 0: none
    timeout    seconds to wait for an answer, 0: as the sender thinks best
    most       events in one notification, 0: as the sender thinks best
    headers    to send along
    end        when it ends by itself; unclear: `end` is there and cannot be read
    """

    id: str
    status: str
    topic: str = ""
    search: str = ""
    filters: tuple[str, ...] = ()
    channel: str = ""
    endpoint: str = ""
    media: str = ""
    content: Content | None = "empty"
    heartbeat: int = 0
    timeout: int = 0
    most: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    end: datetime | None = None
    unclear: tuple[str, ...] = ()
    """Elements that cannot be read, as paths."""


def wanted(resource: Mapping[str, Any]) -> Wanted:
    """A Subscription as it is asked for; what is missing or of another shape counts as not said."""
    channel = node(resource.get("channel"))
    criteria = text(resource.get("criteria"))
    search = criteria if CLASSIC.fullmatch(criteria) else ""
    payload = text(channel.get("payload"))
    headers, odd = fields(channel.get("header"))
    end, late = moment(resource.get("end"))
    return Wanted(
        id=text(resource.get("id")),
        status=text(resource.get("status")),
        topic="" if search else criteria.partition("|")[0],
        search=search,
        filters=tuple(str(value) for value in extended(resource.get("_criteria"), FILTER)),
        channel=text(channel.get("type")),
        endpoint=text(channel.get("endpoint")),
        media=MEDIA.get(payload.partition(";")[0].strip().lower(), "") if payload else MEDIA["application/json"],
        content=content(channel, classic=bool(search and payload)),
        heartbeat=number(channel, HEARTBEAT),
        timeout=number(channel, TIMEOUT),
        most=number(channel, MOST),
        headers=headers,
        end=end,
        unclear=(*odd, *late),
    )


def content(channel: Mapping[str, Any], *, classic: bool) -> Content | None:
    """How much is said: as the extension has it; else, as in R4 itself, the resource if a payload is named."""
    said = next(iter(extended(channel.get("_payload"), CONTENT)), None)
    if said is None:
        return "full-resource" if classic else "empty"
    return CONTENTS.get(str(said))


def extended(element: Any, url: str) -> Iterator[Any]:
    """The values of an extension, in their order (chapter 2.4)."""
    listed = node(element).get("extension")
    for extension in listed if isinstance(listed, list) else ():
        if isinstance(extension, dict) and extension.get("url") == url:
            yield from (value for name, value in extension.items() if name.startswith("value"))


def number(channel: Mapping[str, Any], url: str) -> int:
    """A whole number in an extension of the channel; 0 where there is none."""
    found = next(iter(extended(channel, url)), 0)
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else 0


def fields(listed: Any) -> tuple[dict[str, str], list[str]]:
    """channel.header (`Name: value`) by name, and the places of those that are no header field."""
    found, odd = {}, []
    for place, line in enumerate(listed if isinstance(listed, list) else ()):
        match = FIELD.fullmatch(line) if isinstance(line, str) else None
        if match and match[2].isprintable() and match[2].isascii():
            found[match[1]] = match[2].strip()
        else:
            odd.append(f"channel.header[{place}]")
    return found, odd


def moment(value: Any) -> tuple[datetime | None, list[str]]:
    """An instant (chapter 2.24.0.1), and its place where it is none."""
    if value is None:
        return None, []
    try:
        found = datetime.fromisoformat(value)
        return (found.astimezone(UTC), []) if found.tzinfo else (None, ["end"])
    except (TypeError, ValueError, OverflowError):
        return None, ["end"]


def node(value: Any) -> Mapping[str, Any]:
    """An object, an empty one where it is something else."""
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str:
    """A text, an empty one where it is something else."""
    return value if isinstance(value, str) else ""
