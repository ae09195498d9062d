"""Restriction of processing, and of deletion (Art. 18, 17 (3) GDPR): Flags (chapter 9.7) about the Patient."""

from gateway.domain.ledger import Version
from gateway.domain.system import CANONICAL, SID
from gateway.pipeline.rooms import Rooms

RESTRICTION = f"{SID}/restriction"
"""Identifier system of such Flags; found by it they follow a person whose record is merged into another."""
ARTICLE = "dsgvo-18"
TO_KEEP = "dsgvo-17-3"
"""What may not be deleted although its time is over: a claim, a lawsuit, a duty to keep it (Art. 17 (3) GDPR)."""
CODES = f"{CANONICAL}/CodeSystem/restriction"


def restricted(person: str, rooms: Rooms) -> bool:
    """Whether the data of a person (`Patient/<id>`) may be kept but neither shown nor sent at present."""
    return any(version.resource.get("status") == "active" for version in restrictions(person, rooms))


def to_keep(person: str, rooms: Rooms) -> bool:
    """Whether the data of a person may not be deleted at present."""
    return any(version.resource.get("status") == "active" for version in restrictions(person, rooms, TO_KEEP))


def restrictions(person: str, rooms: Rooms, article: str = ARTICLE) -> list[Version]:
    """The Flags of all restrictions of a person by an article, those that were released too."""
    return rooms.store.find("Flag", [("subject", person), ("identifier", f"{RESTRICTION}|{article}")]) if person else []
