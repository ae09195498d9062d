"""Who stands at the door: a partner known by its address, its client certificate, its token, before a body is read."""

import hashlib
import hmac
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from gateway.directory.party import Party, Sends

MARK = "sha256:"
Network = IPv4Network | IPv6Network


def callers(parties: Iterable[Party], address: str, certificate: str) -> list[tuple[Party, Sends]]:
    """The MLLP roads that an address and a client certificate open; the best proof only."""
    calling, shown = _address(address), fingerprint(certificate)
    found = [
        (party, road)
        for party in parties
        for road in party.sends
        if road.road == "mllp" and _allowed(road, calling, shown)
    ]
    proven = [entry for entry in found if entry[1].certificate]
    return proven or found


def http(party: Party | None, token: str, certificate: str) -> list[tuple[Party, Sends]]:
    """The HTTP roads of a partner that a bearer token and a client certificate open, none for an unknown partner."""
    shown, worn = digest(token), fingerprint(certificate)
    roads = [road for road in party.sends if road.road == "http"] if party else []
    return [(party, road) for road in roads if party and _opened(road, token and shown, worn)]


def _opened(road: Sends, token: str, certificate: str) -> bool:
    """All proofs a road asks for are given; one that asks for none stays shut."""
    tokens = [hmac.compare_digest(token, known) for known in road.token]
    worn = [hmac.compare_digest(certificate, fingerprint(known)) for known in road.certificate]
    return bool(tokens or worn) and (any(tokens) or not tokens) and (any(worn) or not worn)


def _allowed(road: Sends, address: IPv4Address | IPv6Address | None, certificate: str) -> bool:
    """Address and certificate are what the road asks for; one that asks for neither stays shut."""
    if not (road.from_ or road.certificate):
        return False
    known = {fingerprint(value) for value in road.certificate}
    at_home = not road.from_ or any(network and address and address in network for network in map(network, road.from_))
    return at_home and (not known or certificate in known)


@lru_cache(maxsize=4096)
def network(text: str) -> Network | None:
    """A network in CIDR notation; None where it is none."""
    try:
        return ip_network(text)
    except ValueError:
        return None


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address as a socket gives it; an IPv4 address in IPv6 clothes is IPv4."""
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def fingerprint(text: str) -> str:
    """A certificate's SHA-256 as it is compared: lower case, no mark, no colons."""
    return text.strip().lower().removeprefix(MARK).replace(":", "")


def digest(token: str) -> str:
    """A token as partner.yaml holds it."""
    return MARK + hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
