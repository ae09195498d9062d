"""When a time is up (workflow.md, "Timers"): hours, days and working days, with pauses, safe across daylight saving.

Moments are aware datetimes and counted in UTC. Hours are hours, at night too. Days end at the same time of day in
Germany. A working day is twenty-four hours that pass on working days of the Land only: from Friday 15:00 one working
day lasts until Monday 15:00, from Saturday until the end of Monday.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal, cast
from zoneinfo import ZoneInfo

from gateway.domain.holidays import Calendar

BERLIN = ZoneInfo("Europe/Berlin")
Unit = Literal["minutes", "hours", "days", "working-days"]
UNITS = ("minutes", "hours", "days", "working-days")
Pause = tuple[datetime, datetime | None]
"""From and until; None while it lasts."""
Stretch = tuple[datetime, datetime | None]


@dataclass(frozen=True, slots=True)
class Duration:
    """How long something may take."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        """As the tables write it: `2 working-days`."""
        return f"{self.amount} {self.unit}"


def duration(text: str) -> Duration | None:
    """`30 minutes`, `4 hours`, `14 days`, `2 working-days`; None for anything else."""
    amount, _, unit = text.strip().partition(" ")
    if unit not in UNITS or not (amount.isascii() and amount.isdecimal() and 0 < int(amount) < 10_000):
        return None
    return Duration(int(amount), cast("Unit", unit))


def due(started: datetime, allowed: Duration, calendar: Calendar, pauses: Sequence[Pause] = ()) -> datetime | None:
    """The moment (UTC) at which the time is up; None while a pause lasts that came first.

    Pauses may come in any order, overlap, lie before the start, or end before they begin (a clock set back), which
    makes them no pause.
    """
    started = started.astimezone(UTC)
    running: Iterable[Stretch] = _running(started, pauses)
    left = timedelta(minutes=allowed.amount) if allowed.unit == "minutes" else timedelta(hours=allowed.amount)
    if allowed.unit == "days":
        left = (started.astimezone(BERLIN) + timedelta(days=allowed.amount)).astimezone(UTC) - started
    elif allowed.unit == "working-days":
        left = timedelta(days=allowed.amount)
        running = _worked(running, calendar)
    for begin, end in running:
        if end is None or begin + left <= end:
            return begin + left
        left -= end - begin
    return None


def _running(started: datetime, pauses: Sequence[Pause]) -> Iterator[Stretch]:
    """What is left of the time from the start on when the pauses are taken out; the last stretch has no end."""
    for begin, end in sorted(pauses, key=lambda pause: pause[0]):
        if end is not None and end <= max(started, begin):
            continue
        if begin > started:
            yield started, begin.astimezone(UTC)
        if end is None:
            return
        started = end.astimezone(UTC)
    yield started, None


def _worked(stretches: Iterable[Stretch], calendar: Calendar) -> Iterator[Stretch]:
    """The parts of stretches that lie on working days."""
    for begin, end in stretches:
        here = begin
        while end is None or here < end:
            day = here.astimezone(BERLIN).date()
            midnight = datetime.combine(day + timedelta(days=1), time(), BERLIN).astimezone(UTC)
            if calendar.works(day):
                yield here, midnight if end is None else min(midnight, end)
            here = midnight
