"""What the interface says of itself: CapabilityStatement (chapter 5.2) and OpenAPI document, each made once."""

from functools import lru_cache
from typing import Any

from gateway.fhir import json
from gateway.web.fhir import capability, description
from gateway.web.fhir.call import Answer, Call

Resource = dict[str, Any]


def capabilities(call: Call) -> Answer:
    """The CapabilityStatement."""
    return Answer(200, _statement(call.base, smart=call.desk.access is not None))


def openapi(call: Call) -> Answer:
    """The OpenAPI document."""
    return Answer(200, body=_description(call.base), media="application/json")


@lru_cache(maxsize=4)
def _statement(base: str, *, smart: bool) -> Resource:
    return capability.statement(base, smart=smart)


@lru_cache(maxsize=4)
def _description(base: str) -> bytes:
    return json.dumps(description.document(base))
