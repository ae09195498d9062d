"""Who stands at a door, asked as the doors ask: the directory says who may, MSH-4 tells them apart."""

from gateway.directory.parties import Directory
from gateway.transports.mllp.callers import Caller, choose


def mllp_sender(directory: Directory, address: str, certificate: str, facility: str) -> str:
    """Id of the partner whose message it is, empty for nobody."""
    found = directory.mllp_callers(address, certificate)
    callers = [Caller(party.id, road.format, road.accept, road.facility) for party, road in found]
    chosen = choose(callers, facility)
    return chosen.partner if chosen else ""


def http_sender(directory: Directory, partner: str, token: str, certificate: str) -> str:
    """Id of the partner if the credentials open a road of it, empty if not."""
    roads = directory.http_roads(partner, token, certificate)
    return roads[0][0].id if roads else ""
