"""Lines of fixed width: where each column stands, and a cell with and without its padding."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.adapters.delimited.dialect import Column, Dialect
from gateway.adapters.delimited.findings import Findings
from gateway.adapters.delimited.sentences import problem

_BREAK = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Region:
    """Characters `start` to `end` (0-based, end excluded, None: the rest) of a line; without column a gap."""

    key: str
    start: int
    end: int | None
    column: Column | None = None

    def strip(self, text: str) -> str:
        """A cell without its padding; blanks alone are no value, zeros alone are zero."""
        pad = self.column.pad if self.column else " "
        right = self.column is not None and self.column.align == "right"
        if not text.strip(" "):
            return ""
        core = text.lstrip(" " + pad) if right else text.rstrip(" " + pad)
        return core or ("0" if pad == "0" else "")

    def fill(self, value: str) -> str | None:
        """A value with its padding; None where it does not fit or would not be read again as it is."""
        width = len(value) if self.end is None else self.end - self.start
        right = self.column is not None and self.column.align == "right"
        pad = self.column.pad if self.column and value else " "
        text = value.rjust(width, pad) if right else value.ljust(width, pad)
        return text if len(text) == width and self.strip(text) == value else None


def regions(dialect: Dialect) -> list[Region]:
    """Columns from left to right, the gaps between them and the rest behind (keys: `+` and the first character)."""
    found: list[Region] = []
    behind = 0
    for column in dialect.columns:
        start = column.at - 1 if column.at else behind
        if start > behind:
            found.append(Region(f"+{behind + 1}", behind, start))
        behind = start + (column.width or 0)
        found.append(Region(column.name, start, behind, column))
    return [*found, Region(f"+{behind + 1}", behind, None)]


def records(text: str, dialect: Dialect, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """The cells of each line without their padding, with its number."""
    places = regions(dialect)
    position = 0
    line = 1
    while position < len(text):
        found = _BREAK.search(text, position)
        start, end = position, found.start() if found else len(text)
        if text[start] == "\ufeff":
            findings.add(problem("delimited.mark", f"line {line}"))
            start += 1
        yield (
            line,
            [
                place.strip(text[start + place.start : end if place.end is None else min(end, start + place.end)])
                for place in places
            ],
        )
        position = found.end() if found else len(text)
        line += 1
