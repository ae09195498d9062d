"""A line of the audit as AuditEvent (chapter 6.5), with the codings of IHE BALP where they fit."""

import re
from collections.abc import Mapping
from datetime import UTC
from typing import Any, NamedTuple

from gateway.domain.ledger import Audit
from gateway.domain.system import PARTNER, SID

Resource = dict[str, Any]
TYPE = "http://terminology.hl7.org/CodeSystem/audit-event-type"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"
LIFECYCLE = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle"
RESTFUL = "http://hl7.org/fhir/restful-interaction"
ENTITY = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
SOURCE = "http://terminology.hl7.org/CodeSystem/security-source-type"

Code = tuple[str, str, str]
"""System, code, display."""


class Kind(NamedTuple):
    """How a kind of line is coded: AuditEvent.type, subtype where a system has one, action (C, R, U, D, E)."""

    type: Code
    subtype: Code | None
    action: str


REST: Code = (TYPE, "rest", "RESTful Operation")
APPLICATION: Code = (DICOM, "110100", "Application Activity")
LOGIN: Code = (DICOM, "110114", "User Authentication")
ALERT: Code = (DICOM, "110113", "Security Alert")


def _lifecycle(code: str, display: str, action: str) -> Kind:
    return Kind((LIFECYCLE, code, display), None, action)


def _rest(code: str, action: str) -> Kind:
    return Kind(REST, (RESTFUL, code, code), action)


AUDIT_USED = Kind((DICOM, "110101", "Audit Log Used"), None, "R")
OVERRIDE = Kind(ALERT, (DICOM, "110127", "Emergency Override Started"), "E")
CHANGED = Kind(ALERT, (DICOM, "110137", "User Security Attributes Changed"), "U")
LOGGED_IN = Kind(LOGIN, (DICOM, "110122", "Login"), "E")
LOOKED = _lifecycle("access", "Access/View Record Lifecycle Event", "R")
KINDS: Mapping[str, Kind] = {
    "fhir read": _rest("read", "R"),
    "fhir vread": _rest("vread", "R"),
    "fhir history": _rest("history", "R"),
    "fhir search": _rest("search", "E"),
    "fhir operation": _rest("operation", "E"),
    "fhir create": _rest("create", "C"),
    "fhir update": _rest("update", "U"),
    "fhir patch": _rest("patch", "U"),
    **dict.fromkeys(["fhir GET", "fhir HEAD"], Kind(REST, None, "R")),
    **dict.fromkeys(["fhir PUT", "fhir PATCH"], Kind(REST, None, "U")),
    "fhir POST": Kind(REST, None, "C"),
    "fhir DELETE": Kind(REST, None, "D"),
    "start": Kind(APPLICATION, (DICOM, "110120", "Application Start"), "E"),
    "stop": Kind(APPLICATION, (DICOM, "110121", "Application Stop"), "E"),
    "reload": Kind(ALERT, (DICOM, "110131", "Software Configuration"), "E"),
    **dict.fromkeys(
        ["login", "token", "authenticate", "tls", "link opened"], Kind(LOGIN, (DICOM, "110122", "Login"), "E")
    ),
    "logout": Kind(LOGIN, (DICOM, "110123", "Logout"), "E"),
    **dict.fromkeys(["staff added", "staff reset", "staff disabled"], CHANGED),
    "message": _lifecycle("receive", "Receive/Retain Record Lifecycle Event", "C"),
    "deliver": _lifecycle("transmit", "Transmit Record Lifecycle Event", "R"),
    "disclose": _lifecycle("disclose", "Disclose Record Lifecycle Event", "R"),
    "move": _lifecycle("amend", "Amend (Update) Record Lifecycle Event", "U"),
    "record": _lifecycle("amend", "Amend (Update) Record Lifecycle Event", "U"),
    "merge": _lifecycle("merge", "Merge Record Lifecycle Event", "U"),
    "erase": _lifecycle("destroy", "Destroy/Delete Record Lifecycle Event", "D"),
    "export": _lifecycle("extract", "Extract Record Lifecycle Event", "R"),
    **dict.fromkeys(["restrict", "suspend"], _lifecycle("hold", "Add Legal Hold Record Lifecycle Event", "U")),
    **dict.fromkeys(
        ["release Patient", "resume"], _lifecycle("unhold", "Remove Legal Hold Record Lifecycle Event", "U")
    ),
    "emergency": OVERRIDE,
    **dict.fromkeys(
        ["show", "explain", "policy", "link seen", "staff seen"],
        _lifecycle("access", "Access/View Record Lifecycle Event", "R"),
    ),
    "audit search": AUDIT_USED,
    "audit verify": AUDIT_USED,
    "audit export": AUDIT_USED,
}
OTHER = Kind(APPLICATION, None, "E")
STAFF = "staff:"
"""How the audit calls people who work here, before their number."""
WRONG = re.compile(r"refused|dropped|broken|off")
GRAVE = re.compile(r"dead|lost|parked|uncertain|failed|error")
NAME = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")


