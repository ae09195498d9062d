"""A small intake in memory for the tests of the road: it keeps what comes, and answers as the line would."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from gateway.adapters.hl7v2.codec import Hl7v2Codec
from gateway.domain.ledger import Audit
from gateway.domain.road import Arrival, Receipt
from gateway.transports.mllp.callers import Caller, Who
from gateway.transports.mllp.desk import Desk

CODEC = Hl7v2Codec()
NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
KLINIK = Caller("senneklinik", "hl7v2-de")


def anybody(address: str, certificate: str) -> tuple[Caller, ...]:  # noqa: ARG001 - whoever it is
    return (KLINIK,)


@dataclass
class Memory:
    """What arrived, what was written into the audit; `before` is awaited before a message is answered."""

    who: Who = anybody
    before: Callable[[Arrival], object] | None = None
    arrivals: list[Arrival] = field(default_factory=list)
    audited: list[Audit] = field(default_factory=list)

    async def intake(self, arrival: Arrival) -> Receipt:
        self.arrivals.append(arrival)
        if self.before:
            waiting = self.before(arrival)
            if asyncio.iscoroutine(waiting):
                await waiting
        greeting = CODEC.greet(arrival.data, {})
        code = ("C" if greeting.enhanced else "A") + ("R" if greeting.problems else "A")
        answer = CODEC.answer(greeting, code, greeting.problems, arrival.received, f"A{len(self.arrivals)}")
        return Receipt("refused" if greeting.problems else "kept", answer=answer, problems=greeting.problems)

    def desk(self) -> Desk:
        ids = itertools.count(1)
        return Desk(self.intake, self.who, self.audited.append, CODEC, lambda: NOW, lambda: f"R{next(ids)}")

    def keys(self) -> list[str]:
        return [CODEC.greet(arrival.data, {}).key for arrival in self.arrivals]
