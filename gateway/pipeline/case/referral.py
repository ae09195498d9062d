"""A referral and its Task: T0 begins with SR0, belongs to its source, and is what everything later hangs from."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gateway.domain.events import Event, Name
from gateway.domain.message import Happened, Message
from gateway.domain.problem import Problem
from gateway.domain.system import PARTNER, REFERRAL_TASK, TASK, TRACKING
from gateway.domain.task import Stand
from gateway.mapping.run import urn
from gateway.mapping.runtime import every
from gateway.pipeline.case.candidate import ASKS, ORDERS, why_none
from gateway.pipeline.case.reply import is_open
from gateway.pipeline.proof.old_word import is_overtaken
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.dispatch import not_dispatched, set_out_again
from gateway.pipeline.tasks.family import CODES, group, kind_of, root
from gateway.pipeline.tasks.walk import Report, stand, walk

PLACER = "http://terminology.hl7.org/CodeSystem/v2-0203"
WITHDRAWN = frozenset({"revoked", "entered-in-error"})
TAKEN_BACK = Stand("cancelled", "withdrawn-by-requester")


def referred(message: Message, rooms: Rooms) -> Message:
    """The referrals of a message: each new one gets its Task, one that is known keeps it."""
    for item in referrals(message):
        message = one(message, item, rooms)
    return message


def none_begun(message: Message, why: str) -> Message:
    """The message with the reason why a request in it is no referral."""
    return replace(message, outcome={**message.outcome, "no referral": why})


def referrals(message: Message) -> Iterator[dict[str, Any]]:
    """The requests of a message that are the sender's own, new or known."""
    tasks = {str(f) for task in message.tree.get("Task", ()) for f in every(task, ("focus", "reference"))}
    for item in message.tree.get("ServiceRequest", ()):
        own = item["fullUrl"] in message.written or item["fullUrl"] in tasks
        if own and item.get("intent") in ORDERS and every(item, ("subject", "reference")):
            yield item


def one(message: Message, item: dict[str, Any], rooms: Rooms) -> Message:
    """One referral: its Task found or begun, withdrawn where the source withdraws it."""
    stored = task_of(item["fullUrl"], rooms)
    anew = stored is not None and is_asked_anew(item, stored, message, rooms)
    if stored is not None and not anew:
        again = (set_out_again(unowned(stored), rooms),) if not_dispatched(stored) else ()
        message = replace(message, moved=(*message.moved, *again)).of_case(f"Task/{stored['id']}")
        return withdrawn(message, item, stored)
    why = why_none(item, message, rooms)
    if why:
        return none_begun(message, why)
    person = next(iter(every(item, ("subject", "reference"))), "")
    if not str(person).startswith("Patient/"):
        return message.stop("record", nobody())
    task = begun(message, item, rooms, anew=anew)
    report = Report("requested", "dispatched", "R", "E1")
    moved, problems = walk(task, report, rooms.now())
    written = {**message.written, item["fullUrl"]: active(message, item, rooms)}
    found = replace(message, written=written, moved=(*message.moved, *moved)).of_case(f"Task/{task['id']}")
    return found.with_problems(*problems)


def is_asked_anew(item: dict[str, Any], task: dict[str, Any], message: Message, rooms: Rooms) -> bool:
    """Whether a source asks again, in a later message, for what it had taken back."""
    if stand(task) != TAKEN_BACK or item.get("status") not in ASKS:
        return False
    ended = rooms.store.read("Task", task["id"])
    if ended is None or ended.message == message.entry.id:
        return False
    return not is_overtaken(ended, message, rooms)


def unowned(task: dict[str, Any]) -> dict[str, Any]:
    """A Task that nobody was sent: who is responsible is asked anew."""
    return {key: value for key, value in task.items() if key != "owner"}


def task_of(request: str, rooms: Rooms) -> dict[str, Any] | None:
    """T0 of a referral, the latest where it was taken back and asked for anew; None where there is none."""
    found = rooms.store.find("Task", [("focus", request)])
    return next((v.resource for v in reversed(found) if "partOf" not in v.resource), None)


