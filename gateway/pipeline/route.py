"""Step 7: who is responsible, and who has to hear of what was written."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gateway.domain.ledger import Save
from gateway.domain.message import Message, Moved, Part
from gateway.domain.problem import Problem
from gateway.domain.task import FINAL
from gateway.pipeline.agreeing import anew
from gateway.pipeline.agreeing.recall import recalled
from gateway.pipeline.case import viewers
from gateway.pipeline.case.candidate import concerns
from gateway.pipeline.case.plan import task_of_measure
from gateway.pipeline.case.reply import case_of, is_open
from gateway.pipeline.case.residence import residence
from gateway.pipeline.disclose import MEASURE_KEEPS, only
from gateway.pipeline.formats import is_told_by_measure, takes_tasks
from gateway.pipeline.policies.shown import seen_by
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import source
from gateway.pipeline.stored.view import current, links, referring
from gateway.pipeline.tasks.dispatch import not_dispatched
from gateway.pipeline.tasks.family import CODES, about, kind_of, owner_of

ON_THE_WAY = frozenset({"requested", "received"})
"""Statuses that say how far a Task has come on its road, which its owner knows."""
OF_ONE_CASE = frozenset({"ServiceRequest", "Encounter"})
"""What another referral of the same person has of its own."""


def route(message: Message, rooms: Rooms) -> Message:
    """Each new referral to its site, news of it after it, every measure to the party that is to carry it out."""
    message = recalled(message, rooms)
    for case in message.cases:
        message = to_its_site(message, case, rooms)
    if message.cases:
        made = (*to_performers(message, rooms), *to_asked(message, rooms))
        message = replace(message, parts=(*message.parts, *made))
    return replace(message, parts=(*message.parts, *anew.parts(message, rooms)))


def to_its_site(message: Message, case: str, rooms: Rooms) -> Message:
    """One referral of a message, or news of it, to the site that is responsible."""
    task = current(case, message, rooms)
    if task and "owner" not in task and is_open(task):
        message, task = assigned(message, task, rooms)
    return replace(message, parts=(*message.parts, *to_site(message, task, rooms)))


def assigned(message: Message, task: dict[str, Any], rooms: Rooms) -> tuple[Message, dict[str, Any]]:
    """A referral's Task with the site that is responsible, and the reason for a person to read."""
    postcode, ags = residence(current(task["for"]["reference"], message, rooms))
    request = current(task["focus"]["reference"], message, rooms)
    found = rooms.directory.responsible(postcode, ags, concerns(request))
    case, owner = f"Task/{task['id']}", {"reference": f"Organization/{found.site.id}", "display": found.site.title}
    moved = tuple(with_owner(move, case, owner) for move in message.moved)
    message = replace(message, moved=moved, outcome=outcome(message, case, found.site.id, found.why))
    if not found.sure:
        message = message.with_problems(unsure(found.why))
    return message, {**task, "owner": owner}


def outcome(message: Message, case: str, site: str, why: str) -> dict[str, Any]:
    """The outcome with which site has a referral and why; of several in one message each by its case."""
    said: dict[str, Any] = {**message.outcome, **({"site": site, "why": why} if case == message.case else {})}
    if len(message.cases) > 1:
        said["cases"] = [*message.outcome.get("cases", ()), {"case": case, "site": site, "why": why}]
    return said


def with_owner(move: Moved, case: str, owner: dict[str, str]) -> Moved:
    """A move of the case's own Task, with its owner."""
    return replace(move, task={**move.task, "owner": owner}) if f"Task/{move.task['id']}" == case else move


def to_site(message: Message, task: dict[str, Any], rooms: Rooms) -> Iterator[Part]:
    """The referral, or news of it from its source, to the site that owns it."""
    site = owner_of(task)
    if not site:
        return
    case, person = f"Task/{task['id']}", str(task["for"]["reference"])
    own = [move for move in message.moved if move.task["id"] == task["id"]]
    begun = any(is_sent(move.task) for move in own)
    taken_back = any(move.actor == "R" or is_ended_for_all(move) for move in own)
    news = is_open(task) and source(task) == message.entry.partner and has_news(message, task, rooms)
    if is_handed_over(task, message):
        yield Part(site, "handover", {}, "", person, case)
    elif begun or taken_back or news:
        yield Part(site, "referral", {}, case if begun else "", person, case)


def is_ended_for_all(move: Moved) -> bool:
    """Whether the gateway ended a Task: its person died, or took back the consent."""
    return move.actor == "G" and move.before not in FINAL and move.task["status"] in FINAL


def is_handed_over(task: dict[str, Any], message: Message) -> bool:
    """Whether a referral belongs to another site from now on."""
    approved = (m.task for m in message.moved if kind_of(m.task) == "approve" and m.task["status"] == "completed")
    return any(case_of(approval) == f"Task/{task['id']}" for approval in approved)


