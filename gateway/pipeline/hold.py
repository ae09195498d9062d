"""Behind step 6, what must not go on waits: of a person whose processing is restricted, or who was deleted."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from gateway.domain.ledger import Entry
from gateway.domain.message import Message
from gateway.domain.problem import Problem
from gateway.mapping.runtime import every
from gateway.pipeline.policies.restricted import restricted
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.view import current

STEP = "hold"


def hold(message: Message, rooms: Rooms) -> Message:
    """The message, stopped where it is about somebody whose processing is restricted, or came before and was deleted.

    Nothing of it is written then; `gateway person release` lets it go on.
    """
    if message.entry.key and rooms.store.marked("erased", word_of(message.entry)):
        return message.stop(STEP, came_again())
    for person in persons(message, rooms):
        if restricted(person, rooms):
            return replace(message, person=person).stop(STEP, held(person))
    return message


def persons(message: Message, rooms: Rooms) -> Mapping[str, None]:
    """All persons a message is about: those it names, and those of the cases it belongs to."""
    named = [name for name in (message.person, *message.known.values()) if name.startswith("Patient/")]
    cases = (current(case, message, rooms) for case in message.cases)
    return dict.fromkeys([*named, *(str(name) for case in cases for name in every(case, ("for", "reference")))])


def word_of(entry: Entry) -> str:
    """What is remembered of a message that was deleted: a hash of its sender and id, nothing of its content."""
    return sha256(f"{entry.partner}\n{entry.key}".encode()).hexdigest()


def held(person: str) -> Problem:
    """The finding about a message of a person whose data are only kept at present."""
    sentence = "The processing of this person's data is restricted (Art. 18 GDPR)."
    return Problem("rights.held", person, sentence, "It goes on by itself after `gateway person release`.")


def came_again() -> Problem:
    """The finding about a message whose first coming was deleted."""
    sentence = "A message of this sender and id was deleted; it is not taken for a new one."
    repair = "Drop it; where it is meant anew, ask the sender for it under a new id."
    return Problem("rights.came-again", "message", sentence, repair)
