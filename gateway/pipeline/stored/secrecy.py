"""What came from professionals under § 203 StGB is marked as that (meta.security), and stays so whoever writes next."""

from typing import Any

from gateway.consent.vocabulary import ORIGIN, UNDER_203
from gateway.consent.walk import is_secret
from gateway.directory.party import Party

Resource = dict[str, Any]
HEALTH = frozenset({
    "AllergyIntolerance", "Composition", "Condition", "DiagnosticReport", "DocumentReference", "Encounter",
    "Immunization", "Medication", "MedicationAdministration", "MedicationRequest", "MedicationStatement",
    "Observation", "Procedure", "QuestionnaireResponse", "RiskAssessment",
})  # fmt: skip
"""Types that say something of a person's health."""
MARK = {"system": ORIGIN, "code": UNDER_203}


def marked(resource: Resource, stored: Resource, sender: Party | None) -> Resource:
    """A resource about health with the mark where its sender is bound by § 203 StGB, or the version before had it."""
    sworn = sender is not None and sender.sworn
    meta = resource.get("meta", {})
    plain = resource.get("resourceType") not in HEALTH or is_secret(resource) or not isinstance(meta, dict)
    if plain or not (sworn or is_secret(stored)):
        return resource
    said = meta.get("security", [])
    return {**resource, "meta": {**meta, "security": [*(said if isinstance(said, list) else []), MARK]}}
