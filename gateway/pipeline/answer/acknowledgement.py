"""The sender's own acknowledgement of a message the line has run (HL7 v2: MSA and ERR, chapter 2.9)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gateway.domain.codec import Answering, Greeting
from gateway.domain.ledger import Delivery, Entry
from gateway.domain.message import Message
from gateway.domain.problem import Problem
from gateway.mapping.format import Format
from gateway.mapping.run import urn
from gateway.pipeline.encode import CONTROL_ID
from gateway.pipeline.formats import source_of
from gateway.pipeline.rooms import Rooms

if TYPE_CHECKING:
    from gateway.directory.parties import Receives

SENDERS_FAULT = frozenset({"decode", "map", "validate"})
"""Steps whose findings the sender can mend; what later steps wait for is ours to decide, and the sender is told yes."""

ACCEPTED = frozenset({"AA", "CA"})
"""The codes that say yes (table 0008)."""


def answering(source: Format | None) -> Answering | None:
    """The codec, if its format has acknowledgements of its own."""
    codec: Any = source.codec if source else None
    return codec if hasattr(codec, "greet") and hasattr(codec, "answer") else None


def greeted(data: bytes, source: Format | None) -> Greeting | None:
    """The head of a message; None where the format has none."""
    codec = answering(source)
    return codec.greet(data, source.spec) if codec and source else None


def acknowledges(greeting: Greeting) -> bool:
    """Whether the message is an acknowledgement itself (MSH-9): no application answers it (chapter 2.9.3)."""
    return greeting.kind.partition("^")[0] == "ACK"


def unanswered(greeting: Greeting) -> bool:
    """Whether nothing goes back, so that two do not thank each other for ever; where MSH-15 asks, CA ends it."""
    return acknowledges(greeting) and not greeting.enhanced


def number(*parts: str) -> str:
    """A control id for an answer, the same for the same parts."""
    return urn(*parts)[9:].replace("-", "")[:CONTROL_ID].upper()


def verdict(message: Message) -> tuple[str, list[Problem]]:
    """AA, or AE with the errors the sender can mend (table 0008)."""
    if message.stopped not in SENDERS_FAULT:
        return "AA", []
    return "AE", [problem for problem in message.problems if problem.severity == "error"] or list(message.problems)


def written(entry: Entry, code: str, problems: list[Problem], rooms: Rooms) -> bytes:
    """An acknowledgement; empty where the format knows none."""
    source = source_of(entry, rooms) or rooms.shelf.get(entry.format)
    codec, greeting = answering(source), greeted(entry.data, source)
    if codec is None or greeting is None:
        return b""
    return codec.answer(greeting, code, problems, rooms.now(), number(entry.id, code))


def answered(message: Message, rooms: Rooms) -> Mapping[str, bytes]:
    """The journal's `answer` for a sender that waits until the line has run, kept for when it asks again."""
    if message.entry.headers.get("accept") != "done" or message.entry.answer:
        return {}
    return {"answer": written(message.entry, *verdict(message), rooms)}


def application_answer(message: Message, rooms: Rooms) -> Delivery | None:
    """The later answer that an enhanced-mode sender asked for (MSH-16, chapter 2.9.3), on its own road."""
    source = source_of(message.entry, rooms)
    greeting = greeted(message.entry.data, source)
    if greeting is None or source is None or not greeting.enhanced or acknowledges(greeting):
        return None
    code, problems = verdict(message)
    if not wanted(greeting.application, code):
        return None
    road = road_back(message.entry, rooms)
    if road is None:
        return None
    lane = "" if message.stopped == "hold" else message.person  # it says nothing of the person, and must not wait
    entry, now, key = message.entry, rooms.now(), urn("application", message.entry.id, message.map_hash)[9:]
    return Delivery(
        id=key, key=key, lane=f"{entry.partner} {lane}", partner=entry.partner, road=road.road,
        format=entry.format, data=written(entry, code, problems, rooms), media_type=source.codec.media_type,
        about=f"acknowledgement {code}", created=now, due=now, message=entry.id, case=message.case,
    )  # fmt: skip


def road_back(entry: Entry, rooms: Rooms) -> "Receives | None":
    """The partner's road for answers of the kind the message came by."""
    party = rooms.directory.get(entry.partner)
    roads = party.receives if party else ()
    return next((road for road in roads if "answers" in road.for_ and road.road == entry.road), None)


def wanted(condition: str, code: str) -> bool:
    """Whether a condition of table 0155 asks for this answer."""
    good = code in ACCEPTED
    return condition == "AL" or (condition == "ER" and not good) or (condition == "SU" and good)
