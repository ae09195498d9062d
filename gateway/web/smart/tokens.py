"""Access tokens: words that nobody can guess, known here for five minutes and nowhere else, kept as hashes."""

import secrets
from collections.abc import Callable
from hashlib import sha256
from threading import Lock
from typing import NamedTuple

from gateway.web.smart.scopes import Scope

LIFE = 300
"""Seconds (SMART App Launch 2.2, chapter 5: no longer than five minutes)."""
MOST = 10_000
"""Tokens at one time; of more the oldest is forgotten."""


class Grant(NamedTuple):
    """What a token stands for; `over` is when it ends, `certificate` what its client showed (RFC 8705, chapter 3).

    Of a person of staff: what the audit calls it (`actor`), its role, and the sitting that the token ends with.
    """

    party: str
    client: str
    scopes: tuple[Scope, ...]
    over: float = 0.0
    certificate: str = ""
    actor: str = ""
    role: str = ""
    sitting: str = ""


class Tokens:
    """All that are in force. They end with the process: a client asks for a new one, as it does every five minutes."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock, self.lock = clock, Lock()
        self.held: dict[bytes, Grant] = {}

    def issue(self, grant: Grant) -> str:
        """A new token."""
        token = secrets.token_urlsafe(32)
        with self.lock:
            now = self.clock()
            while self.held and (len(self.held) >= MOST or next(iter(self.held.values())).over <= now):
                self.held.pop(next(iter(self.held)))
            self.held[hashed(token)] = grant._replace(over=now + LIFE)
        return token

    def find(self, token: str) -> Grant | None:
        """What a token stands for; None where it is none, or its time is over. By its hash, so time tells nothing."""
        found = self.held.get(hashed(token)) if token else None
        return found if found and found.over > self.clock() else None


def hashed(token: str) -> bytes:
    """The token as it is kept."""
    return sha256(token.encode("utf-8", "replace")).digest()
