"""Whether a Subscription can be served (chapter 2.46; Subscriptions R5 Backport 1.1): asked before it is written."""

from collections.abc import Callable, Mapping
from typing import Any

from gateway.delivery.notify_address import misnamed
from gateway.domain.problem import Problem
from gateway.fhir.subscription import MEDIA, Wanted, wanted
from gateway.pipeline.subscribing.asked import asked

ASKABLE = ("requested", "off")
FRAMING = frozenset({"host", "content-length", "transfer-encoding", "connection", "expect", "te", "trailer", "upgrade"})
"""Header fields that say where a message goes and where it ends (RFC 9112, 6)."""
OURS = frozenset({"content-type", "user-agent", "accept-encoding", "idempotency-key"})


def findings(resource: Mapping[str, Any]) -> list[Problem]:
    """All that is wrong with a Subscription as a client wrote it; whether its endpoint may be called, is seen then."""
    asks = wanted(resource)
    found = [problem for check in CHECKS if (problem := check(asks))]
    _, problems = asked(asks)
    return [*found, *problems]


def status(asks: Wanted) -> Problem | None:
    """A client asks for it or ends it; the rest is ours to say."""
    if asks.status in ASKABLE:
        return None
    sentence = "a client sets this status to requested or off; active and error are said by the server"
    repair = "write requested: the endpoint is greeted anew, and the status becomes active"
    return Problem("subscription.status", "Subscription.status", sentence, repair)


def channel(asks: Wanted) -> Problem | None:
    """Only rest-hook."""
    if asks.channel == "rest-hook":
        return None
    return Problem("subscription.channel", "Subscription.channel.type", "this channel is not served", "use rest-hook")


def endpoint(asks: Wanted) -> Problem | None:
    """Where to."""
    return misnamed(asks.endpoint)


def payload(asks: Wanted) -> Problem | None:
    """In which syntax."""
    if asks.media:
        return None
    repair = f"write one of: {', '.join(sorted(set(MEDIA.values())))}"
    return Problem("subscription.payload", "Subscription.channel.payload", "this media type is not written", repair)


def content(asks: Wanted) -> Problem | None:
    """How much."""
    if asks.content:
        return None
    place = "Subscription.channel.payload.extension(backport-payload-content)"
    return Problem("subscription.content", place, "there is no such content", "write empty, id-only or full-resource")


def headers(asks: Wanted) -> Problem | None:
    """With which header fields."""
    if not {name.lower() for name in asks.headers} & (FRAMING | OURS):
        return None
    repair = "leave it out; Authorization and names of your own are sent along"
    return Problem("subscription.header", "Subscription.channel.header", "a header belongs to the protocol", repair)


def clear(asks: Wanted) -> Problem | None:
    """What cannot be read."""
    if not asks.unclear:
        return None
    sentence = "a header or the end cannot be read"
    repair = "write headers as `Name: value`, the end as an instant with its zone"
    return Problem("subscription.unclear", f"Subscription.{asks.unclear[0]}", sentence, repair)


CHECKS: tuple[Callable[[Wanted], Problem | None], ...] = (status, channel, endpoint, payload, content, headers, clear)
