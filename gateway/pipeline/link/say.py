"""What a party answers by its link, as interactions of the FHIR interface: as the Task's owner, on evidence E3."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.domain.ledger import Version
from gateway.domain.problem import Problem
from gateway.domain.system import BUSINESS_STATUS, TASK_KIND
from gateway.pipeline.link.record import Link
from gateway.pipeline.link.view import asks
from gateway.pipeline.rest.asked import Asked, Caller, Told
from gateway.pipeline.rest.perform import perform
from gateway.pipeline.rooms import Rooms

Resource = dict[str, Any]

LONGEST = 2000
"""Characters of a text."""
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """One kind of answer.

    before    statuses of the Task in which it can be given
    to        the status it leads to; empty: the status stays
    business  what can be chosen with it, the first where nothing is; empty: nothing is said
    needs     whether words are needed: `reason` of the status, `words` else; empty: they may be left out
    """

    before: tuple[str, ...]
    to: str = ""
    business: tuple[str, ...] = ()
    needs: str = ""


FRESH, UNDER_WAY = ("requested", "received"), ("accepted", "in-progress")
ANSWERS: Mapping[str, Answer] = {
    "accept": Answer(FRESH, "accepted", ("selected",)),
    "decline": Answer(
        FRESH,
        "rejected",
        ("no-capacity", "not-eligible", "out-of-area", "wrong-service", "data-issue", "referred-onward"),
        "reason",
    ),
    "progress": Answer(
        UNDER_WAY,
        "in-progress",
        ("active-support", "first-contact-made", "appointment-scheduled", "application-submitted", "decision-pending"),
        "words",
    ),
    "resume": Answer(("on-hold",), "in-progress", ("active-support",)),
    "done": Answer(
        UNDER_WAY,
        "completed",
        ("outcome-helped", "outcome-partial", "no-longer-needed", "application-approved", "application-denied"),
    ),
    "failed": Answer(
        ("in-progress", "on-hold"),
        "failed",
        ("could-not-contact", "client-declined", "moved-away", "no-longer-eligible", "aborted-on-request"),
        "reason",
    ),
    "withdraw": Answer(("accepted",), "cancelled", ("owner-withdrew",), "reason"),
    "question": Answer((*FRESH, *UNDER_WAY, "on-hold"), "", (), "words"),
}
"""What can be answered, in the order in which it is offered."""
FIRST_STEP = {"active-support": "first-contact-made", "appointment-scheduled": "first-contact-made"}
"""Not every progress can be the first: with which business status the Task begins instead."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer to what a party is asked: the status that its Task comes to, and whether words are needed."""

    to: str
    needs: str = ""


REPLIES: Mapping[str, Mapping[str, Reply]] = {
    "question": {"reply": Reply("completed", "words")},
    "abort": {"stopped": Reply("completed"), "goes-on": Reply("rejected", "reason")},
    "change": {"agreed": Reply("completed"), "as-before": Reply("rejected", "reason")},
    "recall": {"deleted": Reply("completed"), "kept": Reply("rejected", "reason")},
}
"""What can be answered to a Task, by its kind."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody answers: which of ANSWERS, what was chosen, in which words, having seen which version.

    `ask` is the id of the Task that is answered, with one of REPLIES; empty: the measure itself.
    """

    answer: str
    business: str = ""
    text: str = ""
    version: int = 0
    ask: str = ""


def offered(status: str) -> list[str]:
    """The answers that a Task of this status takes."""
    return [name for name, answer in ANSWERS.items() if status in answer.before]


def say(said: Said, link: Link, rooms: Rooms) -> Told:
    """Gives an answer: 200 or 201; 412 where the Task is another by now; 422 where something is missing."""
    if said.ask:
        return replied(said, link, rooms)
    stored = rooms.store.read("Task", link.id)
    answer = ANSWERS.get(said.answer)
    if stored is None or answer is None or not fits(stored, answer, said):
        return Told(412)
    words = cleaned(said.text)
    if answer.needs and not words:
        return wordless()
    if said.business and said.business not in answer.business:
        sentence = "This cannot be chosen with this answer."
        return Told(422, problems=(Problem("link.choice", "business", sentence, "Choose one of the list."),))
    if not answer.to:
        return asked(words, link, rooms)
    return moved(stored, said, words, link, rooms)


def fits(stored: Version, answer: Answer, said: Said) -> bool:
    """Whether a Task is as it was seen, and takes the answer."""
    return stored.resource.get("status") in answer.before and stored.version == said.version


