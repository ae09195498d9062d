"""What a message says of Tasks it has from us: accepted, declined, under way, done."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from gateway.domain.closure import CLOSES, may_close
from gateway.domain.message import Happened, Message, Moved
from gateway.domain.problem import Problem, worst
from gateway.domain.system import BUSINESS_STATUS, MEASURE
from gateway.domain.task import FINAL, statuses
from gateway.mapping.runtime import every
from gateway.pipeline.case.closing import closing, override
from gateway.pipeline.formats import source_of, takes_tasks
from gateway.pipeline.proof.old_word import is_corrected, is_heard, older
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import source
from gateway.pipeline.tasks.family import kind_of, owner_of, root
from gateway.pipeline.tasks.foreign_words import spoken, vocabulary
from gateway.pipeline.tasks.sides import as_whom
from gateway.pipeline.tasks.walk import Report, walk
from gateway.pipeline.tasks.withdrawal import said_to_stop, stop_of, taken_back

MEANS: Mapping[str, Mapping[str, str]] = {
    "active": {"requested": "accepted", "received": "accepted", "on-hold": "in-progress"},
    "on-hold": dict.fromkeys(("requested", "received", "accepted", "in-progress"), "on-hold"),
    "completed": dict.fromkeys(statuses(), "completed") | {"completed": ""},
    "revoked": dict.fromkeys(statuses(), "rejected") | dict.fromkeys(("rejected", "cancelled", "failed"), ""),
}
"""What a recipient says who has no Task and changes the status of its measure: (said, status of the Task) -> its next.

