"""Watching folders: whole files go to the line, then into the archive; each folder on a thread of its own."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gateway.domain.problem import Problem
from gateway.domain.road import Intake
from gateway.transports.folder.look import Watched
from gateway.transports.folder.round import Habits, Round

__all__ = ["Habits", "Watched", "Watching", "watch"]

LOG = logging.getLogger("gateway.transports.folder")
Folders = Callable[[], Sequence[Watched]]
Report = Callable[[str, Problem], None]
"""(partner, what is wrong with its folder or a file in it), told once and not at every look."""


@dataclass(slots=True)
class Watching:
    """A running watch: one task per folder, begun and ended as `folders` says."""

    folders: Folders
    begin: Callable[[Watched], Round]
    interval: float
    ending: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: dict[Watched, tuple[asyncio.Task[None], asyncio.Event]] = field(default_factory=dict)
    leaving: set[asyncio.Task[None]] = field(default_factory=set)
    task: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Until the end: begin with folders that are new, leave those that are no longer named."""
        while not self.ending.is_set():
            named = self.named()
            for watched in named - self.tasks.keys():
                over = asyncio.Event()
                task = asyncio.create_task(rounds(self.begin(watched), self.interval, over))
                self.tasks[watched] = task, over
            self.leave([watched for watched in self.tasks if watched not in named])
            await pause(self.ending, self.interval)
        self.leave(list(self.tasks))

    def named(self) -> set[Watched]:
        """The folders to watch; as before where that cannot be told."""
        try:
            return set(self.folders())
        except Exception as fault:  # noqa: BLE001 - a broken reload does not end the watch
            defect("", fault)
            return set(self.tasks)

    def leave(self, left: Sequence[Watched]) -> None:
        """Tell the tasks of some folders to end after the file at hand."""
        for watched in left:
            task, over = self.tasks.pop(watched)
            over.set()
            self.leaving.add(task)
            task.add_done_callback(self.leaving.discard)

    async def close(self, grace: float = 10.0) -> None:
        """Take no more files; those at hand are finished first, if that takes no longer than `grace` seconds."""
        self.ending.set()
        if self.task is not None:
            await self.task
        if self.leaving:
            _, late = await asyncio.wait(self.leaving, timeout=grace)
            for task in late:
                task.cancel()


async def watch(folders: Folders, intake: Intake, report: Report, habits: Habits | None = None) -> Watching:
    """Watch what `folders` names; it is asked again at every look, so that a reload is noticed."""
    used = habits or Habits()
    watching = Watching(folders, lambda watched: Round(watched, intake, report, used), used.interval)
    watching.task = asyncio.create_task(watching.run(), name="folders")
    return watching


async def rounds(at: Round, interval: float, over: asyncio.Event) -> None:
    """Look, take, rest; a defect of ours in one round does not end the watch."""
    try:
        while not over.is_set():
            try:
                await at.once(over)
            except Exception as fault:  # noqa: BLE001 - told by its kind; its words might name a patient
                defect(at.watched.partner, fault)
            await pause(over, interval)
    finally:
        at.thread.shutdown(wait=False)


def defect(partner: str, fault: Exception) -> None:
    """Log a defect of ours without its words."""
    LOG.error("defect", extra={"partner": partner, "code": "folder.defect", "kind": type(fault).__name__})


async def pause(ending: asyncio.Event, seconds: float) -> None:
    """Rest, but no longer than to the end."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(ending.wait(), seconds)
