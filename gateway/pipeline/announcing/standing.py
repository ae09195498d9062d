"""How a Subscription changes its status by itself: active once its subscriber answered, in error, or off."""

from gateway.domain.ledger import Audit, Change, Note, Save, Version
from gateway.fhir.searching.entries import entries
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import source, terms
from gateway.pipeline.subscribing.check import findings

ACTOR = "notifier"
REASONS = 1000
"""Characters of Subscription.error."""


def restated(version: Version, status: str, why: str, rooms: Rooms) -> list[Change]:
    """The changes that give it another status (chapter 2.46.5); of the version that was looked at, or not at all."""
    resource = {**version.resource, "status": status, "error": why[:REASONS]}
    if not why:
        del resource["error"]
    at = rooms.now()
    searched, spans = entries(resource)
    found = tuple(dict.fromkeys((*terms(resource, source(resource)), *searched)))
    save = Save(resource, version.version, found, at, spans=spans)
    return [save, Note(Audit(at, ACTOR, "subscription", f"Subscription/{version.id}", status, why))]


def unserved(version: Version) -> str:
    """Why a stored Subscription cannot be served, in one sentence; empty if it can."""
    found = findings({**version.resource, "status": "requested"})
    wrong = next((problem for problem in found if problem.severity == "error"), None)
    return f"{wrong.place}: {wrong.sentence}; {wrong.repair}" if wrong else ""
