"""What a party still hears of that may be shown nothing any more: that it is to stop, and of which work of its own."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gateway.consent.decide import Decision, Verdict
from gateway.consent.paths import Path, path
from gateway.consent.reasons import UNSAID
from gateway.domain.message import Message, Part
from gateway.domain.task import FINAL, display
from gateway.pipeline.formats import is_told_by_measure, reads_tasks
from gateway.pipeline.policies.load import standard
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.own_word import NAMELESS
from gateway.pipeline.stored.view import current
from gateway.pipeline.tasks.family import kind_of, owner_of
from gateway.pipeline.tasks.walk import stand
from gateway.pipeline.tasks.withdrawal import is_asked_to_stop

Resource = dict[str, Any]

TEXTS = (
    "Task.identifier", "Task.businessStatus", "Task.statusReason", "Task.priority", "Task.code", "Task.basedOn",
    "Task.partOf", "Task.groupIdentifier", "Task.authoredOn", "Task.description", "Task.owner", "Task.requester",
    "ServiceRequest.identifier", "ServiceRequest.performer", "ServiceRequest.extension", "Organization",
)  # fmt: skip
"""Elements of a stop: our numbers, the words of the gateway, whose work it is; nothing of the person."""
CELLS = ("ServiceRequest.code", "Patient.name")
WHY = "Einwilligung widerrufen"
INSTEAD: Mapping[str, Resource] = {
    "ServiceRequest": {"code": {"text": WHY}},
    "Patient": {"name": NAMELESS},
}
"""Type -> elements that say what we say, in a row that cannot be without them."""
SAYS: Mapping[str, str] = {"abort": f"Bitte beenden: {WHY}", "change": WHY, "question": WHY, "approve": WHY}
"""Kind of Task -> what it says instead of what somebody wrote: words of people may tell of the person."""
WORDS = frozenset({"measures", "referral", "abort", "recall", "question", "change", "approve", "decision"})
"""What a part is about that may say that something ends."""
ALWAYS = frozenset({"abort", "recall", "decision"})
"""Kinds of Tasks that ask for no more than that."""
ENDS = frozenset({"declined", "completed", "undeliverable"})
"""Last words of the news of a Task that has ended."""
GONE = frozenset({"delivered", "sending", "uncertain"})
"""Standings of a delivery that may have been seen."""
ANSWERED = frozenset({"accepted", "in-progress", "on-hold", "completed", "failed", "rejected"})
"""Statuses of a Task whose owner must have seen it."""


def stopping(part: Part, decision: Decision, message: Message, rooms: Rooms) -> tuple[Part, Decision] | None:
    """The part and the decision by which it is shown; None where nobody is told.

    For nothing was ever shown to it; or its format cannot say so without telling of the person (the EVP): it is called.
    """
    shut = decision.closed in UNSAID.values() and is_stop(part, message, rooms)
    if not shut and (part.about != "recall" or decision.closed in {"role", "restricted", "purpose"}):
        return part, decision
    if not was_shown(part.partner, part.case, rooms) or is_told_by_measure(part.partner, rooms):
        return None
    cells = not reads_tasks(part.partner, rooms)
    verdicts = tuple(Verdict(made, "stop") for made in paths(cells=cells))
    tree = {kind: [in_our_words(item) for item in items] for kind, items in part.tree.items()}
    frame = (rooms.policy or standard()).frame
    return replace(part, tree=tree), replace(decision, closed="", verdicts=verdicts, frame=frame)


def paths(*, cells: bool) -> tuple[Path, ...]:
    """The elements of a stop; `cells`: with those that a row cannot be without, which say what we put there."""
    return tuple(found for text in (*TEXTS, *(CELLS if cells else ())) if (found := path(text)))


def is_stop(part: Part, message: Message, rooms: Rooms) -> bool:
    """Whether a part says that something has ended, or asks to end it."""
    task = current(part.task or part.case, message, rooms)
    if part.about.rpartition(" ")[2] in ENDS:
        return True
    if not task or part.about not in WORDS:
        return False
    kind = kind_of(task)
    return kind in ALWAYS or task.get("status") in FINAL or is_asked_to_stop(task, message, rooms)


def in_our_words(resource: Resource) -> Resource:
    """A resource with words of the gateway where somebody else's stood; the person is nobody in it."""
    said = INSTEAD.get(str(resource.get("resourceType")))
    if said is not None:
        return {**resource, **said}
    return of_task(resource) if resource.get("resourceType") == "Task" else resource


def of_task(task: Resource) -> Resource:
    """A Task that says why it ends as the gateway says it."""
    kind, now = kind_of(task), stand(task)
    if kind == "recall":
        return task
    said = {key: value for key, value in task.items() if key not in ("statusReason", "description", "note")}
    if "statusReason" in task:
        said["statusReason"] = {"text": display(now.business) or WHY}
    if "description" in task:
        said["description"] = SAYS.get(kind, WHY)
    return said


def was_shown(party: str, case: str, rooms: Rooms) -> bool:
    """Whether a party may have seen anything of a case: something was sent to it, or it has answered."""
    sent = rooms.store.deliveries({"partner": party, "case": case}, 0, 1000) if case else []
    if any(delivery.standing in GONE for delivery in sent):
        return True
    owned = rooms.store.find("Task", [("case", case.partition("/")[2]), ("owner", f"Organization/{party}")], 1000)
    return any(version.resource.get("status") in ANSWERED for version in owned) or _answered(party, case, rooms)


def _answered(party: str, case: str, rooms: Rooms) -> bool:
    """Whether it owns the referral itself and has answered it."""
    stored = rooms.store.read("Task", case.partition("/")[2])
    own = stored is not None and owner_of(stored.resource) == party
    return own and stored is not None and stored.resource.get("status") in ANSWERED
