"""A Task that is changed: one legal move, or another version of it where it is (workflow.md, "On every write")."""

from dataclasses import dataclass
from typing import Any

from gateway.domain.closure import CLOSES, close
from gateway.domain.message import Message, Moved
from gateway.domain.problem import Problem, worst
from gateway.domain.system import BUSINESS_STATUS
from gateway.domain.task import FINAL, REASONED, Move, Stand, display, move
from gateway.pipeline.case.closing import closing, override
from gateway.pipeline.rest.asked import Caller
from gateway.pipeline.rest.speakers import Voice, is_for_owner, voices
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.family import CODES, kind_of
from gateway.pipeline.tasks.foreign_words import with_ours
from gateway.pipeline.tasks.walk import Report, stand, walk

Task = dict[str, Any]

SAID = frozenset({"status", "businessStatus", "statusReason", "lastModified"})
"""What a move changes."""
ANYBODYS = SAID | {
    "meta", "text", "language", "implicitRules", "contained", "extension", "modifierExtension", "identifier", "note",
}  # fmt: skip
BY_ACTOR = {
    "O": frozenset({"output", "executionPeriod", "relevantHistory"}),
    "P": frozenset({"output", "executionPeriod", "relevantHistory"}),
    "R": frozenset({
        "restriction", "priority", "description", "input", "reasonCode", "reasonReference", "insurance", "location",
        "performerType", "relevantHistory",
    }),
}  # fmt: skip
"""Actor -> what of a Task is his to say; the rest is settled when it is made."""
DRAFTED = frozenset({"owner", "basedOn", "encounter", "intent", "requester"})
"""And what a requester may still settle while it is a draft."""


@dataclass(frozen=True, slots=True)
class Change:
    """A Task before and after, who asks for it, and what it is asked among."""

    before: Task
    after: Task
    caller: Caller
    message: Message
    rooms: Rooms

    @property
    def voices(self) -> tuple[Voice, ...]:
        """As whom the caller speaks."""
        return voices(self.before, self.caller, self.message, self.rooms)


def changed(change: Change) -> tuple[Task, list[Moved], list[Problem]]:
    """The Task as it is to be stored, the moves it makes, and what speaks against it or goes with it."""
    if not change.voices:
        return change.before, [], [stranger()]
    to, after = meant(change.before, translated(change))
    now = stand(change.before)
    if to == now:
        problems = [*ended(change.before, after), *untouchable(change.before, after, change.voices)]
        return stamped(after, change.rooms), [], problems
    voice, problems = chosen(Change(change.before, after, change.caller, change.message, change.rooms), to)
    problems += [*over(change.before, after), *untouchable(change.before, after, change.voices)]
    problems += behalf(change) if voice.actor == "P" else []
    made = stamped(after, change.rooms)
    return made, stepped(change, made, to, voice), problems


def stepped(change: Change, made: Task, to: Stand, voice: Voice) -> list[Moved]:
    """The moves to where a Task goes: one; what is merely asked is answered with its last word, as by a message."""
    way, _ = asked(change, to, voice) if kind_of(change.before) in CODES else ([], [])
    last = way[-1].before if way else stand(change.before).status
    return [*way[:-1], Moved(made, last, voice.evidence, voice.actor)]


def asked(change: Change, to: Stand, voice: Voice) -> tuple[list[Moved], list[Problem]]:
    """A question, a stop, an amendment, an approval or a decision along its legal way, steps left out put in.

    A way that leads elsewhere, because the word comes too late, is none here: whoever writes a status gets this one.
    """
    report = Report(to.status, to.business, voice.actor, voice.evidence, reason(change.after))
    way, problems = walk(change.before, report, change.rooms.now())
    if way and way[-1].task["status"] != to.status:
        return [], move(stand(change.before), Move(to.status, to.business, voice.actor, voice.evidence, report.reason))
    return way, problems


def translated(change: Change) -> Task:
    """The Task with our business status beside the code of another system that the caller wrote instead."""
    party = change.rooms.directory.get(change.caller.party)
    return with_ours(change.after, str(change.before.get("status", "")), party.statuses if party else "")


def meant(before: Task, after: Task) -> tuple[Stand, Task]:
    """Where the Task is to go; what was said of the status it leaves goes with that status."""
    if after.get("status") == before.get("status"):
        return stand(after), after
    stale = {key for key in ("businessStatus",) if after.get(key) == before.get(key)}
    if after.get("status") not in REASONED and after.get("statusReason") == before.get("statusReason"):
        stale.add("statusReason")
    made = {key: value for key, value in after.items() if key not in stale}
    return stand(made), made


def chosen(change: Change, to: Stand) -> tuple[Voice, list[Problem]]:
    """The first voice for which the move is legal, with its warnings; else the one for which least is wrong."""
    tried = [(voice, judged(change, to, voice)) for voice in change.voices]
    for voice, problems in tried:
        if worst(problems) != "error":
            return voice, problems
    return min(tried, key=lambda one: (any(p.code in NO_WAY for p in one[1]), len(one[1])))


