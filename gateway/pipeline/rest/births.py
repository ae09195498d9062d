"""A new Task: which case it belongs to, who asks for it, and its first moves (workflow.md, "Resources")."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gateway.domain.message import Message, Moved
from gateway.domain.problem import Problem, worst
from gateway.domain.system import TASK_CODE
from gateway.domain.task import FINAL, Move, Stand, move
from gateway.mapping.runtime import every
from gateway.pipeline.case.adopt import MAY_OPEN, addressee, askable, meant, proposed
from gateway.pipeline.case.fresh import LETTERS, placed, short
from gateway.pipeline.case.plan import our_number, with_number
from gateway.pipeline.case.referral import numbers
from gateway.pipeline.case.reply import carrying_out
from gateway.pipeline.rest.asked import Caller
from gateway.pipeline.rest.speakers import Voice, voices
from gateway.pipeline.rest.tasks import stamped
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import source
from gateway.pipeline.stored.view import current
from gateway.pipeline.tasks.family import CODES, group, kind_of, owner_of, root
from gateway.pipeline.tasks.sides import organizations
from gateway.pipeline.tasks.walk import Report, stand, walk

Task = dict[str, Any]

BEGINS = frozenset({"draft", "requested"})
FULFILLED = ("referral", "measure")
NEEDED = {"focus": "ServiceRequest/ID or Task/ID", "for": "Patient/ID"}
"""What every Task of a case must refer to, as it is written."""


@dataclass(frozen=True, slots=True)
class Birth:
    """A Task that does not exist yet, who wants it, and what the message has brought so far."""

    task: Task
    caller: Caller
    message: Message
    rooms: Rooms

    def at(self, reference: str) -> Task:
        """A resource as the message leaves it."""
        return current(reference, self.message, self.rooms)

    @property
    def about(self) -> Task:
        """The Task that a question, stop, amendment, hand-over or decision is about; else empty."""
        return meant(self.task, self.message, self.rooms) if kind_of(self.task) in CODES else {}

    @property
    def case(self) -> Task:
        """The referral's Task it belongs to; empty where none is named, itself for a referral."""
        if kind_of(self.task) == "referral":
            return self.task
        above = (str(name) for name in every(self.task, ("partOf", "reference")))
        named = self.about or next((self.at(name) for name in above if name.startswith("Task/")), {})
        return self.at(f"Task/{root(named)}") if named else {}


def born(birth: Birth) -> tuple[list[Moved], list[Problem]]:
    """The first moves of a Task, or what speaks against it."""
    birth = replace(birth, task=prepared(birth))
    problems = [*begins(birth.task), *incomplete(birth)]
    if not problems:
        problems = [*ORIGINS.get(kind_of(birth.task), of_loop)(birth)]
    if problems:
        return [], problems
    task, rooms = completed(birth), birth.rooms
    to = stand(task)
    bare = {key: value for key, value in task.items() if key not in ("status", "businessStatus")}
    grade = birth.caller.evidence or ("E4" if birth.caller.party else "E3")
    usual = "dispatched" if to.status == "requested" else ""
    moves, problems = walk(bare, Report(to.status, to.business or usual, "R", grade), rooms.now())
    return [replace(made, task=stamped(made.task, rooms)) for made in moves], [*problems, *unheard(birth)]


def prepared(birth: Birth) -> Task:
    """A Task with what follows from the one it is about, where it does not say so itself: focus, person, addressee."""
    about, kind = birth.about, kind_of(birth.task)
    if not about:
        return birth.task
    owner = addressee(birth.task, about, birth.message, birth.rooms)
    asked = {"owner": {"reference": f"Organization/{owner}"}} if owner else {}
    return {**placed(kind, about), **asked, **birth.task}


def begins(task: Task) -> list[Problem]:
    """A Task begins as a draft or as requested."""
    to = stand(task)
    return [] if to.status in BEGINS else move(Stand(), Move(to.status, to.business, "R", "E4", "-"))


def incomplete(birth: Birth) -> list[Problem]:
    """What a Task of a case must refer to, and does not."""
    problems = []
    for name, form in NEEDED.items():
        reference = next((str(found) for found in every(birth.task, (name, "reference"))), "")
        if not reference:
            problems.append(Problem("rest.task.needs", f"Task.{name}", "A Task needs this.", f"Refer to {form}."))
        elif not birth.at(reference):
            sentence, repair = "This refers to nothing that is known here.", "Create it first, or with the Task."
            problems.append(Problem("rest.task.unknown", f"Task.{name}", sentence, repair))
    return problems


