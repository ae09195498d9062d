"""The Kümmerer's plan: every measure gets a Task of its own for the party that is to carry it out."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from gateway.domain.events import Name
from gateway.domain.message import Message
from gateway.domain.problem import Problem
from gateway.domain.system import MEASURE, PARTNER, REFERRAL_TASK, TASK
from gateway.domain.task import FINAL
from gateway.mapping.run import urn
from gateway.mapping.runtime import every
from gateway.pipeline.case.awaiting import WAITS, lacks_consent, unconsented
from gateway.pipeline.case.referral import PLACER, WITHDRAWN, taken_back, task_of
from gateway.pipeline.case.reply import is_open, not_yours
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import source
from gateway.pipeline.stored.view import current
from gateway.pipeline.tasks.dispatch import not_dispatched, set_out_again
from gateway.pipeline.tasks.family import group, kind_of, owner_of
from gateway.pipeline.tasks.sides import organizations
from gateway.pipeline.tasks.walk import Report, walk

REASONS: Mapping[str, str] = {
    "withdrawn-by-requester": "vom Kümmerer zurückgezogen",
    "superseded": "durch eine andere Maßnahme ersetzt",
    "entered-in-error": "irrtümlich geplant",
}
"""Why a measure is given up, by the event that it is."""

BEFORE_WORK = frozenset({"requested", "received", "accepted"})


def planned(message: Message, rooms: Rooms) -> Message:
    """The measures of a plan with their Tasks, and the referral they carry out moved on."""
    measures = list(own(message, rooms))
    fresh = [item for item in measures if item["fullUrl"] in message.written]
    case = (carried_out(message, rooms) or message.case) if measures else ""
    task = current(case, message, rooms)
    if not task:
        return message.stop("record", no_referral()) if fresh else message
    wrong = unfit(task, fresh, message, rooms)
    if wrong:
        return message.stop("record", *wrong)
    message = replace(message, case=case).of_case(case)
    for item in measures:
        message = one(message, item, rooms)
    return begun(message, rooms)


def own(message: Message, rooms: Rooms) -> Iterator[dict[str, Any]]:
    """The measures of a site's message that are its own, as they stand now."""
    for item in message.tree.get("ServiceRequest", ()):
        name = item["fullUrl"]
        stored = rooms.store.read("ServiceRequest", item["id"])
        if name in message.written:
            yield {**message.written[name], "fullUrl": name}
        elif stored and source(stored.resource) == message.entry.partner:
            yield {**stored.resource, "fullUrl": name}


def unfit(task: dict[str, Any], fresh: list[dict[str, Any]], message: Message, rooms: Rooms) -> list[Problem]:
    """Why measures cannot belong to a referral: another party has it in hand, it has ended, it is somebody else's."""
    if owner_of(task) != message.entry.partner:
        return [not_yours()]
    begins = [m for m in fresh if m.get("status") not in WITHDRAWN and task_of_measure(m["fullUrl"], rooms) is None]
    if begins and not is_open(task):
        return [ended()]
    person = every(task, ("for", "reference"))
    return [stranger()] if any(every(m, ("subject", "reference")) != person for m in begins) else []


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
    if item["fullUrl"] in message.written:
        resource = {key: value for key, value in item.items() if key != "fullUrl"}
        item = {**item, "identifier": with_number(resource, rooms)}
        numbered = {**resource, "identifier": item["identifier"]}
        message = replace(message, written={**message.written, item["fullUrl"]: numbered})
        message = replaced(message, item, rooms)
    stored = task_of_measure(item["fullUrl"], rooms)
    if item.get("status") in WITHDRAWN:
        if item["fullUrl"] not in message.written:
            return message  # given up before; its owner was asked to stop then
        wrong = item["status"] == "entered-in-error"
        return given_up(message, stored, "entered-in-error" if wrong else "withdrawn-by-requester")
    owner = performer(item, message, rooms)
    if stored:
        return known(message, stored, owner, rooms)
    lacking = lacks_consent(owner, str(item["subject"]["reference"]), message, rooms)
    report = first(owner, rooms) if not lacking else Report(WAITS.status, WAITS.business, "R", "E1")
    moved, problems = walk(begin(message, item, owner), report, rooms.now())
    told = () if owner and not lacking else (unconsented() if lacking else nobody(),)
    return replace(message, moved=(*message.moved, *moved)).with_problems(*problems, *told)


def first(owner: str, rooms: Rooms) -> Report:
    """How the Task of a measure begins."""
    return Report("requested", "dispatched" if is_sent(owner, rooms) else "dispatch-failed", "R", "E1")


