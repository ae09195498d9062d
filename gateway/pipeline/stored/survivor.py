"""What is stored of a person whose record has ended: what is open goes on as the survivor's (chapter 8.1.3)."""

from collections.abc import Mapping

from gateway.domain.ledger import Audit, Change, Note, Relane, Save
from gateway.domain.message import Message
from gateway.fhir.references import renamed
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import source, terms

OF_A_PERSON: Mapping[str, str] = {
    **dict.fromkeys(("Task",), "for"),
    **dict.fromkeys(
        (
            "ServiceRequest", "Encounter", "CarePlan", "DocumentReference", "CareTeam", "Goal", "Communication",
            "Condition", "Observation", "AllergyIntolerance", "Procedure", "Flag", "Consent", "Coverage",
            "RelatedPerson", "QuestionnaireResponse", "Account", "Appointment",
        ),
        "subject",
    ),
}  # fmt: skip
"""Type -> the term that names its person."""
CLOSED = frozenset({
    "completed", "cancelled", "failed", "rejected", "entered-in-error", "revoked", "finished", "superseded", "stopped",
})  # fmt: skip
"""What is over stays as it is; whoever reads it finds the person who replaced the old one."""


def moved(old: str, new: str, message: Message, rooms: Rooms) -> list[Change]:
    """What is open of the ended person is the survivor's from now on; what waits for delivery too."""
    at, entry = rooms.now(), message.entry
    changes: list[Change] = []
    for kind, term in OF_A_PERSON.items():
        for version in rooms.store.find(kind, [(term, old)], 10_000):
            if version.resource.get("status") not in CLOSED:
                resource = renamed(version.resource, {old: new})
                found = terms(resource, source(resource))
                changes.append(Save(resource, version.version, found, at, entry.id))
    audit = Audit(at, entry.partner, "merge", old, "replaced-by", f"{new} by message {entry.id}")
    return [*changes, Relane(old, new), Note(audit)]
