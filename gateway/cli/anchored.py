"""Whether the anchor of the audit is there, and says of its last line what the store says of it."""

from pathlib import Path
from typing import TYPE_CHECKING

from gateway.cli.checkup import Finding
from gateway.domain.question import Inquiry

if TYPE_CHECKING:
    from gateway.store.port import Store

WHAT = "audit anchor"
VERIFY = "gateway audit verify tells where; keep file and store as they are"


def anchored(store: "Store", file: str) -> Finding:
    """The last line of the file, held against the audit; all lines are looked at by `gateway audit verify`."""
    from gateway.store.anchor import Anchor, AnchorFile, anchors  # noqa: PLC0415 - with the store

    if not file:
        repair = "name a file as `audit: {anchor: ...}`, best on another machine's disk that only takes more"
        return Finding(WHAT, "warn", "there is none: lines cut off the end of the audit are not missed", repair)
    try:
        lines = AnchorFile(Path(file)).lines()
    except OSError as fault:
        repair = "does `gateway serve` run? It makes the file at its start"
        return Finding(WHAT, "bad", f"{file} cannot be read: {fault.strerror}", repair)
    last = next((found for found in reversed(list(anchors(lines))) if isinstance(found, Anchor)), None)
    if last is None:
        return Finding(WHAT, "bad", f"{file} holds no line of an anchor", VERIFY)
    there = store.inquired(Inquiry(), last.number + 1, 1)
    if not there or (there[0].number, there[0].hash) != (last.number, last.hash):
        return Finding(WHAT, "bad", f"line {last.number} of the audit is not the one that was anchored", VERIFY)
    return Finding(WHAT, "ok", f"{file}, up to line {last.number}")
