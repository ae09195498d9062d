"""Everything sealed as it should be: rows of before the keys, rows under old keys; while others read and write."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gateway.store.port import StoreError
from gateway.store.sql.connect import engine_of
from gateway.store.sql.giving import give_back
from gateway.store.sql.sealed import known
from gateway.store.sql.sealed.indexing import LAYING, WORDS
from gateway.store.sql.sealed.resealing import PARTS
from gateway.store.sql.sealed.running import Sealing

SMALL = 256_000_000
"""Bytes of a database that is written anew without being asked to."""
PAUSE = 0.02
"""Seconds after each commit; others write in between."""

LATER = 30.0
"""Seconds until it is tried again where the store could not write."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What was done: rows sealed anew, rows that nobody can open; keys that may go now; whether it is over."""

    done: int = 0
    lost: int = 0
    idle: tuple[str, ...] = ()
    over: bool = True


def seal_all(sealing: Sealing, told: Callable[[str, int], None], over: threading.Event, pause: float = PAUSE) -> Sealed:
    """All tables from their beginning; `told` hears table and rows of each commit, `over` ends it between two."""
    done = lost = 0
    keys = sealing.indexed()
    for table in (*PARTS, WORDS):
        after = 0
        while after >= 0:
            if over.is_set():
                return Sealed(done, lost, over=False)
            step = sealing.step(table, after).result()
            after, done, lost = step.after, done + step.done, lost + step.lost
            if step.done:
                told(table, step.done)
                over.wait(pause)
    if any(state == LAYING for _, state in keys):
        sealing.laid(keys)
    return Sealed(done, lost, tuple(f"{key.owner}/{key.name}" for key in sealing.idle()))


def clean(sealing: Sealing, url: str) -> None:
    """The files written anew, so that no free page and no WAL holds what was plain; nobody else writes meanwhile."""
    give_back(url, whole=True)
    sealing.cleaned()


def told(table: str, rows: int) -> None:
    """A commit of the background, in the log."""
    log.debug("sealed", extra={"table": table, "rows": rows})


class Sealer:
    """The thread of a running gateway that does it at the start and whenever keys changed."""

    def __init__(self, sealing: Sealing, url: str) -> None:
        self._sealing = sealing
        self._url = url
        self._over = threading.Event()
        self._again = threading.Event()
        self._again.set()
        self._thread = threading.Thread(target=self._run, name="sealer", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Keys changed."""
        self._again.set()

    def stop(self, grace: float) -> None:
        """End after the commit under way."""
        self._over.set()
        self._again.set()
        if self._thread.ident is not None:
            self._thread.join(grace)

    def _run(self) -> None:
        while True:
            self._again.wait()
            self._again.clear()
            if self._over.is_set():
                return
            try:
                self._once()
            except StoreError as fault:
                log.warning("sealing waits", extra={"code": "store.sealing", "kind": type(fault).__name__})
                self._over.wait(LATER)
                self._again.set()

    def _once(self) -> None:
        found = seal_all(
            self._sealing, lambda table, rows: log.info("sealed", extra={"table": table, "rows": rows}), self._over
        )
        if not found.over:
            return
        if found.done or found.lost:
            log.info("all is sealed", extra={"rows": found.done, "unreadable": found.lost, "idle": found.idle})
        if self._sealing.state() == known.SEALED:
            if Path(str(engine_of(self._url).url.database)).stat().st_size > SMALL:
                log.warning("what was plain may still stand in free pages: run gateway keys seal")
                return
            clean(self._sealing, self._url)
