"""What staff may do over FHIR: those of a site what their site may, the others what stands in a table."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway.domain.problem import Problem
from gateway.pipeline.proof.agents import agents
from gateway.pipeline.rest.asked import Asked, Caller, Told
from gateway.pipeline.rest.vouched import person
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.staff.roles import may
from gateway.pipeline.tasks.family import kind_of
from gateway.web.fhir.call import Call, Perform
from gateway.web.refusal import RefusedError
from gateway.web.smart.tokens import Grant

Resource = dict[str, Any]
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


def sees_disclosed(call: Call) -> bool:
    """Whether a person calls who oversees what is shown to whom."""
    return call.grant is not None and may(call.grant.role, "disclosed")


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
    provenance = seconded(call.caller.provenance, grant)
    caller = replace(call.caller, party=grant.party, staff=grant.actor, provenance=provenance, evidence="E3")
    desk, perform = call.desk, call.desk.perform
    if not may(grant.role, "hand-over"):
        desk = replace(desk, perform=lambda asked, who, rooms, **more: kept_back(perform, asked, who, rooms, more))
    return replace(call, desk=desk, grant=grant, caller=caller, roads=())


def seconded(provenance: Resource | None, grant: Grant) -> Resource | None:
    """A header with a second person: a lead, and that is who sends it; RefusedError 403 where somebody else does."""
    if not any(role == "verifier" for role, _ in agents(provenance)):
        return provenance
    if not may(grant.role, "second"):
        repair = "have it sent by the lead of the site, whose login is the second person's word"
        raise RefusedError(403, Problem("fhir.staff.second", "X-Provenance", "the second person is a lead", repair))
    others = [agent for role, agent in agents(provenance) if role != "verifier"]
    return {**(provenance or {}), "agent": [*others, person(grant.actor, "verifier")]}


def kept_back(
    perform: Perform, asked: Sequence[Asked], caller: Caller, rooms: Rooms, more: Mapping[str, Any]
) -> list[Told]:
    """Changes of somebody who is no lead: all but the ones that a case changes hands by."""
    if not any(gives_away(one, rooms) for one in asked):
        return perform(asked, caller, rooms, **more)
    repair = "have it sent by the lead of the site; a Task of another kind is named by its id"
    problem = Problem("fhir.staff.lead", "Task.code", "a case changes hands by its lead only", repair)
    return [Told(403, None, (problem,)) for _ in asked]


def gives_away(one: Asked, rooms: Rooms) -> bool:
    """Whether a change is, or may be, of a Task `approve`, new or stored; what looks for its Task may be."""
    if one.type != "Task" or (one.how != "create" and one.where):
        return one.type == "Task"
    stored = rooms.store.read("Task", one.id) if one.id else None
    return any(kind_of(task) == "approve" for task in (one.resource, stored.resource if stored else {}) if task)
