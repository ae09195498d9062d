"""Step 4: canonical resources against FHIR R4 and the profiles they claim."""

from typing import Any

from gateway.domain.message import Message
from gateway.domain.problem import Problem, worst
from gateway.fhir import packages
from gateway.fhir.conform import check_resource
from gateway.fhir.validate import check_profiles
from gateway.mapping.run import resources
from gateway.pipeline.rooms import Rooms


def validate(message: Message, rooms: Rooms) -> Message:  # noqa: ARG001 - every step is handed the rooms
    """The findings about every resource; an error waits for a person, a warning travels along."""
    found = [problem for item in resources(message.tree) for problem in findings(item)]
    checked = message.with_problems(*found)
    return checked.stop("validate") if worst(found) == "error" else checked


def findings(item: dict[str, Any]) -> list[Problem]:
    """What one resource breaks of R4 and of its profiles."""
    plain = {key: value for key, value in item.items() if key != "fullUrl"}
    return check_resource(plain, plain["resourceType"]) + check_profiles(plain, packages.load())
