"""Rows -> text of a table: header, escape, quotation marks or padding; what cannot be written is a problem."""

import re
from collections.abc import Callable, Sequence

from gateway.adapters.delimited import fixed, notation
from gateway.adapters.delimited.charset import is_writable
from gateway.adapters.delimited.dialect import Dialect
from gateway.adapters.delimited.findings import Findings
from gateway.adapters.delimited.formula import escape
from gateway.adapters.delimited.heading import heading
from gateway.adapters.delimited.sentences import at, problem

Row = dict[str, str]
Cell = Callable[[str], str | None]


def write(rows: Sequence[Row], dialect: Dialect, findings: Findings) -> str:
    """The text of a table; undeclared columns (`+...`) stand behind the declared ones."""
    keys = _keys(rows, dialect, findings)
    if findings.fatal:
        return ""
    cells = _cells(keys, dialect)
    joint = "" if dialect.layout == "fixed" else dialect.delimiter
    lines = [_line(number, row, cells, findings) for number, row in enumerate(rows, start=1)]
    if dialect.has_header:
        lines.insert(0, _header(keys, dialect, findings))
    return "".join(joint.join(line) + dialect.end for line in lines)


def unwritable(rows: Sequence[Row], dialect: Dialect, findings: Findings) -> None:
    """Names the cells with characters that the charset does not have."""
    for number, row in enumerate(rows, start=1):
        for key, value in row.items():
            if not is_writable(value, dialect) or not is_writable(key, dialect):
                findings.add(problem("delimited.charset.missing", at(number, key), charset=dialect.charset))


def _keys(rows: Sequence[Row], dialect: Dialect, findings: Findings) -> list[str]:
    """The columns to write, in order; a key that would not be read again as it is stops the writing."""
    if dialect.layout == "fixed":
        keys = [region.key for region in fixed.regions(dialect)]
        return _refuse(rows, keys, findings)
    optional = {column.name for column in dialect.columns if column.optional and dialect.has_header}
    left_out = optional if all(optional.isdisjoint(row) for row in rows) else set()
    keys = [column.name for column in dialect.columns if column.name not in left_out]
    seen = dict.fromkeys(keys)
    for row in rows:
        seen.update(dict.fromkeys(row))
    if not dialect.has_header:
        behind = [int(key[1:]) for key in seen if re.fullmatch(r"\+[1-9][0-9]{0,6}", key)]
        end = min(max(behind, default=0), dialect.limits.columns)
        return _refuse(rows, [*keys, *(f"+{number}" for number in range(len(keys) + 1, end + 1))], findings)
    readable = heading([_title(key, dialect) for key in seen], dialect, Findings())
    return _refuse(rows, [key for key, back in zip(seen, readable, strict=True) if key == back], findings)


def _refuse(rows: Sequence[Row], keys: list[str], findings: Findings) -> list[str]:
    allowed = set(keys)
    for number, row in enumerate(rows, start=1):
        for key in row.keys() - allowed:
            findings.stop(problem("delimited.column.place", at(number, key)))
    return keys


def _title(key: str, dialect: Dialect) -> str:
    titles = {column.name: column.title for column in dialect.columns}
    return escape(titles.get(key, key.removeprefix("+")))


def _header(keys: Sequence[str], dialect: Dialect, findings: Findings) -> list[str]:
    if dialect.layout == "fixed":
        return _titles(dialect)
    return _line(0, {key: _title(key, dialect) for key in keys}, dict.fromkeys(keys, _quoted(dialect)), findings)


def _titles(dialect: Dialect) -> list[str]:
    """Header texts cut to the width of their columns."""
    texts = []
    for region in fixed.regions(dialect)[:-1]:
        width = (region.end or 0) - region.start
        texts.append((_title(region.key, dialect) if region.column else "")[:width].ljust(width))
    return texts


def _line(number: int, row: Row, cells: dict[str, Cell], findings: Findings) -> list[str]:
    texts = []
    for key, write_cell in cells.items():
        text = write_cell(row.get(key, ""))
        if text is None:
            findings.add(problem("delimited.cell.fit", at(number, key)))
        texts.append(text or "")
    return texts


def _cells(keys: Sequence[str], dialect: Dialect) -> dict[str, Cell]:
    """How the cells of each column are written: escaped unless a number, then padded or quoted."""
    types = {column.name: column.type for column in dialect.columns}
    shapes: dict[str, Cell] = (
        {region.key: _padded(region) for region in fixed.regions(dialect)}
        if dialect.layout == "fixed"
        else dict.fromkeys(keys, _quoted(dialect))
    )
    return {key: _guarded(types.get(key, "string"), dialect, shapes[key]) for key in keys}


def _guarded(type_name: str, dialect: Dialect, shape: Cell) -> Cell:
    if type_name in {"integer", "decimal"}:
        return lambda value: shape(value if notation.is_number(dialect, type_name, value) else escape(value))
    return lambda value: shape(escape(value))


def _padded(region: fixed.Region) -> Cell:
    def shape(value: str) -> str | None:
        broken = "\r" in value or "\n" in value or value.startswith("\ufeff")
        return None if broken else region.fill(value)

    return shape


def _quoted(dialect: Dialect) -> Cell:
    quote = dialect.quote
    special = re.compile(rf"[{re.escape(dialect.delimiter + quote)}\r\n]|\A[\ufeff\s]|\s\Z|\Asep=")

    def shape(value: str) -> str | None:
        if dialect.quoting == "all" and quote:
            return quote + value.replace(quote, quote * 2) + quote
        if not value or not special.search(value):
            return value
        return quote + value.replace(quote, quote * 2) + quote if quote else _bare(value, dialect)

    return shape


def _bare(value: str, dialect: Dialect) -> str | None:
    """A value without quotation marks, where it can be read so."""
    breaks = dialect.delimiter in value or "\r" in value or "\n" in value
    return None if breaks or value.startswith(("\ufeff", "sep=")) else value
