"""One Task is looked at: which of its times are over, who has to hear of it, and when to look again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.domain.ledger import Change, Unchanged, Version
from gateway.domain.rungs import USUAL
from gateway.domain.timers import Clock, clocks, overdue
from gateway.domain.working_time import due
from gateway.mapping.runtime import every
from gateway.pipeline.policies.rested import rested
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.parties import Concerned, concerned
from gateway.pipeline.watch.flag import ended, flags, is_active, raised, save, told_of
from gateway.pipeline.watch.life import Told, life, told
from gateway.pipeline.watch.notice import Notice, notices
from gateway.pipeline.watch.unread import allowed, unread

Task = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """A Task, its parties and the clocks that run for it."""

    found: Told
    parties: Concerned
    clocks: Sequence[Clock]

    def next(self, now: datetime) -> datetime | None:
        """The next moment at which somebody has to be told; None where nothing can come up by itself."""
        moments = (moment for clock in self.clocks for moment in self.steps(clock) if moment > now)
        return min(moments, default=None)

    def steps(self, clock: Clock) -> Iterator[datetime]:
        """The moments at which the parties of a clock are told, one after the other."""
        moment = clock.due
        for _ in clock.tells:
            if moment is None:
                return
            yield moment
            moment = due(moment, clock.timer.step, self.parties.calendar)

    def over(self, now: datetime) -> list[Clock]:
        """The clocks whose time is over."""
        return [clock for clock in self.clocks if clock.due is not None and clock.due <= now]


@dataclass(frozen=True, slots=True)
class Judged:
    """What is to be written because of a Task, when to look again, and whether anything of it is overdue."""

    changes: tuple[Change, ...]
    next: datetime | None
    is_overdue: bool


def seen(task: str, rooms: Rooms) -> Seen | None:
    """A Task with its clocks; None where there is no such Task."""
    found = told(task, rooms.store)
    if found is None:
        return None
    parties = concerned(found.task, found.case, rooms.store, rooms.directory)
    times = allowed(found.task, parties, rooms.store)
    return Seen(found, parties, clocks(life(found), parties.calendar, times))


def judge(look: Seen, rooms: Rooms) -> Judged:
    """Flags raised and ended, and everybody told who has to be told by now; each is told once of one time.

    Nothing of it is written if the Task has moved meanwhile.
    """
    now, known = rooms.now(), flags(look.found.task["id"], rooms.store)
    over = {clock.timer.name: clock for clock in look.over(now)}
    person = str(next(iter(every(look.found.task, ("for", "reference"))), ""))
    still = [as_it_was(look), *(rested([person], (), rooms) if over else ())]
    climbed = unread(look.found.task, rooms) if USUAL in over else []
    if climbed:  # it is looked at again at once, as it stands then
        return Judged((*still, *climbed), now, is_overdue=False)
    changes: list[Change] = []
    for name, clock in over.items():
        changes += escalated(clock, look, known.get(name), rooms)
    for name, flag in known.items():
        if name not in over and is_active(flag.resource):
            changes.append(save(ended(flag.resource, now), flag, now))
    as_seen = still if changes else []
    return Judged((*as_seen, *changes), look.next(now), bool(over))


def as_it_was(look: Seen) -> Unchanged:
    """Nothing is written where the Task has moved meanwhile."""
    return Unchanged("Task", look.found.versions[0].id, look.found.versions[0].version)


def escalated(clock: Clock, look: Seen, flag: Version | None, rooms: Rooms) -> list[Change]:
    """The Flag of a time that is over, and a notice to each party that is to be told now and was not."""
    task, calendar = look.found.task, look.parties.calendar
    if clock.due is None:
        return []
    before = told_of(flag.resource, clock.due) if flag else ()
    fresh = overdue(clock, rooms.now(), calendar, before)
    if flag and not fresh and is_active(flag.resource) and told_of(flag.resource, clock.due):
        return []
    made = raised(task, clock.timer.name, clock.due, (*before, *fresh))
    told_now = [Notice(task, clock.timer.name, clock.due, role, look.parties.get(role)) for role in fresh]
    changes, message = notices(told_now, made, rooms) if told_now else ([], "")
    return [*changes, save(made, flag, rooms.now(), message)]
