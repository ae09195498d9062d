"""The search parameters of R4 that are answered (`facts/r4-search.csv`), and under which name each is stored."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

FACTS = Path(__file__).parent.parent / "facts" / "r4-search.csv"

ALIASES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("Task", "for"): "for",
        ("Task", "partOf"): "partOf",
        ("Task", "basedOn"): "basedOn",
        ("ServiceRequest", "basedOn"): "basedOn",
        ("CarePlan", "basedOn"): "basedOn",
        ("CarePlan", "partOf"): "partOf",
        ("CarePlan", "activity.reference"): "activity",
        ("Consent", "patient"): "subject",
        ("Coverage", "beneficiary"): "subject",
        ("RelatedPerson", "patient"): "subject",
    }
)
"""Type and element -> the name by which the line itself asks for it; nothing is stored twice."""

TAKEN = frozenset({("Patient", "identifier"), ("Patient", "active"), ("Patient", "family"), ("AuditEvent", "source")})
"""Where the line uses the name of a parameter for something of its own: numbers by sender, names by sound, partners."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One search parameter of one type.

    kind     token, reference, string, date, uri
    paths    elements, by their names in JSON; of: their types, one for each path
    targets  types a reference may lead to, `*` for any
    only     a reference counts only if it leads to this type; empty: to any
    system   of the codes of a `code` element, empty where it has several
    stored   the name of its terms and spans
    """

    name: str
    kind: str
    paths: tuple[str, ...]
    of: tuple[str, ...]
    targets: tuple[str, ...]
    only: str
    system: str
    stored: str


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with FACTS.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter=";"))


@cache
def types() -> frozenset[str]:
    """Types that have parameters of their own."""
    return frozenset(row["type"] for row in _rows()) - {"Resource"}


@cache
def parameters(kind: str) -> Mapping[str, Parameter]:
    """The parameters of a type by name, those of every resource among them; without `_id` and `_lastUpdated`."""
    own = [row for row in _rows() if row["type"] in {kind, "Resource"}]
    whole = {row["paths"]: row["parameter"] for row in own if not row["only"] and row["kind"] == "reference"}
    return MappingProxyType({row["parameter"]: _parameter(kind, row, whole) for row in own})


def _parameter(kind: str, row: Mapping[str, str], whole: Mapping[str, str]) -> Parameter:
    """One of them; what narrows another by type is stored as the other is."""
    name, paths = row["parameter"], row["paths"]
    stored = ALIASES.get((kind, paths)) or whole.get(paths, name)
    return Parameter(
        name,
        row["kind"],
        tuple(paths.split()),
        tuple(row["of"].split()),
        tuple(row["targets"].split()),
        row["only"],
        row["system"],
        f"fhir:{stored}" if (kind, stored) in TAKEN else stored,
    )
