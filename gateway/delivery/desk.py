"""The dispatcher's desk: who is at work, who may claim how much, and whether there is news; for many threads."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from queue import SimpleQueue

from gateway.delivery.circuit import Circuit
from gateway.delivery.shares import Room, Shares
from gateway.domain.ledger import Delivery
from gateway.domain.road import Sent

Claimed = tuple[str, int]
"""A delivery's id and token: the same delivery may be claimed again before its former worker is quite done."""


@dataclass(eq=False, slots=True)
class Desk:
    """One claim runs at a time; `tasks` holds what workers are to begin, None for each that shall go home."""

    shares: Shares
    circuit: Circuit
    tasks: SimpleQueue[Delivery | None] = field(default_factory=SimpleQueue)
    at_work: dict[Claimed, Delivery] = field(default_factory=dict)
    _seated: set[Claimed] = field(default_factory=set)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _news: bool = False
    _claiming: bool = False
    _closed: bool = False

    def wake(self) -> None:
        """There is something new to look at."""
        with self._changed:
            self._news = True
            self._changed.notify_all()

    def sleep(self, seconds: float) -> None:
        """Until there is news and no claim is running, at most so long."""
        end = time.monotonic() + seconds
        with self._changed:
            while not self._closed and (self._claiming or not self._news):
                left = end - time.monotonic()
                if left <= 0:
                    return
                self._changed.wait(left)

    def room(self, now: datetime) -> tuple[Room, Sequence[datetime]]:
        """What could be claimed now, and when pauses end; what was news until now is known with that."""
        with self._changed:
            self._news = False
            paused = self.circuit.paused(now)
            return self.shares.room(paused), tuple(paused.values())

    def paused(self, now: datetime) -> list[str]:
        """Partners that are left alone now."""
        with self._changed:
            return sorted(self.circuit.paused(now))

    def begin_claim(self, now: datetime) -> Room | None:
        """What to claim; None if nothing can be, or if another claim is running, which is news when that has ended."""
        with self._changed:
            if self._closed:
                return None
            if self._claiming:
                self._news = True
                return None
            room = self.shares.room(self.circuit.paused(now))
            self._claiming = room.limit > 0
            return room if self._claiming else None

    def end_claim(self, room: Room, claimed: Sequence[Delivery]) -> list[Delivery]:
        """Give the claimed to the workers; those beyond a partner's share come back."""
        with self._changed:
            back = [delivery for delivery in claimed if self._closed or not self._seat(delivery)]
            self._claiming = False
            self._news = self._news or len(claimed) >= room.limit
            if self._news:
                self._changed.notify_all()
        return back

    def _seat(self, delivery: Delivery) -> bool:
        if not self.shares.take(delivery):
            return False
        self._seated.add((delivery.id, delivery.token))
        self.at_work[delivery.id, delivery.token] = delivery
        self.tasks.put(delivery)
        return True

    def leave(self, delivery: Delivery, sent: Sent | None, now: datetime) -> bool:
        """The attempt is over and its seat free, though its result may still be on its way; true if a pause begins."""
        with self._changed:
            if (delivery.id, delivery.token) in self._seated:
                self._seated.remove((delivery.id, delivery.token))
                self.shares.give(delivery)
            return sent is not None and self.circuit.record(delivery.partner, sent, now)

    def done(self, delivery: Delivery) -> None:
        """Nothing is left to do for it."""
        with self._changed:
            del self.at_work[delivery.id, delivery.token]

    def held(self) -> list[Delivery]:
        """What workers have in hand."""
        with self._changed:
            return list(self.at_work.values())

    def prolonged(self, delivery: Delivery, until: datetime) -> None:
        """Its lease ends later now."""
        with self._changed:
            if (delivery.id, delivery.token) in self.at_work:
                self.at_work[delivery.id, delivery.token] = replace(delivery, until=until)

    def close(self) -> None:
        """Nothing new begins."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
