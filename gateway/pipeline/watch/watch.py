"""Watches all open Tasks: one thread that knows when each has to be looked at next."""

import heapq
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from gateway.directory.parties import Directory, Party
from gateway.domain.ledger import Queue, Version
from gateway.mapping.runtime import every
from gateway.pipeline.announcing.announce import announcements
from gateway.pipeline.granting import expiry
from gateway.pipeline.line import place
from gateway.pipeline.policies.restricted import restricted
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.rounds import Rounds
from gateway.pipeline.tasks.family import about
from gateway.pipeline.watch.flag import standing, task_of
from gateway.pipeline.watch.judge import Seen, judge, seen
from gateway.pipeline.watch.open import open_tasks
from gateway.store.port import ConflictError, StoreError

log = logging.getLogger(__name__)
BACK = timedelta(minutes=1)
"""How far a clock may be set back before everything is looked at anew."""
AGAIN = timedelta(seconds=5)
"""When to try again what somebody else was faster with."""
LATER = timedelta(hours=1)
"""When to look again at a Task that met a defect of ours, or whose person's processing is restricted."""
QUARTER = timedelta(minutes=15)
"""When to look again whether Consents have run out."""
PAGE = 200
READ = 20
"""Versions that are read at once when something changed."""
AT_ONCE = 100
"""Tasks that are looked at before it gives way to others."""
SHARE = 0.5
"""Part of the time it takes at most while it reads everything at the start."""