NO_WAY = frozenset({"task.move", "task.actor", "task.final", "task.status"})
"""Problems of a move that this actor cannot make whatever he says with it."""


def judged(change: Change, to: Stand, voice: Voice) -> list[Problem]:
    """What speaks against a move by one voice; a referral ends through the closure guard only."""
    wish = Move(to.status, to.business, voice.actor, voice.evidence, reason(change.after))
    now = stand(change.before)
    if kind_of(change.before) in CODES:
        return asked(change, to, voice)[1]
    if kind_of(change.before) != "referral" or to.status not in CLOSES or to.status == now.status:
        return move(now, wish)
    kept = {key: value for key, value in change.before.items() if key not in SAID}
    seen = closing({**kept, **change.after}, change.message, change.rooms)
    return close(now, wish, seen, override(change.caller.provenance))


def reason(task: Task) -> str:
    """Task.statusReason.text."""
    said = task.get("statusReason")
    return str(said.get("text", "")) if isinstance(said, dict) else ""


def ended(before: Task, after: Task) -> list[Problem]:
    """A Task that has ended does not change any more."""
    return [final()] if before.get("status") in FINAL and after != before else []


def over(before: Task, after: Task) -> list[Problem]:
    """With the last words about an ended Task nothing else of it changes."""
    touched = differing(before, after) - SAID
    return [final()] if before.get("status") in FINAL and touched else []


def differing(before: Task, after: Task) -> set[str]:
    """Names of the elements in which two versions differ."""
    keys = {key.removeprefix("_") for key in before.keys() | after.keys()}
    return {k for k in keys if (before.get(k), before.get(f"_{k}")) != (after.get(k), after.get(f"_{k}"))}


def behalf(change: Change) -> list[Problem]:
    """A proxy enters the word of the owner, and of nobody else."""
    if is_for_owner(change.before, change.caller, change.message, change.rooms):
        return []
    sentence = "Who is said to have said this does not own the Task; only its owner's word moves it."
    repair = "Name the owner in `onBehalfOf`, or somebody who speaks for it; ask others by a question."
    return [Problem("rest.task.behalf", "X-Provenance: Provenance.agent.onBehalfOf", sentence, repair)]


def untouchable(before: Task, after: Task, speaking: tuple[Voice, ...]) -> list[Problem]:
    """A problem for every element that is not the caller's to change."""
    actors = {voice.actor for voice in speaking}
    allowed = set(ANYBODYS).union(*(BY_ACTOR[actor] for actor in actors))
    if "R" in actors and before.get("status") == "draft":
        allowed |= DRAFTED
    if "R" in actors and before.get("status") == "requested" and "owner" not in before:
        allowed.add("owner")
    wrong = sorted(differing(before, after) - allowed)
    return [handover() if name == "owner" else fixed(name) for name in wrong]


def stamped(task: Task, rooms: Rooms) -> Task:
    """A Task with the moment of its change, and the German name of its business status."""
    made = {**task, "lastModified": rooms.now().isoformat(timespec="milliseconds")}
    business = made.get("businessStatus")
    if isinstance(business, dict) and isinstance(business.get("coding"), list):
        made["businessStatus"] = {**business, "coding": [worded(coding) for coding in business["coding"]]}
    return made


def worded(coding: Any) -> Any:
    """A coding of ours with its name."""
    if not isinstance(coding, dict) or coding.get("system") != BUSINESS_STATUS or "display" in coding:
        return coding
    name = display(str(coding.get("code", "")))
    return {**coding, "display": name} if name else coding


# --- what is wrong ---------------------------------------------------------------------------------------------------


def stranger() -> Problem:
    """The finding about a Task that is none of the caller's business."""
    sentence = "This Task belongs to other parties: only its owner and its requester change it."
    return Problem("rest.task.stranger", "Task.owner", sentence, "Change Tasks that you were sent or have sent.")


def final() -> Problem:
    """The finding about a Task that has ended."""
    sentence = "The Task has ended and does not change any more."
    return Problem("rest.task.final", "Task", sentence, "Open a new Task that refers to this one.")


def handover() -> Problem:
    """The finding about an owner that changes by the way."""
    sentence = "The owner of a Task changes only by a hand-over."
    repair = "Open a Task `approve` for the new owner, or take this one back and ask somebody else by a new one."
    return Problem("rest.task.owner", "Task.owner", sentence, repair)


def fixed(name: str) -> Problem:
    """The finding about an element that is settled, or the other side's."""
    sentence = "This element is not yours to change: it was settled with the Task, or belongs to the other side."
    return Problem("rest.task.element", f"Task.{name}", sentence, "Leave it as it is.")