# --- where it belongs ------------------------------------------------------------------------------------------------


def of_referral(birth: Birth) -> list[Problem]:
    """T0 is asked for by whoever wrote its request, once."""
    name = birth.task["focus"]["reference"]
    request = birth.at(name)
    if not name.startswith("ServiceRequest/"):
        repair = "Focus the ServiceRequest, or say by `code` and `partOf` what the Task is for."
        return [Problem("rest.task.focus", "Task.focus", "A referral is asked for by a ServiceRequest.", repair)]
    if birth.caller.party and source(request) != birth.caller.party:
        return [not_yours()]
    return [*another_person(birth, every(request, ("subject", "reference"))), *asked_already(birth, name)]


def of_measure(birth: Birth) -> list[Problem]:
    """Ti is asked for by whoever has the case, once, and carries out a request of its own."""
    name = birth.task["focus"]["reference"]
    if not name.startswith("ServiceRequest/"):
        sentence = "A measure is asked for by a ServiceRequest."
        return [Problem("rest.task.focus", "Task.focus", sentence, "Focus the ServiceRequest of this recipient.")]
    found = of_case(birth)
    if not found and not any(voice.actor == "O" for voice in heard(birth, birth.case)):
        found = [not_yours()]
    return found or asked_already(birth, name)


def of_case(birth: Birth) -> list[Problem]:
    """What belongs to a case that goes on, and to its person."""
    case = birth.case
    named = [str(n) for path in (("partOf",), ("focus",)) for n in every(birth.task, (*path, "reference"))]
    cases = {root(task) for name in named if name.startswith("Task/") for task in [birth.at(name) or {"id": ""}]}
    if not case or len(cases - {case["id"]}):
        sentence = "The Task names no Task of a case, or Tasks of several."
        repair = "Refer to it by `partOf`, or by `focus` where it asks to stop or to decide."
        return [Problem("rest.task.case", "Task.partOf", sentence, repair)]
    if case.get("status") in FINAL:
        sentence = "The case has ended; nothing new is asked in it."
        return [Problem("rest.task.ended", "Task.partOf", sentence, "Begin a new referral.")]
    return another_person(birth, every(case, ("for", "reference")))


def of_loop(birth: Birth) -> list[Problem]:
    """A question, stop, amendment, hand-over or decision: opened by a side of the Task it is about, for another."""
    found = of_case(birth)
    if found:
        return found
    about, kind = birth.about, kind_of(birth.task)
    if not any(voice.actor in MAY_OPEN[kind] for voice in heard(birth, about)):
        return [not_yours()]
    if about.get("status") in FINAL and kind != "decision":
        sentence = "The Task it is about has ended; nothing more is asked of it."
        return [Problem("rest.task.ended", "Task.partOf", sentence, "Ask about a Task that is open.")]
    if kind == "approve" and (open_one := proposed(str(birth.case["id"]), birth.message, birth.rooms)):
        return open_one
    owner = owner_of(addressed(birth))
    if owner and kind != "approve" and owner not in askable(about, birth.caller.party, birth.message, birth.rooms):
        sentence = "Whom this Task is for takes no part in the case."
        repair = "Leave Task.owner out to ask the other side, or name a party of the case."
        return [Problem("rest.task.addressee", "Task.owner", sentence, repair)]
    return []


ORIGINS: Mapping[str, Callable[[Birth], list[Problem]]] = {"referral": of_referral, "measure": of_measure}


def heard(birth: Birth, task: Task) -> tuple[Voice, ...]:
    """As whom the caller speaks of another Task."""
    return voices(task, Caller(birth.caller.party), birth.message, birth.rooms)


def another_person(birth: Birth, persons: list[Any]) -> list[Problem]:
    """The Task is for another person than what it belongs to."""
    if every(birth.task, ("for", "reference")) == persons:
        return []
    sentence = "The Task is for another person than what it belongs to."
    return [Problem("rest.task.person", "Task.for", sentence, "Name the person of the request.")]


def asked_already(birth: Birth, request: str) -> list[Problem]:
    """A request has one open Task that carries it out."""
    stored = carrying_out(request, birth.rooms)
    fresh = (m.task for m in birth.message.moved if every(m.task, ("focus", "reference")) == [request])
    tasks = [*([stored] if stored else []), *(task for task in fresh if kind_of(task) in FULFILLED)]
    if all(task.get("status") in FINAL for task in tasks):
        return []
    sentence = "A Task for this request is open already."
    return [Problem("rest.task.twice", "Task.focus", sentence, "Change that one, or end it first.")]


