"""Where notifications may go: a stranger names the address, so it must not reach what only we can (reliability, S3)."""

import ipaddress
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from gateway.domain.problem import Problem

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Sequence[str]]
"""Name and port -> IP addresses; OSError where there are none."""

PORTS = {"http": 80, "https": 443}
NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""IPv4 addresses in the clothes of IPv6 (RFC 6052)."""
LOOPBACK = ("127.0.0.0/8", "::1/128")
PLACE = "Subscription.channel.endpoint"


@dataclass(frozen=True, slots=True)
class Circle:
    """Whom we notify besides the public network: hosts by name, networks by address; these by plain http too."""

    names: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    def holds(self, name: str, address: Address) -> bool:
        """Whether an address is in it."""
        return name.lower() in self.names or any(address in network for network in self.networks)


def circle(entries: Iterable[str] = LOOPBACK) -> Circle:
    """The setting `subscribers`: networks (`10.1.0.0/16`), addresses, names of hosts."""
    names, networks = set(), []
    for entry in entries:
        try:
            networks.append(ipaddress.ip_network(entry, strict=False))
        except ValueError:
            names.add(entry.lower())
    return Circle(frozenset(names), tuple(networks))


def resolved(name: str, port: int) -> list[str]:
    """What the name server says now."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[4][0]).partition("%")[0] for address in found))


def misnamed(endpoint: str) -> Problem | None:
    """Why an endpoint is none, as far as it says itself."""
    try:
        parts = urlsplit(endpoint)
        port = parts.port
        usable = parts.scheme in PORTS and bool(parts.hostname) and port != 0
    except ValueError:
        usable = False
    if usable and endpoint.isprintable() and endpoint.isascii() and "@" not in parts.netloc and " " not in endpoint:
        return None
    sentence = "the endpoint is no http(s) address without user name"
    return Problem("subscription.endpoint", PLACE, sentence, "name the full address of the receiver: https://…")


def pinned(endpoint: str, allowed: Circle, resolve: Resolve = resolved) -> str | Problem:
    """The IP address to connect to, looked up once; a `Problem` where one of them is nobody we notify.

    OSError where the name is not known now.
    """
    if wrong := misnamed(endpoint):
        return wrong
    parts = urlsplit(endpoint)
    name = parts.hostname or ""
    found = resolve(name, parts.port or PORTS[parts.scheme])
    problems = [refused(name, ipaddress.ip_address(each), parts.scheme, allowed) for each in found]
    first = next((problem for problem in problems if problem), None)
    if first is None and not found:
        raise OSError("no address")
    return first or found[0]


def refused(name: str, address: Address, scheme: str, allowed: Circle) -> Problem | None:
    """Why we do not notify this address."""
    if any(allowed.holds(name, each) for each in {address, inner(address)}):
        return None
    if not public(address):
        sentence = "the endpoint is in a network that strangers must not reach through the gateway"
        repair = "use a public address, or ask the operator to name this one in the setting fhir.subscribers"
        return Problem("subscription.private", PLACE, sentence, repair)
    if scheme == "https":
        return None
    sentence = "the endpoint is in the public network and without TLS"
    return Problem("subscription.plain", PLACE, sentence, "use https")


def inner(address: Address) -> Address:
    """The IPv4 address inside of an IPv6 address, as far as there is one (RFC 4291, 2.5.5.2; RFC 6052; RFC 3056)."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)


def public(address: Address) -> bool:
    """Whether everybody can reach it anyway (RFC 6890)."""
    real = inner(address)
    return real.is_global and not real.is_multicast and not real.is_reserved
