# ruff: noqa: S608 - only texts of this room are put together; values stand apart, as parameters
"""Rows that are plain, or under a key that no longer writes, are sealed anew: a few in each commit, in their order.

A row stays with the site whose key it is under; what is plain or the gateway's goes to the site of its case.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.store.sealing.faults import UnreadableError
from gateway.store.sealing.records import COLUMNS, EMPTY, Seals, of
from gateway.store.sealing.ring import GATEWAY, HEAD, MARK, TEXT_HEAD, TEXT_MARK, Ring, head
from gateway.store.sql.link import Link
from gateway.store.sql.sealed.belonging import stored

ROWS, BYTES = 250, 4_000_000
"""Rows that are looked at in one commit; bytes that are sealed anew in one."""
FORK = "SELECT t.number, {key}, {case}, {columns} FROM {tables} WHERE t.number > ? ORDER BY t.number LIMIT ?"
TEXTS = frozenset({"headers", "problems", "outcome", "reason", "detail"})


@dataclass(frozen=True, slots=True)
class Part:
    """A table with sealed columns.

    tables  it and what it is joined with; `t` has the number and what changes
    key     what its rows are called (`records.of`); case: of its case
    body    the column that holds most, with its table, column of `COLUMNS` where it has none
    """

    name: str
    tables: str
    key: str
    case: str
    columns: Mapping[str, str]
    """Sealed column -> table it is updated in."""

    @property
    def sources(self) -> dict[str, str]:
        """Column -> as it is read."""
        return {name: f"b.{name}" if table.endswith("_body") else f"t.{name}" for name, table in self.columns.items()}

    def place(self, column: str, key: str) -> str:
        """What a value belongs to."""
        return of(self.name, column, key)


def _with_body(name: str) -> Part:
    columns = {**dict.fromkeys(COLUMNS[name], name), "data": f"{name}_body"}
    tables = f"{name} t JOIN {name}_body b ON b.number = t.number"
    return Part(name, tables, "t.id", 't."case"', columns)


PARTS: Mapping[str, Part] = {
    "journal": _with_body("journal"),
    "outbox": _with_body("outbox"),
    "evidence": Part(
        "evidence",
        "evidence t LEFT JOIN outbox o ON o.id = t.delivery",
        "t.delivery || '/' || t.attempt || '/' || t.at",
        "coalesce(o.\"case\", '')",
        dict.fromkeys(COLUMNS["evidence"], "evidence"),
    ),
    "resource_version": Part(
        "resource_version",
        "resource_version t JOIN resource r ON r.number = t.resource LEFT JOIN journal j ON j.id = t.message",
        "r.type || '/' || r.id || '/' || t.version",
        "coalesce(j.\"case\", '')",
        {"body": "resource_version"},
    ),
}


@dataclass(frozen=True, slots=True)
class Step:
    """Where to go on in a table, -1 at its end; how many rows were sealed anew, and how many nobody can open."""

    after: int
    done: int = 0
    lost: int = 0


def reseal(link: Link, asked: tuple[str, int]) -> Step:
    """A few rows of a table behind a number."""
    name, after = asked
    seals, part = link.seals, PARTS[name]
    if seals is None:
        return Step(-1)
    rows = link.told(_heads(part), (after, ROWS))
    done = lost = size = 0
    for number, key, case, *heads in rows:
        if _right(link, seals.ring, case, heads):
            continue
        found = _renewed(link, seals, part, (number, key, _owner(link, seals.ring, case, heads)))
        done, lost, size = done + (found > 0), lost + (found < 0), size + max(found, 0)
        if size > BYTES:
            return Step(number, done, lost)
    return Step(rows[-1][0] if len(rows) == ROWS else -1, done, lost)


def _heads(part: Part) -> str:
    columns = ", ".join(_start(name, said) for name, said in part.sources.items())
    return FORK.format(key=part.key, case=part.case, columns=columns, tables=part.tables)


def _start(name: str, said: str) -> str:
    """A value up to the end of its key's id; SQLite gives NULL for the beginning of no bytes."""
    return f"coalesce(substr({said}, 1, {TEXT_HEAD if name in TEXTS else HEAD}), '')"


def _owner(link: Link, ring: Ring, case: str, heads: Sequence[Any]) -> str:
    """Whose a row is."""
    keys = (ring.keys.get(head(value)) for value in heads if value not in EMPTY)
    site = next((key.owner for key in keys if key is not None and key.owner != GATEWAY), "")
    if site or not ring.sites:
        return site or GATEWAY
    found = stored(link, case)
    return found if found in ring.sites else GATEWAY


def _right(link: Link, ring: Ring, case: str, heads: Sequence[Any]) -> bool:
    """Whether all that a row holds is under the key that writes for its owner."""
    wanted = ring.current(_owner(link, ring, case, heads)).id
    return all(value in EMPTY or head(value) == wanted for value in heads)


def _renewed(link: Link, seals: Seals, part: Part, row: tuple[int, str, str]) -> int:
    """A row under its owner's key; its bytes, -1 where it cannot be opened."""
    number, key, seals.owner = row
    columns = ", ".join(part.sources.values())
    found = link.told(f"SELECT {columns} FROM {part.tables} WHERE t.number = ?", (number,))
    values = dict(zip(part.columns, found[0], strict=True))
    try:
        opened = {name: seals.opened(value, part.place(name, key)) for name, value in values.items()}
    except UnreadableError:
        return -1
    for name, value in opened.items():
        if value not in EMPTY:
            sealed = seals.shut(value, part.place(name, key))
            link.told(f"UPDATE {part.columns[name]} SET {name} = ? WHERE number = ?", (sealed, number))
    return 1 + sum(map(len, opened.values()))


# --- what is under which key -----------------------------------------------------------------------------------------


def counts(link: Link) -> dict[tuple[str, bytes], int]:
    """(Table, id of the key) -> values under it; an empty id: plain."""
    found: dict[tuple[str, bytes], int] = {}
    for part in PARTS.values():
        for name, said in part.sources.items():
            for value, count in link.told(_grouped(part, name, said), ()):
                where = (part.name, _id(value))
                found[where] = found.get(where, 0) + count
    return found


def _grouped(part: Part, name: str, said: str) -> str:
    """How many values begin alike; plain ones are one kind."""
    mark, length = (f"'{TEXT_MARK}'", TEXT_HEAD) if name in TEXTS else (f"x'{MARK.hex()}'", HEAD)
    start = f"CASE WHEN substr({said}, 1, 4) = {mark} THEN substr({said}, 1, {length}) END"
    return f"SELECT {start}, count(*) FROM {part.tables} WHERE {said} NOT IN ('', '{{}}', '[]', x'') GROUP BY 1"


def _id(value: Any) -> bytes:
    if isinstance(value, str):
        value = base64.b64decode(value[len(TEXT_MARK) :])
    return bytes(value[4:HEAD]) if value else b""
