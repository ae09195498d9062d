"""The Provenance that a client sends along in a header (chapter 6.3.4.3): kept with what it is about."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gateway.domain.problem import Problem
from gateway.domain.system import PARTNER
from gateway.pipeline.rest.asked import Caller
from gateway.pipeline.rest.wanted import Wanted
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.validate import findings

OURS = ("resourceType", "id", "meta", "target")
"""What the server fills, whatever the header says."""


def vouched(wanted: Sequence[Wanted], caller: Caller, rooms: Rooms) -> tuple[dict[str, Any], list[Problem]]:
    """The Provenance of a header, its targets the resources that are changed; nothing where there is no header."""
    targets = [{"reference": one.name} for one in wanted if one.changes]
    if caller.provenance is None or not targets:
        return {}, []
    made = {
        "resourceType": "Provenance",
        "id": rooms.new_id(),
        **({"meta": {"source": f"{PARTNER}{caller.party}"}} if caller.party else {}),
        "target": targets,
        "recorded": rooms.now().isoformat(timespec="milliseconds"),
        **{key: value for key, value in caller.provenance.items() if key not in OURS},
    }
    return made, [replace(problem, place=f"X-Provenance: {problem.place}") for problem in findings(made)]
