"""The CapabilityStatement (chapter 5.2), made from the tables that the routes are made from."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from gateway import __version__
from gateway.domain.system import CANONICAL
from gateway.fhir.partial import definitions
from gateway.pipeline.rest.naming import MATCHED
from gateway.web.fhir.tables import INSTANCE, JSON_PATCH, KEPT, MEDIA, OPERATIONS, SYSTEM, WHOLE_TYPE, Operation

Resource = dict[str, Any]
STARTED = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
COMMON = ("_id", "_lastUpdated")
"""Parameters of every type beside those of the table (facts/r4-search.csv)."""
KINDS = {"_id": "token", "_lastUpdated": "date"}
BASIC: Resource = {
    "type": "Basic",
    "documentation": "The topics of Subscriptions (SubscriptionTopic, as R4 can hold it).",
    "interaction": [{"code": "read"}, {"code": "search-type"}],
}
TOPIC = (
    "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/capabilitystatement-subscriptiontopic-canonical"
)


def statement(base: str, *, smart: bool = False) -> Resource:
    """The statement of the instance at an address; `smart`: where access tokens are asked for."""
    return {
        "resourceType": "CapabilityStatement",
        "id": "kuemmerer-gateway",
        "url": f"{CANONICAL}/CapabilityStatement/kuemmerer-gateway",
        "version": __version__,
        "name": "KuemmererGateway",
        "title": "Kümmerer Gateway",
        "status": "active",
        "date": STARTED,
        "publisher": "The Kümmerer Gateway authors",
        "description": "Referrals, tasks and care plans of the Kümmerer, as the parties of a case work on them.",
        "kind": "instance",
        "software": {"name": "Kümmerer Gateway", "version": __version__},
        "implementation": {"description": "Kümmerer Gateway", "url": base.rstrip("/")},
        "fhirVersion": "4.0.1",
        "format": [*MEDIA.values(), *MEDIA],
        "patchFormat": [JSON_PATCH],
        "rest": [rest() | (guarded(base) if smart else {})],
    }


def rest() -> Resource:
    """The one mode: server."""
    return {
        "mode": "server",
        "documentation": "On this machine only. A partner's token speaks for the partner, no token for the gateway.",
        "security": {"cors": False, "description": "Authorization: Bearer, the token of a partner's http road."},
        "resource": [BASIC, generated("AuditEvent"), *(resource(kind) for kind in KEPT)],
        "interaction": interactions(SYSTEM, ("transaction", "search-system", "history-system"), ("batch",)),
        "searchParam": [parameter("Resource", name, KINDS.get(name, "token")) for name in (*COMMON, "_tag")],
        "operation": [operation(one) for one in OPERATIONS if not one.type],
    }


def guarded(base: str) -> Resource:
    """What is said of security where access tokens are asked for (SMART App Launch 2.2, chapter 3.1)."""
    service = {"system": "http://terminology.hl7.org/CodeSystem/restful-security-service", "code": "SMART-on-FHIR"}
    url = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
    endpoint = {"url": url, "extension": [{"url": "token", "valueUri": f"{base}auth/token"}]}
    text = "Access tokens of five minutes (SMART Backend Services). A partner sees what is its own, and 404 besides."
    security = {"extension": [endpoint], "cors": False, "service": [{"coding": [service]}], "description": text}
    return {"documentation": "A client's access token speaks for its partner.", "security": security}


def interactions(rows: Iterable[Any], known: Iterable[str], more: Iterable[str] = ()) -> list[Resource]:
    """The codes of rows that are codes of the standard."""
    codes = {row.code for row in rows}
    return [{"code": code} for code in (*(code for code in known if code in codes), *more)]


def generated(kind: str) -> Resource:
    """A type that is made when it is asked for: it is read and searched, and nobody writes it."""
    return {
        "type": kind,
        "profile": f"http://hl7.org/fhir/StructureDefinition/{kind}",
        "documentation": "Made of the audit, a chain of lines; nobody writes them. A partner finds what it did itself.",
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "versioning": "no-version",
        "readHistory": False,
        "updateCreate": False,
        "searchParam": [parameter(kind, name, how) for name, how in searched(kind).items()],
    }


def resource(kind: str) -> Resource:
    """What is done with one type."""
    known = ("read", "vread", "update", "patch", "history-instance", "history-type", "create", "search-type")
    own = list({one.name: operation(one) for one in OPERATIONS if one.type in {kind, "*"}}.values())
    included, including = includes(kind), reverse(kind)
    return {
        **({"extension": topics()} if kind == "Subscription" else {}),
        "type": kind,
        "profile": f"http://hl7.org/fhir/StructureDefinition/{kind}",
        "interaction": interactions((*INSTANCE, *WHOLE_TYPE), known),
        "versioning": "versioned-update" if kind in MATCHED else "versioned",
        "readHistory": True,
        "updateCreate": True,
        "conditionalCreate": True,
        "conditionalRead": "full-support",
        "conditionalUpdate": True,
        "conditionalDelete": "not-supported",
        "referencePolicy": ["literal", "logical"],
        **({"searchInclude": included} if included else {}),
        **({"searchRevInclude": including} if including else {}),
        "searchParam": [parameter(kind, name, how) for name, how in searched(kind).items()],
        **({"operation": own} if own else {}),
    }


def topics() -> list[Resource]:
    """The canonicals of the topics that may be subscribed to (Subscriptions R5 Backport 1.1)."""
    from gateway.pipeline.subscribing.topics import topics as known  # noqa: PLC0415 - as below

    return [{"url": TOPIC, "valueCanonical": url} for url in known()]


def searched(kind: str) -> Mapping[str, str]:
    """Search parameters of a type with their kinds."""
    from gateway.fhir.searching.parameters import parameters  # noqa: PLC0415 - the tables take a moment

    own = {name: found.kind for name, found in parameters(kind).items()}
    return {**KINDS, **own}


def parameter(kind: str, name: str, how: str) -> Resource:
    """One search parameter with the URL of its definition, where R4 has one."""
    url = definitions().get((kind, name)) or definitions().get(("Resource", name))
    return {"name": name, **({"definition": url} if url else {}), "type": how}


def includes(kind: str) -> list[str]:
    """References of a type that `_include` follows."""
    return [f"{kind}:{name}" for name, how in searched(kind).items() if how == "reference"]


def reverse(kind: str) -> list[str]:
    """References of other types to this one that `_revinclude` follows."""
    from gateway.fhir.searching.parameters import parameters  # noqa: PLC0415 - as above

    return [
        f"{other}:{name}"
        for other in KEPT
        for name, found in parameters(other).items()
        if found.kind == "reference" and (kind in found.targets or found.targets == ("*",))
    ]


def operation(one: Operation) -> Resource:
    """An operation by name and definition."""
    return {"name": one.name, "definition": one.definition}
