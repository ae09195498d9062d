"""Which word is old: run again, or late, a message takes nothing back that was said after it (docs/why/0013)."""

from collections.abc import Iterable

from gateway.domain.ledger import Version
from gateway.domain.message import Message
from gateway.domain.problem import Problem
from gateway.pipeline.proof.communications import heard_as
from gateway.pipeline.rooms import Rooms


def heard_at(message: Message, rooms: Rooms) -> int:
    """`Version.number` at which an earlier run of a message came to its end, 0 where none has.

    What is remembered of it is its Communication; a message that said nothing new of its case has one too.
    """
    if not message.entry.map_hash:
        return 0
    first = rooms.store.read("Communication", heard_as(message.entry.id), 1)
    return first.number if first else 0


def is_overtaken(version: Version, message: Message, rooms: Rooms) -> bool:
    """Whether a version came after a message: by one that was kept later, or by whatever since it was heard."""
    if version.message == message.entry.id:
        return False
    writer = rooms.store.entry(version.message)
    later = writer is not None and writer.number > message.entry.number > 0
    return later or 0 < heard_at(message, rooms) < version.number


def is_heard(history: Iterable[Version], message: Message, rooms: Rooms) -> bool:
    """Whether an earlier run of a message was heard, and others have written since what it speaks of."""
    return heard_at(message, rooms) > 0 and any(is_overtaken(version, message, rooms) for version in history)


def is_corrected(history: Iterable[Version], message: Message, rooms: Rooms) -> bool:
    """Whether the sender of a message that waited has said something later of what it speaks of."""
    writers = (rooms.store.entry(version.message) for version in history)
    later = (writer for writer in writers if writer is not None and writer.number > message.entry.number)
    return any(writer.partner == message.entry.partner for writer in later)


def older(kind: str) -> Problem:
    """The finding about what a later message has changed since."""
    sentence = "a later message has changed this resource; what this one says of it was not taken over"
    return Problem("record.older", kind, sentence, "nothing to do, unless the later message was wrong", "information")
