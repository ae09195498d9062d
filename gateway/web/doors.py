"""What the web asks of the house, handed in by the wiring: it opens nothing itself."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gateway.directory.parties import Party, Sends
from gateway.domain.ledger import Audit
from gateway.domain.problem import Problem
from gateway.domain.road import Intake

Roads = Callable[[str, str, str], Sequence[tuple[Party, Sends]]]
"""(partner, token, certificate) -> the HTTP roads these open; an empty partner asks whose credentials these are."""
Status = Callable[[str], Mapping[str, Any] | None]


def moment() -> datetime:
    """Now, with its time zone."""
    return datetime.now(UTC)


def unnamed(_: str) -> str:
    """No media type."""
    return ""


def readable(_: str, __: bytes) -> Sequence[Problem]:
    """Nothing is looked at."""
    return ()


async def unwaited(_: str) -> None:
    """Nobody waits."""


def uncounted(_: str) -> None:
    """Nobody counts."""


def unheard(_: Audit) -> None:
    """No audit."""


@dataclass(frozen=True, slots=True)
class Doors:
    """The rooms behind the web, as functions.

    intake    keeps an arrival (the line's first step)
    roads     who shows these credentials, and what they open; `auth.roads_of` over a directory
    status    what became of a message, by tracking id: `partner`, `state`, `step`, `problems`, `deliveries` ...; may
              block for a moment, and never says a patient's data
    ready     what is needed to work, each with a sentence why it is not there (empty: it is there); may block
    metrics   the page Prometheus reads; may block
    media     media type of a format, to choose between the roads of one partner
    unread    why bytes cannot be of a format at all (`syntax.unread`); may block
    ran       waits until the line has run a message, or for too long
    refused   hears of every caller that is not known
    max_body  bytes of the largest message taken
    patience  seconds between two pieces of a body; the whole may take twenty times as long
    """

    intake: Intake
    roads: Roads
    status: Status
    ready: Callable[[], Mapping[str, str]]
    metrics: Callable[[], bytes]
    audit: Callable[[Audit], None] = unheard
    media: Callable[[str], str] = unnamed
    unread: Callable[[str, bytes], Sequence[Problem]] = readable
    ran: Callable[[str], Awaitable[object]] = unwaited
    refused: Callable[[str], None] = uncounted
    now: Callable[[], datetime] = moment
    max_body: int = 50 * 1024 * 1024
    patience: float = 15.0
