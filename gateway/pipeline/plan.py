"""The Kümmerer's plan: every measure gets a Task of its own for the party that is to carry it out."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gateway.domain.message import Message
from gateway.domain.problem import Problem
from gateway.domain.system import MEASURE, PARTNER, REFERRAL_TASK, TASK
from gateway.domain.task import FINAL
from gateway.mapping.run import urn
from gateway.mapping.runtime import every
from gateway.pipeline.case import PLACER, WITHDRAWN, last, task_of
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.walk import Report, walk

REASONS = {"withdrawn-by-requester": "vom Kümmerer zurückgezogen", "superseded": "durch eine andere Maßnahme ersetzt"}


def planned(message: Message, rooms: Rooms) -> Message:
    """The measures of a plan with their Tasks, and the referral they carry out moved on."""
    measures = list(written(message))
    if not measures:
        return message
    case = message.case or carried_out(message, rooms)
    if not case:
        return message.stop("record", no_referral())
    message = replace(message, case=case)
    for item in measures:
        message = one(message, item, rooms)
    return begun(message, rooms)


def written(message: Message) -> Iterator[dict[str, Any]]:
    """The measures a site's message adds or changes."""
    for reference, item in message.written.items():
        if item["resourceType"] == "ServiceRequest":
            yield {**item, "fullUrl": reference}


def carried_out(message: Message, rooms: Rooms) -> str:
    """T0 of the referral that the plan or one of its measures refers to."""
    for kind, path in (("ServiceRequest", ("basedOn", "reference")), ("CarePlan", ("supportingInfo", "reference"))):
        for item in message.tree.get(kind, ()):
            for reference in every(item, path):
                task = task_of(str(reference), rooms)
                if task:
                    return f"Task/{task['id']}"
    return ""


def one(message: Message, item: dict[str, Any], rooms: Rooms) -> Message:
    """One measure: numbered, and given a Task if it has none; what it replaces ends."""
    resource = {key: value for key, value in item.items() if key != "fullUrl"}
    numbered = {**resource, "identifier": with_number(resource)}
    message = replace(message, written={**message.written, item["fullUrl"]: numbered})
    message = replaced(message, item, rooms)
    stored = task_of_measure(item["fullUrl"], rooms)
    if item.get("status") in WITHDRAWN:
        return taken_back(message, stored, rooms)
    if stored:
        return message
    owner = performer(item, message, rooms)
    report = Report("requested", "dispatched" if owner else "dispatch-failed", "R", "E1")
    moved, problems = walk(begin(message, {**numbered, "fullUrl": item["fullUrl"]}, owner), report, rooms.now())
    unknown = () if owner else (nobody(),)
    return replace(message, moved=(*message.moved, *moved)).with_problems(*problems, *unknown)


def taken_back(
    message: Message, task: dict[str, Any] | None, rooms: Rooms, business: str = "withdrawn-by-requester"
) -> Message:
    """A Task whose measure the plan no longer wants: cancelled while it can be, else a finding says why not."""
    if task is None or task.get("status") in FINAL:
        return message
    moved, problems = walk(task, Report("cancelled", business, "R", "E4", REASONS[business]), rooms.now())
    softened = (replace(problem, severity="warning") for problem in problems)
    return replace(message, moved=(*message.moved, *moved)).with_problems(*softened)


def task_of_measure(request: str, rooms: Rooms) -> dict[str, Any] | None:
    """Ti of a measure."""
    return next((v.resource for v in rooms.store.find("Task", [("focus", request)])), None)


def with_number(resource: dict[str, Any]) -> list[dict[str, Any]]:
    """The identifiers of a measure with one that fits into a list or a letter."""
    mine = every(resource, ("identifier",))
    if any(identifier.get("system") == MEASURE for identifier in mine):
        return mine
    return [*mine, {"system": MEASURE, "value": f"M-{resource['id'][:8].upper()}"}]


