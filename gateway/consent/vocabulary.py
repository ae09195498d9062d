"""Codes by which consents and origins are told: systems of HL7 and of our own."""

from gateway.domain.system import CANONICAL

PURPOSE = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
"""Consent.provision.purpose: what somebody is shown something for (PurposeOfUse)."""
DATA_CLASS = f"{CANONICAL}/CodeSystem/data-class"
"""Consent.provision.class: a class of data of the policy."""
CONSENT_KIND = f"{CANONICAL}/CodeSystem/consent-kind"
SECRECY_RELEASE = "schweigepflichtentbindung"
"""Consent.category: a release of professionals from their duty of secrecy."""
EMERGENCY = "notfallzugriff"
"""Consent.category: somebody saw it in an emergency, for a day; a note of the gateway, not of the person."""
ORIGIN = f"{CANONICAL}/CodeSystem/origin"
UNDER_203 = "203"
"""meta.security of what came from professionals under § 203 StGB."""
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
MASKED = "masked"
"""What stands in place of a reference that a resource must have and its reader must not."""
