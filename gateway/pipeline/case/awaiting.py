"""A measure of which its owner may see nothing yet waits until the person consents (workflow.md, phase 1)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from gateway.consent.reasons import UNSAID
from gateway.domain.message import Message, Moved, Part
from gateway.domain.problem import Problem
from gateway.domain.task import Stand
from gateway.mapping.runtime import every
from gateway.pipeline.policies.shown import decided
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.view import current
from gateway.pipeline.tasks.family import kind_of, owner_of
from gateway.pipeline.tasks.walk import Report, stand, walk

Task = dict[str, Any]

WAITS = Stand("draft", "awaiting-consent")
LACKING = frozenset(UNSAID.values())
"""Why a party is shown nothing at all, where it is for the person to say otherwise (consent/reasons.py)."""
MOST = 1000
"""Tasks of a person that are looked at."""


def lacks_consent(owner: str, person: str, message: Message, rooms: Rooms) -> bool:
    """Whether a party may see nothing of a person only because a consent is missing, over or withdrawn."""
    known = rooms.directory.get(owner) is not None
    return known and decided(Part(owner, "measures", {}, person=person), message, rooms).closed in LACKING


def released(message: Message, rooms: Rooms) -> Message:
    """The message with every measure sent out that waited for a Consent which it brings."""
    moves = [move for person in agreeing(message) for task in waiting(person, message, rooms)
             for move in sent(task, message, rooms)]  # fmt: skip
    return replace(message, moved=(*message.moved, *moves)) if moves else message


def agreeing(message: Message) -> list[str]:
    """`Patient/<id>` of those of whom a Consent is written."""
    consents = (item for item in message.written.values() if item["resourceType"] == "Consent")
    return list(dict.fromkeys(str(name) for one in consents for name in every(one, ("patient", "reference"))))


def waiting(person: str, message: Message, rooms: Rooms) -> Iterator[Task]:
    """The measures of a person that wait."""
    for version in rooms.store.find("Task", [("for", person)], MOST):
        task = current(f"Task/{version.id}", message, rooms)
        if kind_of(task) == "measure" and stand(task) == WAITS:
            yield task


def sent(task: Task, message: Message, rooms: Rooms) -> list[Moved]:
    """The moves by which a measure goes out after all: its site asked for it when it planned it."""
    owner = owner_of(task)
    if not owner or lacks_consent(owner, str(task["for"]["reference"]), message, rooms):
        return []
    return walk(task, Report("requested", "dispatched", "R", "E1"), rooms.now())[0]


def too_early(moves: Sequence[Moved], message: Message, rooms: Rooms) -> list[Problem]:
    """Why a measure is not sent that somebody asks for by its Task, where it has to wait."""
    task = moves[-1].task if moves else {}
    if task.get("status") != "requested" or kind_of(task) != "measure" or moves[0].before not in {"", "draft"}:
        return []
    owner = owner_of(task)
    if not lacks_consent(owner, str(task["for"]["reference"]), message, rooms):
        return []
    sentence = "Nothing of it may be shown to its owner before the person consents."
    repair = "Create it as a draft (business status awaiting-consent); it goes out by itself once a Consent permits it."
    return [Problem("rest.task.consent", "Task.owner", sentence, repair)]


def unconsented() -> Problem:
    """The finding about a measure that waits."""
    sentence = "nothing of this measure may be shown to whom it is for before the person consents; it waits"
    repair = "record the Consent for this recipient, purpose and data; the measure then goes out by itself"
    return Problem("disclose.consent", "ServiceRequest.performer", sentence, repair, "warning")