What is not here changes nothing: a list may come back with rows that nobody touched.
"""
TAKEN_BACK = frozenset({"cancelled", "entered-in-error"})
"""What a requester may report of a Task that it asked somebody to do."""
UNSPOKEN = frozenset({"draft", "requested"})
"""Statuses in which a Task asks, and reports nothing."""
FULFILS = frozenset({"referral", "measure"})
"""Kinds of Tasks that carry a request out."""
UNSAID = "vom Absender nicht angegeben"


def replies(message: Message, rooms: Rooms) -> Message:
    """The moves of the Tasks a message reports on; a move the sender may not make leaves everything for a person."""
    for item, task, to in sorted(reported(message, rooms), key=lambda said: kind_of(said[1]) == "referral"):
        actor = as_whom(task, message.entry.partner, message, rooms)
        if actor:
            message = one(message.of_case(case_of(task)), (item, task, to), actor, rooms)
        elif to:
            message = message.with_problems(not_yours())
    message = message.with_problems(*unheard(message, rooms), *unclear(message, rooms))
    wrong = worst(message.problems) == "error"
    return message.stop("record") if wrong and not message.moved else message


def one(
    message: Message, said: tuple[dict[str, Any], dict[str, Any], str], actor: Literal["R", "O"], rooms: Rooms
) -> Message:
    """What is reported of one Task, unless it is an old word; what says nothing new was heard all the same."""
    item, task, to = said
    old = unheeded(task, message, rooms, to) if to else message
    if old is not None:
        return old
    if actor == "R" and (gone := withdrawn(item, task, to)):
        return replace(message, happened=(*message.happened, gone))
    moved, problems = walk(task, report(item, to, actor), rooms.now())
    unclosed = guarded(moved, item, message, rooms)
    moved = [] if worst(unclosed) == "error" else moved
    return replace(message.with_problems(*problems, *unclosed), moved=(*message.moved, *moved))


def withdrawn(item: dict[str, Any], task: dict[str, Any], to: str) -> Happened | None:
    """What a requester takes back; `follow` cancels it while it can be, else its owner is asked to stop."""
    if to not in TAKEN_BACK or kind_of(task) not in FULFILS:
        return None
    why = report(item, to, "R").reason
    return taken_back(task, to, next(iter(business(item)), ""), "" if why == UNSAID else why)


def guarded(moved: list[Moved], item: dict[str, Any], message: Message, rooms: Rooms) -> list[Problem]:
    """What keeps a referral from being closed (workflow.md, phase 11); a Provenance with a verifier overrides it."""
    if not moved or kind_of(moved[-1].task) != "referral" or moved[-1].task["status"] not in CLOSES:
        return []
    about = (p for p in message.tree.get("Provenance", ()) if item["fullUrl"] in every(p, ("target", "reference")))
    overridden = next((found for p in about if (found := override(p))), None)
    return may_close(closing(moved[-1].task, message, rooms), overridden)


def reported(message: Message, rooms: Rooms) -> Iterator[tuple[dict[str, Any], dict[str, Any], str]]:
    """(What the message says, the Task it is about, the status it reports); empty where it says nothing new of it.

    Who repeats what it asked says nothing.
    """
    seen: set[str] = set()
    for item in message.tree.get("Task", ()):
        stored = task_meant(item, rooms)
        if stored and kind_of(stored) in FULFILS and spoken(item, vocabulary(message, rooms)):
            seen.add(stored["id"])  # foreign_report.py has heard it
        elif stored and says_something(item, stored, message.entry.partner):
            seen.add(stored["id"])
            yield item, stored, str(item.get("status", ""))
    for item in message.tree.get("ServiceRequest", ()):
        stored = owned_elsewhere(item, message.entry.partner, rooms)
        stop = stop_meant(item, stored, message, rooms) if stored and stored["id"] not in seen else None
        if stop:
            yield item, *stop
        if stop and stop[1] == "completed":
            continue
        if stored and stored["id"] not in seen:
            to = MEANS.get(str(item.get("status", "")), {}).get(str(stored.get("status", "")), "")
            yield item, stored, to if not speaks_of_tasks(message, rooms) or differs(item, rooms) else ""


def unheard(message: Message, rooms: Rooms) -> list[Problem]:
    """The findings about Tasks that are none of ours and whose request is not here: reported on, or asking for it.

    Questions, stops and amendments of others are looked at by adopt.py.
    """
    here = {item["fullUrl"] for items in message.tree.values() for item in items if "fullUrl" in item}
    lost = [
        item
        for item in message.tree.get("Task", ())
        if kind_of(item) in FULFILS
        and task_meant(item, rooms) is None
        and not any(f in here or is_kept(str(f), rooms) for f in every(item, ("focus", "reference")))
    ]
    told = [item for item in lost if item.get("status") not in UNSPOKEN]
    asks = [item for item in lost if item.get("status") == "requested"]
    return [*([unknown()] if told else []), *([asks_for_nothing()] if asks else [])]


def unclear(message: Message, rooms: Rooms) -> list[Problem]:
    """The finding about measures that come back with a word for their state that no code table knows."""
    if speaks_of_tasks(message, rooms):
        return []
    rows = (item for item in message.tree.get("ServiceRequest", ()) if item.get("status") == "unknown")
    tasks = (owned_elsewhere(item, message.entry.partner, rooms) for item in rows if differs(item, rooms))
    return [not_understood()] if any(task and is_open(task) for task in tasks) else []


def is_kept(reference: str, rooms: Rooms) -> bool:
    """Whether `Type/id` is stored here."""
    kind, _, key = reference.partition("/")
    return bool(key) and rooms.store.read(kind, key) is not None


def says_something(item: dict[str, Any], task: dict[str, Any], partner: str) -> bool:
    """Whether a Task of a message is a report; of its own Task a requester reports only that it is taken back.

    A question that comes back as it was asked is not
    answered.
    """
    if kind_of(task) == "question" and item.get("status") in UNSPOKEN:
        return False
    if owner_of(task) == partner or source(task) != partner or "outcome-acknowledged" in business(item):
        return True
    return item.get("status") in TAKEN_BACK


def stop_meant(
    item: dict[str, Any], task: dict[str, Any], message: Message, rooms: Rooms
) -> tuple[dict[str, Any], str] | None:
    """(The stop, the status that is reported of it) where a row that was asked to stop comes back with an answer."""
    if takes_tasks(message.entry.partner, rooms):
        return None
    measure = rooms.store.read("ServiceRequest", item["id"])
    to = said_to_stop(item, measure.resource if measure else {})
    stop = stop_of(task, message, rooms) if to else None
    return (stop, to) if stop else None


def speaks_of_tasks(message: Message, rooms: Rooms) -> bool:
    """Whether the format has Tasks to answer with; then a measure that is merely repeated says nothing."""
    form = source_of(message.entry, rooms)
    return form is not None and form.is_fhir


def differs(item: dict[str, Any], rooms: Rooms) -> bool:
    """Whether a measure comes back with another status than it has."""
    stored = rooms.store.read("ServiceRequest", item["id"])
    return stored is None or stored.resource.get("status") != item.get("status")


def unheeded(task: dict[str, Any], message: Message, rooms: Rooms, to: str = "") -> Message | None:
    """The message as it stays where what it says of a Task is an old word, told if it was corrected; else None."""
    if told_before(task, message, rooms, to):
        return message
    corrected = is_corrected(rooms.store.history("Task", task["id"]) if message.entry.map_hash else (), message, rooms)
    return message.with_problems(older("Task")) if corrected else None


def told_before(task: dict[str, Any], message: Message, rooms: Rooms, to: str = "") -> bool:
    """Whether an earlier run of this message has said so: it brought the Task there, or others have moved it since.

    Where no status is named, it has brought the Task anywhere.
    """
    if not message.entry.map_hash:
        return False
    versions = rooms.store.history("Task", task["id"])
    brought = (v for v in versions if v.message == message.entry.id)
    return any(to in ("", v.resource.get("status")) for v in brought) or is_heard(versions, message, rooms)


def task_meant(item: dict[str, Any], rooms: Rooms) -> dict[str, Any] | None:
    """Our Task that a Task of the message is, or that has the same focus."""
    stored = rooms.store.read("Task", item["id"])
    if stored:
        return stored.resource
    focus = every(item, ("focus", "reference")) or [measure(item, rooms)]
    return carrying_out(str(focus[0]), rooms) if focus[0] and kind_of(item) in FULFILS else None


def measure(item: dict[str, Any], rooms: Rooms) -> str:
    """`ServiceRequest/<id>` where a Task names its focus by our number of the measure."""
    for identifier in every(item, ("focus", "identifier")):
        if identifier.get("system") == MEASURE:
            term = ("identifier", f"{MEASURE}|{identifier.get('value')}")
            return next((f"ServiceRequest/{v.id}" for v in rooms.store.find("ServiceRequest", [term], 1)), "")
    return ""


def owned_elsewhere(item: dict[str, Any], partner: str, rooms: Rooms) -> dict[str, Any] | None:
    """The Task of a measure that a recipient sends back."""
    stored = rooms.store.read("ServiceRequest", item["id"])
    if stored is None or source(stored.resource) == partner:
        return None
    return carrying_out(item["fullUrl"], rooms)


def carrying_out(request: str, rooms: Rooms) -> dict[str, Any] | None:
    """The latest Task that carries a request out; amendments and questions have the same focus."""
    found = (v.resource for v in reversed(rooms.store.find("Task", [("focus", request)])))
    return next((task for task in found if kind_of(task) in FULFILS), None)


def report(item: dict[str, Any], to: str, actor: Literal["R", "O"]) -> Report:
    """What the sender reports: status, business status, reason."""
    reason = next(
        iter([*every(item, ("statusReason", "text")), *every(item, ("statusReason", "coding", "display"))]), ""
    )
    note = next(iter(every(item, ("note", "text"))), "")
    grade = "E4" if item.get("resourceType") == "Task" else "E3"
    said = str(reason or note or UNSAID)
    usual = "withdrawn-by-requester" if (actor, to) == ("R", "cancelled") else ""
    return Report(to, next(iter(business(item)), usual), actor, grade, said, taken_over(item) if actor == "O" else {})


def business(item: dict[str, Any]) -> list[str]:
    """Our business statuses that a Task names."""
    return [str(c.get("code", "")) for c in every(item, ("businessStatus", "coding")) if is_ours(c)]


def is_ours(coding: Mapping[str, Any]) -> bool:
    """Whether a coding is one of our business statuses."""
    return coding.get("system") == BUSINESS_STATUS


def taken_over(item: dict[str, Any]) -> dict[str, Any]:
    """What else of the sender's Task is taken over."""
    return {key: item[key] for key in ("output", "note", "executionPeriod") if key in item}


