"""A plan with two needs, two goals and three measures, and ways to change it."""

from copy import deepcopy
from typing import Any

Resource = dict[str, Any]
NUMBER = "https://kuemmerer-gateway.de/fhir/sid/massnahme"
AREAS = "https://kuemmerer-gateway.de/fhir/CodeSystem/areas-of-concern"
PERSON = "Patient/otte"

PLAN: Resource = {
    "resourceType": "CarePlan", "id": "plan", "status": "active", "intent": "plan", "title": "Wieder zu Hause",
    "subject": {"reference": PERSON}, "period": {"start": "2026-04-01", "end": "2026-09-30"},
    "author": {"reference": "PractitionerRole/kuemmerer"},
    "supportingInfo": [{"reference": "ServiceRequest/anfrage"}, {"reference": "Consent/zustimmung"}],
}  # fmt: skip
NEED: Resource = {
    "resourceType": "CarePlan", "id": "sturz", "status": "active", "intent": "plan", "title": "Angst vor dem Sturz",
    "subject": {"reference": PERSON}, "partOf": [{"reference": "CarePlan/plan"}],
    "category": [{"coding": [{"system": AREAS, "code": "fall-prevention", "display": "Sturzvorsorge"}]}],
    "goal": [{"reference": "Goal/sicher"}],
    "activity": [{"reference": {"reference": "ServiceRequest/hausnotruf"}}],
}  # fmt: skip
GOAL: Resource = {
    "resourceType": "Goal", "id": "sicher", "lifecycleStatus": "active", "subject": {"reference": PERSON},
    "description": {"text": "Geht ohne Angst durch die Wohnung"},
    "achievementStatus": {"coding": [{"code": "in-progress"}]}, "target": [{"dueDate": "2026-06-30"}],
}  # fmt: skip
MEASURE: Resource = {
    "resourceType": "ServiceRequest", "id": "hausnotruf", "status": "active", "intent": "filler-order",
    "identifier": [{"system": NUMBER, "value": "M-1"}], "code": {"text": "Hausnotruf"},
    "subject": {"reference": PERSON}, "performer": [{"reference": "Organization/lutterbach"}],
    "occurrencePeriod": {"start": "2026-04-02"},
}  # fmt: skip
LUTTERBACH = {"resourceType": "Organization", "id": "lutterbach", "name": "Pflegedienst Lutterbach"}
ELSEY = {"resourceType": "Organization", "id": "elsey", "name": "Sozialstation Elsey"}
ALL = (PLAN, NEED, GOAL, MEASURE, LUTTERBACH, ELSEY)


def but(resource: Resource, **changes: Any) -> Resource:
    """A resource with other elements; None takes one away."""
    made = {**deepcopy(resource), **changes}
    return {key: value for key, value in made.items() if value is not None}


def instead(*changed: Resource) -> list[Resource]:
    """The whole plan with some resources as they are now."""
    by_id = {resource["id"]: resource for resource in changed}
    return [by_id.get(resource["id"], resource) for resource in ALL]


def coded(code: str) -> Resource:
    """Goal.achievementStatus."""
    return {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/goal-achievement", "code": code}]}
