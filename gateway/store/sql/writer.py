"""The one thread that writes: what waits is written together and committed once (group commit)."""

import asyncio
import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from queue import Empty, SimpleQueue
from typing import Any, Literal, TypeVar

from gateway.store.port import ConflictError, StoreError, UnavailableError
from gateway.store.sql.connect import WAIT
from gateway.store.sql.link import Link

T = TypeVar("T")
LOG = logging.getLogger(__name__)
MOST = 256
"""Units of one commit."""
PAUSE = 0.001
"""Seconds between two attempts to begin while another process writes."""


Work = Callable[[Link, Sequence[Any]], Sequence[Any]]
"""Writes something about each of some things; gives a result or a `StoreError` for each, in their order."""


@dataclass(slots=True)
class Unit:
    """Writes that belong together, what came of them, and who waits for it.

    Neighbours with the same `work` are done by one call of it.
    """

    work: Work
    about: Any
    future: "Future[Any] | asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop | None = None
    result: Any = None
    fault: StoreError | None = None

    def begin(self) -> bool:
        """Whether somebody still waits for it."""
        if isinstance(self.future, Future):
            return self.future.set_running_or_notify_cancel()
        return not self.future.cancelled()

    def settle(self) -> None:
        """Tell who waits; in the thread or loop it belongs to."""
        if self.future.done():
            return
        if self.fault is not None:
            self.future.set_exception(self.fault)
        else:
            self.future.set_result(self.result)


def settle(units: Iterable[Unit]) -> None:
    """Tell everybody."""
    for unit in units:
        unit.settle()


def one(work: Callable[[Link, Any], T]) -> Work:
    """Work on a single thing as work on several; where it fails, it is repeated for each."""
    return lambda link, about: [work(link, each) for each in about]