def has_news(message: Message, task: dict[str, Any], rooms: Rooms) -> bool:
    """Whether a message changes anything but the record of itself; of several cases, about this one."""
    persons = [c.resource for c in message.changes if isinstance(c, Save) and c.resource["resourceType"] == "Patient"]
    if len(message.cases) == 1:
        return bool(persons) or any(item["resourceType"] != "Provenance" for item in message.written.values())
    person, focus = str(task["for"]["reference"]), str(task["focus"]["reference"])
    own = {focus, *links(current(focus, message, rooms))}
    items = referring(person, message.written, message)
    told = {key: item for key, item in items.items() if item["resourceType"] != "Provenance"}
    about = [key for key, item in told.items() if item["resourceType"] not in OF_ONE_CASE or key in own]
    return bool(about) or person in (name(item) for item in persons)


def name(resource: dict[str, Any]) -> str:
    """`Type/id` of a resource."""
    return f"{resource['resourceType']}/{resource['id']}"


def to_performers(message: Message, rooms: Rooms) -> Iterator[Part]:
    """Each measure that is new, changed or taken back to its owner; what its owner said itself is no news to it."""
    moves = {m.task["focus"]["reference"]: m for m in message.moved if kind_of(m.task) == "measure"}
    written = [name for name, item in message.written.items() if item["resourceType"] == "ServiceRequest"]
    offered = {m.task["focus"]["reference"] for m in message.moved if kind_of(m.task) == "change" and not m.before}
    told = dict.fromkeys(name for name in [*moves, *written] if name not in offered)
    for request in told:
        move = moves.get(request)
        task = move.task if move else task_of_measure(request, rooms)
        if task is None or not (is_news(move) if move else differs(request, task, message, rooms)):
            continue
        owner = owner_of(task)
        if owner and (move or is_open(task)):
            yield Part(owner, "measures", {}, f"Task/{task['id']}", task["for"]["reference"], case_of(task))

    yield from viewers.others(message, {*told, *offered}, rooms)


def to_asked(message: Message, rooms: Rooms) -> Iterator[Part]:
    """Each question, stop, amendment, approval and decision to whom it is for, when it is asked and when taken back.

    Whoever reads no Tasks is asked to stop by the measure itself, which comes as revoked.
    """
    last = {move.task["id"]: move for move in message.moved if kind_of(move.task) in CODES}
    fresh = {move.task["id"] for move in message.moved if not move.before}
    for key, move in last.items():
        owner = owner_of(move.task)
        begun = is_open(move.task) and (key in fresh or (move.before == "requested" and is_sent(move.task)))
        taken_back = key not in fresh and move.actor in {"R", "G"} and not is_open(move.task)
        by_measure = kind_of(move.task) in {"abort", "change"} and not takes_tasks(owner, rooms)
        by_measure = by_measure or (kind_of(move.task) == "recall" and is_told_by_measure(owner, rooms))
        if owner and begun and by_measure and kind_of(move.task) == "abort":
            yield from stops_by_measure(move, owner, message, rooms)
        elif owner and (begun or taken_back) and not by_measure:
            person = str(move.task["for"]["reference"])
            yield Part(owner, kind_of(move.task), {}, f"Task/{key}", person, case_of(move.task))


def stops_by_measure(move: Moved, owner: str, message: Message, rooms: Rooms) -> Iterator[Part]:
    """The measure itself, as revoked, to whoever reads no Tasks and has it on hold; if it moved it goes out anyway."""
    measure = current(f"Task/{about(move.task)}", message, rooms)
    if measure.get("status") == "on-hold" and not any(m.task["id"] == measure["id"] for m in message.moved):
        yield Part(owner, "measures", {}, f"Task/{measure['id']}", measure["for"]["reference"], case_of(measure))


def is_sent(task: dict[str, Any]) -> bool:
    """Whether a Task is on its way to its owner."""
    return task["status"] == "requested" and not not_dispatched(task)


def is_news(move: Moved) -> bool:
    """Whether the owner of a measure has to hear of a move: it is asked for it, or what it was asked is taken back."""
    others = move.actor in {"R", "G"} and move.before != ""
    return is_sent(move.task) or (others and move.task["status"] not in ON_THE_WAY)


def differs(request: str, task: dict[str, Any], message: Message, rooms: Rooms) -> bool:
    """Whether the owner of a Task would see another measure than before; when it was written down does not count."""
    keeps = MEASURE_KEEPS - {"authoredOn", "meta"}
    stored = rooms.store.read("ServiceRequest", request.partition("/")[2])
    before, after = (only(one, keeps) for one in (stored.resource if stored else {}, message.written[request]))
    if before == after or not before:
        return before != after
    owner, person = owner_of(task), str(task["for"]["reference"])
    shown = [seen_by(owner, person, {"ServiceRequest": [one]}, message, rooms) for one in (before, after)]
    return shown[0] != shown[1]


def unsure(why: str) -> Problem:
    """The finding about a place nobody is responsible for; the named fallback has it."""
    repair = "hand the referral over to the right site, or complete `catchment:` in its partner.yaml"
    sentence = f"it is not sure who is responsible: {why}"
    return Problem("route.unsure", "Patient.address", sentence, repair, "warning")
