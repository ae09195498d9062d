"""What the FHIR interface offers, as tables; routes, CapabilityStatement and OpenAPI document are made from them."""

from typing import NamedTuple

TYPES = (
    "Appointment",
    "AuditEvent",
    "Binary",
    "CarePlan",
    "CareTeam",
    "Communication",
    "Condition",
    "Consent",
    "Coverage",
    "DocumentReference",
    "Encounter",
    "Goal",
    "HealthcareService",
    "Location",
    "Observation",
    "Organization",
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "Provenance",
    "RelatedPerson",
    "ServiceRequest",
    "Subscription",
    "Task",
)
"""The types of resources that are served."""
GENERATED = frozenset({"AuditEvent"})
"""Types that are made when they are asked for; nobody writes them."""
KEPT = tuple(kind for kind in TYPES if kind not in GENERATED)
"""The types of resources that can be read and written."""


class Interaction(NamedTuple):
    """One interaction (chapter 3.1.0): its code, where, by which method, and how documents call it."""

    code: str
    path: str
    method: str
    title: str
    statuses: tuple[int, ...]


READS = (200, 304)
INSTANCE = (
    Interaction("read", "/{type}/{id}", "GET", "Read the current version", (*READS, 404)),
    Interaction("vread", "/{type}/{id}/_history/{version}", "GET", "Read one version", (*READS, 404)),
    Interaction("update", "/{type}/{id}", "PUT", "Write a new version, or create under an id", (200, 201, 412, 422)),
    Interaction("patch", "/{type}/{id}", "PATCH", "Change parts by JSON Patch", (200, 404, 412, 415, 422)),
    Interaction("history-instance", "/{type}/{id}/_history", "GET", "All versions of one resource", (200, 404)),
)
WHOLE_TYPE = (
    Interaction("create", "/{type}", "POST", "Create, unless If-None-Exist finds one", (200, 201, 412, 422)),
    Interaction("search-type", "/{type}", "GET", "Search", (200,)),
    Interaction("search-type", "/{type}/_search", "POST", "Search with the parameters in the body", (200, 415)),
    Interaction("update", "/{type}", "PUT", "Update the one that the query finds", (200, 201, 412, 422)),
    Interaction("patch", "/{type}", "PATCH", "Patch the one that the query finds", (200, 404, 412, 415, 422)),
    Interaction("history-type", "/{type}/_history", "GET", "Versions of all resources of a type", (200,)),
)
SYSTEM = (
    Interaction("capabilities", "/metadata", "GET", "What this server can do", (200,)),
    Interaction("search-system", "", "GET", "Search several types, named in _type", (200,)),
    Interaction("search-system", "/_search", "POST", "The same with the parameters in the body", (200, 415)),
    Interaction("history-system", "/_history", "GET", "Versions of all resources", (200,)),
    Interaction("transaction", "", "POST", "A Bundle: transaction, batch, document, message", (200, 202, 415, 422)),
)
TOPICS = (
    Interaction("topics", "/Basic", "GET", "The topics that can be subscribed to", (200,)),
    Interaction("topic", "/Basic/{id}", "GET", "One topic", (200, 404)),
)
"""The topics of Subscriptions, which R4 can only hold as Basic; they are only read."""
TRAIL = (
    Interaction("search-audit", "/AuditEvent", "GET", "Search the audit, newest first", (200,)),
    Interaction("search-audit", "/AuditEvent/_search", "POST", "The same with the parameters in the body", (200, 415)),
    Interaction("read-audit", "/AuditEvent/{id}", "GET", "One line of the audit", (*READS, 404)),
)
"""The audit, which is only read."""
INTERACTIONS = (*SYSTEM, *WHOLE_TYPE, *INSTANCE, *TOPICS, *TRAIL)


class Operation(NamedTuple):
    """One operation (chapter 3.2): its name, where it is called, by which methods, and its definition's URL."""

    name: str
    paths: tuple[str, ...]
    methods: tuple[str, ...]
    title: str
    definition: str
    type: str = ""


HL7 = "http://hl7.org/fhir/OperationDefinition"
OWN = "https://kuemmerer-gateway.de/fhir/OperationDefinition"
VALIDATE = f"{HL7}/Resource-validate"
BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition"
OPERATIONS = (
    Operation(
        "status",
        ("/Subscription/$status", "/Subscription/{id}/$status"),
        ("GET", "POST"),
        "How Subscriptions stand",
        f"{BACKPORT}/backport-subscription-status",
        "Subscription",
    ),
    Operation(
        "events",
        ("/Subscription/{id}/$events",),
        ("GET", "POST"),
        "Events of a Subscription, for who missed some",
        f"{BACKPORT}/backport-subscription-events",
        "Subscription",
    ),
    Operation("actions", ("/Task/{id}/$actions",), ("GET",), "What may be done next", f"{OWN}/task-actions", "Task"),
    Operation(
        "disclosed",
        ("/CarePlan/{id}/$disclosed",),
        ("GET",),
        "What a party sees of a case",
        f"{OWN}/careplan-disclosed",
        "CarePlan",
    ),
    Operation("validate", ("/{type}/$validate",), ("POST",), "What is wrong with a resource", VALIDATE, "*"),
    Operation("validate", ("/{type}/{id}/$validate",), ("GET", "POST"), "What is wrong with it", VALIDATE, "*"),
    Operation("match", ("/Patient/$match",), ("POST",), "Who this may be", f"{HL7}/Patient-match", "Patient"),
    Operation(
        "emergency-access",
        ("/Patient/{id}/$emergency-access",),
        ("GET", "POST"),
        "Break the glass, with a reason, for a day",
        f"{OWN}/patient-emergency-access",
        "Patient",
    ),
    Operation("transform", ("/$transform",), ("POST",), "From any format to any other", f"{OWN}/transform"),
    Operation(
        "explain",
        ("/{type}/{id}/$explain",),
        ("GET", "POST"),
        "Where each value of what is stored came from",
        f"{OWN}/explain",
        "*",
    ),
    Operation("explain", ("/$explain",), ("POST",), "Where each value of a translation came from", f"{OWN}/explain"),
    Operation(
        "process-message",
        ("/$process-message",),
        ("POST",),
        "Hand a message to the gateway",
        f"{HL7}/MessageHeader-process-message",
    ),
)

JSON_PATCH = "application/json-patch+json"
FORM = "application/x-www-form-urlencoded"
MEDIA = {"json": "application/fhir+json", "xml": "application/fhir+xml"}
"""The two syntaxes and their media types (chapter 3.1.0.1.9)."""
SPOKEN = {
    "application/fhir+json": "json",
    "application/json": "json",
    "text/json": "json",
    "application/json+fhir": "json",
    "json": "json",
    "application/fhir+xml": "xml",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/xml+fhir": "xml",
    "xml": "xml",
}
"""Every name of a syntax, in Accept, Content-Type and `_format`."""
