"""The typed edge: a resource in the models of fhir.resources (R4B, which has every element of R4 that we use)."""

from importlib import import_module
from typing import Any

from gateway.domain.problem import Problem
from gateway.fhir.conform import printable


def typed(resource: dict[str, Any]) -> tuple[Any, list[Problem]]:
    """A resource as JSON value -> its typed model, or None and a problem `fhir.typed` per place it refuses.

    Not for the way of a message: it is slow to import (0.3 s) and loses the notation of numbers.
    """
    from pydantic import ValidationError  # noqa: PLC0415 - late, with the models below

    kind = str(resource.get("resourceType"))
    try:
        model = import_module("fhir.resources.R4B").get_fhir_model_class(kind)
    except ValueError:
        return None, [Problem("fhir.typed", printable(kind), "There is no model of this type.", "Name one of R4's.")]
    try:
        return model.model_validate(resource), []
    except ValidationError as faults:
        places = (".".join(str(step) for step in fault["loc"]) for fault in faults.errors(include_input=False))
        sentence, repair = "The typed model refuses what stands here.", "See the element in R4."
        return None, [Problem("fhir.typed", f"{kind}.{place}", sentence, repair) for place in places]