def wordless() -> Told:
    """Words are missing."""
    sentence = "Words are needed for this answer."
    return Told(422, problems=(Problem("link.words", "text", sentence, "Write a few words."),))


def replied(said: Said, link: Link, rooms: Rooms) -> Told:
    """An answer to what the party is asked; only to a Task that its page shows, as it was shown."""
    ask = next((each for each in asks(link, rooms) if each.id == said.ask), None)
    reply = REPLIES[ask.kind].get(said.answer) if ask else None
    stored = rooms.store.read("Task", said.ask) if reply else None
    if reply is None or stored is None or stored.version != said.version:
        return Told(412)
    words = cleaned(said.text)
    if reply.needs and not words:
        return wordless()
    after = {key: value for key, value in stored.resource.items() if key not in ("businessStatus", "statusReason")}
    after["status"] = reply.to
    if reply.needs == "reason":
        after["statusReason"] = {"text": words}
    elif words:
        after["output"] = [*after.get("output", ()), {"type": {"text": "Antwort"}, "valueString": words}]
    return put(stored, after, link, rooms)


def put(before: Version, after: Resource, link: Link, rooms: Rooms) -> Told:
    """One change of a Task, against the version it was made from."""
    one = Asked("update", "Task", before.id, after, match=str(before.version))
    return perform([one], owner(link), rooms, whole=True)[0]


def owner(link: Link) -> Caller:
    """The owner of the Task, who was shown to be it by key and code."""
    return Caller(link.partner, evidence="E3")


def moved(stored: Version, said: Said, words: str, link: Link, rooms: Rooms) -> Told:
    """The Task where the answer leads; over `in-progress` where it was not begun yet."""
    answer = ANSWERS[said.answer]
    business = said.business or answer.business[0]
    if stored.resource["status"] == "accepted" and answer.to == "in-progress":
        business = FIRST_STEP.get(business, business)
    if stored.resource["status"] == "accepted" and answer.to == "completed":
        first = put(stored, at(stored.resource, "in-progress", "active-support"), link, rooms)
        if first.status not in (200, 201) or first.version is None:
            return first
        stored = first.version
    after = at(stored.resource, answer.to, business)
    if answer.needs == "reason":
        after["statusReason"] = {"text": words}
    elif words:
        after["note"] = [*after.get("note", ()), note(words, link, rooms)]
    return put(stored, after, link, rooms)


def at(task: Resource, status: str, business: str) -> Resource:
    """A Task with another status."""
    kept = {key: value for key, value in task.items() if key not in ("businessStatus", "statusReason")}
    return {**kept, "status": status, "businessStatus": {"coding": [{"system": BUSINESS_STATUS, "code": business}]}}


def note(words: str, link: Link, rooms: Rooms) -> Resource:
    """Annotation (chapter 2.24.0.15): who wrote what, when."""
    when = rooms.now().isoformat(timespec="seconds")
    return {"authorReference": {"reference": f"Organization/{link.partner}"}, "time": when, "text": words}


def asked(words: str, link: Link, rooms: Rooms) -> Told:
    """A question to whoever asks for the measure."""
    resource = {
        "resourceType": "Task", "status": "requested", "intent": "order", "description": words,
        "code": {"coding": [{"system": TASK_KIND, "code": "question"}]},
        "partOf": [{"reference": link.task}],
        "requester": {"reference": f"Organization/{link.partner}"},
    }  # fmt: skip
    return perform([Asked("create", "Task", resource=resource)], owner(link), rooms, whole=True)[0]


def arrived(link: Link, rooms: Rooms) -> None:
    """The page was opened: what it shows was received (E2). Where that cannot be written, the next look does it."""
    for key in (link.id, *(ask.id for ask in asks(link, rooms))):
        stored = rooms.store.read("Task", key)
        if stored is None or stored.resource.get("status") != "requested":
            continue
        one = Asked("update", "Task", key, at(stored.resource, "received", "delivered"), match=str(stored.version))
        (told,) = perform([one], Caller(link.partner, evidence="E2"), rooms, whole=True)
        if told.status != 200:
            codes = [problem.code for problem in told.problems]
            log.warning("an opened link moved nothing", extra={"task": key, "codes": codes})


def cleaned(text: str) -> str:
    """A text without what cannot be printed, cut to what is taken."""
    lines = UNPRINTABLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return lines.strip()[:LONGEST]
