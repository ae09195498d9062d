"""Restriction of processing (Art. 18 GDPR): a Flag (chapter 9.7) about the Patient, active as long as it holds."""

from gateway.domain.ledger import Version
from gateway.domain.system import CANONICAL, SID
from gateway.pipeline.rooms import Rooms

RESTRICTION = f"{SID}/restriction"
"""Identifier system of such Flags; found by it they follow a person whose record is merged into another."""
ARTICLE = "dsgvo-18"
CODES = f"{CANONICAL}/CodeSystem/restriction"
TERM = ("identifier", f"{RESTRICTION}|{ARTICLE}")


def restricted(person: str, rooms: Rooms) -> bool:
    """Whether the data of a person (`Patient/<id>`) may be kept but neither shown nor sent at present."""
    return any(version.resource.get("status") == "active" for version in restrictions(person, rooms))


def restrictions(person: str, rooms: Rooms) -> list[Version]:
    """The Flags of all restrictions of a person, those that were released too."""
    return rooms.store.find("Flag", [("subject", person), TERM]) if person else []
