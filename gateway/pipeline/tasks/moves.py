"""A Task in its next status, as FHIR says it (chapter 12.1); whether it may go there is asked of the domain's table."""

from datetime import datetime
from typing import Any

from gateway.domain.system import BUSINESS_STATUS
from gateway.domain.task import display
from gateway.mapping.runtime import every

Task = dict[str, Any]

ASKING = "awaiting-information"
"""The business status whose reason is a question: it goes with it, though the status stays."""


def moved(task: Task, to: str, business: str, *, reason: str, at: datetime) -> Task:
    """The Task with a status, business status (empty: none), reason (empty: none) and the moment; the old one stays.

    What was said of the old status goes with it: its business status always, its reason where the status changes or
    the reason was a question that is settled.
    """
    changed = {**task, "status": to, "lastModified": at.isoformat(timespec="milliseconds")}
    asked = ASKING in every(task, ("businessStatus", "coding", "code")) and business != ASKING
    if to != task.get("status") or asked:
        changed.pop("statusReason", None)
    changed.pop("businessStatus", None)
    if reason:
        changed["statusReason"] = {"text": reason}
    if business:
        changed["businessStatus"] = concept(business)
    return changed


def concept(business: str) -> dict[str, Any]:
    """A business status as CodeableConcept, with its German name."""
    name = display(business)
    named = {"display": name} if name else {}
    text = {"text": name} if name else {}
    return {"coding": [{"system": BUSINESS_STATUS, "code": business, **named}], **text}
