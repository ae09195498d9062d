"""Text of a table -> rows: header or positions, the escape taken off, everything odd reported with row and column."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gateway.adapters.delimited import fixed, records
from gateway.adapters.delimited.dialect import Dialect
from gateway.adapters.delimited.findings import Findings
from gateway.adapters.delimited.formula import unescape
from gateway.adapters.delimited.heading import heading, surplus_key
from gateway.adapters.delimited.sentences import at, problem

Row = dict[str, str]
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SEPARATOR_LINE = re.compile(r"sep=(.)(?:\r\n|\n|\r|\Z)")


def read(text: str, dialect: Dialect) -> tuple[list[Row], Findings]:
    """The rows of a table and what is to be said about them."""
    text, dialect, first, findings = _opening(text, dialect)
    if records.mixed_ends(text, dialect):
        findings.add(problem("delimited.ends", "file"))
    if dialect.layout == "fixed":
        return _rows(text, fixed.records(text, dialect, findings), dialect, findings), findings
    spare = Findings(list(findings.listed), findings.counts.copy(), dict(findings.severities))
    try:
        return _rows(text, _shift(records.strict(text, dialect), first), dialect, findings), findings
    except csv.Error:
        return _rows(text, _shift(records.scan(text, dialect, spare), first), dialect, spare), spare


def _opening(text: str, dialect: Dialect) -> tuple[str, Dialect, int, Findings]:
    """Takes off a first line `sep=;`, which spreadsheets understand, and follows it."""
    findings = Findings()
    found = _SEPARATOR_LINE.match(text)
    if found is None or dialect.layout == "fixed":
        return text, dialect, 0, findings
    if found[1] != dialect.delimiter:
        findings.add(problem("delimited.delimiter.said", "line 1"))
        dialect = dialect.model_copy(update={"delimiter": found[1]})
    return text[found.end() :], dialect, 1, findings


def _shift(lines: Iterator[records.Record], by: int) -> Iterator[records.Record]:
    return ((line + by, cells) for line, cells in lines) if by else lines


def _rows(text: str, lines: Iterator[records.Record], dialect: Dialect, findings: Findings) -> list[Row]:
    keys = [region.key for region in fixed.regions(dialect)] if dialect.layout == "fixed" else []
    if dialect.has_header:
        line, cells = next(lines, (1, []))
        keys = keys or heading(cells, dialect, findings, line)
    keys = keys or [column.name for column in dialect.columns]
    table = _Table(keys, dialect, findings, clean=dialect.trim or "'" in text, control=_has_control(text))
    return table.rows(lines)


def _has_control(text: str) -> bool:
    return _CONTROL.search(text) is not None


@dataclass(frozen=True, slots=True)
class _Table:
    """What is known of the table before its first row."""

    keys: Sequence[str]
    dialect: Dialect
    findings: Findings
    clean: bool
    control: bool

    def rows(self, lines: Iterable[records.Record]) -> list[Row]:
        """Rows with at least one value; cells without one are left out."""
        rows: list[Row] = []
        keys, width = self.keys, len(self.keys)
        limits = self.dialect.limits
        for line, raw in lines:
            if self.findings.fatal:
                break
            cells = [self._value(cell) for cell in raw] if self.clean else raw
            if not any(cells):
                self._note("delimited.row.empty", f"line {line}")
                continue
            if len(rows) == limits.rows:
                self.findings.stop(problem("delimited.limit.rows", f"line {line}", limit=limits.rows))
                break
            if max(map(len, cells)) > limits.cell:
                self.findings.stop(problem("delimited.limit.cell", f"line {line}", limit=limits.cell))
                break
            row = {key: cell for key, cell in zip(keys, cells, strict=False) if cell}
            rows.append(row)
            if len(cells) != width:
                self._count(row, cells, len(rows), line)
            if self.control:
                self._controls(row, len(rows), line)
        return rows

    def _value(self, cell: str) -> str:
        return unescape(cell.strip()).strip() if self.dialect.trim else unescape(cell)

    def _count(self, row: Row, cells: Sequence[str], number: int, line: int) -> None:
        """Cells missing at the end or standing behind the last column."""
        width = len(self.keys)
        if len(cells) < width:
            self._note("delimited.row.short", at(number, self.keys[len(cells)], line))
        taken = frozenset(self.keys)
        for position, cell in enumerate(cells[width:], start=width + 1):
            if cell:
                key = surplus_key(position, taken)
                row[key] = cell
                self._note("delimited.row.long", at(number, key, line))

    def _controls(self, row: Row, number: int, line: int) -> None:
        for key, cell in row.items():
            if _CONTROL.search(cell):
                self._note("delimited.nul" if "\0" in cell else "delimited.control", at(number, key, line))

    def _note(self, code: str, place: str) -> None:
        self.findings.add(problem(code, place))
