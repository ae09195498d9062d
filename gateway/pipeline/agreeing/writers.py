"""Who may write down what a person consents to: the desk, the site of its case, who referred it; nobody else."""

from typing import Any

from gateway.domain.problem import Problem
from gateway.mapping.runtime import every
from gateway.pipeline.person.terms import known_as
from gateway.pipeline.policies.asked import has_case
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import source

Resource = dict[str, Any]

WRITERS = frozenset({"site", "hospital", "practice"})
"""Kinds that ask a person for its consent; all others are shown something by one, and do not open it for themselves."""


def may_write(party: str, before: Resource, after: Resource, rooms: Rooms) -> bool:
    """Whether a party may write a Consent: a source or a site a new one, and its own; the site of the case any."""
    known = rooms.directory.get(party)
    if known is None:
        return not party
    if before and source(before) != party:
        persons = (str(name) for name in every(before, ("patient", "reference")))
        return known.kind == "site" and any(has_case(party, person, rooms) for person in persons)
    return known.kind in WRITERS and (known.kind == "site" or not is_only_asked(party, after, rooms))


def is_only_asked(party: str, consent: Resource, rooms: Rooms) -> bool:
    """Whether a clinic or practice was asked to help a person of whom it never told: then it is a recipient."""
    for person in every(consent, ("patient", "reference")):
        stored = rooms.store.read("Patient", str(person).partition("/")[2])
        patient = stored.resource if stored else {}
        told = source(patient) == party or any(key.startswith(f"{party}|") for key in known_as(patient))
        asked = rooms.store.find("Task", [("for", str(person)), ("owner", f"Organization/{party}")], 1)
        if asked and not told:
            return True
    return False


def not_yours() -> Problem:
    """The finding about a Consent of somebody whose business it is not."""
    repair = "tell the site of the case, which writes it down; a service or an office does not open it for itself"
    return Problem("consent.writer", "Consent", "this party does not write down what the person consents to", repair)