def is_sent(owner: str, rooms: Rooms) -> bool:
    """Whether a measure is sent to its owner; else its site hears at once that it has to tell it."""
    party = rooms.directory.get(owner)
    return party is not None and not party.called


def known(message: Message, task: dict[str, Any], owner: str, rooms: Rooms) -> Message:
    """A measure that has its Task: sent once more where it could not be, by now perhaps to somebody who is known."""
    if not_dispatched(task):
        task = {**task, "owner": {"reference": f"Organization/{owner}"}} if owner else task
        again = (set_out_again(task, rooms),) if "owner" in task else ()
        return replace(message, moved=(*message.moved, *again))
    if owner and is_open(task) and owner_of(task) != owner:
        return message.with_problems(another_performer())
    return message


def given_up(message: Message, task: dict[str, Any] | None, name: Name) -> Message:
    """A Task whose measure the plan no longer wants: cancelled while it can be, else its owner is asked to stop."""
    open_one = task is not None and task.get("status") not in FINAL
    return taken_back(message, task, REASONS[name], name) if task and open_one else message


def task_of_measure(request: str, rooms: Rooms) -> dict[str, Any] | None:
    """Ti of a measure."""
    found = (v.resource for v in rooms.store.find("Task", [("focus", request)]))
    return next((task for task in found if kind_of(task) == "measure"), None)


def with_number(resource: dict[str, Any], rooms: Rooms) -> list[dict[str, Any]]:
    """The identifiers of a measure with one that fits into a list or a letter, and that no other measure has."""
    given = every(resource, ("identifier",))
    kept = [i for i in given if i.get("system") != MEASURE or not is_taken(i, resource["id"], rooms)]
    if any(identifier.get("system") == MEASURE for identifier in kept):
        return kept
    return [*kept, {"system": MEASURE, "value": f"M-{resource['id'][:13].upper()}"}]


def is_taken(number: dict[str, Any], key: str, rooms: Rooms) -> bool:
    """Whether another measure goes by this number."""
    term = ("identifier", f"{MEASURE}|{number.get('value')}")
    return any(version.id != key for version in rooms.store.find("ServiceRequest", [term], 2))


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
        "groupIdentifier": group(message.case.partition("/")[2]),
        "focus": {"reference": item["fullUrl"], "identifier": our_number(item)},
        "for": item["subject"],
        **({"authoredOn": item["authoredOn"]} if "authoredOn" in item else {}),
        "requester": {"reference": f"Organization/{message.entry.partner}"},
        **({"owner": {"reference": f"Organization/{owner}"}} if owner else {}),
    }


def performer(item: dict[str, Any], message: Message, rooms: Rooms) -> str:
    """The party that is to carry a measure out, by its directory entry; empty where nobody is found."""
    for reference in every(item, ("performer",)):
        for name in organizations(str(reference.get("reference", "")), lambda r: current(r, message, rooms)):
            if rooms.directory.get(name.partition("/")[2]):
                return name.partition("/")[2]
        identifier = reference.get("identifier", {})
        found = rooms.directory.by_identifier(identifier.get("system", ""), identifier.get("value", ""))
        if found:
            return str(found.id)
    return ""


def replaced(message: Message, item: dict[str, Any], rooms: Rooms) -> Message:
    """The Tasks of the measures it replaces are cancelled, unless they have ended."""
    for reference in every(item, ("replaces", "reference")):
        message = given_up(message, task_of_measure(str(reference), rooms), "superseded")
    return message


def begun(message: Message, rooms: Rooms) -> Message:
    """A referral whose measures go out is in progress; who plans measures for it has accepted it."""
    task = current(message.case, message, rooms)
    begins = any(kind_of(move.task) == "measure" and not move.before for move in message.moved)
    if not begins or task.get("status") not in BEFORE_WORK:
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


def ended() -> Problem:
    """The finding about new measures for a referral that is over."""
    sentence = "the referral has ended; nothing new is done for it"
    return Problem("record.ended", "ServiceRequest.basedOn", sentence, "plan it for a new referral")


def stranger() -> Problem:
    """The finding about a measure for somebody else than the referral is about."""
    sentence = "a measure is for another person than the referral it carries out"
    return Problem("record.subject", "ServiceRequest.subject", sentence, "name the person of the referral")


def another_performer() -> Problem:
    """The finding about a measure that was sent to somebody and now names somebody else."""
    sentence = "this measure was sent to another performer; it stays with the first"
    repair = "revoke it, and plan a new measure that replaces it"
    return Problem("record.performer", "ServiceRequest.performer", sentence, repair, "warning")
