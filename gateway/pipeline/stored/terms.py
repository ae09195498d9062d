"""The terms under which the line finds a resource again: its links, its numbers, its source.

The store adds those of R4's search parameters; what means the same has the same name (`fhir/searching/parameters.py`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.domain.system import PARTNER
from gateway.mapping.runtime import every

Resource = dict[str, Any]
Terms = tuple[tuple[str, str], ...]

SUBJECT = ("subject", "subject.reference")
LINKS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "Task": (
        ("for", "for.reference"),
        ("focus", "focus.reference"),
        ("owner", "owner.reference"),
        ("requester", "requester.reference"),
        ("partOf", "partOf.reference"),
        ("basedOn", "basedOn.reference"),
        ("status", "status"),
    ),
    "ServiceRequest": (
        SUBJECT,
        ("basedOn", "basedOn.reference"),
        ("encounter", "encounter.reference"),
        ("performer", "performer.reference"),
        ("requester", "requester.reference"),
        ("replaces", "replaces.reference"),
    ),
    "CarePlan": (
        SUBJECT,
        ("basedOn", "basedOn.reference"),
        ("partOf", "partOf.reference"),
        ("replaces", "replaces.reference"),
        ("supportingInfo", "supportingInfo.reference"),
        ("activity", "activity.reference.reference"),
        ("goal", "goal.reference"),
    ),
    "DocumentReference": (SUBJECT, ("encounter", "context.encounter.reference")),
    "Consent": (("subject", "patient.reference"),),
    "Coverage": (("subject", "beneficiary.reference"),),
    "RelatedPerson": (("subject", "patient.reference"),),
    "PractitionerRole": (("practitioner", "practitioner.reference"), ("organization", "organization.reference")),
    "Provenance": (("target", "target.reference"),),
    "Encounter": (SUBJECT,),
}
"""Search parameter -> path, per type; a type that is not listed is found by its subject, where it has one."""


def terms(resource: Resource, partner: str) -> Terms:
    """The terms of one resource that came from `partner` (empty: made here)."""
    return tuple(dict.fromkeys(_terms(resource, partner)))


def _terms(resource: Resource, partner: str) -> Iterator[tuple[str, str]]:
    if partner:
        yield "source", partner
    for name, path in LINKS.get(resource["resourceType"], (SUBJECT,)):
        for value in every(resource, tuple(path.split("."))):
            yield name, str(value)
    for identifier in every(resource, ("identifier",)):
        if isinstance(identifier, dict) and identifier.get("value"):
            yield "identifier", number(identifier, partner)


def number(identifier: Mapping[str, Any], partner: str) -> str:
    """An identifier as a term: `system|value`; without a system it counts only among those of its partner."""
    value = identifier["value"]
    if identifier.get("system"):
        return f"{identifier['system']}|{value}"
    kind = next(iter(every(identifier, ("type", "coding", "code"))), "")
    assigner = next(iter(every(identifier, ("assigner", "display"))), "")
    return f"{partner}|{assigner}|{kind}|{value}"


def source(resource: Resource) -> str:
    """The partner a stored resource came from, empty where it was made here."""
    said = str(resource.get("meta", {}).get("source", ""))
    return said.removeprefix(PARTNER) if said.startswith(PARTNER) else ""
