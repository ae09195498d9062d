"""Checked changes as a message of the line: what is written, how Tasks move, and what has happened by it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gateway.domain.events import Event
from gateway.domain.ledger import Save
from gateway.domain.message import Happened, Message, Moved
from gateway.domain.problem import Problem
from gateway.domain.task import FINAL
from gateway.mapping.runtime import every
from gateway.pipeline.agreeing.change import revoked
from gateway.pipeline.case import agreement, amend, awaiting, life, plan, rerouted
from gateway.pipeline.case.happenings import happened
from gateway.pipeline.case.plan import begun
from gateway.pipeline.case.question import by_move
from gateway.pipeline.case.reply import carrying_out
from gateway.pipeline.person.terms import terms as terms_of_person
from gateway.pipeline.proof.agents import is_proxy
from gateway.pipeline.record import saved
from gateway.pipeline.rest.asked import Caller
from gateway.pipeline.rest.births import Birth, asked_to_stop, born, requests
from gateway.pipeline.rest.tasks import Change, changed
from gateway.pipeline.rest.vouched import vouched
from gateway.pipeline.rest.wanted import Resource, Wanted, refusals
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.view import current
from gateway.pipeline.tasks.family import about, case_task, kind_of, root

AFTERWARDS = (amend.amended, rerouted.overtaken, agreement.agreed)
"""What changed measures and plans mean for others, as in a message of a site."""


def composed(wanted: Sequence[Wanted], caller: Caller, message: Message, rooms: Rooms) -> Message:
    """The message with all changes in it; what speaks against a change is added to the change."""
    tasks = [one for one in wanted if one.asked.type == "Task" and one.changes]
    others = [one for one in wanted if one.asked.type != "Task" and one.changes]
    told, problems = vouched(wanted, caller, rooms)
    wanted[0].problems += problems
    fresh = {f"Provenance/{told['id']}": told} if told else {}
    message = replace(message, written={**{one.name: one.after for one in others}, **fresh})
    message = replace(message, happened=tuple(withdrawn(others, caller, rooms)))
    message = revoked(life.lived(message, rooms), rooms)
    for one in sorted(tasks, key=lambda task: (task.before is not None, "partOf" in task.after)):
        message = with_task(one, by(caller, one, others), message, rooms)
    if refusals(wanted):
        return message
    message = settled(tasks, begun(planned(message), rooms), rooms)
    for one in others:
        one.problems += asks_nobody(one, message, rooms)
    for part in AFTERWARDS:
        message = part(message, rooms)
    return stored(of_requests(message, others, rooms), caller, rooms)


def settled(tasks: Sequence[Wanted], message: Message, rooms: Rooms) -> Message:
    """The message with what its decisions ask for, as the site that has the case would have sent it."""
    for one in tasks:
        if case_task(one.after).purpose == "re-route" and one.after["status"] == "completed":
            case = current(f"Task/{root(one.after)}", message, rooms)
            site = next((str(name).partition("/")[2] for name in every(case, OWNER)), message.entry.partner)
            entry = message.entry
            message = replace(message, entry=replace(entry, partner=site))
            for part in (rerouted.decided, plan.planned):
                message = part(message, rooms)
            one.problems += [p for p in message.problems if p.severity == "error"] if message.stopped else []
            message = replace(message, entry=entry)
    return message


def by(caller: Caller, task: Wanted, others: Sequence[Wanted]) -> Caller:
    """Who speaks of a Task: a Provenance of the same transaction says so as the header does."""
    names = (one.after for one in others if one.asked.type == "Provenance")
    told = (item for item in names if task.name in every(item, ("target", "reference")) and is_proxy(item))
    found = caller.provenance or next(told, None)
    return replace(caller, provenance=found)


def with_task(wanted: Wanted, caller: Caller, message: Message, rooms: Rooms) -> Message:
    """The message with one Task, new or changed."""
    if wanted.before is None:
        return with_birth(wanted, Birth(wanted.after, caller, message, rooms))
    change = Change(wanted.stored, wanted.after, caller, message, rooms)
    wanted.after, moves, problems = changed(change)
    wanted.problems += [*problems, *awaiting.too_early(moves, message, rooms)]
    if wanted.refused:
        return message
    if not moves:
        return replace(message, written={**message.written, wanted.name: wanted.after})
    return moving(message, moves, rooms)


def with_birth(wanted: Wanted, birth: Birth) -> Message:
    """The message with a new Task, and its request as it then is."""
    moves, problems = born(birth)
    wanted.problems += [*problems, *awaiting.too_early(moves, birth.message, birth.rooms)]
    if wanted.refused or not moves:
        return birth.message
    wanted.after = moves[-1].task
    fresh = requests(replace(birth, task=wanted.after))
    message = moving(replace(birth.message, written={**birth.message.written, **fresh}), moves, birth.rooms)
    request = current(wanted.after["focus"]["reference"], message, birth.rooms)
    return plan.replaced(message, request, birth.rooms) if kind_of(wanted.after) == "measure" else message


def moving(message: Message, moves: Sequence[Moved], rooms: Rooms) -> Message:
    """The message with moves of one Task, what they are for others, and the case, unless nobody was asked yet."""
    task, before = moves[-1].task, moves[0].before
    stops = asked_to_stop(task, message, rooms) if begins(task, before) else []
    said = [*asks(task, moves[-1].evidence, message, rooms)] if begins(task, before) else [*by_move(moves[-1])]
    message = replace(message, moved=(*message.moved, *moves, *stops), happened=(*message.happened, *said))
    alone = kind_of(task) == "referral" and (task["status"] == "draft" or before == "draft" != task["status"] in FINAL)
    return message if alone else message.of_case(f"Task/{root(task)}")


def asks_nobody(wanted: Wanted, message: Message, rooms: Rooms) -> list[Problem]:
    """The warning about a new request that no Task asks anybody to carry out (R4, 12.3.1)."""
    asked = {str(name) for move in message.moved for name in every(move.task, ("focus", "reference"))}
    new = wanted.asked.type == "ServiceRequest" and wanted.before is None and wanted.after.get("status") == "active"
    if not new or wanted.name in asked or carrying_out(wanted.name, rooms):
        return []
    sentence, repair = "No Task asks anybody to carry this out, so nobody is told.", "Create a Task with this focus."
    return [Problem("rest.request.alone", "ServiceRequest", sentence, repair, "warning")]


def begins(task: Resource, before: str) -> bool:
    """Whether somebody is asked by it now."""
    return task["status"] == "requested" and before in {"", "draft"}


def asks(task: Resource, evidence: str, message: Message, rooms: Rooms) -> Iterator[Happened]:
    """A question makes its asker wait; who is asked by its requester waits for nothing (case/question.py)."""
    asker = every(task, ("requester", "reference"))
    if kind_of(task) == "question" and asker == every(current(f"Task/{about(task)}", message, rooms), OWNER):
        yield Happened(Event("asked", about(task), evidence), f"Task/{root(task)}")


def planned(message: Message) -> Message:
    """The message as the one whose first measures bring its referral into progress."""
    cases = [f"Task/{root(m.task)}" for m in message.moved if kind_of(m.task) == "measure" and not m.before]
    return replace(message, case=cases[0]) if cases else message


def withdrawn(others: Sequence[Wanted], caller: Caller, rooms: Rooms) -> Iterator[Happened]:
    """What it means for a case, or a measure of it, that its request is taken back."""
    for one in others:
        task = carrying_out(one.name, rooms) if one.asked.type == "ServiceRequest" else None
        if task:
            whose = "" if kind_of(task) == "referral" else task["id"]
            for event in happened(one.stored or None, one.after):
                said = replace(event, about=whose, evidence="E4" if caller.party else "E3")
                yield Happened(said, f"Task/{root(task)}")


def person_of(wanted: Wanted) -> str:
    """`Patient/<id>` whom a resource is about."""
    paths = (("patient", "reference"), ("subject", "reference"))
    found = (str(name) for path in paths for name in every(wanted.after, path))
    return wanted.name if wanted.asked.type == "Patient" else next(found, "")


def of_requests(message: Message, others: Sequence[Wanted], rooms: Rooms) -> Message:
    """The message as one of the cases whose requests it changes: those who carry them out have to hear."""
    for one in others:
        task = carrying_out(one.name, rooms) if one.asked.type == "ServiceRequest" and one.before else None
        if task and task.get("status") != "draft":
            message = message.of_case(f"Task/{root(task)}")
    persons = {person_of(one) for one in others} | {str(p) for m in message.moved for p in every(m.task, FOR)}
    persons = {name for name in persons if name.startswith("Patient/")}
    return replace(message, person=persons.pop()) if len(persons) == 1 else message


FOR = ("for", "reference")
OWNER = ("owner", "reference")


def stored(message: Message, caller: Caller, rooms: Rooms) -> Message:
    """The changes that write it, a Patient under the terms by which persons are found."""
    persons = {name: item for name, item in message.written.items() if item["resourceType"] == "Patient"}
    rest = {name: item for name, item in message.written.items() if name not in persons}
    message = saved(replace(message, written=rest), rooms)
    for item in persons.values():
        before = rooms.store.read("Patient", item["id"])
        terms = terms_of_person(item, caller.party)
        version = before.version if before else 0
        message = message.with_changes(Save(item, version, terms, rooms.now(), message.entry.id))
    return message
