"""One round through a watched folder: look, take what is whole, move it away, remember what cannot be moved."""

import asyncio
import hashlib
import logging
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, TypeVar

from gateway.domain.problem import Problem
from gateway.domain.road import Arrival, Intake, Receipt
from gateway.transports.folder import look, moving
from gateway.transports.folder.look import Found, Watched

LOG = logging.getLogger("gateway.transports.folder")
EMPTY = 600.0
"""Seconds an empty file is given to be filled."""
Fate = Literal["kept", "again", "refused", "unavailable", "changed"]
Given = TypeVar("Given")


def moment() -> datetime:
    """Now, with its time zone."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Habits:
    """How folders are watched: seconds between two looks, bytes of the largest file taken, the clock."""

    interval: float = 2.0
    max_bytes: int = 50 * 1024 * 1024
    now: Callable[[], datetime] = moment


@dataclass(slots=True)
class Round:
    """A folder under watch, with what is remembered from look to look.

    before  the files of the last look
    done    files that the line has answered for but that could not be moved, with what is still to do
    told    what was reported and is still so
    """

    watched: Watched
    intake: Intake
    report: Callable[[str, Problem], None]
    habits: Habits
    before: dict[str, Found] = field(default_factory=dict)
    done: dict[Found, Callable[[int], None]] = field(default_factory=dict)
    told: set[tuple[str, object]] = field(default_factory=set)
    thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "folder"))

    async def once(self, over: asyncio.Event) -> None:
        """One look and what follows from it; a folder that hangs holds up only its own thread."""
        try:
            files = await self.blocking(self.whole)
        except OSError as fault:
            self.tell(("folder", None), missing(self.watched, type(fault).__name__))
            return
        self.told.discard(("folder", None))
        for file in files:
            if over.is_set() or await self.take(file) == "unavailable":
                break

    async def blocking(self, call: Callable[..., Given], *args: object) -> Given:
        """A call that may block, on this folder's thread."""
        return await asyncio.get_running_loop().run_in_executor(self.thread, call, *args)

    def whole(self) -> list[Found]:
        """The files that can be taken now; those already answered for are only moved."""
        with moving.opened(self.watched.path) as folder:
            files, markers, links = look.look(folder, self.watched)
        for name in links:
            self.tell(("link", name), link(self.watched))
        here = set(files)
        self.done = {file: rest for file, rest in self.done.items() if file in here}
        self.told = {(kind, what) for kind, what in self.told if not isinstance(what, Found) or what in here}
        found = list(look.whole(files, self.before, markers, self.watched.ready))
        self.before = {file.name: file for file in files}
        return [file for file in found if not self.young(file)]

    def young(self, file: Found) -> bool:
        """Empty, and perhaps about to be filled."""
        return not file.size and self.habits.now().timestamp() - file.changed / 1e9 < EMPTY

    async def take(self, file: Found) -> Fate:
        """Hand one file to the line and move it away."""
        if file in self.done:
            await self.move(file, self.done[file])
            return "again"
        wrong = unfit(self.watched, file, self.habits.max_bytes)
        if wrong:
            await self.settle(file, Receipt("refused", problems=(wrong,)), self.habits.now())
            return "refused"
        try:
            data = await self.blocking(self.read, file)
        except (FileNotFoundError, moving.ChangedError):
            return "changed"
        except OSError as fault:
            self.tell(("read", file), unreadable(self.watched, file, type(fault).__name__))
            return "changed"
        received = self.habits.now()
        receipt = await self.intake(arrival(self.watched, file, data, received))
        await self.settle(file, receipt, received)
        return receipt.outcome

    def read(self, file: Found) -> bytes:
        """The bytes of a file."""
        with moving.opened(self.watched.path) as folder:
            return moving.read(folder, file)

    async def settle(self, file: Found, receipt: Receipt, received: datetime) -> None:
        """What becomes of the file, by what the line said."""
        said = {"partner": self.watched.partner, "outcome": receipt.outcome, "tracking": receipt.tracking}
        LOG.info("file", extra=said)
        if receipt.outcome in {"kept", "again"}:
            await self.move(file, lambda folder: moving.archive(folder, file, received))
        elif receipt.outcome == "refused":
            why = told(receipt.problems, received)
            await self.move(file, lambda folder: moving.refuse(folder, file, why))

    async def move(self, file: Found, rest: Callable[[int], None]) -> None:
        """Move a file away, with its marker; one that stays is remembered and not handed to the line again."""
        try:
            await self.blocking(self.moved, file, rest)
        except (FileNotFoundError, moving.ChangedError) as fault:
            LOG.warning("file changed", extra={"partner": self.watched.partner, "kind": type(fault).__name__})
            self.done.pop(file, None)
        except OSError as fault:
            self.done[file] = rest
            self.tell(("move", file), unmovable(self.watched, file, type(fault).__name__))
        else:
            self.done.pop(file, None)

    def moved(self, file: Found, rest: Callable[[int], None]) -> None:
        """The move itself."""
        with moving.opened(self.watched.path) as folder:
            rest(folder)
            if self.watched.ready:
                try:
                    os.unlink(file.name + self.watched.ready, dir_fd=folder)
                except FileNotFoundError:
                    return

    def tell(self, about: tuple[str, object], problem: Problem) -> None:
        """Report something once, as long as it stays so."""
        if about not in self.told:
            self.told.add(about)
            LOG.warning("folder", extra={"partner": self.watched.partner, "code": problem.code})
            self.report(self.watched.partner, problem)