def our_number(item: dict[str, Any]) -> dict[str, Any]:
    """The number under which everybody speaks of a measure."""
    return next(identifier for identifier in item["identifier"] if identifier.get("system") == MEASURE)


def begin(message: Message, item: dict[str, Any], owner: str) -> dict[str, Any]:
    """Ti before its first move."""
    key = urn("Ti", item["fullUrl"])[9:]
    plan = next((i["fullUrl"] for i in message.tree.get("CarePlan", ()) if "partOf" not in i), "")
    return {
        "resourceType": "Task",
        "id": key,
        "meta": {"profile": [REFERRAL_TASK], "source": f"{PARTNER}{message.entry.partner}"},
        "identifier": [{"type": {"coding": [{"system": PLACER, "code": "FILL"}]}, "system": TASK, "value": key}],
        "intent": "order",
        "code": {"coding": [{"system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "fulfill"}]},
        **({"basedOn": [{"reference": plan}]} if plan else {}),
        "partOf": [{"reference": message.case}],
        "focus": {"reference": item["fullUrl"], "identifier": our_number(item)},
        "for": item["subject"],
        **({"authoredOn": item["authoredOn"]} if "authoredOn" in item else {}),
        "requester": {"reference": f"Organization/{message.entry.partner}"},
        **({"owner": {"reference": f"Organization/{owner}"}} if owner else {}),
    }


def performer(item: dict[str, Any], message: Message, rooms: Rooms) -> str:
    """The party that is to carry a measure out, by its directory entry; empty where nobody is found."""
    for reference in every(item, ("performer",)):
        for name in organizations(reference, message, rooms):
            if rooms.directory.get(name.partition("/")[2]):
                return name.partition("/")[2]
        identifier = reference.get("identifier", {})
        found = rooms.directory.by_identifier(identifier.get("system", ""), identifier.get("value", ""))
        if found:
            return str(found.id)
    return ""


def organizations(reference: dict[str, Any], message: Message, rooms: Rooms) -> Iterator[str]:
    """The organisations a performer means: itself, or the one whose role or service it is."""
    name = str(reference.get("reference", ""))
    kind, _, key = name.partition("/")
    if kind == "Organization":
        yield name
        return
    stored = rooms.store.read(kind, key) if key else None
    resource = message.written.get(name) or (stored.resource if stored else {})
    for path in (("organization", "reference"), ("providedBy", "reference")):
        yield from (str(found) for found in every(resource, path))


def replaced(message: Message, item: dict[str, Any], rooms: Rooms) -> Message:
    """The Tasks of the measures it replaces are cancelled, unless they have ended."""
    for reference in every(item, ("replaces", "reference")):
        message = taken_back(message, task_of_measure(str(reference), rooms), rooms, "superseded")
    return message


def begun(message: Message, rooms: Rooms) -> Message:
    """A referral whose measures go out is in progress, once it was accepted."""
    task = last(message.moved, message.case, rooms)
    if task is None or task.get("status") != "accepted" or not any("partOf" in m.task for m in message.moved):
        return message
    moved, problems = walk(task, Report("in-progress", "active-support", "O", "E4"), rooms.now())
    return replace(message, moved=(*message.moved, *moved)).with_problems(*problems)


def nobody() -> Problem:
    """The finding about a measure whose performer is in no directory entry."""
    sentence = "nobody in the directory is meant by the performer of this measure; the site keeps it"
    repair = "name the performer by a number of the directory (IK), or add the partner"
    return Problem("route.performer", "ServiceRequest.performer", sentence, repair, "warning")


def no_referral() -> Problem:
    """The finding about a plan that belongs to no referral."""
    sentence = "the plan refers to no referral that is known here"
    repair = "name the referral in ServiceRequest.basedOn or CarePlan.supportingInfo"
    return Problem("record.referral", "ServiceRequest.basedOn", sentence, repair)
