"""What is written down, and the changes to it; `records.py` has the rows, this the changes that `Store.commit` takes.

Everything that belongs together is one tuple of changes, and a store commits a tuple whole or not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.domain.question import Absent
from gateway.domain.records import Announced, Audit, Delivery, Entry, Evidence, Kept, Standing, State, Version

__all__ = [
    "Announce",
    "Announced",
    "Archive",
    "Audit",
    "Change",
    "Conclude",
    "Counted",
    "Delivery",
    "Empty",
    "Entry",
    "Erase",
    "Evidence",
    "Heard",
    "Hold",
    "Keep",
    "Kept",
    "Note",
    "Prove",
    "Queue",
    "Relane",
    "Save",
    "Settle",
    "Spend",
    "Standing",
    "State",
    "Unchanged",
    "Version",
]


@dataclass(frozen=True, slots=True)
class Settle:
    """Changes fields of a journal entry, named as in `Entry`; if `expected` is given, only from that state."""

    message: str
    changes: Mapping[str, Any]
    expected: State | None = None


@dataclass(frozen=True, slots=True)
class Save:
    """Writes a new version of a resource, whose `resourceType` and `id` name it.

    expected  the version it replaces; 0: there is none yet; None: whatever there is
    terms     search terms (name, value) under which `Store.find` finds the current version, beside those of R4's search
              parameters, which the store adds itself
    spans     what is searched for by a stretch of values (name, low, high): dates as ISO 8601 in UTC; added likewise
    """

    resource: dict[str, Any]
    expected: int | None
    terms: tuple[tuple[str, str], ...]
    at: datetime
    message: str = ""
    spans: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Queue:
    """Puts a delivery at the end of its lane; one whose key is there already changes nothing."""

    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Conclude:
    """Changes fields of a delivery; refused with `StaleError` if `token` is no longer the one it was claimed with.

    If `expected` is given, only from that standing (`ConflictError`): for persons, who hold no token.
    A delivery that leaves `waiting` and `sending` frees its lane for the next, `uncertain` and `dead` too.
    """

    delivery: str
    changes: Mapping[str, Any]
    token: int | None = None
    expected: Standing | None = None


@dataclass(frozen=True, slots=True)
class Prove:
    """Adds evidence."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Note:
    """Adds to the audit."""

    audit: Audit


@dataclass(frozen=True, slots=True)
class Relane:
    """Two persons became one: what waits in lanes of `old` moves behind what waits in those of `new`.

    A lane is called `<partner> <Patient/id>`.
    """

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Archive:
    """Keeps the files a format was made of under their content hash, so that a replay can use them later."""

    hash: str
    format: str
    files: bytes


@dataclass(frozen=True, slots=True)
class Keep:
    """A message that is kept and dealt with in one commit, as an interaction of the FHIR API is.

    `ConflictError` where the partner has used its key before.
    """

    entry: Entry


@dataclass(frozen=True, slots=True)
class Announce:
    """An event for a subscriber (Subscriptions R5 Backport, notifications); the store numbers it, rising from 1.

    subscription  id of the Subscription
    focus         `Type/id` of the resource that changed; version: which version of it, 0 for the newest
    """

    subscription: str
    focus: str
    at: datetime
    version: int = 0
    message: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """A subscriber has been told of all its events up to this one; an earlier one than was known changes nothing."""

    subscription: str
    event: int


@dataclass(frozen=True, slots=True)
class Unchanged:
    """What the other changes were made from: this resource is still at this version (0: there is none yet).

    `ConflictError` where it is not; nothing is written. Two who each read what the other writes never both succeed.
    """

    type: str
    id: str
    version: int


@dataclass(frozen=True, slots=True)
class Counted:
    """What the other changes were made from: this many resources of a type are found by this term, and no more.

    `ConflictError` where there are others by now; nothing is written. It counts what is there when its turn comes, so
    it stands before what the commit itself adds.
    """

    type: str
    term: tuple[str, str]
    number: int


@dataclass(frozen=True, slots=True)
class Spend:
    """A word that counts once is used up until a moment (RFC 7523, 3, `jti`); later it is forgotten.

    `ConflictError` where it is used up already; nothing is written.
    """

    word: str
    until: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """What waits for delivery about a person (`Patient/<id>`) stays where it is, or goes on; a merge takes it along."""

    person: str
    on: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Empty:
    """Takes away what messages and deliveries are made of: bytes, headers, answers, replies; that they were stays."""

    messages: tuple[str, ...] = ()
    deliveries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Erase:
    """Takes away for good, with all that hangs on it; what is not there is passed over.

    resources   `Type/id`: all versions, terms and spans of each, and what was announced of it
    messages    tracking ids: the whole entry; deliveries: ids, with their bytes and evidence
    words       what was taken away and is never to be taken for new (`Store.marked`, kind `erased`)

    announced   what was announced before this moment, and its subscriber was told of, goes too

    Words that counted once and are over go with it (`Spend`). It stands behind a `Save` of the same commit: so numbers
    of versions never go back.
    """

    at: datetime
    resources: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    deliveries: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    announced: datetime | None = None


Change = (
    Settle | Save | Queue | Conclude | Prove | Note | Relane | Archive | Keep | Announce | Heard | Unchanged | Absent
    | Counted | Spend | Hold | Empty | Erase
)  # fmt: skip
