"""What has to happen by when, and who hears of it when it does not (workflow.md, "Timers").

`tables/timers.csv`, one row per timer: for which kinds of Task it runs in which stands, where it pauses (on hold),
where it runs for the other side (a question is open), how long, whose clock it is, whom it tells one `step` after the
other when overdue, whether it starts anew with every event of its own (a rung, a note, a review), and which other
moment ends it sooner. A stand is written `status`, `status/business` or `status/` for no business status; the exact one
counts first. Everything is computed from the stored stands of a Task: timers need no memory of their own, survive
restarts, and a clock that was set back or ran ahead moves nothing but the moments it stamped itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from itertools import pairwise
from typing import Literal

from gateway.domain.case import Kind
from gateway.domain.holidays import Calendar
from gateway.domain.table import read
from gateway.domain.task import Stand
from gateway.domain.working_time import Duration, Pause, due, duration

Mode = Literal["", "runs", "paused", "turned"]
OTHER = {"owner": "requester", "requester": "owner"}
"""Whose clock it is while a question is open."""


@dataclass(frozen=True, slots=True)
class Timer:
    """One row of the table; `modes` says by stand whether it runs, pauses or has turned to the other side."""

    name: str
    kinds: tuple[str, ...]
    modes: Mapping[str, Mode]
    allowed: Duration
    step: Duration
    clock: str
    tells: tuple[str, ...]
    repeats: bool
    limit: str

    def mode(self, stand: Stand) -> Mode:
        """What it does while a Task is there; empty: it does not run."""
        return self.modes.get(f"{stand.status}/{stand.business}", self.modes.get(stand.status, ""))


@dataclass(frozen=True, slots=True)
class Life:
    """What the timers of one Task are computed from.

    history  when it came to which stand, oldest first
    seen     name of a repeating timer -> when its event last happened (the rung began, the note came)
    limits   name of a limit (`planned-discharge`) -> the moment
    asked    whether an open question Qi about it has a clock of its own
    """

    kind: Kind
    history: Sequence[tuple[datetime, Stand]]
    seen: Mapping[str, datetime] = field(default_factory=dict)
    limits: Mapping[str, datetime] = field(default_factory=dict)
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """A timer that runs for a Task: for whom, whom it tells when overdue, and until when (None: it stands still)."""

    timer: Timer
    party: str
    tells: tuple[str, ...]
    due: datetime | None


def clocks(life: Life, calendar: Calendar, site: Mapping[str, str] | None = None) -> list[Clock]:
    """The timers of a Task in its present stand; `site` has times of its own by timer, written as in the table."""
    history = list(_forward(life.history))
    found = (_clock(timer, life, history, calendar) for timer in timers(site) if life.kind in timer.kinds)
    return [clock for clock in found if clock]


def overdue(clock: Clock, now: datetime, calendar: Calendar, told: Sequence[str] = ()) -> tuple[str, ...]:
    """Whom to tell now, of owner, requester and lead, in this order; those told already are not told again.

    The first when the time is up, the next one `step` later, and so on; nobody while the clock stands still.
    """
    moment, reached = clock.due, []
    for party in clock.tells:
        if moment is None or now < moment:
            break
        reached.append(party)
        moment = due(moment, clock.timer.step, calendar)
    return tuple(party for party in reached if party not in told)


def timers(site: Mapping[str, str] | None = None) -> tuple[Timer, ...]:
    """All timers, with the times a site has of its own; what cannot be read or is unknown changes nothing."""
    own = {name: length for name, text in (site or {}).items() if (length := duration(text))}
    if not own:
        return _table()
    return tuple(replace(timer, allowed=own.get(timer.name, timer.allowed)) for timer in _table())


def _clock(timer: Timer, life: Life, history: Sequence[tuple[datetime, Stand]], calendar: Calendar) -> Clock | None:
    """One timer for a Task, None where it does not run."""
    stretches = _stretches(timer, history)
    if not stretches:
        return None
    since, mode = stretches[-1]
    if mode == "turned" and not life.asked:
        other = OTHER.get(timer.clock, timer.clock)
        tells = tuple(OTHER.get(party, party) for party in timer.tells)
        return Clock(timer, other, tells, due(since, timer.allowed, calendar))
    if mode != "runs":
        return Clock(timer, timer.clock, timer.tells, None)
    started = max(stretches[0][0], life.seen.get(timer.name, stretches[0][0])) if timer.repeats else stretches[0][0]
    pauses: list[Pause] = [(a, b) for (a, was), (b, _) in pairwise(stretches) if was != "runs"]
    moment = due(started, timer.allowed, calendar, pauses)
    limit = life.limits.get(timer.limit)
    sooner = limit is not None and moment is not None and started < limit < moment
    return Clock(timer, timer.clock, timer.tells, limit if sooner else moment)


def _stretches(timer: Timer, history: Sequence[tuple[datetime, Stand]]) -> list[tuple[datetime, Mode]]:
    """Since when it does what, from where it last began to run; stands in which it does the same are one stretch."""
    found: list[tuple[datetime, Mode]] = []
    for at, stand in history:
        mode = timer.mode(stand)
        if not mode:
            found.clear()
        elif not found or found[-1][1] != mode:
            found.append((at, mode))
    return found


def _forward(history: Sequence[tuple[datetime, Stand]]) -> Sequence[tuple[datetime, Stand]]:
    """The stands in their order, none earlier than the one before it (a clock was set back)."""
    found: list[tuple[datetime, Stand]] = []
    for at, stand in history:
        found.append((max(at, found[-1][0]) if found else at, stand))
    return found


@cache
def _table() -> tuple[Timer, ...]:
    """The rows of the table."""
    return tuple(
        Timer(
            name=row["name"],
            kinds=tuple(row["kinds"].split()),
            modes={stand: mode for mode in ("runs", "paused", "turned") for stand in row[mode].split()},
            allowed=_length(row["allowed"]),
            step=_length(row["step"]),
            clock=row["clock"],
            tells=tuple(row["tells"].split()),
            repeats=bool(row["repeats"]),
            limit=row["limit"],
        )
        for row in read("timers")
    )


def _length(text: str) -> Duration:
    """A duration of the table, which is tested to have no other."""
    return duration(text) or Duration(1, "hours")
