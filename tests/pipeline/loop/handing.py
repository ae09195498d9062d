"""A hand-over as its parties write it."""

from typing import Any

from tests.pipeline.line.world import World, bundle

APPROVE = {"coding": [{"system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "approve"}]}


def proposal(world: World, to: str = "stelle-mitte") -> dict[str, Any]:
    """What the site sends: please take this case over."""
    case = {"reference": f"Task/{world.case()['id']}"}
    return bundle({
        "resourceType": "Task", "id": "handover", "status": "requested", "intent": "order", "code": APPROVE,
        "focus": case, "partOf": [case], "for": world.case()["for"], "owner": {"reference": f"Organization/{to}"},
        "description": "Umzug nach Bielefeld-Mitte",
    })  # fmt: skip


def approval(world: World) -> dict[str, Any]:
    return [task for task in world.all("Task") if task["code"] == APPROVE][-1]
