"""The run of each day: a thread of the running gateway that deletes what is over at a time of day."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import ClassVar

from gateway.domain.working_time import BERLIN
from gateway.pipeline.rights.retention import Days, last_run, run
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.rounds import Rounds

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Daily(Rounds):
    """Runs once a day at `at` (`03:00`, German time; empty: never), later where the gateway stood still then.

    given_back  gives freed space back to the disk
    """

    name: ClassVar[str] = "retention"
    idle: ClassVar[float] = 30.0
    unwell: ClassVar[float] = 30.0
    rooms: Rooms
    days: Days
    at: str
    given_back: Callable[[], object]
    begun: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.begun = self.rooms.now()

    def begin(self) -> None:
        """Nothing is deleted while the gateway is still starting."""
        self.stopping.wait(self.idle)

    def round(self) -> bool:
        """Run if it is time; whether it was. A run that is stopped ends with its commit."""
        if not self.at or self.rooms.now() < next_run(last_run(self.rooms.store) or self.begun, self.at):
            return False
        done = run(self.days, "gateway", self.rooms, lambda _period, _number: not self.stopping.is_set())
        self.given_back()
        log.info("retention", extra={"done": dict(done)})
        return True


def next_run(last: datetime, at: str) -> datetime:
    """The first such time of day after a moment."""
    hour, minute = at.split(":")
    here = last.astimezone(BERLIN)
    today = datetime.combine(here.date(), time(int(hour), int(minute)), BERLIN)
    return today if today > here else datetime.combine(here.date() + timedelta(days=1), today.timetz())
