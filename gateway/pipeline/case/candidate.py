"""Which request of a message is a referral: an order for a laboratory is one of the house, and nobody's case."""

from collections.abc import Iterator
from typing import Any

from gateway.domain.message import Message
from gateway.domain.system import CANONICAL, REFERRAL
from gateway.mapping.runtime import every
from gateway.pipeline.formats import source_of
from gateway.pipeline.rooms import Rooms

CONCERNS = f"{CANONICAL}/CodeSystem/areas-of-concern"
CANCELS = frozenset({"A11", "A13"})
"""Trigger events that say a stay has not begun or not ended (table 0003)."""
ASKS = frozenset({"draft", "active"})
"""ServiceRequest.status of what asks for something now (value set request-status)."""
ORDERS = frozenset({"order", "proposal"})


def why_none(item: dict[str, Any], message: Message, rooms: Rooms) -> str:
    """Why a new request begins no referral, in words for a person; empty where it begins one.

    Whoever says so by its profile refers. Without it, plain FHIR refers, a list where it names an area of concern or
    a Task for it, and HL7 v2 never: there an order is usually the house's own (chapter 4).
    """
    if item.get("status") not in ASKS:
        return "its status asks for nothing"
    if not item.get("identifier") and is_of_cancelled_visit(item, message):
        return "its visit was cancelled in the same file"
    if REFERRAL in every(item, ("meta", "profile")):
        return ""
    form = source_of(message.entry, rooms)
    if form is not None and form.is_fhir:
        return ""
    if form is not None and form.file.codec != "hl7v2" and (concerns(item) or is_tasked(item, message)):
        return ""
    return "an order without the profile kuemmerer-referral"


def concerns(request: dict[str, Any]) -> list[str]:
    """Areas of concern a referral names."""
    codings = [*every(request, ("category", "coding")), *every(request, ("code", "coding"))]
    return [coding["code"] for coding in codings if coding.get("system") == CONCERNS and coding.get("code")]


def is_tasked(item: dict[str, Any], message: Message) -> bool:
    """Whether a Task of the message asks for it."""
    return any(every(task, ("focus", "reference")) == [item["fullUrl"]] for task in message.tree.get("Task", ()))


def is_of_cancelled_visit(item: dict[str, Any], message: Message) -> bool:
    """Whether a request came of a visit that the message itself cancels."""
    visits = [visit["fullUrl"] for visit in cancelled(message)]
    return any(reference in visits for reference in every(item, ("encounter", "reference")))


def events(message: Message) -> list[str]:
    """MSH-9.2 of the messages of a file."""
    return [str(code) for code in every(message.tree.get("MessageHeader", []), ("eventCoding", "code"))]


def cancelled(message: Message) -> Iterator[dict[str, Any]]:
    """The visits of a message that it cancels; of several messages in one file the last about a person counts."""
    headers = events(message)
    if not CANCELS & set(headers):
        return
    last = {
        str(person): str(code)
        for told in message.tree.get("Provenance", ())
        for person in every(told, ("target", "reference"))
        for code in every(told, ("activity", "coding", "code"))
    }
    for visit in message.tree.get("Encounter", ()):
        told = {last.get(str(person), "") for person in every(visit, ("subject", "reference"))}
        if set(headers) <= CANCELS or told & CANCELS:
            yield visit
