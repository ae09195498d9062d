"""What an answer, or its absence, says about a delivery (RFC 9110, 15)."""

import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import urllib3

from gateway.domain.road import Sent
from gateway.fhir.json import loads

AGAIN = frozenset({408, 425, 429})
"""Besides all of 5xx: the receiver says to come again."""
CERTIFICATE = ("CERTIFICATE", "UNKNOWN_CA", "ACCESS_DENIED", "HANDSHAKE_FAILURE")
LONGEST = 7 * 24 * 3600.0


def of_answer(status: int, headers: Mapping[str, str], reply: bytes, sent: bytes) -> Sent:
    """The verdict on an answer; `sent` is our body, to tell an id of the receiver's own from an echo of ours."""
    code = f"HTTP {status}"
    if 200 <= status < 300:
        tree = json_of(reply)
        bad = [entry for entry in statuses(tree) if not entry.startswith("2")]
        if bad:
            return Sent("refused", "E0", f"{code} entry {digits(bad[0])}", "the receiver refused a part of it", reply)
        own = bool(headers.get("location")) or any(found.encode() not in sent for found in ids(tree))
        return Sent("delivered", "E4" if own else "E2", code, reply=reply)
    if status in AGAIN or status >= 500:
        wait = seconds(headers.get("retry-after", ""), datetime.now(UTC))
        return Sent("retry", "E0", code, "the receiver cannot take it now", reply, wait)
    if 300 <= status < 400:
        return Sent("refused", "E0", code, "the receiver points elsewhere; only the configured address is used", reply)
    return Sent("refused", "E0", code, "the receiver refused it", reply)


def digits(status: str) -> str:
    """The three digits of a status as an entry says it."""
    return status[:3] if status[:3].isdigit() else "?"


def json_of(reply: bytes) -> dict[str, Any]:
    """The answer as a JSON object, empty where it is none."""
    value, _ = loads(reply) if reply.lstrip()[:1] == b"{" else (None, [])
    return value if isinstance(value, dict) else {}


def entries(tree: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The entries of a Bundle that are objects."""
    found = tree.get("entry") if tree.get("resourceType") == "Bundle" else None
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def statuses(tree: Mapping[str, Any]) -> list[str]:
    """`Bundle.entry.response.status` of a batch's answer (chapter 3.1.0.11)."""
    responses = [entry.get("response") for entry in entries(tree)]
    found = [response.get("status") for response in responses if isinstance(response, dict)]
    return [status for status in found if isinstance(status, str)]


def ids(tree: Mapping[str, Any]) -> Iterator[str]:
    """Ids of resources in an answer: its own, its entries', those in its entries' locations."""
    resources = [tree, *(entry.get("resource") for entry in entries(tree))]
    for resource in resources:
        found = resource.get("id") if isinstance(resource, dict) else None
        if (
            isinstance(found, str)
            and found
            and resource is not None
            and resource.get("resourceType") != "OperationOutcome"
        ):
            yield found
    for entry in entries(tree):
        response = entry.get("response")
        location = response.get("location") if isinstance(response, dict) else None
        if isinstance(location, str) and location:
            yield location


def seconds(text: str, now: datetime) -> float | None:
    """Retry-After as seconds or as a date (RFC 9110, 10.2.3); None where it is neither."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), LONGEST)
    try:
        then = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return min(max((then - now).total_seconds(), 0.0), LONGEST)


def of_fault(fault: Exception, *, begun: bool, late: bool) -> Sent:
    """The verdict where no answer came; `begun`: some of the body may have left us, `late`: we cut it ourselves."""
    if refused_handshake(fault) or (not begun and tls(fault)):
        return Sent("retry", "E0", "tls", "no secure connection: see the certificates of both sides")
    if not begun:
        late = late or isinstance(fault, requests.Timeout)
        return Sent("retry", "E0", "connect", "no connection" + (" in time" if late else ""))
    if late or isinstance(fault, requests.Timeout | TimeoutError) or named(fault, "ReadTimeoutError"):
        return Sent("uncertain", "E0", "timeout", "it was sent, and no answer came in time")
    if any(named(fault, name) for name in ("BadStatusLine", "LineTooLong", "HTTPException", "InvalidHeader")):
        return Sent("uncertain", "E0", "garbage", "it was sent, and what came back is not HTTP")
    return Sent("uncertain", "E0", "reset", "it was sent, and the connection ended without an answer")


def chain(fault: BaseException) -> Iterator[BaseException]:
    """An exception and those it was made of."""
    waiting: list[Any] = [fault]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [*one.args, one.__cause__, one.__context__, getattr(one, "reason", None)]


def named(fault: BaseException, name: str) -> bool:
    """Whether an exception of this name is among what happened."""
    return any(type(one).__name__ == name for one in chain(fault))


def tls(fault: BaseException) -> bool:
    """Whether TLS failed."""
    return any(isinstance(one, ssl.SSLError | urllib3.exceptions.SSLError) for one in chain(fault))


def refused_handshake(fault: BaseException) -> bool:
    """With TLS 1.3 a server says only after its handshake that it does not take our certificate (RFC 8446, 4.4.2.4)."""
    reasons = [str(getattr(one, "reason", None) or "") for one in chain(fault) if isinstance(one, ssl.SSLError)]
    return any("ALERT" in reason and any(word in reason for word in CERTIFICATE) for reason in reasons)
