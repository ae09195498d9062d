"""The threads of the pipeline: each works in rounds until it is stopped, and lives on whatever goes wrong in one."""

import logging
import threading
from dataclasses import dataclass, field
from typing import ClassVar

from gateway.pipeline.line import place
from gateway.store.port import StoreError

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Rounds:
    """What such a thread is made of; who inherits says what a round is.

    name    of the thread, and of what the log tells of it: `<name>.store`, `<name>.fault`
    idle    seconds after which it looks unasked where there was nothing to do
    unwell  seconds until the next round where one went wrong
    """

    name: ClassVar[str]
    idle: ClassVar[float] = 1.0
    unwell: ClassVar[float] = 5.0
    stopping: threading.Event = field(default_factory=threading.Event, kw_only=True)
    wanted: threading.Event = field(default_factory=threading.Event, kw_only=True)
    thread: threading.Thread | None = field(default=None, kw_only=True)

    def round(self) -> bool:
        """One look at what there is to do; whether there is more to do at once."""
        raise NotImplementedError

    def begin(self) -> None:
        """What is done before the first round."""

    def forget(self) -> None:
        """What is no longer sure once the store could not be used."""

    def start(self) -> None:
        """Begin."""
        self.thread = threading.Thread(target=self.run, name=self.name, daemon=True)
        self.thread.start()

    def wake(self) -> None:
        """There may be something to do."""
        self.wanted.set()

    def stop(self, grace: float = 10.0) -> None:
        """Finish what is in hand."""
        self.stopping.set()
        self.wanted.set()
        if self.thread:
            self.thread.join(grace)

    def run(self) -> None:
        """Until stopped: a round, then sleep."""
        self.begin()
        while not self.stopping.is_set():
            self.wanted.clear()
            if not self.once():
                self.wanted.wait(self.idle)

    def once(self) -> bool:
        """One round; what goes wrong is told by the log, and the next one comes after a while."""
        try:
            return self.round()
        except StoreError as fault:
            self.forget()
            said = {"code": f"{self.name}.store", "fault": type(fault).__name__}
            log.error("the store cannot be used", extra=said)  # noqa: TRY400 - no data
        except Exception as fault:  # noqa: BLE001 - the thread must live; the text may quote a message
            log.error("a defect", extra={"code": f"{self.name}.fault", "fault": place(fault)})  # noqa: TRY400 - as above
        self.stopping.wait(self.unwell)
        return True
