"""Who vouches for a change: the Provenance of a header (chapter 6.3.4.3), and the person who made it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway.domain.problem import Problem
from gateway.domain.system import PARTNER, SID
from gateway.pipeline.rest.asked import Caller
from gateway.pipeline.rest.wanted import Wanted
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.validate import findings

OURS = ("resourceType", "id", "meta", "target")
"""What the server fills, whatever the header says."""
STAFF = f"{SID}/staff"
"""Identifier system of the people who work here; a value tells nothing of them."""
ROLES = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"


def vouched(wanted: Sequence[Wanted], caller: Caller, rooms: Rooms) -> tuple[dict[str, Any], list[Problem]]:
    """The Provenance, its targets the resources that are changed; nothing where there is neither header nor person."""
    targets = [{"reference": one.name} for one in wanted if one.changes]
    said = with_person(caller)
    if said is None or not targets:
        return {}, []
    made = {
        "resourceType": "Provenance",
        "id": rooms.new_id(),
        **({"meta": {"source": f"{PARTNER}{caller.party}"}} if caller.party else {}),
        "target": targets,
        "recorded": rooms.now().isoformat(timespec="milliseconds"),
        **{key: value for key, value in said.items() if key not in OURS},
    }
    return made, [replace(problem, place=f"X-Provenance: {problem.place}") for problem in findings(made)]


def with_person(caller: Caller) -> Mapping[str, Any] | None:
    """What the header says, with the person of staff who sent it; None where there is neither."""
    said = caller.provenance
    if not caller.staff:
        return said
    agents = (said or {}).get("agent", [])
    return {**(said or {}), "agent": [*agents, person(caller.staff)] if isinstance(agents, list) else agents}


def person(staff: str, role: str = "composer") -> dict[str, Any]:
    """Provenance.agent of a person; `composer`, as `author` is whoever said what is entered."""
    who = {"identifier": {"system": STAFF, "value": staff.removeprefix("staff:")}}
    return {"type": {"coding": [{"system": ROLES, "code": role}]}, "who": who}
