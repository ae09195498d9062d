"""The run of each day: a thread of the running gateway that deletes what is over at a time of day."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, time, timedelta

from gateway.domain.working_time import BERLIN
from gateway.pipeline.line import place
from gateway.pipeline.rights.retention import Days, last_run, run
from gateway.pipeline.rooms import Rooms
from gateway.store.port import StoreError

LOOK = 30.0
"""Seconds between two looks at the clock."""
log = logging.getLogger(__name__)


class Daily:
    """Runs once a day at `at` (`03:00`, German time; empty: never), later where the gateway stood still then.

    given_back  gives freed space back to the disk
    """

    def __init__(self, rooms: Rooms, days: Days, at: str, given_back: Callable[[], object]) -> None:
        self.rooms, self.days, self.at, self.given_back = rooms, days, at, given_back
        self.begun = rooms.now()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        if self.at:
            self._thread = threading.Thread(target=self._run, name="retention", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while not self._over.wait(LOOK):
            self.look()

    def look(self) -> bool:
        """Run if it is time; whether it was. What goes wrong is told by the log, and tried again the next day."""
        try:
            if self.rooms.now() < next_run(last_run(self.rooms.store) or self.begun, self.at):
                return False
            done = run(self.days, "gateway", self.rooms, lambda _period, _number: not self._over.is_set())
            self.given_back()
        except StoreError as fault:
            log.error("retention", extra={"code": "retention.store", "fault": type(fault).__name__})  # noqa: TRY400 - no data
        except Exception as fault:  # noqa: BLE001 - the gateway must live; the text may quote a record
            log.error("retention", extra={"code": "retention.fault", "fault": place(fault)})  # noqa: TRY400 - see above
        else:
            log.info("retention", extra={"done": dict(done)})
        return True

    def stop(self, grace: float) -> None:
        """A run under way ends with its commit; the process does not wait for more."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(grace)


def next_run(last: datetime, at: str) -> datetime:
    """The first such time of day after a moment."""
    hour, minute = at.split(":")
    here = last.astimezone(BERLIN)
    today = datetime.combine(here.date(), time(int(hour), int(minute)), BERLIN)
    return today if today > here else datetime.combine(here.date() + timedelta(days=1), today.timetz())
