"""What the gateway alone says, and takes from no partner: who listens here, who looked, whose data is restricted."""

from collections.abc import Mapping
from typing import Any

from gateway.domain.problem import Problem
from gateway.domain.system import SID
from gateway.mapping.runtime import every

ASKED_OVER_FHIR = frozenset({"AuditEvent", "Subscription"})
"""Types that no message brings: who listens or looks is known by the door of the FHIR interface."""
NAMELESS = [{"use": "official", "family": "siehe Nummer"}]
"""The name of a person in a row that may tell nobody and cannot be without a name; such a row may come back."""


def is_own_word(resource: Mapping[str, Any]) -> bool:
    """Whether a resource restricts or warns as only the gateway does (Flag, chapter 9.7), or is of such a type."""
    kind = resource.get("resourceType")
    systems = (str(system) for system in every(resource, ("identifier", "system")))
    return kind in ASKED_OVER_FHIR or (kind == "Flag" and any(system.startswith(f"{SID}/") for system in systems))


def not_taken(kind: str) -> Problem:
    """The finding about what a partner says in the gateway's place."""
    sentence = "this is said by the gateway only; it was not taken over"
    repair = "leave it out; to restrict processing ask the site of the case, to listen ask for a Subscription over FHIR"
    return Problem("record.own-word", kind, sentence, repair, "warning")
