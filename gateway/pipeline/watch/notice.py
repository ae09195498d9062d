"""A party is told that something is overdue, in its own format, as it is told any news of the Task."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from gateway.directory.parties import Party, Purpose
from gateway.domain.codec import Tree
from gateway.domain.ledger import Change, Entry, Keep, Queue, Save
from gateway.domain.message import Message, Moved, Part
from gateway.domain.problem import Problem
from gateway.fhir import json
from gateway.mapping.runtime import every
from gateway.pipeline.answer.manners import SAYS
from gateway.pipeline.answer.news import News
from gateway.pipeline.disclose import VIEWS
from gateway.pipeline.encode import encode
from gateway.pipeline.policies.shown import by_policy
from gateway.pipeline.proof.communications import spoken
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import terms
from gateway.pipeline.tasks.family import CODES, kind_of, root
from gateway.pipeline.watch.words import note

Task = dict[str, Any]
ABOUT: Mapping[Purpose, str] = {"answers": "overdue", "measures": "overdue measure", "referrals": "overdue referral"}
"""Purpose of the road that carries the notice -> what the part is about."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a party is told: of which Task, by which timer, since when, and as whom (owner, requester, lead)."""

    task: Task
    timer: str
    due: datetime
    role: str
    party: Party | None


def notices(wanted: Sequence[Notice], flag: dict[str, Any], rooms: Rooms) -> tuple[list[Change], str]:
    """The changes that tell all of them, and the tracking id under which the journal has them.

    A party without a road for it is not told; its Communication says so, and the next one is told in its turn.
    """
    wanted = once(wanted)
    first = wanted[0]
    person = str(next(iter(every(first.task, ("for", "reference"))), ""))
    case = f"Task/{root(first.task)}"
    data = json.dumps(flag)
    entry = Entry(
        rooms.new_id(), "", "watch", "fhir", data, sha256(data).hexdigest(), rooms.now(),
        key="", kind=f"overdue {first.timer}", person=person, case=case,
    )  # fmt: skip
    message = Message(entry, person=person, case=case)
    message = replace(message, parts=tuple(part for one in wanted for part in parts(one, message, rooms)))
    message = encode(by_policy(message, rooms), rooms)
    sent = [part.delivery for part in message.parts if part.delivery]
    said = [Save(r, 0, terms(r, ""), rooms.now(), entry.id) for r in communications(wanted, flag, message, rooms)]
    told = [{"to": one.partner, "about": one.about} for one in sent]
    silent = (unreachable(one) for one in wanted if not any(part.partner == one_id(one) for part in message.parts))
    problems = (*(replace(problem, severity="warning") for problem in message.problems), *silent)
    done = replace(entry, state="done", step="deliver", problems=problems, outcome={"sent": told}, settled=rooms.now())
    return [Keep(done), *said, *(Queue(delivery) for delivery in sent)], entry.id


def once(wanted: Sequence[Notice]) -> list[Notice]:
    """Each party once, as the first of its roles: a lead may be the owner too."""
    found: dict[str, Notice] = {}
    for one in wanted:
        found.setdefault(one_id(one) or one.role, one)
    return list(found.values())


def one_id(notice: Notice) -> str:
    """The partner that is told, empty where the directory knows none."""
    return notice.party.id if notice.party else ""


def parts(notice: Notice, message: Message, rooms: Rooms) -> list[Part]:
    """The part for one party, by the best road it has; none where there is no party or no road."""
    purpose = next((word for word in TREES if fits(word, notice)), None)
    if notice.party is None or purpose is None:
        return []
    tree = TREES[purpose](notice, message, rooms)
    return [Part(notice.party.id, ABOUT[purpose], tree, person=message.person, case=message.case)]


def fits(purpose: Purpose, notice: Notice) -> bool:
    """Whether a party takes it by such a road: answers in its manner, measures and referrals as their owner."""
    party, kind = notice.party, kind_of(notice.task)
    if party is None or not party.receiving(purpose):
        return False
    if purpose == "answers":
        return party.manner in SAYS
    return notice.role == "owner" and (kind in CODES or (kind == "referral") == (purpose == "referrals"))


