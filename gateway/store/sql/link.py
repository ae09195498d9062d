"""One database connection that takes Core statements: each is compiled once for the dialect, then runs as plain text.

SQLAlchemy's own execution costs several times what SQLite needs for a row; the line would wait for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Engine
from sqlalchemy.sql.expression import ClauseElement, Executable

from gateway.store.sealing.records import Seals
from gateway.store.sealing.ring import Ring

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Text:
    """A statement as text, the names of its parameters in their order, and the values that stand in it itself."""

    text: str
    names: tuple[str, ...]
    fixed: Values

    def ordered(self, values: Values) -> list[Any]:
        """Values by name as the text wants them."""
        given = {**self.fixed, **values} if self.fixed else values
        return [given[name] for name in self.names]


class Texts(dict[Executable, Text]):
    """Statements as texts for one dialect."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine

    def __missing__(self, statement: Executable) -> Text:
        """Compile it; threads that meet here do the same work twice, which hurts nobody."""
        compiled: Any = cast("ClauseElement", statement).compile(self._engine)
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        self[statement] = Text(str(compiled), tuple(compiled.positiontup), fixed)
        return self[statement]


class Link:
    """A connection in autocommit; who wants a transaction begins one. `seals`: None where the store is plain."""

    def __init__(self, connection: Any, texts: Texts, ring: Ring | None = None) -> None:
        self.connection = connection
        self.seals = Seals(ring) if ring else None
        self._texts = texts
        self._cursor = connection.cursor()

    def say(self, text: str) -> Any:
        """A command of the database itself; its first value, None where it gives none."""
        row = self._cursor.execute(text).fetchone()
        return row[0] if row else None

    def _do(self, statement: Executable, values: Values) -> Any:
        text = self._texts[statement]
        return self._cursor.execute(text.text, text.ordered(values))

    def run(self, statement: Executable, values: Values) -> None:
        """A statement without result."""
        self._do(statement, values)

    def each(self, text: str, rows: Sequence[Sequence[Any]]) -> None:
        """A statement that was made as text, once per row."""
        self._cursor.executemany(text, rows)

    def rows(self, statement: Executable, values: Values) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        found: list[tuple[Any, ...]] = self._do(statement, values).fetchall()
        return found

    def listed(self, statement: Executable, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """All rows of a statement whose values are in order already."""
        found: list[tuple[Any, ...]] = self._cursor.execute(self._texts[statement].text, values).fetchall()
        return found

    def told(self, text: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """All rows of a query that was made as text."""
        return list(self._cursor.execute(text, values))

    def row(self, statement: Executable, values: Values) -> tuple[Any, ...] | None:
        """The first row of a query, None where there is none."""
        found = self.rows(statement, values)
        return found[0] if found else None

    def close(self) -> None:
        """Let go."""
        self._cursor.close()
        self.connection.close()