def not_yours() -> Problem:
    """The finding about a Task of somebody else."""
    sentence = "this Task belongs to another party, only its owner can report on it"
    return Problem("record.owner", "Task.owner", sentence, "report on Tasks sent to you")


def unknown() -> Problem:
    """The finding about a report on a Task that is not known here."""
    sentence = "the status is reported of a Task that is not known here, so nobody was told"
    repair = "send the Task as it came, with its id, its focus or the number of the measure"
    return Problem("record.task.unknown", "Task.focus", sentence, repair)


def not_understood() -> Problem:
    """The finding about an answer in a list that says nothing we know; nobody but its sender knows what it means."""
    sentence = "the list says of a measure what is in no code table, so nobody was told"
    repair = "add the word to the table of its states, then `gateway messages replay`; or ask, `gateway cases record`"
    return Problem("record.reply.unclear", "ServiceRequest.status", sentence, repair)


def asks_for_nothing() -> Problem:
    """The finding about a Task that asks for what nobody has sent."""
    sentence = "the Task asks for a request that is neither in the message nor known here, so nobody is asked"
    repair = "send the ServiceRequest that Task.focus names together with the Task"
    return Problem("record.task.request", "Task.focus", sentence, repair)


def case_of(task: dict[str, Any]) -> str:
    """The referral's Task a Task belongs to: itself, or what it is part of."""
    return f"Task/{root(task)}"


def is_open(task: Mapping[str, Any]) -> bool:
    """Whether a Task can still move."""
    return task.get("status") not in FINAL
