"""What a policy lets a party see of a case, field by field; paths and reasons, no values."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from gateway.consent.decide import Decision
from gateway.consent.project import project
from gateway.consent.walk import Fate
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.view import links, organization

KINDS = (
    "ServiceRequest", "CarePlan", "Goal", "Condition", "Observation", "Procedure", "MedicationStatement",
    "AllergyIntolerance", "DocumentReference", "Encounter", "Coverage", "RelatedPerson", "Consent",
)  # fmt: skip
"""What may be stored of a person, beside the Tasks of the case."""
MANY = 1000
Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A field, whether it is released, why, as which class of data, by which Consent."""

    field: str
    released: bool
    reason: str
    data: str
    consent: str


def table(case: str, decision: Decision, rooms: Rooms) -> list[Row]:
    """A row for each field that the case has something in; `case` is the id of the referral's Task."""
    tree: dict[str, list[Resource]] = {}
    for resource in of_case(case, decision.asking.person, rooms):
        tree.setdefault(resource["resourceType"], []).append(resource)
    return rows(project(tree, decision, tell=True).fates)


def of_case(case: str, person: str, rooms: Rooms) -> Iterator[Resource]:
    """The Tasks of a case, the person, what is stored of it, and the parties these name."""
    versions = rooms.store.find("Task", [("case", case)], MANY)
    for kind in KINDS:
        versions += rooms.store.find(kind, [("subject", person)], MANY)
    found = {f"{v.resource['resourceType']}/{v.id}": v.resource for v in versions}
    for name in [f"Task/{case}", person, *(link for resource in found.values() for link in links(resource))]:
        kind, _, key = name.partition("/")
        if key and name not in found:
            stored = rooms.store.read(kind, key)
            found[name] = stored.resource if stored else organization(kind, key, rooms)
    return (resource for resource in found.values() if resource)


def rows(fates: Iterable[Fate]) -> list[Row]:
    """The fates by element of a type; where its parts have several, each part by itself."""
    listed = list(dict.fromkeys(fates))
    elements: dict[str, set[tuple[str, str, str]]] = {}
    for fate in listed:
        elements.setdefault(element(fate.path), set()).add((fate.reason, fate.data, fate.consent))
    named = {fate: element(fate.path) for fate in listed}
    made = (
        Row(name if len(elements[name]) == 1 else fate.path, fate.released, fate.reason, fate.data, fate.consent)
        for fate, name in named.items()
    )
    return sorted(dict.fromkeys(made), key=lambda row: (row.field, row.reason))


def element(path: str) -> str:
    """`Patient.name` of `Patient.name.given`."""
    return ".".join(path.split(".")[:2])
