"""What staff may do over FHIR: those of a site what their site may, the others what stands in a table."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gateway.domain.problem import Problem
from gateway.domain.system import SID
from gateway.web.fhir.call import Call
from gateway.web.refusal import RefusedError
from gateway.web.smart.tokens import Grant

STAFF = f"{SID}/staff"
"""Identifier system of the people who work here; a value tells nothing of them."""
EVERY = ("system/*.cruds",)
SCOPES: Mapping[str, tuple[str, ...]] = {
    "kuemmerer": EVERY,
    "lead": EVERY,
    "integrator": (),
    "officer": ("system/AuditEvent.rs", "system/Consent.rs"),
    "auditor": ("system/AuditEvent.rs",),
}
"""Scopes of a token by role; a site's own are narrowed as those of its programs are."""
PLAIN = frozenset({"capabilities", "openapi", "topics", "topic"})
BARE = frozenset({"$validate", "$transform", "$explain"})
"""Operations on what is sent along, not on what is stored."""
TRAIL = frozenset({"search-audit", "read-audit"})
MAY: Mapping[str, frozenset[str]] = {
    "integrator": PLAIN | BARE,
    "officer": PLAIN | BARE | TRAIL | {"read Consent", "vread Consent", "search-type Consent", "$disclosed"},
    "auditor": PLAIN | BARE | TRAIL,
}
"""Interactions of the roles without a site; with a type where it is not each."""
BEYOND = ("_has", "_include", "_revinclude")
"""Parameters, beside chains, that look at other resources than the ones asked for."""
ALL_LINES = frozenset({"officer", "auditor"})
"""Roles that see what others did, too."""


def of_staff(call: Call) -> bool:
    """Whether a person calls, and no program of a partner."""
    return call.grant is not None and bool(call.grant.role)


def decided(call: Call, name: str) -> bool:
    """Whether the role alone decides: it has no site. RefusedError 403 where it may not."""
    role = call.grant.role if call.grant else ""
    if role not in MAY:
        return False
    stored = name in BARE and bool(call.id)
    beyond = any("." in key or key.startswith(BEYOND) for key, _ in call.query)
    if not stored and not beyond and (name in MAY[role] or f"{name} {call.type}" in MAY[role]):
        return True
    repair = "ask somebody whose role it is; GET metadata is open"
    raise RefusedError(403, Problem("fhir.staff.role", "Authorization", "this is not part of the role", repair))


def named(call: Call, grant: Grant) -> Call:
    """The call in the name of a person: the audit has the id, and what is changed a Provenance that says so."""
    said = call.caller.provenance
    mine = agent(grant)
    told: dict[str, Any] = {"resourceType": "Provenance", "agent": [mine]}
    if said:
        agents = said.get("agent", [])
        told = {**said, "agent": [*agents, mine] if isinstance(agents, list) else agents}
    caller = replace(call.caller, party=grant.party, staff=grant.actor, provenance=told, evidence="E3")
    return replace(call, grant=grant, caller=caller, roads=())


def agent(grant: Grant) -> dict[str, Any]:
    """Provenance.agent of a person, who acts for the site; `composer`, as `author` is whoever said what is entered."""
    kind = {"system": "http://terminology.hl7.org/CodeSystem/provenance-participant-type", "code": "composer"}
    who = {"identifier": {"system": STAFF, "value": grant.actor.removeprefix("staff:")}}
    site = {"onBehalfOf": {"reference": f"Organization/{grant.party}"}} if grant.party else {}
    return {"type": {"coding": [kind]}, "who": who, **site}
