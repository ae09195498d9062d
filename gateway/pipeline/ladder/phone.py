"""The road `phone`: nothing is sent; the Kümmerer is asked to call (aftermath.py), and records what was said."""

from gateway.domain.road import Parcel, Sent
from gateway.pipeline.rooms import Rooms


def caller(rooms: Rooms, parcel: Parcel) -> Sent:
    """E1 where there is a number to call; without one the next rung is tried."""
    party = rooms.directory.get(parcel.partner)
    if party is None or not party.phone:
        return Sent("refused", "E0", "phone-number", "There is no telephone number in its partner.yaml.")
    return Sent("delivered", "E1", "phone", "A task asks the Kümmerer to call.")
