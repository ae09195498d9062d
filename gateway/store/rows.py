"""Entries, deliveries and their kin as rows of the tables, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

import orjson

from gateway.domain.ledger import Audit, Delivery, Entry, Evidence, Version
from gateway.domain.problem import Problem
from gateway.fhir import json
from gateway.store.port import StoreError
from gateway.store.schema import journal

Row = Sequence[Any]

ENTRY = [each.name for each in fields(Entry) if each.name != "data"]
"""Columns of an entry, in the order `entry_of` takes them; its bytes come last."""

DELIVERY = [each.name for each in fields(Delivery) if each.name != "data"]
"""Columns of a delivery, in the order `delivery_of` takes them; its bytes come last."""

EVIDENCE = [each.name for each in fields(Evidence) if each.name != "data"]
AUDIT = [each.name for each in fields(Audit) if each.name != "data"]


def moment(at: datetime) -> str:
    """A moment as it is stored: UTC, of one width, so that texts compare as moments do."""
    if at.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def moment_or_none(at: datetime | None) -> str | None:
    """A moment that may be missing."""
    return None if at is None else moment(at)


def moment_of(text: str | None) -> datetime | None:
    """A stored moment."""
    return None if text is None else datetime.fromisoformat(text)


def packed(value: Mapping[str, Any]) -> str:
    """Headers or an outcome as JSON."""
    return json.dumps(dict(value)).decode() if value else "{}"


def unpacked(text: str) -> dict[str, Any]:
    """What was packed."""
    found: dict[str, Any] = {} if text == "{}" else orjson.loads(text)
    return found


def packed_problems(problems: Sequence[Problem]) -> str:
    """Problems as JSON."""
    if not problems:
        return "[]"
    return orjson.dumps([(p.code, p.place, p.sentence, p.repair, p.severity) for p in problems]).decode()


def unpacked_problems(text: str) -> tuple[Problem, ...]:
    """What was packed."""
    return () if text == "[]" else tuple(Problem(*fields) for fields in orjson.loads(text))


def resource_bytes(resource: Mapping[str, Any]) -> bytes:
    """A resource as JSON, its numbers as they came."""
    return json.dumps(resource)


def resource_of(body: bytes) -> dict[str, Any]:
    """A resource from its JSON."""
    resource, problems = json.loads(body)
    if problems:
        raise StoreError(f"a stored resource cannot be read: {problems[0]}")
    found: dict[str, Any] = resource
    return found


FIELDS: dict[str, Any] = {
    "headers": packed,
    "outcome": packed,
    "problems": packed_problems,
    "received": moment,
    "created": moment,
    "due": moment,
    "until": moment_or_none,
    "settled": moment_or_none,
}
"""How fields that are no text, number or bytes are stored."""


def changed(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes of fields as changes of columns."""
    return {name: FIELDS[name](value) if name in FIELDS else value for name, value in changes.items()}


COLUMNS = [column.name for column in journal.c if column.name != "number"]
"""Columns of an entry without its number, in the order of the table."""
_VALUES = attrgetter(*COLUMNS)
_CONVERTED = [(place, FIELDS[name]) for place, name in enumerate(COLUMNS) if name in FIELDS]
_KEY = COLUMNS.index("key")
_WHOLE = attrgetter(*(each.name for each in fields(Entry)))
_NUMBER = [each.name for each in fields(Entry)].index("number")


def values_of_entry(entry: Entry) -> list[Any]:
    """An entry's columns (`COLUMNS`)."""
    values = list(_VALUES(entry))
    for place, convert in _CONVERTED:
        values[place] = convert(values[place])
    values[_KEY] = values[_KEY] or None
    return values


def row_of_entry(entry: Entry) -> dict[str, Any]:
    """An entry's columns by name, without its number and bytes."""
    return dict(zip(COLUMNS, values_of_entry(entry), strict=True))


def numbered(entry: Entry, number: int) -> Entry:
    """An entry with its place in the journal; several times as fast as `dataclasses.replace`."""
    values = list(_WHOLE(entry))
    values[_NUMBER] = number
    return Entry(*values)


def entry_of(row: Row, data: bytes) -> Entry:
    """An entry from its columns (`ENTRY`) and bytes."""
    found = dict(zip(ENTRY, row, strict=True))
    return Entry(
        **{
            **found,
            "data": data,
            "received": datetime.fromisoformat(found["received"]),
            "key": found["key"] or "",
            "headers": unpacked(found["headers"]),
            "problems": unpacked_problems(found["problems"]),
            "outcome": unpacked(found["outcome"]),
            "settled": moment_of(found["settled"]),
        }
    )


def row_of_delivery(delivery: Delivery) -> dict[str, Any]:
    """A delivery's columns, without its number and bytes."""
    plain = (name for name in DELIVERY if name != "number")
    return changed({name: getattr(delivery, name) for name in plain})


def delivery_of(row: Row, data: bytes) -> Delivery:
    """A delivery from its columns (`DELIVERY`) and bytes."""
    found = dict(zip(DELIVERY, row, strict=True))
    return Delivery(
        **{
            **found,
            "data": data,
            "created": datetime.fromisoformat(found["created"]),
            "due": datetime.fromisoformat(found["due"]),
            "headers": unpacked(found["headers"]),
            "until": moment_of(found["until"]),
            "settled": moment_of(found["settled"]),
        }
    )


def version_of(row: Row) -> Version:
    """A version from type, id, version, updated, message, number, body."""
    kind, key, version, updated, message, number, body = row
    return Version(kind, key, version, datetime.fromisoformat(updated), resource_of(body), message, number)


def row_of_evidence(evidence: Evidence) -> dict[str, Any]:
    """Evidence as columns."""
    return {name: getattr(evidence, name) for name in EVIDENCE} | {"at": moment(evidence.at)}


def evidence_of(row: Row) -> Evidence:
    """Evidence from its columns (`EVIDENCE`)."""
    return Evidence(row[0], datetime.fromisoformat(row[1]), *row[2:])


def row_of_audit(audit: Audit) -> dict[str, Any]:
    """A line of the audit as columns."""
    return {name: getattr(audit, name) for name in AUDIT} | {"at": moment(audit.at)}


def audit_of(row: Row) -> Audit:
    """A line of the audit from its columns (`AUDIT`); StoreError where somebody made it unreadable."""
    try:
        return Audit(datetime.fromisoformat(row[0]), *row[1:])
    except (TypeError, ValueError):
        raise StoreError("a line of the audit cannot be read; `gateway audit verify` says which") from None


def entry_with(entry: Entry, changes: Mapping[str, Any]) -> Entry:
    """An entry as it is read after these changes."""
    row = row_of_entry(entry) | {"number": entry.number} | changed(changes)
    return entry_of([row[name] for name in ENTRY], entry.data)


def delivery_with(delivery: Delivery, changes: Mapping[str, Any]) -> Delivery:
    """A delivery as it is read after these changes."""
    row = row_of_delivery(delivery) | {"number": delivery.number} | changed(changes)
    return delivery_of([row[name] for name in DELIVERY], delivery.data)
