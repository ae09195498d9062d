"""The keys of a gateway and its sites, and a record under one of them (AES-256-GCM, NIST SP 800-38D).

A sealed record: mark (4 bytes), id of the key (8), nonce (12), ciphertext with its tag (16). Text is the mark for text
and base64 of the same. What it belongs to - table, column, row - is authenticated with it, so that no two can be
exchanged.
"""

import base64
import hmac
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gateway.store.port import StoreError
from gateway.store.sealing.faults import UnreadableError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

GATEWAY, INDEX = "gateway", "index"
"""Owner of what belongs to no site; owner of the key of the terms."""
LENGTH = 32
MARK, TEXT_MARK = b"\xffKG1", "\x7fKG1"
HEAD, NONCE = 12, 12
"""Bytes of mark and key id; of the nonce."""
TEXT_HEAD = len(TEXT_MARK) + 16
"""Characters of a sealed text up to the end of the key id."""
AGAIN = 1.0
"""Seconds between two looks for a key that is not here."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key: whose it is (a site, `gateway`, `index`), what it is called, its 32 bytes; `id` says which one it is."""

    owner: str
    name: str
    secret: bytes = field(repr=False)
    id: bytes = field(init=False)
    cipher: "AESGCM" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - six megabytes, for a sealed store only

        if len(self.secret) != LENGTH:
            raise StoreError(f"the key {self.owner}/{self.name} has not {LENGTH} bytes")
        object.__setattr__(self, "id", hmac.digest(self.secret, b"kuemmerer-gateway key id", "sha256")[:8])
        object.__setattr__(self, "cipher", AESGCM(self.secret))


Source = Callable[[], Sequence[Key]]
"""All keys there are now; StoreError where one cannot be read."""


class Ring:
    """All keys; the one with the last name writes for its owner, all read. Threads may share it.

    `index`: the keys of the terms, in the order in which they are laid over each other (`tokens.py`).
    StoreError where the gateway has no key of its own, or the index none.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self._lock = threading.Lock()
        self._looked = 0.0
        keys = sorted(source(), key=lambda key: (key.owner, key.name))
        index = [key for key in keys if key.owner == INDEX]
        self.index = tuple(sorted(index, key=lambda key: (key.name != INDEX, key.name)))
        if not index:
            raise StoreError("the index needs one key, and there is none")
        self.keys = {key.id: key for key in keys if key.owner != INDEX}
        self._current = {key.owner: key for key in keys if key.owner != INDEX}
        self.sites = frozenset(self._current) - {GATEWAY}
        if GATEWAY not in self._current:
            raise StoreError("the gateway has no key of its own")

    def take(self, other: "Ring") -> None:
        """From now on these keys."""
        self.keys, self._current, self.sites = other.keys, other._current, other.sites  # noqa: SLF001 - one of its own
        self.index = other.index

    def current(self, owner: str) -> Key:
        """The key that writes for an owner; the gateway's where it has none."""
        return self._current.get(owner) or self._current[GATEWAY]

    def seal(self, data: bytes, place: str, owner: str) -> bytes:
        """A record under the owner's current key; `place`: table, column and row it is for."""
        return self.seal_with(self.current(owner), data, place)

    @staticmethod
    def seal_with(key: Key, data: bytes, place: str) -> bytes:
        """A record under this key."""
        nonce = fresh()
        return MARK + key.id + nonce + key.cipher.encrypt(nonce, data, place.encode())

    @staticmethod
    def open_with(key: Key, data: bytes, place: str) -> bytes:
        """A record that has to be under this key; `UnreadableError` where it is not."""
        return _decrypted(key, data, place)

    def seal_text(self, text: str, place: str, owner: str) -> str:
        """The same for a column of text."""
        return TEXT_MARK + base64.b64encode(self.seal(text.encode(), place, owner)).decode()

    def open(self, data: bytes, place: str) -> bytes:
        """What was sealed for this place; what never was, as it is. `UnreadableError`: `lost` where its key is gone."""
        if data[:4] != MARK:
            return data
        key = self.keys.get(data[4:HEAD]) or self._looked_for(data[4:HEAD])
        if key is None:
            raise UnreadableError("a record is sealed with a key that is not here", lost=True)
        return _decrypted(key, data, place)

    def open_text(self, text: str, place: str) -> str:
        """The same for a column of text."""
        if not text.startswith(TEXT_MARK):
            return text
        try:
            data = base64.b64decode(text[len(TEXT_MARK) :], validate=True)
        except ValueError:
            raise UnreadableError("a sealed record was changed") from None
        return self.open(data, place).decode()

    def laid(self, which: Collection[bytes]) -> list[Key]:
        """The keys of the index with these ids, in their order; StoreError where one is not here."""
        if not all(self._key(each) or self._looked_for(each, 0.0) for each in which):
            raise StoreError("a key of the index is not here")
        return [key for key in self.index if key.id in which]

    def _looked_for(self, which: bytes, pause: float = AGAIN) -> Key | None:
        """A key that another process may use already; it is looked for once in so many seconds."""
        with self._lock:
            if self._key(which) is None and time.monotonic() - self._looked > pause:
                self._looked = time.monotonic()
                with suppress(StoreError):
                    other = Ring(self.source)
                    if other.index[: len(self.index)] == self.index:
                        self.take(other)
        return self._key(which)

    def _key(self, which: bytes) -> Key | None:
        return self.keys.get(which) or next((key for key in self.index if key.id == which), None)


_NONCES: deque[bytes] = deque()
os.register_at_fork(after_in_child=_NONCES.clear)
DRAWN = 512
"""Nonces that are drawn at once: each draw gives up Python's lock, and getting it back takes longer than sealing."""


def fresh() -> bytes:
    """96 random bits that were never given before."""
    try:
        return _NONCES.popleft()
    except IndexError:
        drawn = os.urandom(NONCE * DRAWN)
        _NONCES.extend(drawn[at : at + NONCE] for at in range(NONCE, len(drawn), NONCE))
        return drawn[:NONCE]


def _decrypted(key: Key, data: bytes, place: str) -> bytes:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - as above

    try:
        return key.cipher.decrypt(data[HEAD : HEAD + NONCE], data[HEAD + NONCE :], place.encode())
    except (InvalidTag, ValueError):
        raise UnreadableError("a sealed record was changed, or belongs elsewhere") from None


def head(value: bytes | str) -> bytes:
    """The id of the key of a record, or of its beginning; empty where it is not sealed."""
    if isinstance(value, str):
        if not value.startswith(TEXT_MARK):
            return b""
        try:
            value = base64.b64decode(value[len(TEXT_MARK) : TEXT_HEAD])
        except ValueError:
            return b"?"
    return bytes(value[4:HEAD]) if value[:4] == MARK else b""