def not_yours() -> Problem:
    """The finding about who asks for what is another party's to ask."""
    sentence = "This is not yours to ask: the request or the case belongs to another party."
    return Problem("rest.task.stranger", "Task.requester", sentence, "Ask within cases that you sent or were sent.")


# --- what it is completed by -----------------------------------------------------------------------------------------


def completed(birth: Birth) -> Task:
    """The Task with its numbers, its case, who asks and who is asked, as far as it does not say so itself."""
    task, case, tracking = birth.task, birth.case, birth.message.entry.id
    usual = {
        "code": {"coding": [{"system": TASK_CODE, "code": "fulfill"}]},
        "authoredOn": birth.rooms.now().isoformat(timespec="seconds"),
        **requester(birth, case),
    }
    kind, key = kind_of(task), str(task["id"])
    ours = numbers(short(kind, key) if kind in LETTERS else key, tracking)
    own = {
        "identifier": [*every(task, ("identifier",)), *(ours[:1] if kind == "measure" else ours)],
        "groupIdentifier": group(str(case["id"])),
        **addressed(birth),
    }
    return {**usual, **task, **own, **numbered(birth)}


def requester(birth: Birth, case: Task) -> dict[str, Any]:
    """Who asks: the caller; at the desk whoever has the case, of a referral nobody else than its request says."""
    if birth.caller.party:
        return {"requester": {"reference": f"Organization/{birth.caller.party}"}}
    if kind_of(birth.task) == "referral":
        said = birth.at(birth.task["focus"]["reference"]).get("requester")
    else:
        said = case.get("owner")
    return {"requester": said} if said else {}


def addressed(birth: Birth) -> dict[str, Any]:
    """The owner as the party of the directory that is meant, by reference or by number."""
    owner = birth.task.get("owner")
    if not owner:
        return {}
    names = organizations(str(owner.get("reference", "")), birth.at)
    found = [party for name in names if (party := birth.rooms.directory.get(str(name).partition("/")[2]))]
    numbers_of = [owner.get("identifier", {}), *every(birth.at(str(owner.get("reference", ""))), ("identifier",))]
    known = (birth.rooms.directory.by_identifier(n.get("system", ""), n.get("value", "")) for n in numbers_of)
    party = next(iter([*found, *(one for one in known if one)]), None)
    return {"owner": {**owner, "reference": f"Organization/{party.id}"}} if party else {}


def unheard(birth: Birth) -> list[Problem]:
    """A warning where the Task is for somebody whom nobody here can tell of it."""
    if "owner" not in birth.task or addressed(birth):
        return []
    sentence = "Its owner is no partner of the directory, so nobody is told of this Task."
    repair = "Name a partner by `Organization/<id>` or by its number, or add it to the directory."
    return [Problem("rest.task.owner.unknown", "Task.owner", sentence, repair, "warning")]


def numbered(birth: Birth) -> dict[str, Any]:
    """The focus of a measure with the number under which everybody speaks of it."""
    if kind_of(birth.task) != "measure":
        return {}
    request = birth.at(birth.task["focus"]["reference"])
    return {"focus": {**birth.task["focus"], "identifier": our_number(with_its_number(request, birth.rooms))}}


def with_its_number(request: Task, rooms: Rooms) -> Task:
    """A measure with a number of its own."""
    return {**request, "identifier": with_number(request, rooms)}


def requests(birth: Birth) -> dict[str, Task]:
    """What becomes of the request: a measure is numbered, a draft is active once it is requested."""
    name = birth.task["focus"]["reference"]
    if kind_of(birth.task) not in FULFILLED:
        return {}
    request = birth.at(name)
    made = with_its_number(request, birth.rooms) if kind_of(birth.task) == "measure" else request
    if birth.task.get("status") == "requested" and made.get("status") == "draft":
        made = {**made, "status": "active"}
    return {name: made} if made != request else {}


def asked_to_stop(task: Task, message: Message, rooms: Rooms) -> list[Moved]:
    """The Task that somebody is asked to stop says so, where it is under way."""
    about = next((str(name) for name in every(task, ("focus", "reference")) if kind_of(task) == "abort"), "")
    found = current(about, message, rooms) if about.startswith("Task/") else {}
    if not found:
        return []
    moves, problems = walk(found, Report("in-progress", "cancellation-requested", "R", "E3"), rooms.now())
    return [] if worst(problems) == "error" or found.get("status") != "in-progress" else moves
