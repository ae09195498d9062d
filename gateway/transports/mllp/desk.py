"""What a server is handed: who may call, where messages go, how they are answered, and its limits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.codec import Answering
from gateway.domain.ledger import Audit
from gateway.domain.road import Intake
from gateway.transports.mllp.callers import Who
from gateway.transports.mllp.frame import MAX_FRAME


@dataclass(frozen=True, slots=True)
class Desk:
    """What the wiring hands in; `answering` is the codec of HL7 v2, `audit` must not block."""

    intake: Intake
    who: Who
    audit: Callable[[Audit], None]
    answering: Answering
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    refused: Callable[[str], None] = lambda _reason: None
    """Hears of every refusal, those that are not written down again too."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one port, and one peer on it, may cost.

    max_frame        bytes of one message
    max_connections  at one time; further ones are closed at once
    in_flight        messages of one connection that are being kept at one time; nothing more is read meanwhile
    idle             seconds without a byte, nothing being in flight, after which a connection is closed
    whole            seconds in which a frame that has begun must end
    pause            seconds of silence after FS without CR that end a frame
    handshake        seconds for TLS
    grace            seconds that `close` waits for answers
    """

    max_frame: int = MAX_FRAME
    max_connections: int = 1000
    in_flight: int = 64
    idle: float = 600
    whole: float = 300
    pause: float = 0.1
    handshake: float = 10
    grace: float = 10


DEFAULTS = Limits()
