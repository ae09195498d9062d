"""Records of the gateway's own (links, accounts, sittings) as the store has them: by field, without what is empty."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from dataclasses import Field

    from gateway.domain.ledger import Version

BESIDE = frozenset({"id", "version"})
"""Fields of a record that the store has of every resource."""


class Record(Protocol):
    """Any dataclass (PEP 557)."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


def content(kind: str, record: Record) -> dict[str, Any]:
    """The resource that a record is; `kind` is none of FHIR, so no FHIR interface shows it."""
    said = asdict(record)
    return {"resourceType": kind, "id": said["id"], **{k: v for k, v in said.items() if k not in BESIDE and v}}


def record(made: type[Record], version: Version) -> dict[str, Any]:
    """The fields of a record as they are stored, by their names."""
    names = {field.name for field in fields(made)} - BESIDE
    said = {name: value for name, value in version.resource.items() if name in names}
    return {"id": version.id, "version": version.version, **said}
