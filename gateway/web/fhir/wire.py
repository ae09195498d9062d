"""Which syntax a caller reads and writes (chapters 3.1.0.1.9 to 3.1.0.1.11), and resources in it."""

from collections.abc import Mapping
from typing import Any

from gateway.domain.problem import Problem
from gateway.fhir import json
from gateway.web.fhir.call import Pairs, Wire
from gateway.web.fhir.tables import MEDIA, SPOKEN
from gateway.web.refusal import RefusedError

LIMITS = json.Limits(values=500_000)
"""Of a body: values of which even the smallest fill no more than some hundred MB."""
ANY = ("*/*", "application/*", "text/*")
CHARSETS = ("", "utf-8", "utf8", "us-ascii")
VERSIONS = ("", "4.0", "4.0.1")
BOTH = "application/fhir+json or application/fhir+xml"


def plain(media: str) -> str:
    """A media type without its parameters; a `+` that a query made a blank is one again."""
    return media.partition(";")[0].strip().lower().replace(" ", "+")


def parameter(media: str, name: str) -> str:
    """A parameter of a media type, empty where there is none."""
    for part in media.split(";")[1:]:
        key, _, value = part.partition("=")
        if key.strip().lower() == name:
            return value.strip().strip('"').lower()
    return ""


def wished(headers: Mapping[str, str], query: Pairs) -> Wire:
    """How to answer; RefusedError 406 where nothing we write would be read."""
    asked = dict(query)
    pretty = asked.get("_pretty", "").lower() == "true"
    if asked.get("_format"):
        syntax = SPOKEN.get(plain(asked["_format"]))
        if syntax is None:
            raise RefusedError(406, unwritten("_format"))
        return Wire(syntax, pretty, named=True)
    accept = headers.get("accept", "")
    ranked = sorted(((quality(part), part) for part in accept.split(",") if part.strip()), key=lambda pair: -pair[0])
    for weight, part in ranked:
        name = plain(part)
        if weight > 0 and (name in SPOKEN or name in ANY) and parameter(part, "fhirversion") in VERSIONS:
            return Wire(SPOKEN.get(name, "json"), pretty, named="fhir" in name)
    if accept.strip():
        raise RefusedError(406, unwritten("Accept"))
    return Wire("json", pretty)


def quality(part: str) -> float:
    """How much a media type is wanted (RFC 9110, 12.4.2)."""
    try:
        return float(parameter(part, "q") or 1)
    except ValueError:
        return 0.0


def understood(headers: Mapping[str, str]) -> str:
    """The syntax of a body; RefusedError 415 where it is none of ours."""
    media = headers.get("content-type", "")
    syntax = SPOKEN.get(plain(media)) if "/" in media else None
    if syntax is None or parameter(media, "fhirversion") not in VERSIONS:
        raise RefusedError(415, unread())
    if parameter(media, "charset") not in CHARSETS:
        repair = "send UTF-8, the only charset of FHIR"
        raise RefusedError(415, Problem("fhir.http.charset", "Content-Type", "the charset is not taken", repair))
    return syntax


def read(data: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    """The resource of a body; RefusedError 400 or 415 with the findings."""
    syntax = understood(headers)
    value, problems = parsed(data, syntax)
    if problems:
        raise RefusedError(400, *problems)
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        repair = "send one FHIR resource, with its type in `resourceType`"
        raise RefusedError(400, Problem("fhir.http.resource", "body", "the body is no FHIR resource", repair))
    return value


def parsed(data: bytes, syntax: str) -> tuple[Any, list[Problem]]:
    """The value of a body."""
    if not data:
        return None, [Problem("http.empty", "body", "the body is empty", "send one resource as the body")]
    if syntax == "xml":
        from gateway.fhir import xml  # noqa: PLC0415 - lxml takes its time

        return xml.loads(data, LIMITS)
    return json.loads(data, LIMITS)


def written(resource: dict[str, Any], wire: Wire) -> tuple[bytes, str]:
    """A resource in the caller's syntax with its media type; in JSON where XML cannot hold it."""
    if wire.syntax == "xml":
        from gateway.fhir import xml  # noqa: PLC0415 - lxml takes its time

        data, problems = xml.dumps(resource)
        if not problems:
            return data, media("xml")
    return json.dumps(resource, pretty=wire.pretty), media("json")


def media(syntax: str) -> str:
    """The media type of a syntax with its charset (chapter 3.1.0.1.11)."""
    return f"{MEDIA[syntax]}; charset=utf-8"


def unwritten(place: str) -> Problem:
    """Nothing we write is wanted."""
    return Problem("fhir.http.accept", place, "this is no syntax that can be answered in", f"ask for {BOTH}")


def unread() -> Problem:
    """The body is of no syntax we read."""
    return Problem("fhir.http.content-type", "Content-Type", "this is no syntax of FHIR R4", f"send {BOTH}")
