"""Tasks that the closed loop opens by itself: a stop, an approval, a decision of the Kümmerer, a question."""

from collections.abc import Callable, Mapping
from typing import Any

from gateway.domain.events import Event, Opening, called
from gateway.domain.message import Message, Moved
from gateway.domain.system import DECISION, PARTNER
from gateway.mapping.run import urn
from gateway.mapping.runtime import every
from gateway.pipeline.case.fresh import fresh
from gateway.pipeline.case.reroute import suggestions
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import source
from gateway.pipeline.stored.view import current
from gateway.pipeline.tasks.walk import Report, walk

Task = dict[str, Any]

PURPOSES: Mapping[str, str] = {
    "re-route": "Wer übernimmt es stattdessen?",
    "resume": "Geht es nach der Entlassung weiter wie vereinbart?",
    "close": "Die Begleitung abschließen",
    "look": "Bitte ansehen und entscheiden",
    "call": "Bitte anrufen und die Antwort eintragen",
}
"""Purpose of a decision -> what the Kümmerer is asked."""
NAMES: Mapping[str, str] = {
    "abort": "Bitte beenden",
    "question": "Rückfrage",
    "approve": "Übergabe bestätigen",
    "change": "Änderung der Maßnahme",
}


def opened(opening: Opening, event: Event, message: Message, rooms: Rooms) -> list[Moved]:
    """The Task that an opening asks for, sent to whom it is for; the same message opens it once."""
    task = current(f"Task/{opening.about}", message, rooms)
    case = current(f"Task/{opening.case}", message, rooms)
    owner = ADDRESSEES[opening.addressee](task, case, rooms)
    made = begun(opening, task, case, message, rooms)
    if rooms.store.read("Task", made["id"]):
        return []
    said = every(task, ("statusReason", "text")) if event.name == "ended" else []
    why = event.reason or str(next(iter(said), "")) or called(event.name)
    inputs = suggestions(task, opening.case, message, rooms) if opening.purpose == "re-route" else []
    made = {**made, **({"input": inputs} if inputs else {})}
    asks = title(opening)
    told = {
        "description": f"{asks}{'' if asks.endswith('?') else ':'} {why}",
        **({"owner": {"reference": owner}} if owner else {}),
    }
    report = Report("requested", "dispatched" if owner else "dispatch-failed", "R", "E1")
    return walk({**made, **told}, report, rooms.now())[0]


def begun(opening: Opening, task: Task, case: Task, message: Message, rooms: Rooms) -> Task:
    """The Task before its first move; its focus is the Task it is about, a question's the request behind it."""
    key = urn(opening.kind, opening.purpose, opening.about, message.entry.id)[9:]
    asks = asker(opening, task, case)
    purpose = {"reasonCode": {"coding": [{"system": DECISION, "code": opening.purpose}]}} if opening.purpose else {}
    made = fresh(opening.kind, key, task, message, rooms)
    focus = {"reference": made["focus"]["reference"]}
    return {**made, **said_by(asks), "focus": focus, "requester": asks, **purpose}


def asker(opening: Opening, task: Task, case: Task) -> dict[str, Any]:
    """Who asks: of a question the owner of the Task it is about, of a referral to stop its source, else the site."""
    if (opening.kind, opening.about) == ("abort", opening.case) and case.get("requester"):
        return dict(case["requester"])
    owner: dict[str, Any] = task.get("owner", {}) if opening.kind == "question" else case.get("owner", {})
    return owner or case["requester"]


def said_by(asker: Mapping[str, Any]) -> dict[str, Any]:
    """`meta.source` of a Task: the party that asks, so that it may take back what it asked."""
    kind, _, key = str(asker.get("reference", "")).partition("/")
    return {"meta": {"source": f"{PARTNER}{key}"}} if kind == "Organization" else {}


def title(opening: Opening) -> str:
    """What a Task asks for, in words."""
    return PURPOSES.get(opening.purpose) or NAMES[opening.kind]


def kuemmerer(_: Task, case: Task, rooms: Rooms) -> str:  # noqa: ARG001 - every addressee is asked alike
    """The owner of the case."""
    return str(case.get("owner", {}).get("reference", ""))


def owner(task: Task, _: Task, rooms: Rooms) -> str:  # noqa: ARG001 - as above
    """The owner of the Task it is about."""
    return str(task.get("owner", {}).get("reference", ""))


def lead(_: Task, case: Task, rooms: Rooms) -> str:
    """Who finds another site: the site that gets what no other is responsible for, else the owner of the case."""
    found = rooms.directory.fallback
    return f"Organization/{found.id}" if found else kuemmerer({}, case, rooms)


def asked(task: Task, case: Task, rooms: Rooms) -> str:
    """Who has to answer: of a referral its source, of a measure the Kümmerer who planned it."""
    return f"Organization/{source(case)}" if task.get("id") == case.get("id") else kuemmerer({}, case, rooms)


def invited(_: Task, case: Task, rooms: Rooms) -> str:  # noqa: ARG001 - as above
    """Whom a hand-over is proposed to stands in the proposal itself (case/handover.py)."""
    named = (str(name) for name in every(case, ("restriction", "recipient", "reference")))
    return next(named, "")


ADDRESSEES: Mapping[str, Callable[[Task, Task, Rooms], str]] = {
    "kuemmerer": kuemmerer,
    "owner": owner,
    "lead": lead,
    "asked": asked,
    "invited": invited,
}
