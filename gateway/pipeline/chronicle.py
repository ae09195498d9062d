"""Step 12: who did what, on whose behalf, and what was said to whom: Provenance, Communication, CareTeam."""

from gateway.domain.ledger import Save
from gateway.domain.message import Message
from gateway.pipeline.case.team import teams
from gateway.pipeline.proof.communications import heard, spoken
from gateway.pipeline.proof.provenance import of_moves, of_reading, of_views
from gateway.pipeline.proof.proxy import recorded
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import terms

MAKERS = (of_reading, of_moves, heard, recorded, spoken, of_views)


def chronicle(message: Message, rooms: Rooms) -> Message:
    """The message with what is to be kept of it for those who ask later; a message that is run again adds nothing."""
    made = (resource for make in MAKERS for resource in make(message, rooms))
    new = [resource for resource in made if rooms.store.read(resource["resourceType"], resource["id"]) is None]
    saves = [Save(resource, 0, terms(resource, ""), rooms.now(), message.entry.id) for resource in new]
    return teams(message.with_changes(*saves), rooms)