def began_with(task: dict[str, Any]) -> str:
    """The tracking id of the message that a referral began with."""
    return str(next((i.get("value") for i in every(task, ("identifier",)) if i.get("system") == TRACKING), ""))


def begun(message: Message, item: dict[str, Any], rooms: Rooms, *, anew: bool = False) -> dict[str, Any]:
    """T0 before its first move: what the source said of it, our numbers, and the message it began with."""
    said: dict[str, Any] = next(said_of(item, message), {})
    key = urn("T0", item["fullUrl"], *([message.entry.id] if anew else []))[9:]
    task = {
        "resourceType": "Task",
        "id": key,
        "meta": {"profile": [REFERRAL_TASK], "source": f"{PARTNER}{message.entry.partner}"},
        "identifier": [*every(said, ("identifier",)), *numbers(key, message.entry.id)],
        "groupIdentifier": group(key),
        "intent": "order",
        "code": {"coding": [{"system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "fulfill"}]},
        "focus": {"reference": item["fullUrl"]},
        "for": item["subject"],
        "authoredOn": said.get("authoredOn") or item.get("authoredOn") or rooms.now().isoformat(timespec="seconds"),
        "requester": {"reference": f"Organization/{message.entry.partner}"},
    }
    taken = {key: said[key] for key in ("priority", "note", "restriction", "input") if key in said}
    stay = {"encounter": item["encounter"]} if "encounter" in item else {}
    return task | stay | taken


def said_of(item: dict[str, Any], message: Message) -> Iterator[dict[str, Any]]:
    """The Tasks of a message that carry a request out; a question may have the same focus."""
    tasks = (task for task in message.tree.get("Task", ()) if kind_of(task) not in CODES)
    return (task for task in tasks if every(task, ("focus", "reference")) == [item["fullUrl"]])


def numbers(key: str, tracking: str) -> list[dict[str, Any]]:
    """Our number (FILL) and the tracking id."""
    filler = {"coding": [{"system": PLACER, "code": "FILL"}]}
    return [{"type": filler, "system": TASK, "value": key}, {"system": TRACKING, "value": tracking}]


def active(message: Message, item: dict[str, Any], rooms: Rooms) -> dict[str, Any]:
    """SR0 as it stands once it is requested: a draft becomes active with its Task, and so does what is asked anew."""
    stored = rooms.store.read("ServiceRequest", item["id"])
    resource = message.written.get(item["fullUrl"]) or (stored.resource if stored else {})
    return resource if resource.get("status") == "active" else {**resource, "status": "active"}


def withdrawn(message: Message, item: dict[str, Any], task: dict[str, Any]) -> Message:
    """The source takes its referral back: what has not begun is cancelled, of the rest the site is asked to stop."""
    said = [t.get("status") for t in said_of(item, message)]
    if not (item.get("status") in WITHDRAWN or "cancelled" in said) or not is_open(task):
        return message
    if item.get("status") == "entered-in-error":
        return taken_back(message, task, "irrtümlich gesendet", "entered-in-error")
    return taken_back(message, task, "vom Absender zurückgezogen")


def taken_back(message: Message, task: dict[str, Any], why: str, name: Name = "withdrawn-by-requester") -> Message:
    """A Task is no longer wanted: `follow` cancels it while it can be, later its owner is asked to stop.

    What would have been sent by the same message is not sent first.
    """
    before = tuple(move for move in message.moved if move.task["id"] != task["id"])
    event = Event(name, task["id"], "E4", why)
    return replace(message, moved=before, happened=(*message.happened, Happened(event, f"Task/{root(task)}")))


def nobody() -> Problem:
    """The finding about a referral without a person."""
    sentence = "the referral names no person"
    return Problem("record.person", "ServiceRequest.subject", sentence, "send the person with the referral")
