"""Says now and then in the anchor file where the audit stands: a thread of its own (store/anchor.py)."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from gateway.domain.ledger import Audit, Note
from gateway.domain.question import Inquiry
from gateway.store.anchor import ACTION, AnchorFile
from gateway.store.port import Store, StoreError

ACTOR = "gateway"
log = logging.getLogger(__name__)


class Anchoring:
    """Adds a line to the anchor every so many seconds, if the audit has grown; `file` None: there is no anchor.

    fault  why the anchor could not be written last time, empty where it could
    """

    def __init__(self, store: Store, file: AnchorFile | None, every: float, now: Callable[[], datetime]) -> None:
        self.store, self.file, self.every, self.now = store, file, every, now
        self.fault = ""
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Anchor what a former process left, then go on; OSError where the file cannot be written."""
        if self.file is None:
            return
        self.anchor(self.file)
        self._thread = threading.Thread(target=self._run, args=(self.file,), name="anchor", daemon=True)
        self._thread.start()

    def _run(self, file: AnchorFile) -> None:
        while not self._over.wait(self.every):
            self._try(file)

    def _try(self, file: AnchorFile) -> None:
        """Anchor; what goes wrong is told by the log and by `fault`, and tried again the next time."""
        try:
            self.anchor(file)
        except OSError as fault:
            self.fault = f"the anchor of the audit cannot be written: {fault.strerror}"
        except StoreError as fault:
            self.fault = f"the audit cannot be read or written: {type(fault).__name__}"
        else:
            self.fault = ""
        if self.fault:
            log.error("audit.anchor", extra={"code": "audit.anchor.unwritable", "said": self.fault})

    def anchor(self, file: AnchorFile) -> None:
        """One line into the anchor, and a word of it in the audit; nothing where no line is newer than the last one."""
        self.compare(file)
        head = self.store.audit(limit=1)
        if head and head[0].action != ACTION:
            digest = file.append(head[0], self.now())
            self.note("written", digest, head[0].number)

    def compare(self, file: AnchorFile) -> None:
        """Whether the line that was noted last is still in the file; if not, audit and log say so."""
        last = self.store.inquired(Inquiry(action=ACTION), limit=1)
        if last and last[0].outcome == "written" and not file.holds(last[0].detail):
            log.error("audit.anchor", extra={"code": "audit.anchor.lost", "line": last[0].number})
            self.note("lost", "", last[0].number)

    def note(self, outcome: str, digest: str, number: int) -> None:
        """Into the audit."""
        line = Audit(self.now(), ACTOR, ACTION, f"AuditEvent/{number}", outcome, digest)
        self.store.commit([Note(line)]).result()

    def stop(self, grace: float) -> None:
        """The last line, while the store is still open."""
        if self.file is None or self._thread is None:
            return
        self._over.set()
        self._thread.join(grace)
        self._try(self.file)
