"""Identifier systems and URIs of our own; those of others stand in `mappings/names.yaml`."""

CANONICAL = "https://kuemmerer-gateway.de/fhir"
SID = f"{CANONICAL}/sid"

TRACKING = f"{SID}/tracking"
"""Tracking id of the message that began a referral."""
TASK = f"{SID}/task"
"""Our number of a Task, the filler's (FILL); travels on every road, so that nobody acts twice."""
MEASURE = f"{SID}/massnahme"
"""Our number of a measure, short enough for a list or a letter."""
PERSON = f"{SID}/person"
"""Our number of a person."""

REFERRAL = f"{CANONICAL}/StructureDefinition/kuemmerer-referral"
REFERRAL_TASK = f"{CANONICAL}/StructureDefinition/kuemmerer-referral-task"
BUSINESS_STATUS = f"{CANONICAL}/CodeSystem/business-status"
PLAN_CATEGORY = f"{CANONICAL}/CodeSystem/plan-category"

PARTNER = "urn:kuemmerer:partner:"
"""Before a partner's id: the `meta.source` of what came from it."""
