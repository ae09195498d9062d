"""A referral and its Task: T0 begins with SR0, belongs to its source, and is what everything later hangs from."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gateway.domain.message import Message, Moved
from gateway.domain.problem import Problem
from gateway.domain.system import PARTNER, REFERRAL_TASK, TASK, TRACKING
from gateway.mapping.run import urn
from gateway.mapping.runtime import every
from gateway.pipeline.case.dispatch import not_dispatched, set_out_again
from gateway.pipeline.case.reply import is_open
from gateway.pipeline.case.walk import Report, walk
from gateway.pipeline.rooms import Rooms

PLACER = "http://terminology.hl7.org/CodeSystem/v2-0203"
WITHDRAWN = frozenset({"revoked", "entered-in-error"})


def referred(message: Message, rooms: Rooms) -> Message:
    """The referrals of a message: each new one gets its Task, one that is known keeps it."""
    for item in referrals(message):
        message = one(message, item, rooms)
    return message


def referrals(message: Message) -> Iterator[dict[str, Any]]:
    """The requests of a message that are the sender's own, new or known."""
    tasks = {str(f) for task in message.tree.get("Task", ()) for f in every(task, ("focus", "reference"))}
    for item in message.tree.get("ServiceRequest", ()):
        own = item["fullUrl"] in message.written or item["fullUrl"] in tasks
        if own and item.get("intent") in ("order", "proposal") and every(item, ("subject", "reference")):
            yield item


def one(message: Message, item: dict[str, Any], rooms: Rooms) -> Message:
    """One referral: its Task found or begun, withdrawn where the source withdraws it."""
    stored = task_of(item["fullUrl"], rooms)
    if stored is not None:
        again = (set_out_again(unowned(stored), rooms),) if not_dispatched(stored) else ()
        message = replace(message, case=f"Task/{stored['id']}", moved=(*message.moved, *again))
        return withdrawn(message, item, stored, rooms)
    person = next(iter(every(item, ("subject", "reference"))), "")
    if not str(person).startswith("Patient/"):
        return message.stop("record", nobody())
    task = begun(message, item, rooms)
    report = Report("requested", "dispatched", "R", "E1")
    moved, problems = walk(task, report, rooms.now())
    written = {**message.written, item["fullUrl"]: active(message, item, rooms)}
    found = replace(message, written=written, moved=(*message.moved, *moved), case=f"Task/{task['id']}")
    return found.with_problems(*problems)


def unowned(task: dict[str, Any]) -> dict[str, Any]:
    """A Task that nobody was sent: who is responsible is asked anew."""
    return {key: value for key, value in task.items() if key != "owner"}


def task_of(request: str, rooms: Rooms) -> dict[str, Any] | None:
    """T0 of a referral, None where there is none."""
    found = rooms.store.find("Task", [("focus", request)])
    return next((v.resource for v in found if "partOf" not in v.resource), None)


def begun(message: Message, item: dict[str, Any], rooms: Rooms) -> dict[str, Any]:
    """T0 before its first move: what the source said of it, our numbers, and the message it began with."""
    said: dict[str, Any] = next(
        (t for t in message.tree.get("Task", ()) if every(t, ("focus", "reference")) == [item["fullUrl"]]), {}
    )
    key = urn("T0", item["fullUrl"])[9:]
    task = {
        "resourceType": "Task",
        "id": key,
        "meta": {"profile": [REFERRAL_TASK], "source": f"{PARTNER}{message.entry.partner}"},
        "identifier": [*every(said, ("identifier",)), *numbers(key, message.entry.id)],
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


def numbers(key: str, tracking: str) -> list[dict[str, Any]]:
    """Our number (FILL) and the tracking id."""
    filler = {"coding": [{"system": PLACER, "code": "FILL"}]}
    return [{"type": filler, "system": TASK, "value": key}, {"system": TRACKING, "value": tracking}]


def active(message: Message, item: dict[str, Any], rooms: Rooms) -> dict[str, Any]:
    """SR0 as it stands once it is requested: a draft becomes active with its Task."""
    stored = rooms.store.read("ServiceRequest", item["id"])
    resource = message.written.get(item["fullUrl"]) or (stored.resource if stored else {})
    return {**resource, "status": "active"} if resource.get("status") == "draft" else resource


def withdrawn(message: Message, item: dict[str, Any], task: dict[str, Any], rooms: Rooms) -> Message:
    """The source takes its referral back: what has not begun is cancelled, of the rest the site is asked to stop."""
    said = [
        t.get("status") for t in message.tree.get("Task", ()) if every(t, ("focus", "reference")) == [item["fullUrl"]]
    ]
    if not (item.get("status") in WITHDRAWN or "cancelled" in said) or not is_open(task):
        return message
    report = Report("cancelled", "withdrawn-by-requester", "R", "E4", "vom Absender zurückgezogen")
    moved, problems = walk(task, report, rooms.now())
    softened = (replace(problem, severity="warning") for problem in problems)
    return replace(message, moved=tuple(moved) or message.moved).with_problems(*softened)


def nobody() -> Problem:
    """The finding about a referral without a person."""
    sentence = "the referral names no person"
    return Problem("record.person", "ServiceRequest.subject", sentence, "send the person with the referral")


def last(moved: tuple[Moved, ...], reference: str, rooms: Rooms) -> dict[str, Any] | None:
    """A Task as it stands after the moves so far."""
    for move in reversed(moved):
        if f"Task/{move.task['id']}" == reference:
            return move.task
    stored = rooms.store.read("Task", reference.partition("/")[2])
    return stored.resource if stored else None
