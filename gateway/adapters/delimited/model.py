"""Which paths a table has: rows, and in them the declared columns by their short names."""

from collections.abc import Sequence
from typing import Any

from gateway.adapters.delimited import notation
from gateway.adapters.delimited.dialect import Column, Dialect
from gateway.adapters.delimited.findings import at
from gateway.domain.codec import Element, Key, Spec, Tree
from gateway.domain.problem import Problem

_ROW = Element("row", "row", listed=True, repeats=True)


class TableModel:
    """The model of one format's table; see gateway.domain.codec.Model."""

    root = "table"

    def __init__(self, dialect: Dialect | None) -> None:
        self._dialect = dialect
        self._columns = {column.name: column for column in dialect.columns} if dialect else {}

    def element(self, type_name: str, part: str) -> tuple[Element, ...] | None:
        """`row` below the table, a column's short name below a row."""
        if type_name == "table":
            return (_ROW,) if part == "row" else None
        column = self._columns.get(part) if type_name == "row" else None
        return (Element(column.name, column.type, primitive=True),) if column else None

    def parts(self, type_name: str) -> tuple[str, ...]:
        """The columns of a row in the order of the options."""
        return {"table": ("row",), "row": tuple(self._columns)}.get(type_name, ())

    def samples(self, type_name: str) -> tuple[str | bool | int, ...]:
        """Cells of a column type in the declared notation."""
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

    def check(self, tree: Tree, spec: Spec) -> list[Problem]:  # noqa: ARG002
        """Columns that do not exist, missing and too long values, values outside `values` or the type's notation."""
        rows = tree.get("row", [])
        shapes = [_shape("table") for key in tree if key != "row"]
        if not isinstance(rows, list):
            return [*shapes, _shape("rows")]
        for index, row in enumerate(rows):
            shapes += self._row(row, index + 1)
        return shapes

    def canonical(self, tree: Tree, spec: Spec) -> Tree:  # noqa: ARG002
        """`order`: rows in any order; `trim`: blanks around values do not count."""
        words = self._dialect.canonical if self._dialect else []
        rows = [dict(row) for row in tree.get("row", [])]
        if "trim" in words:
            rows = [{key: text for key, value in row.items() if (text := value.strip())} for row in rows]
        if "order" in words:
            rows.sort(key=lambda row: sorted(row.items()))
        rows = [row for row in rows if row]
        return {"row": rows} if rows else {}

    def _row(self, row: Any, number: int) -> list[Problem]:
        if not isinstance(row, dict):
            return [_shape(f"row {number}")]
        found = [_shape(at(number, key)) for key, value in row.items() if not isinstance(value, str) or not value]
        missing = [at(number, name) for name, column in self._columns.items() if column.required and not row.get(name)]
        found += [_problem("delimited.value.required", place) for place in missing]
        for key, value in row.items():
            column = self._columns.get(key)
            if column is None:
                found.append(_problem("delimited.column.unknown", at(number, key)))
            elif isinstance(value, str) and (code := self._flaw(column, value)):
                found.append(_problem(code, at(number, key)))
        return found

    def _flaw(self, column: Column, value: str) -> str:
        if column.max and len(value) > column.max:
            return "delimited.value.long"
        if column.values and value not in column.values:
            return "delimited.value.unlisted"
        if self._dialect and not notation.reads(self._dialect, column.type, value):
            return "delimited.value.type"
        return ""


_SENTENCES = {
    "delimited.value.required": ("A required cell is empty.", "Give the value, or declare the column as optional."),
    "delimited.value.long": ("The value is longer than the column allows.", "Shorten it, or raise `max`."),
    "delimited.value.unlisted": ("The value is none of the column's `values`.", "Use a listed value, or list it."),
    "delimited.value.type": (
        "The value is not written as the column's type asks.",
        "Use the notation of `dates`, `times`, `decimal` or `booleans`, or declare the column as string.",
    ),
    "delimited.column.unknown": ("The column is not declared.", "Declare it in `columns`."),
    "delimited.shape": ("A table is a list of rows, a row holds texts.", "Correct what builds the tree."),
}


def _problem(code: str, place: str) -> Problem:
    sentence, repair = _SENTENCES[code]
    return Problem(code, place, sentence, repair, "warning" if code == "delimited.column.unknown" else "error")


def _shape(place: str) -> Problem:
    return _problem("delimited.shape", place)
