"""The anchor: a file outside the database that says now and then where the audit stood, so that no end can be cut off.

One JSON object a line: `number` and `hash` of the last line of the audit, `at` when. The audit notes the SHA-256 of
each line of the anchor (action `anchor`), so that neither can lose a line without the other.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from gateway.domain.ledger import Audit
from gateway.store.rows import moment

ACTION = "anchor"
"""How the audit calls a line of the anchor; its `detail` is the SHA-256 of that line."""
END = 64 * 1024
"""Bytes at the end of the file that are looked at while the gateway runs; `gateway audit verify` reads all."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A line of the file: where the audit stood; `digest` is the SHA-256 of its bytes, hex."""

    place: int
    number: int
    hash: str
    digest: str


class AnchorFile:
    """The file; lines are added and synced, nothing else is ever done to it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, head: Audit, at: datetime) -> str:
        """Where the audit stands now, on the disk when this returns; gives the line's digest. OSError."""
        line = orjson.dumps({"number": head.number, "hash": head.hash, "at": moment(at)})
        whole = self._ends_whole()
        new = not self.path.exists()
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, (b"" if whole else b"\n") + line + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)
        if new:
            _synced(self.path.parent)
        return hashlib.sha256(line).hexdigest()

    def _ends_whole(self) -> bool:
        """Whether nothing was torn off by a crash while the last line was written."""
        return self._end(1) in {b"", b"\n"}

    def _end(self, size: int) -> bytes:
        """The last bytes of it, none where it is not there."""
        if not self.path.exists():
            return b""
        with self.path.open("rb") as file:
            file.seek(max(0, self.path.stat().st_size - size))
            return file.read()

    def lines(self) -> list[bytes]:
        """What stands in it, line by line; OSError where it cannot be read."""
        return self.path.read_bytes().splitlines()

    def holds(self, digest: str) -> bool:
        """Whether a line with this digest stands at its end, among the last few."""
        return any(hashlib.sha256(line).hexdigest() == digest for line in self._end(END).splitlines())


def _synced(folder: Path) -> None:
    """The name of a new file on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def anchors(lines: list[bytes]) -> Iterator[Anchor | int]:
    """The lines of an anchor file; a number for one that cannot be read, counted from 1."""
    for place, line in enumerate(lines, 1):
        found = _parsed(line)
        if not line:
            continue
        if found is None:
            yield place
        else:
            yield Anchor(place, found["number"], found["hash"], hashlib.sha256(line).hexdigest())


def _parsed(line: bytes) -> dict[str, Any] | None:
    """The object of a line, None where it is none of ours."""
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(found, dict) or type(found.get("number")) is not int or not isinstance(found.get("hash"), str):
        return None
    return found
