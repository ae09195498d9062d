"""What is written down: journal entries, versions of resources, deliveries with their evidence, the audit.

Everything that belongs together is one tuple of changes, and a store commits a tuple whole or not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from gateway.domain.problem import Problem
from gateway.domain.question import Absent

State = Literal["received", "done", "parked", "refused", "dropped"]
"""Of a message. received: kept, waiting for the line. parked: a person must look. refused: the sender was told no.
dropped: a person decided so."""

Standing = Literal["waiting", "sending", "uncertain", "delivered", "dead", "dropped"]
"""Of a delivery. sending: claimed by a worker that holds a lease. uncertain: sent, no answer, and the receiver does not
promise to honour the key. dead: given up, a person must look."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A message in the journal, as it came and as far as it got.

    id        tracking id, given at intake
    number    its place in the journal, given by the store, rising
    key       the sender's own id of it; unique per partner where not empty
    hash      SHA-256 of the bytes, hex
    answer    the acknowledgement given, repeated word for word if the message comes again
    map_hash  content hash of the maps that read it last
    replay    content hash of the maps to use instead of the current ones, on a replay
    decision  what a person decided about a doubt: `person=Patient/1`, `person=new`
    person    `Patient/<id>` once matched; case: `Task/<id>` of the referral it belongs to
    outcome   what the line made of it, for people: ids and codes only
    """

    id: str
    partner: str
    road: str
    format: str
    data: bytes
    hash: str
    received: datetime
    number: int = 0
    key: str = ""
    kind: str = ""
    charset: str = ""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    answer: bytes = b""
    state: State = "received"
    step: str = ""
    problems: tuple[Problem, ...] = ()
    map_hash: str = ""
    replay: str = ""
    decision: str = ""
    person: str = ""
    case: str = ""
    outcome: Mapping[str, Any] = field(default_factory=dict)
    settled: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What the journal said to a new message: kept, seen before with the same bytes, or its key used for others."""

    how: Literal["kept", "again", "clash"]
    entry: Entry
    """The new entry; for `again` and `clash` the one kept first."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a FHIR resource (chapter 3.1.0.2); `number` rises over the whole store."""

    type: str
    id: str
    version: int
    updated: datetime
    resource: dict[str, Any]
    message: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the outbox.

    key       the idempotency key: the same on every attempt
    lane      receiver and person; what is in one lane is sent in order, lanes do not wait for each other
    message   tracking id of the message that caused it; case: `Task/<id>` it belongs to
    about     what it carries: `referral`, `measures`, `answer received`, `answer accepted` ...
    task      `Task/<id>` whose status its arrival moves, empty for none
    due       not before this moment
    until     end of the lease of the worker that claimed it; token: its fencing token
    """

    id: str
    key: str
    lane: str
    partner: str
    road: str
    format: str
    data: bytes
    media_type: str
    about: str
    created: datetime
    due: datetime
    message: str = ""
    case: str = ""
    task: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    number: int = 0
    standing: Standing = "waiting"
    attempts: int = 0
    grade: str = "E0"
    code: str = ""
    reason: str = ""
    until: datetime | None = None
    token: int = 0
    settled: datetime | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves one attempt: when, which answer, over which bytes (SHA-256, hex)."""

    delivery: str
    at: datetime
    attempt: int
    outcome: str
    grade: str
    code: str
    detail: str
    hash: str
    reply: bytes = b""


@dataclass(frozen=True, slots=True)
class Audit:
    """Who did what to which thing, with which outcome; never a patient's data.

    number, hash  its place in the chain and the hash that covers it and the line before; the store gives both
    """

    at: datetime
    actor: str
    action: str
    object: str
    outcome: str
    detail: str = ""
    number: int = 0
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Announced:
    """An event for a subscriber as it is kept; `number` rises by one per subscription, from 1."""

    subscription: str
    number: int
    focus: str
    version: int
    at: datetime
    message: str = ""


# --- changes: what `Store.commit` takes ------------------------------------------------------------------------------


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


Change = (
    Settle | Save | Queue | Conclude | Prove | Note | Relane | Archive | Keep | Announce | Heard | Unchanged | Absent
    | Counted
)  # fmt: skip
