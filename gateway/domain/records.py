"""What is written down: journal entries, versions of resources, deliveries with their evidence, the audit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from gateway.domain.problem import Problem

State = Literal["received", "done", "parked", "refused", "dropped"]
"""Of a message. received: kept, waiting for the line. parked: a person must look. refused: the sender was told no.
dropped: a person decided so."""

Aged = Literal["messages", "deliveries", "parked"]
"""What grows old: bytes of messages and of deliveries that are settled, ids of messages that are parked."""

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