def unreachable(notice: Notice) -> Problem:
    """The finding about a party that cannot be told; the next one is told in its turn."""
    sentence = f"the {notice.role} cannot be told that something is overdue: no road for it"
    repair = "add a road with `for: [answers]` and `answers: {as: ...}` to its partner.yaml, and call them"
    return Problem("watch.road", notice.party.id if notice.party else notice.role, sentence, repair, "warning")


def as_answer(notice: Notice, message: Message, rooms: Rooms) -> Tree:
    """The Task as it stands, with the sentence in it: as a note for who reads Tasks, for others as the reason."""
    reads_tasks = notice.party is not None and notice.party.manner == "Task"
    shown = noted(notice) if reads_tasks else {**notice.task, "statusReason": {"text": sentence(notice)}}
    move = Moved(shown, str(notice.task.get("status", "")), "E0", "G")
    said = SAYS.get(notice.party.manner) if notice.party else None
    return said(News(move, notice.party, message, rooms)) if said and notice.party else {}


def as_asked(notice: Notice, message: Message, rooms: Rooms) -> Tree:
    """What the owner was sent, once more, with the sentence as a note of its Task."""
    kind = kind_of(notice.task)
    about = {"measure": "measures"}.get(kind, kind)
    move = Moved(noted(notice), str(notice.task.get("status", "")), "E0", "G")
    name = notice.party.id if notice.party else ""
    part = Part(name, about, {}, f"Task/{notice.task['id']}", message.person, message.case)
    tree = VIEWS[about](part, replace(message, moved=(move,)), rooms)
    shown = [{**task, "note": move.task["note"]} if is_it(task, notice) else task for task in tree.get("Task", ())]
    return {**tree, "Task": shown} if shown else tree


def is_it(task: Task, notice: Notice) -> bool:
    """Whether a Task of a tree is the one that is overdue."""
    return bool(task.get("id") == notice.task["id"])


def noted(notice: Notice) -> Task:
    """The Task with the sentence as a note; it is not stored so."""
    return {**notice.task, "note": [*every(notice.task, ("note",)), {"text": sentence(notice)}]}


def sentence(notice: Notice) -> str:
    """What is overdue and since when."""
    return note(notice.timer, notice.due)


TREES: Mapping[Purpose, Callable[[Notice, Message, Rooms], Tree]] = {
    "answers": as_answer,
    "measures": as_asked,
    "referrals": as_asked,
}
"""Purpose of a road -> what it carries, the best first."""


def communications(
    wanted: Sequence[Notice], flag: dict[str, Any], message: Message, rooms: Rooms
) -> list[dict[str, Any]]:
    """One Communication per party that is told, part of the Task and about the Flag; not-done for who has no road."""
    name = f"Task/{wanted[0].task['id']}"
    about = {"partOf": [{"reference": name}], "about": [{"reference": f"Flag/{flag['id']}"}]}
    made = [{**said, **about} for said in spoken(message, rooms)]
    reached = {part.partner for part in message.parts if part.delivery}
    missed = [one for one in wanted if one.party is None or one.party.id not in reached]
    return [*made, *({**unspoken(one, message, rooms), **about} for one in missed)]


def unspoken(notice: Notice, message: Message, rooms: Rooms) -> dict[str, Any]:
    """Who should have been told and could not be."""
    to = {"reference": f"Organization/{notice.party.id}"} if notice.party else {"display": notice.role}
    return {
        "resourceType": "Communication",
        "id": rooms.new_id(),
        "status": "not-done",
        "statusReason": {"text": "kein Weg zu diesem Empfänger (no road to this recipient)"},
        **({"subject": {"reference": message.person}} if message.person else {}),
        "topic": {"text": "overdue"},
        "recipient": [to],
    }