def arrival(watched: Watched, file: Found, data: bytes, received: datetime) -> Arrival:
    """A file in the words of the line; the same name with the same bytes is the same message."""
    readable = file.name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    name = "".join(letter if letter.isprintable() else "?" for letter in readable)
    key = f"{name} {hashlib.sha256(data).hexdigest()[:16]}"
    return Arrival(watched.partner, "folder", watched.format, data, received, key)


def told(problems: Sequence[Problem], received: datetime) -> str:
    """The text beside a refused file."""
    lines = [f"Nicht angenommen / refused, {received.astimezone():%Y-%m-%d %H:%M:%S %z}", ""]
    return "\n".join([*lines, *(str(problem) for problem in problems), ""])


def place(watched: Watched, file: Found) -> str:
    """Which file, without its name, which its writer may have made of a person's."""
    moment = datetime.fromtimestamp(file.changed / 1e9, UTC)
    return f"folder of {watched.partner}, file of {moment:%Y-%m-%dT%H:%M:%SZ}, {file.size} bytes"


def unfit(watched: Watched, file: Found, most: int) -> Problem | None:
    """What can be said of a file before it is read."""
    if file.size > most:
        repair = "split the file, or let the operator raise the limit"
        return Problem("folder.large", place(watched, file), f"the file has more than {most} bytes", repair)
    if not file.size:
        return Problem("folder.empty", place(watched, file), "the file is empty", "write the file again")
    return None


def missing(watched: Watched, kind: str) -> Problem:
    """A folder that cannot be looked at."""
    repair = "create the folder, and let the gateway's user read and write it"
    return Problem("folder.missing", f"folder of {watched.partner}", f"the folder cannot be opened ({kind})", repair)


def link(watched: Watched) -> Problem:
    """A link where a file was expected."""
    sentence = "a symbolic link lies among the files; it is not followed"
    return Problem("folder.link", f"folder of {watched.partner}", sentence, "put the file itself there", "warning")


def unreadable(watched: Watched, file: Found, kind: str) -> Problem:
    """A file without permission to read it, or on a broken disk."""
    repair = "let the gateway's user read the file"
    return Problem("folder.unreadable", place(watched, file), f"the file cannot be read ({kind})", repair)


def unmovable(watched: Watched, file: Found, kind: str) -> Problem:
    """A file that the line has answered for and that stays where it is."""
    sentence = f"the file was taken but cannot be moved away ({kind}); it is not taken again"
    repair = "let the gateway's user write the folder, its archive/ and its refused/"
    return Problem("folder.unmovable", place(watched, file), sentence, repair)
