"""A discharge or an admission that is cancelled (ADT^A13, A11, chapter 3.3): the referral it brought is taken back."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from gateway.domain.message import Message
from gateway.domain.problem import Problem
from gateway.mapping.runtime import every
from gateway.pipeline.case.candidate import cancelled, events
from gateway.pipeline.case.referral import began_with, taken_back
from gateway.pipeline.case.reply import is_open
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.view import current
from gateway.pipeline.tasks.withdrawal import BEGUN

EVENT = re.compile(r"A\d\d")
"""Trigger events of patient administration (table 0003)."""
MINUTES = len("2026-03-12T10:30")
"""Characters of a moment up to its minute; both are of the same house and clock."""
WHY = "Entlassung oder Aufnahme storniert"


def undone(message: Message, rooms: Rooms) -> Message:
    """The referrals of cancelled visits taken back: cancelled while they can be, else the site is asked to stop."""
    for task in brought(message, rooms):
        case = f"Task/{task['id']}"
        message = message.of_case(case)
        request = str(task["focus"]["reference"])
        revoked = {**current(request, message, rooms), "status": "revoked"}
        if revoked == current(request, message, rooms):
            continue  # taken back before; its site was asked to stop then
        message = taken_back(message, task, WHY)
        if task.get("status") in BEGUN:
            message = message.with_problems(too_late())
        message = replace(message, written={**message.written, request: revoked})
    return message


def brought(message: Message, rooms: Rooms) -> Iterator[dict[str, Any]]:
    """The open referrals that came of the cancelled visits: of the same source, begun before, without a number.

    What the house asked for under a number was asked for by somebody, and stays until it is taken back itself.
    """
    for visit in cancelled(message):
        for person in every(visit, ("subject", "reference")):
            for found in rooms.store.find("Task", [("for", str(person)), ("source", message.entry.partner)]):
                task = found.resource
                of_visit = every(task, ("encounter", "reference")) == [visit["fullUrl"]] and "partOf" not in task
                if of_visit and is_open(task) and is_before(task, message, rooms) and not is_numbered(task, rooms):
                    yield task


def is_overtaken(stay: Mapping[str, Any], stored: Mapping[str, Any], message: Message) -> bool:
    """Whether an ADT says that a stay goes on which had ended before: it took longer than the one of the end.

    Not where it cancels the end, nor where a stay begins later under the same number; FHIR corrects what it said.
    """
    ended = stored.get("resourceType") == "Encounter" and stored.get("status") == "finished"
    if not ended or stay.get("status") != "in-progress" or not any(map(EVENT.fullmatch, events(message))):
        return False
    if any(visit["id"] == stay.get("id") for visit in cancelled(message)):
        return False
    over, begun = (str(said.get("period", {}).get(name, "")) for said, name in ((stored, "end"), (stay, "start")))
    return begun[:MINUTES] <= over[:MINUTES] or not over


def is_before(task: dict[str, Any], message: Message, rooms: Rooms) -> bool:
    """Whether a referral began before this message was kept: run again, it takes back nothing that came after it."""
    begun = rooms.store.entry(began_with(task))
    return begun is None or begun.number <= message.entry.number


def is_numbered(task: dict[str, Any], rooms: Rooms) -> bool:
    """Whether the source gave its referral a number."""
    kind, _, key = str(task["focus"]["reference"]).partition("/")
    stored = rooms.store.read(kind, key)
    return stored is not None and bool(every(stored.resource, ("identifier",)))


def too_late() -> Problem:
    """The finding about a discharge that is cancelled while its referral is being worked on."""
    sentence = "the discharge was cancelled, but work on its referral has begun; the site was told"
    return Problem("record.visit.cancelled", "Task.status", sentence, "talk to the site", "warning")
