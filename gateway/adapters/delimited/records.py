"""Text of a delimited file -> records (RFC 4180 chapter 2), tolerant, each with the line it starts on.

The csv module reads what is well formed; what it refuses in strict mode is read again by `scan`, which never stops
and says what is wrong. Both take about the same time on one line of 50 MB: the text is walked once.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.adapters.delimited.dialect import Dialect
from gateway.adapters.delimited.findings import Findings
from gateway.adapters.delimited.sentences import problem

Record = tuple[int, list[str]]
_LONG = 100_000
_BREAK = re.compile(r"\r\n|\n|\r")


def strict(text: str, dialect: Dialect) -> Iterator[Record]:
    """Records as the csv module reads them; csv.Error where the text is not well formed."""
    lines, delimiter = _lines(text), dialect.delimiter
    if dialect.quote:
        reader = csv.reader(lines, delimiter=delimiter, quotechar=dialect.quote, strict=True)
    else:
        reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE, strict=True)
    line = 1
    for cells in reader:
        yield line, cells
        line = reader.line_num + 1


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends; a line so long that columns must be counted while splitting is left to `scan`."""
    if "\ufeff" in text:
        raise csv.Error("byte order mark inside the text")
    for line in io.StringIO(text, newline=""):
        if len(line) > _LONG:
            raise csv.Error("long line")
        yield line


def scan(text: str, dialect: Dialect, findings: Findings) -> Iterator[Record]:
    """Records of any text at all; what breaks RFC 4180 is a problem with its line."""
    scanner = _Scanner(text, dialect, findings)
    while scanner.position < len(text) and not findings.fatal:
        line = scanner.line
        yield line, scanner.record()


@dataclass
class _Scanner:
    """A walk over the text; `position` and `line` say where it stands."""

    text: str
    dialect: Dialect
    findings: Findings
    position: int = 0
    line: int = 1
    unclosed: bool = False
    quoted: re.Pattern[str] = field(init=False)
    plain: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        quote, delimiter = re.escape(self.dialect.quote), re.escape(self.dialect.delimiter)
        self.quoted = re.compile(f"{quote}((?:[^{quote}]++|{quote}{quote})*+){quote}" if quote else r"(?!)")
        self.plain = re.compile(rf"[^{delimiter}\r\n]*+")

    def record(self) -> list[str]:
        """The cells up to the next line end outside quotation marks."""
        cells: list[str] = []
        if self.text[self.position] == "\ufeff":
            self.findings.add(problem("delimited.mark", f"line {self.line}"))
            self.position += 1
        while True:
            cells.append(self._cell(len(cells) + 1))
            if not self.text.startswith(self.dialect.delimiter, self.position):
                break
            self.position += 1
            if len(cells) > self.dialect.limits.columns:
                limit = self.dialect.limits.columns
                self.findings.stop(problem("delimited.limit.columns", f"line {self.line}", limit=limit))
                return cells
        if found := _BREAK.match(self.text, self.position):
            self.position = found.end()
            self.line += 1
        return [] if cells == [""] else cells

    def _cell(self, number: int) -> str:
        quote = self.dialect.quote
        if not quote or not self.text.startswith(quote, self.position):
            return self._plain()
        found = None if self.unclosed else self.quoted.match(self.text, self.position)
        breaks = len(_BREAK.findall(found[1])) if found else 0
        rest = self.plain.match(self.text, found.end())[0] if found else ""  # type: ignore[index]  # may be empty
        if found is None or (rest and breaks):
            self.unclosed = self.unclosed or found is None
            self.findings.add(problem("delimited.quote.open", f"line {self.line}", number=number))
            self.position += 1
            return self._plain()
        if rest:
            self.findings.add(problem("delimited.quote.rest", f"line {self.line}", number=number))
        self.position = found.end() + len(rest)
        self.line += breaks
        return found[1].replace(quote * 2, quote) + rest

    def _plain(self) -> str:
        found = self.plain.match(self.text, self.position)
        self.position = found.end()  # type: ignore[union-attr]  # always matches
        return found[0]  # type: ignore[index]  # always matches


def mixed_ends(text: str, dialect: Dialect) -> bool:
    """Whether lines end in more than one way (line ends inside quotation marks do not count)."""
    if dialect.quote and dialect.quote in text:
        quote = re.escape(dialect.quote)
        text = re.sub(f"{quote}[^{quote}]*+{quote}", "", text)
    pairs = text.count("\r\n")
    kinds = (pairs > 0, text.count("\n") > pairs, text.count("\r") > pairs)
    return sum(kinds) > 1
