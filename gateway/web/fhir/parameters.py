"""What is handed to an operation (chapter 3.2.0.2): a Parameters resource, a bare resource, or raw bytes."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from gateway.domain.problem import Problem
from gateway.web.fhir import wire
from gateway.web.fhir.call import Call
from gateway.web.fhir.tables import SPOKEN
from gateway.web.refusal import RefusedError

Resource = dict[str, Any]


class Given(NamedTuple):
    """The parameters of an operation: single values by name, and resources by name."""

    values: Mapping[str, Any]
    resources: Mapping[str, Resource]

    def text(self, name: str) -> str:
        """A value as text, empty where there is none."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""


def of_body(call: Call) -> Given:
    """Parameters of a body and of the query; a bare resource is the parameter `resource`."""
    query = dict(call.query)
    if not call.data:
        return Given(query, {})
    resource = wire.read(call.data, call.headers)
    if resource["resourceType"] != "Parameters":
        return Given(query, {"resource": resource})
    found = given(resource)
    return Given({**query, **found.values}, found.resources)


def given(resource: Resource) -> Given:
    """What a Parameters resource holds; of parameters with the same name the last one counts."""
    values: dict[str, Any] = {}
    resources: dict[str, Resource] = {}
    listed = resource.get("parameter")
    for item in listed if isinstance(listed, list) else ():
        if isinstance(item, dict) and isinstance(item.get("name"), str):
            if isinstance(item.get("resource"), dict):
                resources[item["name"]] = item["resource"]
            values |= dict.fromkeys([item["name"]], next((v for k, v in item.items() if k.startswith("value")), None))
    return Given(values, resources)


def of_translation(call: Call) -> tuple[Given, bytes]:
    """What is to be translated: bytes of any format as the body, or in Parameters as `content`."""
    media = SPOKEN.get(wire.plain(call.headers.get("content-type", "")))
    value, problems = wire.parsed(call.data, media) if media and call.data else (None, [])
    if problems or not isinstance(value, dict) or value.get("resourceType") != "Parameters":
        return Given(dict(call.query), {}), call.data
    found = of_body(call)
    held = found.resources.get("content")
    if held is not None and held.get("resourceType") != "Binary":
        from gateway.fhir import json  # noqa: PLC0415 - only here

        return found, json.dumps(held)
    return found, decoded((held or {}).get("data") if held else found.values.get("content"))


def decoded(text: Any) -> bytes:
    """Bytes of base64; RefusedError 400 where it is none."""
    try:
        return base64.b64decode(str(text or ""), validate=True)
    except (binascii.Error, ValueError):
        repair = "send a Binary, or base64 in valueBase64Binary"
        wrong = Problem("fhir.http.content", "content", "the content is no base64", repair)
        raise RefusedError(400, wrong) from None


def parameters(*listed: Resource) -> Resource:
    """A Parameters resource."""
    return {"resourceType": "Parameters", **({"parameter": list(listed)} if listed else {})}


def parts(name: str, values: Mapping[str, Any]) -> Resource:
    """One parameter with parts, by the names and the R4 types of their values."""
    made = [{"name": key, **typed(value)} for key, value in values.items() if value not in (None, "", [])]
    return {"name": name, **({"part": made} if made else {"valueString": "none"})}


def typed(value: Any) -> Resource:
    """A value under the name that its type gives it."""
    if isinstance(value, bool):
        return {"valueBoolean": value}
    if isinstance(value, int):
        return {"valueInteger": value}
    if isinstance(value, datetime):
        return {"valueInstant": value.isoformat(timespec="milliseconds")}
    return {"valueString": str(value)}
