"""A bird in every mine: what any test makes the gateway log, refuse, count, leave behind, is looked through for people.

The words are those of the invented people of our fixtures. Whoever speaks one where it does not belong fails.
"""

import logging
import os
import re
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus, urlsplit

WORDS = (
    "Grünewälder", "Käthe", "Föhrenweg", "Vahrenkamp", "Niedermeier", "Siekmann", "Pohlmann", "Lohmeier", "Wehmeyer",
    "Brüggemeier", "Weserstein", "Föhrmann", "Zeisigcanaria", "Kanariella", "Canaristraße", "Zqfamily", "Zqgiven",
    "G405718932", "X440512349", "X110412347", "M730164828", "1938-09-03", "19380903", "03.09.1938",
)  # fmt: skip
"""Names, a street, insurance numbers and a birthday of people who are nowhere but in tests."""
SOUGHT = re.compile("|".join(map(re.escape, WORDS)), re.IGNORECASE)
OURS = ("gateway", "uvicorn", "asyncio")
"""Loggers of a gateway at work."""
QUIET = {"debug": logging.DEBUG, "info": logging.INFO}
"""Levels that are off in most tests, and on where a gateway runs."""
LARGEST = 20_000_000
"""Bytes of a file that is left behind."""


def found(text: str) -> str:
    """The first word of a person in a text, empty where there is none."""
    hit = SOUGHT.search(text)
    return hit[0] if hit else ""


def told(record: logging.LogRecord) -> str:
    """All that a record says, its exception included."""
    fault = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info and record.exc_info[0] else ""
    return f"{record.getMessage()} {record.__dict__} {fault}"


@dataclass
class Canary:
    """What was heard since the test before."""

    heard: list[str] = field(default_factory=list)
    records: list[logging.LogRecord] = field(default_factory=list)
    temporary: str = ""

    def hear(self, where: str, text: str) -> None:
        """Something that must name nobody."""
        if found(text):
            self.heard.append(f"{where} names a person: {found(text)}")

    # --- logs ---------------------------------------------------------------------------------------------------------

    def listen(self) -> None:
        """To every logger of ours, whatever its level."""
        make = logging.getLogRecordFactory()

        def factory(*args: Any, **more: Any) -> logging.LogRecord:
            record = make(*args, **more)
            if record.name and record.name.startswith(OURS):
                self.records.append(record)
            return record

        logging.setLogRecordFactory(factory)
        for level, number in QUIET.items():
            setattr(logging.Logger, level, self.quiet(getattr(logging.Logger, level), number))

    def quiet(self, say: Callable[..., None], number: int) -> Callable[..., None]:
        """A level that is looked at where it is off, too."""

        def said(logger: logging.Logger, message: object, *args: object, **more: Any) -> None:
            if logger.name.startswith(OURS) and not logger.disabled and not logger.isEnabledFor(number):
                self.hear(f"a line of {logger.name}", f"{message} {args} {more.get('extra')}")
            more["stacklevel"] = more.get("stacklevel", 1) + 1
            say(logger, message, *args, **more)

        return said

    # --- HTTP ---------------------------------------------------------------------------------------------------------

    def tap(self) -> None:
        """Every answer of a gateway to a test: refusals, the page of figures, the addresses it gives."""
        import requests  # noqa: PLC0415 - asked for when the tests begin, for it takes a tenth of a second

        send = requests.Session.send

        def sent(session: Any, request: Any, **more: Any) -> Any:
            answer = send(session, request, **more)
            if not more.get("stream"):  # what is read piece by piece is read once
                self.answered(answer)
            return answer

        requests.Session.send = sent  # type: ignore[method-assign, assignment]  # it listens

    def answered(self, answer: Any) -> None:
        """One answer."""
        path = urlsplit(answer.url).path
        self.hear("an address", unquote_plus(answer.headers.get("location", "")))
        page = answer.headers.get("content-type", "").startswith("text/html")  # a refusal on it stands above the case
        if (answer.status_code >= 400 and not page) or path.endswith("/metrics"):
            self.hear(f"an answer of {answer.status_code}", answer.text)

    # --- files --------------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Temporary files of this run in a folder of their own; what tests make in `tmp_path` is theirs."""
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())
        self.temporary = tempfile.mkdtemp(prefix="canary-")
        os.environ["TMPDIR"] = tempfile.tempdir = self.temporary

    def left(self) -> Iterator[str]:
        """What was left behind with a person in it; then it is gone."""
        for file in Path(self.temporary).rglob("*"):
            if found(file.name):
                yield f"the name of a file left behind names a person: {found(file.name)}"
            if file.is_file() and not file.is_symlink() and file.stat().st_size < LARGEST:
                hit = found(file.read_bytes().decode("utf-8", "replace"))
                if hit:
                    yield f"{file.relative_to(self.temporary)}, left behind, names a person: {hit}"
        shutil.rmtree(self.temporary, ignore_errors=True)

    def taken(self) -> list[str]:
        """What was heard, and forgets it."""
        records, self.records[:] = list(self.records), []
        for record in records:
            self.hear(f"a line of {record.name}", told(record))
        heard, self.heard[:] = list(dict.fromkeys(self.heard)), []
        return heard
