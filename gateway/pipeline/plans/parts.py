"""The parts of a plan out of the resources that make it up: the plan, its needs, goals and measures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.mapping.runtime import every
from gateway.pipeline.plans.elements import Names, name_of
from gateway.pipeline.plans.words import Kind

Resource = dict[str, Any]
KINDS = ("plan", "need", "goal", "measure")
GONE = frozenset({"entered-in-error"})
"""Status of what never was."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its kind, `Type/id` (of an activity said in the plan itself `CarePlan/id#n`), its resource."""

    kind: Kind
    key: str
    resource: Resource

    @property
    def name(self) -> str:
        """What people call it, empty where it has no name."""
        return name_of(self.kind, self.resource)

    def numbers(self) -> set[tuple[str, str]]:
        """Its business identifiers."""
        return {
            (str(i.get("system", "")), str(i["value"])) for i in every(self.resource, ("identifier",)) if "value" in i
        }

    def replaces(self) -> set[str]:
        """`Type/id` of what it takes the place of."""
        return {str(reference) for reference in every(self.resource, ("replaces", "reference"))}


def parts(resources: Sequence[Resource]) -> list[Part]:
    """All parts in the order plan, needs, goals, measures; without what is none of them, and what never was."""
    found = [part for resource in resources for part in _parts(resource)]
    there = [part for part in found if _standing(part.resource) not in GONE]
    return sorted({part.key: part for part in there}.values(), key=lambda part: KINDS.index(part.kind))


def names(resources: Sequence[Resource]) -> Names:
    """What people call everybody who takes part: organisations and persons by their names."""
    return {f"{r.get('resourceType')}/{r.get('id')}": said for r in resources if (said := _name(r))}


def _parts(resource: Resource) -> Iterator[Part]:
    """The part a resource is, and the activities that a plan describes itself."""
    kind, key = resource.get("resourceType"), f"{resource.get('resourceType')}/{resource.get('id')}"
    if kind == "CarePlan":
        yield Part("need" if resource.get("partOf") else "plan", key, resource)
        for number, detail in enumerate(every(resource, ("activity", "detail"))):
            yield Part("measure", f"{key}#{number}", _as_request(detail))
    elif kind == "Goal":
        yield Part("goal", key, resource)
    elif kind == "ServiceRequest":
        yield Part("measure", key, resource)


def _as_request(detail: Resource) -> Resource:
    """CarePlan.activity.detail with the elements of a ServiceRequest, so that both read the same."""
    renamed = {
        "scheduledTiming": "occurrenceTiming",
        "scheduledPeriod": "occurrencePeriod",
        "dailyAmount": "quantityQuantity",
    }
    made = {renamed.get(word, word): value for word, value in detail.items()}
    if "code" not in made and made.get("description"):
        made["code"] = {"text": made["description"]}
    if made.get("scheduledString"):
        made["occurrenceTiming"] = {"code": {"text": made["scheduledString"]}}
    return made


def _standing(resource: Resource) -> str:
    return str(resource.get("status") or resource.get("lifecycleStatus") or "")


def _name(resource: Resource) -> str:
    """Of an Organization, a service, a place its name; of a person family and given names."""
    said = resource.get("name")
    if isinstance(said, str):
        return said
    first = next((name for name in every(resource, ("name",)) if isinstance(name, dict)), {})
    words = [*every(first, ("prefix",)), *every(first, ("given",)), *every(first, ("family",))]
    return " ".join(map(str, words)) or str(first.get("text", ""))
