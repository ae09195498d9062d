"""How often somebody may fail: some times in a minute, then not at all for the rest of it (RFC 6585, 4)."""

from collections.abc import Callable
from threading import Lock

MINUTE = 60.0
KNOWN = 4096
"""Callers that are counted at one time; of more the oldest is forgotten."""


class Limit:
    """Counts by caller, from the first failure of a minute on."""

    def __init__(self, most: int, clock: Callable[[], float]) -> None:
        self.most, self.clock, self.lock = most, clock, Lock()
        self.counts: dict[str, tuple[float, int]] = {}

    def wait(self, caller: str) -> int:
        """Seconds until the caller may try again, 0 for at once."""
        since, count = self.counts.get(caller, (0.0, 0))
        left = since + MINUTE - self.clock()
        return max(1, round(left)) if count >= self.most and left > 0 else 0

    def failed(self, caller: str) -> None:
        """Count one."""
        with self.lock:
            now = self.clock()
            since, count = self.counts.pop(caller, (now, 0))
            self.counts[caller] = (since, count + 1) if now - since < MINUTE else (now, 1)
            if len(self.counts) > KNOWN:
                self.counts.pop(next(iter(self.counts)))
