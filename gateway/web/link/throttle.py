"""How often one address may try; what it knows may be lost at any moment (RFC 6585, chapter 4)."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

WINDOW = 60.0
MOST_ADDRESSES = 10_000


@dataclass
class Throttle:
    """At most `most` tries of an address within a minute."""

    most: int = 30
    clock: Callable[[], float] = time.monotonic
    tried: dict[str, list[float]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, address: str) -> float:
        """Counts a try: 0 if it may go on, else the seconds until the next may."""
        now = self.clock()
        with self.lock:
            recent = [at for at in self.tried.get(address, ()) if at > now - WINDOW]
            if len(recent) >= self.most:
                self.tried[address] = recent
                return recent[0] + WINDOW - now
            if len(self.tried) >= MOST_ADDRESSES and address not in self.tried:
                self.tried.pop(next(iter(self.tried)))
            self.tried[address] = [*recent, now]
            return 0.0