class Writer:
    """Runs units in the order they came, as many as wait in one transaction; a unit fails alone or not at all."""

    def __init__(self, connect: Callable[[], Link], dbapi: Any) -> None:
        self._connect = connect
        self._dbapi = dbapi
        self._errors: type[Exception] = dbapi.Error
        self._queue: SimpleQueue[Unit | None] = SimpleQueue()
        self._link: Link | None = None
        self._gate = threading.Lock()
        self._closed = False
        self._well = True
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work, about: Any) -> Future[Any]:
        """Do it; the future is done after the commit."""
        future: Future[Any] = Future()
        self.add(Unit(work, about, future))
        return future

    def add(self, unit: Unit) -> None:
        """Run a unit."""
        with self._gate:
            if not self._closed:
                self._queue.put(unit)
                return
        unit.fault = UnavailableError("the store is closed")
        unit.settle()

    def close(self) -> None:
        """Finish what waits, then let go."""
        with self._gate:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        open_ = True
        while open_:
            group: list[Unit] = []
            unit = self._queue.get()
            while unit is not None:
                group.append(unit)
                if len(group) == MOST:
                    break
                try:
                    unit = self._queue.get_nowait()
                except Empty:
                    break
            else:
                open_ = False
            self._group([unit for unit in group if unit.begin()])
        self._drop()

    def _group(self, units: list[Unit]) -> None:
        """All of a group, and whoever waits for it learns what became of it, whatever happens."""
        if not units:
            return
        try:
            self._write(units)
        except Exception as fault:  # noqa: BLE001 - a defect must not leave anybody waiting
            where = traceback.extract_tb(fault.__traceback__)[-1]
            kind = f"{type(fault).__name__} in {where.name}"
            LOG.error("the writer failed", extra={"code": "store.writer", "fault": kind})  # noqa: TRY400 - a fault's text may hold a patient's data
            self._lost(units, f"the writer failed: {type(fault).__name__}")
        tell(units)

    def _write(self, units: list[Unit]) -> None:
        """One commit for all; if that fails, one for each, so that a large unit does not spoil the others."""
        if self._commit(units) == "spoiled" and len(units) > 1:
            for place, unit in enumerate(units):
                if self._commit([unit]) == "shut":
                    self._lost(units[place + 1 :], str(unit.fault))
                    break

    def _commit(self, units: list[Unit]) -> Literal["done", "spoiled", "shut"]:
        """Run and commit; on a fault of the database nothing is kept, and every unit says so.

        spoiled: something that was written made it fail. shut: there is no way in.
        """
        try:
            link = self._begin()
        except (self._errors, UnavailableError) as fault:
            self._lost(units, str(fault))
            return "shut"
        try:
            for work, alike in groupby(units, key=attrgetter("work")):
                self._attempt(link, work, list(alike))
            link.say("COMMIT")
        except self._errors as fault:
            self._lost(units, f"nothing was written: {fault}")
            return "spoiled"
        self._alarm(well=True)
        return "done"

    def _attempt(self, link: Link, work: Work, units: list[Unit]) -> None:
        """Units with the same work; what a failed one did is undone, the others stay."""
        link.say("SAVEPOINT unit")
        try:
            results = work(link, [unit.about for unit in units])
        except Exception as fault:  # noqa: BLE001 - whatever cannot be written is told to who asked for it
            own = self._blamed(fault)
            link.say("ROLLBACK TO unit")
            link.say("RELEASE unit")
            if len(units) > 1:
                for unit in units:
                    self._attempt(link, work, [unit])
            else:
                units[0].result, units[0].fault = None, own
            return
        link.say("RELEASE unit")
        for unit, result in zip(units, results, strict=True):
            unit.result, unit.fault = (None, result) if isinstance(result, StoreError) else (result, None)

    def _blamed(self, fault: Exception) -> StoreError:
        """A fault of the unit itself; one of the database is raised again."""
        if isinstance(fault, StoreError):
            return fault
        if isinstance(fault, self._dbapi.IntegrityError):
            return ConflictError("there is one with the same id already")
        own = (self._dbapi.DataError, self._dbapi.ProgrammingError, self._dbapi.InterfaceError)
        if isinstance(fault, self._errors) and not isinstance(fault, own):
            raise fault
        cause = StoreError(f"this cannot be stored: {type(fault).__name__}")
        cause.__cause__ = fault
        return cause

    def _begin(self) -> Link:
        """A transaction that holds the lock for writing; other processes get their turn in between."""
        if self._link is None:
            self._link = self._connect()
        last = time.monotonic() + WAIT
        while True:
            try:
                self._link.say("BEGIN IMMEDIATE")
            except self._errors as fault:
                if "locked" not in str(fault) or time.monotonic() > last:
                    raise
                time.sleep(PAUSE)
            else:
                return self._link

    def _lost(self, units: list[Unit], why: str) -> None:
        """Nobody is told that anything was kept; the next group starts with a new connection."""
        for unit in units:
            unit.result, unit.fault = None, UnavailableError(why)
        self._alarm(well=False)
        self._drop()

    def _alarm(self, *, well: bool) -> None:
        """Say once that it cannot write, and once that it can again."""
        if well is not self._well:
            self._well = well
            word = "the store writes again" if well else "the store cannot write"
            LOG.log(logging.WARNING if well else logging.ERROR, word, extra={"code": "store.unavailable"})

    def _drop(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            with suppress(self._errors):
                link.close()


def tell(units: list[Unit]) -> None:
    """Everybody who waits: threads at once, each event loop with a single call."""
    loops: dict[asyncio.AbstractEventLoop, list[Unit]] = {}
    for unit in units:
        if unit.loop is None:
            unit.settle()
        else:
            loops.setdefault(unit.loop, []).append(unit)
    for loop, waiting in loops.items():
        try:
            loop.call_soon_threadsafe(settle, waiting)
        except RuntimeError:  # the loop is closed, nobody waits any more
            LOG.warning("an event loop ended before its answers", extra={"code": "store.loop.closed"})