def kind_of(line: Audit) -> Kind:
    """How a line is coded; what may be done to several types of things is looked up with the type."""
    found = KINDS.get(f"{line.action} {line.object.partition('/')[0]}")
    return found or KINDS.get(line.action, LOGGED_IN if line.action.startswith("mllp.") else OTHER)


def outcome_of(line: Audit) -> str:
    """AuditEvent.outcome: 0 success, 4 refused, 8 something a person has to look at."""
    if WRONG.match(line.outcome):
        return "4"
    return "8" if GRAVE.match(line.outcome) else "0"


def audit_event(line: Audit, name: str = "gateway") -> Resource:
    """A line as AuditEvent; `name` is that of this gateway, the observer."""
    kind = kind_of(line)
    outcome = outcome_of(line)
    instant = line.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    subtype = [coding(kind.subtype)] if kind.subtype else []
    return {
        "resourceType": "AuditEvent",
        "id": str(line.number),
        "meta": {"versionId": "1", "lastUpdated": instant},
        "type": coding(kind.type),
        "subtype": [*subtype, {"code": re.sub(r"[^a-z]+", "-", line.action.lower()), "display": line.action}],
        "action": kind.action,
        "recorded": instant,
        "outcome": outcome,
        "outcomeDesc": line.outcome or "unknown",
        "agent": [agent(line)],
        "source": {
            "observer": {"display": name},
            "type": [{"system": SOURCE, "code": "4", "display": "Application Server"}],
        },
        "entity": [entity(line)],
    }


def coding(code: Code) -> Resource:
    """A Coding."""
    return dict(zip(("system", "code", "display"), code, strict=True))


def agent(line: Audit) -> Resource:
    """Who did it: a partner, the gateway itself, an account of this machine, or an address nobody knows."""
    actor = line.actor or "unknown"
    of_staff = actor.startswith(STAFF)
    system = f"{SID}/staff" if of_staff else PARTNER.rstrip(":")
    who = {"identifier": {"system": system, "value": actor.removeprefix(STAFF)}, "display": actor}
    role: Code = (DICOM, "110153", "Source Role ID")
    return {"type": {"coding": [coding(role)]}, "who": who, "altId": actor, "requestor": True}


def entity(line: Audit) -> Resource:
    """What it was about, the line's own words, and the hash that chains it."""
    words = {"detail": line.detail, "hash": line.hash}
    about: Resource = {"what": {"reference": line.object}} if NAME.fullmatch(line.object) else {}
    named = {} if about or not line.object else {"name": line.object}
    return {
        **about,
        "type": {"system": ENTITY, "code": "2", "display": "System Object"},
        **named,
        "detail": [{"type": key, "valueString": value} for key, value in words.items() if value],
    }
