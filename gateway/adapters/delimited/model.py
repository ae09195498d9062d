"""Which paths a table has: rows, and in them the declared columns by their short names."""

from collections.abc import Iterator, Sequence
from typing import Any

from gateway.adapters.delimited import notation
from gateway.adapters.delimited.dialect import Column, Dialect
from gateway.adapters.delimited.findings import Findings
from gateway.adapters.delimited.sentences import at, problem
from gateway.domain.codec import Element, Key, Spec, Tree
from gateway.domain.problem import Problem

_ROW = Element("row", "row", listed=True, repeats=True)
_LISTED = "value of "
"""Starts the type of a column with `values`, which are its samples."""


class TableModel:
    """The model of one format's table; see gateway.domain.codec.Model."""

    root = "table"

    def __init__(self, dialect: Dialect | None) -> None:
        self._dialect = dialect
        self._columns = {column.name: column for column in dialect.columns} if dialect else {}
        self._required = [column.name for column in self._columns.values() if column.required]

    def element(self, type_name: str, part: str) -> tuple[Element, ...] | None:
        """`row` below the table, a column's short name below a row."""
        if type_name == "table":
            return (_ROW,) if part == "row" else None
        column = self._columns.get(part) if type_name == "row" else None
        return (Element(column.name, _type(column), primitive=True),) if column else None

    def parts(self, type_name: str) -> tuple[str, ...]:
        """The columns of a row in the order of the options."""
        return {"table": ("row",), "row": tuple(self._columns)}.get(type_name, ())

    def samples(self, type_name: str) -> tuple[str | bool | int, ...]:
        """Cells of a column type in the declared notation, or the values a column allows."""
        if type_name.startswith(_LISTED):
            return tuple(self._columns[type_name.removeprefix(_LISTED)].values)
        return notation.samples(self._dialect, type_name) if self._dialect else ()

    def place(self, path: Sequence[Key]) -> str:
        """`row 7, column plz`, rows counted from 1 without the header."""
        match list(path):
            case ["row", int(index), column, *_]:
                return at(index + 1, str(column))
            case ["row", int(index)]:
                return f"row {index + 1}"
            case ["row"]:
                return "rows"
        return "table"

    def check(self, tree: Tree, spec: Spec) -> list[Problem]:  # noqa: ARG002 - the model holds its dialect
        """Columns that do not exist, missing and too long values, values outside `values` or the type's notation."""
        found = Findings()
        rows = tree.get("row", [])
        for place in ("table",) * any(key != "row" for key in tree) + ("rows",) * (not isinstance(rows, list)):
            found.add(problem("delimited.shape", place))
        for number, row in enumerate(rows if isinstance(rows, list) else [], start=1):
            for code, place in self._row(row, number):
                found.add(problem(code, place))
        return found.problems()

    def canonical(self, tree: Tree, spec: Spec) -> Tree:
        """`order`: rows in any order; `trim`: blanks around values do not count."""
        words = spec.get("canonical") or ()
        rows = [dict(row) for row in tree.get("row", [])]
        if "trim" in words:
            rows = [{key: text for key, value in row.items() if (text := value.strip())} for row in rows]
        if "order" in words:
            rows.sort(key=lambda row: sorted(row.items()))
        rows = [row for row in rows if row]
        return {"row": rows} if rows else {}

    def _row(self, row: Any, number: int) -> Iterator[tuple[str, str]]:
        """Code and place of all that is wrong with one row."""
        if not isinstance(row, dict):
            yield "delimited.shape", f"row {number}"
            return
        for name in self._required:
            if name not in row:
                yield "delimited.value.required", at(number, name)
        for key, value in row.items():
            if code := self._flaw(self._columns.get(key), value):
                yield code, at(number, key)

    def _flaw(self, column: Column | None, value: Any) -> str:
        if not isinstance(value, str) or not value:
            return "delimited.shape"
        if column is None or self._dialect is None:
            return "delimited.column.unknown"
        if column.max and len(value) > column.max:
            return "delimited.value.long"
        if column.values and value not in column.values:
            return "delimited.value.unlisted"
        return "" if notation.reads(self._dialect, column.type, value) else "delimited.value.type"


def _type(column: Column) -> str:
    return _LISTED + column.name if column.values else column.type
