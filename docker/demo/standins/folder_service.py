"""A service that works with lists: reads the CSV files it finds in one folder, and answers by files in another.

    python docker/demo/standins/folder_service.py --folder out/ravensberg --answers in/ravensberg [--stand offen]

A new measure comes as `geplant`. An answer is the same list with another word in the column Stand: `offen` we do it,
`entfällt` we do not, `erledigt` it is done; a row that is left as it is answers nothing.
"""

import argparse
import csv
import io
import os
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if not __package__:  # started as a file
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from standins.inbox import Inbox
from standins.serving import Stop

READ = "gelesen"
STAND, NUMBER, REMARK = "Stand", "Maßnahme-Nr.", "Bemerkung"


@dataclass(frozen=True)
class CareList:
    """One file: its name, its columns and its rows."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]

    def __str__(self) -> str:
        """One readable line."""
        said = [f"{row.get(NUMBER, '')} {row.get('Maßnahme', '')} ({row.get(STAND, '')})".strip() for row in self.rows]
        return f"{self.name}: {'; '.join(said)}"


def read(name: str, data: bytes) -> CareList:
    """The list of a file as spreadsheets write it: semicolons, UTF-8 with a mark, or else Windows-1252."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    table = csv.DictReader(io.StringIO(text, newline=""), delimiter=";")
    rows = tuple({column: row.get(column) or "" for column in table.fieldnames or ()} for row in table)
    return CareList(name, tuple(table.fieldnames or ()), rows)


def written(columns: Sequence[str], rows: Sequence[dict[str, str]]) -> bytes:
    """The list as a file."""
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, columns, delimiter=";", lineterminator="\r\n")
    table.writeheader()
    table.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


class FolderService:
    """One service; the lists it found are in `received`. A list that was read lies in `gelesen` afterwards."""

    def __init__(
        self, folder: Path, answers: Path, say: Callable[[str], Any] = lambda _: None, seconds: float = 0.2
    ) -> None:
        self.received: Inbox[CareList] = Inbox()
        self._folder = folder
        self._answers = answers
        self._say = say
        self._seconds = seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._sent = 0
        (folder / READ).mkdir(parents=True, exist_ok=True)
        answers.mkdir(parents=True, exist_ok=True)

    def start(self) -> "FolderService":
        """Look for lists from now on."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def answer(self, received: CareList, stand: str, remark: str = "", numbers: Sequence[str] = ()) -> Path:
        """Write the list back with another Stand, in the rows of these numbers or in all; the file appears whole."""
        rows = [
            row | {STAND: stand} | ({REMARK: remark} if remark else {})
            if not numbers or row.get(NUMBER) in numbers
            else row
            for row in received.rows
        ]
        self._sent += 1
        path = self._answers / f"{Path(received.name).stem}-antwort-{self._sent}.csv"
        part = path.with_name(f".{path.name}.part")
        with part.open("wb") as file:
            file.write(written(received.columns, rows))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        self._say(f"{path.name}: answered {stand}")
        return path

    def accept(self, received: CareList) -> Path:
        """We do it."""
        return self.answer(received, "offen")

    def decline(self, received: CareList, reason: str = "") -> Path:
        """We do not."""
        return self.answer(received, "entfällt", reason)

    def complete(self, received: CareList) -> Path:
        """It is done."""
        return self.answer(received, "erledigt")

    def look(self) -> None:
        """Read what lies there; a list that was read before under this name is only put away."""
        for path in sorted(self._folder.glob("*.csv")):
            data, known = path.read_bytes(), self._folder / READ / path.name
            again = known.exists() and known.read_bytes() == data
            path.replace(known)
            if not again:
                found = read(path.name, data)
                self.received.add(found)
                self._say(str(found))

    def _watch(self) -> None:
        while not self._ended.wait(self._seconds):
            self.look()


def main() -> None:
    """Run until it is stopped."""
    parser = argparse.ArgumentParser(description="A service that takes lists from a folder.")
    parser.add_argument("--folder", type=Path, required=True, help="where lists for it appear")
    parser.add_argument("--answers", type=Path, required=True, help="where its answers go")
    parser.add_argument("--stand", default="", help="answer each list at once with this word")
    given, stop = parser.parse_args(), Stop()
    service = FolderService(given.folder, given.answers, lambda line: print(line, flush=True)).start()
    answered = 0
    while not stop.wait(0.2):
        for found in service.received[answered:] if given.stand else ():
            service.answer(found, given.stand)
            answered += 1
    service.stop()


if __name__ == "__main__":
    main()