@dataclass(slots=True)
class Watch(Rounds):
    """The thread. `told` hears that somebody was told, so that it is sent at once.

    due      (moment, Task id), the soonest first; an entry counts if `next` still says so
    overdue  Task id -> the person, of Tasks that are overdue
    read_to  the number of the newest version that was looked at
    agreements  when to look again whether Consents have run out
    """

    name: ClassVar[str] = "watch"
    rooms: Rooms
    told: Callable[[], None] = lambda: None
    due: list[tuple[datetime, str]] = field(default_factory=list)
    next: dict[str, datetime] = field(default_factory=dict)
    overdue: dict[str, str] = field(default_factory=dict)
    read_to: int = 0
    filling: Iterator[list[str]] | None = None
    directory: Directory | None = None
    latest: datetime | None = None
    agreements: datetime | None = None

    def forget(self) -> None:
        """Whatever was not looked at is found again."""
        self.directory = None

    def round(self) -> bool:
        """One look at what changed and what is due; whether there is more to do at once."""
        now = self.rooms.now()
        if self.is_other() or (self.latest and now < self.latest - BACK):
            self.anew()
        self.latest = now
        for task in self.changed():
            self.look(task)
        self.fill()
        self.agreed(now)
        return self.ring(now) or self.filling is not None

    def agreed(self, now: datetime) -> None:
        """Consents that have run out, and those that soon will; looked at every quarter of an hour."""
        if self.agreements is None or now >= self.agreements:
            self.agreements = now + QUARTER
            if expiry.noticed(self.rooms):
                self.told()

    def is_other(self) -> bool:
        """Whether the directory is another one in which clocks go differently, or none was looked at yet."""
        before, self.directory = self.directory, self.rooms.directory
        return before is None or (before is not self.directory and times(before) != times(self.directory))

    def anew(self) -> None:
        """Forget everything and read it again: at the start, other times of a site, a clock set back."""
        self.due, self.next, self.overdue, self.agreements = [], {}, {}, None
        self.read_to = self.newest()
        self.filling = self.everything()

    def everything(self) -> Iterator[list[str]]:
        """The Tasks with an active Flag first, then all for which a timer can run."""
        self.overdue |= {task_of(flag): person_of(flag, "subject") for flag in standing(self.rooms.store)}
        flagged = list(self.overdue)
        for number in range(0, len(flagged), PAGE):
            yield flagged[number : number + PAGE]
        yield from open_tasks(self.rooms.store)

    def fill(self) -> None:
        """A page of what is read at the start; it takes its share of the time only."""
        if self.filling is None:
            return
        page = next(self.filling, None)
        if page is None:
            self.filling = None
            return
        for number in range(0, len(page), AT_ONCE):
            began = time.perf_counter()
            for task in page[number : number + AT_ONCE]:
                if task not in self.next and not self.stopping.is_set():
                    self.look(task)
            self.stopping.wait((time.perf_counter() - began) * (1 / SHARE - 1))

    def ring(self, now: datetime) -> bool:
        """The Tasks whose moment has come; whether there were any."""
        rung = 0
        while self.due and self.due[0][0] <= now and rung < PAGE and not self.stopping.is_set():
            moment, task = heapq.heappop(self.due)
            if self.next.get(task) == moment:
                self.look(task)
                rung += 1
        return rung > 0

    def look(self, task: str) -> None:
        """One Task: what follows from it is written, and it is looked at again when its next moment comes."""
        self.next.pop(task, None)
        try:
            following = self.follow(task)
        except StoreError:
            raise
        except Exception as fault:  # noqa: BLE001 - a fault of ours must cost one Task only; its text may quote it
            said = {"task": task, "fault": place(fault)}
            log.error("a Task could not be watched", extra=said)  # noqa: TRY400 - as above
            following = self.rooms.now() + LATER
        if following is not None:
            self.next[task] = following
            heapq.heappush(self.due, (following, task))

    def follow(self, task: str) -> datetime | None:
        """What is written because of a Task now, and when its next moment comes."""
        found = seen(task, self.rooms)
        if found is None:
            return None
        now = self.rooms.now()
        return self.act(task, found) if task in self.overdue or found.over(now) else found.next(now)

    def act(self, task: str, found: Seen) -> datetime | None:
        """Write what follows; if somebody else was faster, it is tried again in a moment."""
        judged = judge(found, self.rooms)
        if judged.changes and restricted(person_of(found.found.task, "for"), self.rooms):
            return self.rooms.now() + LATER  # nobody hears of it, and its Flags stay as they are
        if judged.changes:
            try:
                self.rooms.store.commit([*judged.changes, *announcements(judged.changes, self.rooms)]).result()
            except ConflictError:
                return self.rooms.now() + AGAIN
        if judged.is_overdue:
            self.overdue[task] = person_of(found.found.task, "for")
        else:
            self.overdue.pop(task, None)
        if any(isinstance(change, Queue) for change in judged.changes):
            self.told()
        return judged.next

    # --- what changed ------------------------------------------------------------------------------------------------

    def changed(self) -> list[str]:
        """Ids of the Tasks that changed since the last look, and of those that a note or a review is about."""
        newest = self.newest()
        if newest <= self.read_to:
            return []
        fresh = [version for version in self.versions() if version.type in CHANGES]
        self.read_to = newest
        return list(dict.fromkeys(task for version in fresh for task in CHANGES[version.type](version, self)))

    def newest(self) -> int:
        """The number of the newest version that may matter."""
        return max(self.rooms.store.newest(kind) for kind in CHANGES)

    def versions(self) -> Iterator[Version]:
        """All versions that are newer than those seen, newest first."""
        before = 0
        while True:  # of all types: a store walks them by number, and most that is written belongs to a Task
            page = self.rooms.store.versions("", before, READ)
            yield from (version for version in page if version.number > self.read_to)
            if len(page) < READ or page[-1].number <= self.read_to:
                return
            before = page[-1].number


def times(directory: Directory) -> list[Party]:
    """What clocks go by: the sites with their times and places, without their roads."""
    return [site.model_copy(update={"sends": (), "receives": ()}) for site in directory.sites]


def of_task(version: Version, _: Watch) -> list[str]:
    """The Task itself, and the one it asks about: a question turns a clock round."""
    return [version.id, *filter(None, [about(version.resource)])]


def of_person(version: Version, watch: Watch) -> list[str]:
    """All that is overdue for a person of whom something was said."""
    person = person_of(version.resource, "subject")
    return [task for task, of in watch.overdue.items() if person and of == person]


CHANGES: Mapping[str, Callable[[Version, Watch], list[str]]] = {
    "Task": of_task,
    "Communication": of_person,
    "Goal": of_person,
}
"""Type -> the Tasks to look at when one of it was written."""


def person_of(resource: dict[str, Any], name: str) -> str:
    """`Patient/id` whom a resource is about."""
    return str(next(iter(every(resource, (name, "reference"))), ""))
