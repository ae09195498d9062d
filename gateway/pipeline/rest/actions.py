"""What a caller may do with a Task next: what a refusal and `$actions` tell (workflow.md, "On every write")."""

from collections.abc import Mapping
from typing import Any

from gateway.domain.closure import CLOSES, may_close
from gateway.domain.ledger import Entry
from gateway.domain.message import Message
from gateway.domain.task import Row, display, legal
from gateway.pipeline.case.closing import closing, override
from gateway.pipeline.rest.asked import Caller
from gateway.pipeline.rest.speakers import voices
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.family import kind_of
from gateway.pipeline.tasks.walk import stand

Task = dict[str, Any]

NAMES: Mapping[str, str] = {
    "draft": "Entwurf",
    "requested": "Anfragen",
    "received": "Als erhalten vermerken",
    "accepted": "Annehmen",
    "rejected": "Ablehnen",
    "cancelled": "Zurückziehen",
    "in-progress": "Beginnen",
    "on-hold": "Unterbrechen",
    "completed": "Abschließen",
    "failed": "Ohne Erfolg beenden",
    "entered-in-error": "Als irrtümlich kennzeichnen",
}
"""Task.status -> what a person does who brings a Task there."""
AGAIN = "Stand ergänzen"


def actions(task: Task, caller: Caller, rooms: Rooms) -> tuple[dict[str, Any], ...]:
    """The legal next moves of the caller for a Task as it is stored, by status and actor.

    Each has `status`, `businessStatus` (codes with `code` and `display`), `named` (one of them must be said), `reason`
    (Task.statusReason.text must be said), `actor`, `evidence`, `display`, and `obstacles` where the closure guard says
    no: texts of `code`, `place`, `sentence`, `repair`.
    """
    message = nothing(rooms)
    now = stand(task)
    found: list[dict[str, Any]] = []
    for voice in voices(task, caller, message, rooms):
        rows = (row for row in legal(now.status, voice.actor) if row.evidence <= voice.evidence)
        found += [shown(row, voice.evidence, obstacles(row, task, caller, rooms)) for row in rows]
    return tuple(found)


def shown(row: Row, evidence: str, problems: list[dict[str, str]]) -> dict[str, Any]:
    """One move as a client reads it."""
    name = AGAIN if row.to == row.before else NAMES.get(row.to, row.to)
    return {
        "status": row.to,
        "businessStatus": [{"code": code, "display": display(code)} for code in row.business],
        "named": row.named,
        "reason": row.reasoned,
        "actor": row.actor,
        "evidence": evidence,
        "display": name,
        **({"obstacles": problems} if problems else {}),
    }


def obstacles(row: Row, task: Task, caller: Caller, rooms: Rooms) -> list[dict[str, str]]:
    """What keeps a referral from being closed."""
    if kind_of(task) != "referral" or row.to not in CLOSES or row.to == row.before:
        return []
    problems = may_close(closing(task, nothing(rooms), rooms), override(caller.provenance))
    wrong = (problem for problem in problems if problem.severity == "error")
    return [{"code": p.code, "place": p.place, "sentence": p.sentence, "repair": p.repair} for p in wrong]


def nothing(rooms: Rooms) -> Message:
    """A message that changes nothing, to look at the store as it is."""
    return Message(Entry("", "", "fhir", "fhir", b"", "", rooms.now()))
