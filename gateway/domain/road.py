"""What travels between the roads and the line: arrivals with their receipts, parcels with what became of them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from gateway.domain.problem import Problem


@dataclass(frozen=True, slots=True)
class Arrival:
    """Bytes that an authenticated partner handed to a road, one message.

    partner   id of the partner (its folder in `mappings/partners`)
    road      `mllp`, `http`, `folder`
    format    the format agreed for this partner and road
    key       the id the transport knows it by (HTTP `Idempotency-Key`, file name); empty where it knows none, and
              then the message's own id counts (MSH-10), or else its bytes
    accept    the partner's habit: `kept` answers once it is kept, `done` once the line has run
    headers   what else the transport said; never a patient's data
    problems  why the road does not take it although it is kept as refused, of severity error
    """

    partner: str
    road: str
    format: str
    data: bytes
    received: datetime
    key: str = ""
    accept: Literal["kept", "done"] = "kept"
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender may be told at once.

    outcome   `kept`: in the journal, committed. `again`: the same message was kept before, `tracking` and `answer` are
              the first one's. `refused`: not processed, `problems` say why (an id used for other bytes is kept as
              evidence). `unavailable`: nothing was kept (disk full, stopping); try again later
    answer    the format's own acknowledgement (HL7 v2: ACK, chapter 2.9); empty where the format knows none, or where
              the sender asked for none
    """

    outcome: Literal["kept", "again", "refused", "unavailable"]
    tracking: str = ""
    answer: bytes = b""
    problems: tuple[Problem, ...] = ()


Intake = Callable[[Arrival], Awaitable[Receipt]]
"""The line's door: keeps an arrival, then says so."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One delivery on its way out: bytes, where to, and the key under which a repeat is the same delivery."""

    key: str
    partner: str
    data: bytes
    media_type: str
    address: Mapping[str, Any]
    """The road's own settings from partner.yaml (`receives:`), secrets resolved."""
    headers: Mapping[str, str] = field(default_factory=dict)
    about: str = ""
    """What it carries, as in `Delivery`."""
    created: datetime | None = None
    """When the delivery was queued: the same on every attempt."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one attempt.

    outcome   `delivered`: the receiver has it. `retry`: it has not, or says to try again. `refused`: it will never
              take this. `uncertain`: it was sent and no answer came, so it may or may not have it
    grade     evidence (design: workflow): E0 none, E1 handed over, E2 delivered, E4 answered with an id of its own
    code      the protocol's word: `AA`, `AR`, `HTTP 503`, `timeout`, `connect`
    detail    a sentence for a technician, without patient data
    reply     the answer's bytes, for the evidence
    wait      seconds the receiver asked to wait (Retry-After)
    """

    outcome: Literal["delivered", "retry", "refused", "uncertain"]
    grade: Literal["E0", "E1", "E2", "E3", "E4"]
    code: str
    detail: str = ""
    reply: bytes = b""
    wait: float | None = None


Send = Callable[[Parcel], Sent]
"""One attempt over a road; blocks until an answer came or none will, and never raises for the peer's faults."""
