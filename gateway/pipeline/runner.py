"""Runs the line: one thread that takes kept messages in the order of the journal, and gives way to what arrives."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from gateway.domain.ledger import Entry
from gateway.mapping.compile import Direction
from gateway.pipeline.line import place, process
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.rounds import Rounds

log = logging.getLogger(__name__)
RUSH = 100.0
"""Arrivals per second from which on intake has the right of way."""
LONGEST = 0.05
"""Seconds for which the line gives way at most before it runs the next message."""


@dataclass(slots=True)
class Runner(Rounds):
    """The line's thread: every half second it looks unasked, for another process may have put a message back.

    `finished` hears of every message; `arrived` counts what was kept so far.

    `share` is the part of the time the line takes at least while messages keep arriving: what is kept first is
    answered first, and what was kept is translated as soon as there is room.
    """

    name: ClassVar[str] = "line"
    idle: ClassVar[float] = 0.5
    unwell: ClassVar[float] = 1.0
    rooms: Rooms
    finished: Callable[[Entry], None]
    arrived: Callable[[], int] = lambda: 0
    share: float = 0.2
    batch: int = 50
    seen: int = 0
    looked: float = 0.0

    def begin(self) -> None:
        """Compile the maps of all roads before the first message needs them."""
        for party in self.rooms.directory.parties:
            ways: list[tuple[Direction, str]] = [("to_fhir", road.format) for road in party.sends]
            ways += [("from_fhir", road.format) for road in party.receives]
            for direction, name in ways:
                if not self.stopping.is_set():
                    self.compile(name, direction)

    def compile(self, name: str, direction: Direction) -> None:
        """One format in one direction; a broken one is told again by the message that needs it."""
        form = self.rooms.shelf.get(name)
        if form is None or form.plan is None:
            return
        try:
            form.ready(direction, "account")
        except Exception as fault:  # noqa: BLE001 - the line must live
            log.error("maps cannot be compiled", extra={"format": name, "fault": place(fault)})  # noqa: TRY400 - as above

    def round(self) -> bool:
        """One look at the journal; whether there was anything to do."""
        entries = self.rooms.store.waiting(0, self.batch)
        for entry in entries:
            if self.stopping.is_set():
                break
            began = time.perf_counter()
            process(entry, self.rooms)
            self.finished(entry)
            self.give_way(time.perf_counter() - began)
        return bool(entries)

    def lag(self) -> float:
        """Seconds that the oldest message has waited for the line, 0 where none waits."""
        waiting = self.rooms.store.waiting(0, 1)
        return max(0.0, (self.rooms.now() - waiting[0].received).total_seconds()) if waiting else 0.0

    def give_way(self, spent: float) -> None:
        """Leave the rest of the time to intake while many messages arrive."""
        count, now = self.arrived(), time.perf_counter()
        rate = (count - self.seen) / max(now - self.looked, 1e-6)
        self.seen, self.looked = count, now
        if rate > RUSH:
            self.stopping.wait(min(spent * (1 / self.share - 1), LONGEST))
