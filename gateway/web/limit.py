"""How often somebody may be wrong (RFC 6585, 4): wrong ones are counted, right ones count always.

So whoever guesses waits, and locks out nobody behind the same address (a proxy, a clinic's one way out).
"""

import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from threading import Lock
from typing import NamedTuple

MINUTE = 60.0
MOST = 20
"""Wrong ones of one network in a minute; the next ones get 429."""
KNOWN = 4096
"""Who is counted at one time; of more whoever was wrong longest ago is forgotten."""
NETWORK = 64
"""Bits that one caller's addresses have in common (RFC 6177): who has one IPv6 address has as many as it likes."""


class Counted(NamedTuple):
    """Seconds to wait, 0 for none; and whether this is the first one of its minute that has to, which is told."""

    wait: int = 0
    first: bool = False


class Limit:
    """What was wrong, by who it was, in minutes that begin with the first; lost with the process."""

    def __init__(self, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self.clock, self.lock = most, clock, Lock()
        self.counts: dict[str, tuple[float, int]] = {}

    def wrong(self, who: str) -> Counted:
        """Count one; who was wrong too often has to wait until its minute is over."""
        with self.lock:
            now = self.clock()
            since, count = self.counts.pop(who, (now, 0))
            since, count = (since, count) if now - since < MINUTE else (now, 0)
            self.counts[who] = (since, count + 1)
            if len(self.counts) > KNOWN:
                self.counts.pop(next(iter(self.counts)))
        if count < self.most:
            return Counted()
        return Counted(max(1, round(since + MINUTE - now)), count == self.most)


class Quiet:
    """What is told once in a minute: the first at once, what follows within it as a number with the next."""

    def __init__(self, known: int = 1024) -> None:
        self.known = known
        self.told: dict[str, tuple[float, int]] = {}

    def __len__(self) -> int:
        return len(self.told)

    def more(self, what: str, now: float) -> int | None:
        """How many were not told before this one; None where this one is not to be told either."""
        since, count = self.told.pop(what, (-MINUTE, 0))
        loud = now - since >= MINUTE
        self.told[what] = (now, 0) if loud else (since, count + 1)
        if len(self.told) > self.known:
            self.told.pop(next(iter(self.told)))
        return count if loud else None


def whence(address: str) -> str:
    """The network that an address stands for: IPv4 itself, IPv6 its first 64 bits; other text as it is."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Address(int(found) >> (128 - NETWORK) << (128 - NETWORK))) + f"/{NETWORK}"
