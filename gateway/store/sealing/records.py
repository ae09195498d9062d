"""Which columns are sealed, and rows on their way into the database and out of it.

What is empty stays empty: it tells nothing, and most of it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gateway.domain.ledger import Delivery, Entry, Evidence, Version
from gateway.domain.problem import Problem
from gateway.store.rows import DELIVERY, ENTRY, EVIDENCE, Row, delivery_of, entry_of, evidence_of, version_of
from gateway.store.sealing.faults import UnreadableError
from gateway.store.sealing.ring import GATEWAY, Ring
from gateway.store.sealing.tokens import Index

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "journal": ("headers", "problems", "outcome", "answer"),
    "outbox": ("headers", "reason"),
    "evidence": ("detail", "reply"),
}
"""Table -> its sealed columns, beside the bodies."""
EMPTY = ("", "{}", "[]", b"")


def gone() -> Problem:
    """What stands in the place of a content that cannot be opened."""
    sentence = "what this holds is sealed with a key that is not here, or was changed in the database"
    return Problem("store.sealed", "", sentence, "bring the key back (gateway keys status names it), then replay")


@dataclass(slots=True)
class Seals:
    """Records and terms over one connection.

    owner  under whose key the commit under way writes
    index  the words of the terms, and the keys they were made from (sql/sealed/indexing.py)
    """

    ring: Ring
    owner: str = GATEWAY
    index: Index | None = None
    there: Sequence[Any] = ()

    def shut(self, value: Any, place: str) -> Any:
        """A value as it is stored."""
        if value in EMPTY:
            return value
        seal = self.ring.seal_text if isinstance(value, str) else self.ring.seal
        return seal(value, place, self.owner)

    def opened(self, value: Any, place: str) -> Any:
        """A stored value."""
        return self.ring.open_text(value, place) if isinstance(value, str) else self.ring.open(value, place)

    def columns(self, table: str, key: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Columns of a row as they are stored; those that are not sealed as they are."""
        sealed = {name: self.shut(values[name], of(table, name, key)) for name in COLUMNS[table] if name in values}
        return {**values, **sealed}

    def row(self, table: str, key: str, names: Sequence[str], row: Row) -> list[Any]:
        """A stored row whose columns have these names."""
        sealed = COLUMNS[table]
        return [
            self.opened(value, of(table, name, key)) if name in sealed else value
            for name, value in zip(names, row, strict=True)
        ]


def of(table: str, column: str, key: object) -> str:
    """What a sealed value belongs to."""
    return f"{table}.{column}/{key}"


_ID, _STATE = ENTRY.index("id"), DELIVERY.index("id")
_SECRET_ENTRY = {
    ENTRY.index(name): empty for name, empty in zip(COLUMNS["journal"], ("{}", "[]", "{}", b""), strict=True)
}
_SECRET_DELIVERY = {DELIVERY.index(name): empty for name, empty in zip(COLUMNS["outbox"], ("{}", ""), strict=True)}


def entry(seals: Seals | None, row: Row, data: bytes) -> Entry:
    """An entry; one that cannot be opened is there without its content, and says so."""
    if seals is None:
        return entry_of(row, data)
    try:
        return entry_of(seals.row("journal", row[_ID], ENTRY, row), seals.opened(data, of("journal", "data", row[_ID])))
    except UnreadableError:
        bare = [_SECRET_ENTRY.get(place, value) for place, value in enumerate(row)]
        return replace(entry_of(bare, b""), problems=(gone(),))


def parcel(seals: Seals | None, row: Row, data: bytes) -> Delivery:
    """A delivery; `UnreadableError` where it cannot be opened."""
    if seals is None:
        return delivery_of(row, data)
    key = row[_STATE]
    return delivery_of(seals.row("outbox", key, DELIVERY, row), seals.opened(data, of("outbox", "data", key)))


def delivery(seals: Seals | None, row: Row, data: bytes) -> Delivery:
    """A delivery to be looked at; one that cannot be opened is there without its content, and says so."""
    try:
        return parcel(seals, row, data)
    except UnreadableError:
        bare = [_SECRET_DELIVERY.get(place, value) for place, value in enumerate(row)]
        return replace(delivery_of(bare, b""), reason=gone().sentence)


def version(seals: Seals | None, row: Row) -> Version | None:
    """A version from type, id, version, updated, message, number, body; None where its key is gone."""
    if seals is None:
        return version_of(row)
    try:
        return version_of((*row[:6], body(seals, row[0], row[1], row[2], row[6])))
    except UnreadableError as fault:
        if fault.lost:
            return None
        raise


def versions(seals: Seals | None, rows: Sequence[Row]) -> list[Version]:
    """All of them whose keys are here."""
    return [found for found in (version(seals, row) for row in rows) if found is not None]


def body(seals: Seals | None, kind: str, key: str, number: int, data: bytes) -> bytes:
    """The JSON of a version."""
    opened: bytes = seals.opened(data, of_version(kind, key, number)) if seals else data
    return opened


def of_version(kind: str, key: str, number: int) -> str:
    """What the body of a version belongs to."""
    return of("resource_version", "body", f"{kind}/{key}/{number}")


def of_evidence(delivery: str, attempt: int, at: str) -> str:
    """The name of a line of evidence."""
    return f"{delivery}/{attempt}/{at}"


_PROOF = [EVIDENCE.index(name) for name in ("delivery", "attempt", "at")]
_SECRET_PROOF = {EVIDENCE.index(name): empty for name, empty in zip(COLUMNS["evidence"], ("", b""), strict=True)}


def evidence(seals: Seals | None, row: Row) -> Evidence:
    """Evidence; what cannot be opened is left out."""
    if seals is None:
        return evidence_of(row)
    try:
        key = of_evidence(*(row[place] for place in _PROOF))
        return evidence_of(seals.row("evidence", key, EVIDENCE, row))
    except UnreadableError:
        return evidence_of([_SECRET_PROOF.get(place, value) for place, value in enumerate(row)])
