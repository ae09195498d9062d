"""`gateway` with a fault in it: dies at a commit, or finds its disk full; the product knows nothing of this.

`FAULT_COMMIT="result before 2"` kills the process right before the second commit that holds the result of a delivery.
`FAULT_STEP="map K003003"` makes a step of the line fail at the message of this id.
`FAULT_WITHOUT=fhirpathpy` hides a package that only those who develop the gateway have.
`FAULT_PAGES=FILE` lets the database have as many pages as the file says, as long as the file is there.
"""

import os
import signal
import sys
from collections import Counter
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.cli.main import main
from gateway.domain.ledger import Keep, Prove, Settle
from gateway.domain.message import Message
from gateway.pipeline import line
from gateway.pipeline.rooms import Rooms
from gateway.store.sql import store
from gateway.store.sql.keeping import keep
from gateway.store.sql.link import Link
from gateway.store.sql.writer import Unit, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ENDLESS = 2**30
HOLDS = {"result": Prove, "line": Settle, "rest": Keep}
"""Kind of a commit -> what it alone holds."""


def kind(unit: Unit) -> str:
    """What a unit of a commit is about; empty where it is something else."""
    if unit.work is keep:
        return "intake"
    if unit.work is store.CLAIM:
        return "claim" if unit.result else ""
    if unit.work is not store.APPLY:
        return ""
    held = {type(change) for change in unit.about}
    return next((name for name, change in HOLDS.items() if change in held), "")


class Fatal:
    """Kills the process right before or after a commit of a kind."""

    def __init__(self, wanted: str) -> None:
        self.kind, self.side, number = wanted.split()
        self.number = int(number)
        self.seen: Counter[str] = Counter()
        self.units: Sequence[Unit] = ()

    def arm(self) -> None:
        """Watch what is committed."""
        commit, say = Writer._commit, Link.say

        def watched(writer: Writer, units: list[Unit]) -> Any:
            self.units = units
            return commit(writer, units)

        def said(link: Link, text: str) -> Any:
            if text != "COMMIT":
                return say(link, text)
            self.seen.update({kind(unit) for unit in self.units})
            due = self.seen[self.kind] == self.number and self.kind in {kind(unit) for unit in self.units}
            if due and self.side == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            said = say(link, text)
            if due:
                os.kill(os.getpid(), signal.SIGKILL)
            return said

        Writer._commit, Link.say = watched, said  # type: ignore[assignment,method-assign]  # it fails when told to


def fill(limit: Path) -> None:
    """Let the database grow no further than a file says."""
    say: Callable[[Link, str], Any] = Link.say

    def said(link: Link, text: str) -> Any:
        if text == "BEGIN IMMEDIATE":
            pages = limit.read_text(encoding="ascii") if limit.exists() else ENDLESS
            say(link, f"PRAGMA max_page_count={pages}")
        return say(link, text)

    Link.say = said  # type: ignore[assignment,method-assign]  # it fails when told to


def fail(wanted: str) -> None:
    """Let a step fail, as a defect in it would."""
    name, key = wanted.split()

    def broken(step: line.Step) -> line.Step:
        @wraps(step)
        def failing(message: Message, rooms: Rooms) -> Message:
            if message.entry.key == key:
                raise ZeroDivisionError(message.entry.data)
            return step(message, rooms)

        return failing if step.__name__ == name else step

    line.STEPS = tuple(broken(step) for step in line.STEPS)


if __name__ == "__main__":
    if wanted := os.environ.get("FAULT_WITHOUT"):
        sys.modules[wanted] = None  # type: ignore[assignment]  # it fails when told to
    if wanted := os.environ.get("FAULT_COMMIT"):
        Fatal(wanted).arm()
    if wanted := os.environ.get("FAULT_STEP"):
        fail(wanted)
    if limit := os.environ.get("FAULT_PAGES"):
        fill(Path(limit))
    main()
