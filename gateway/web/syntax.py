"""Whether a body can be of its format at all, looked at before a sender hears 202."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gateway.domain.problem import Problem
from gateway.fhir import json


def unread(media: str, data: bytes) -> Sequence[Problem]:
    """Why bytes cannot be of a media type, of severity error; what its content is worth, the line says."""
    look = LOOKS.get(media)
    return look(data) if look else ()


def fhir(data: bytes) -> Sequence[Problem]:
    """FHIR's JSON or XML (chapter 2.6): it can be parsed, and names the type of its resource."""
    value, problems = parsed(data)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors or (isinstance(value, dict) and isinstance(value.get("resourceType"), str)):
        return errors
    repair = "send one FHIR resource, with its type in `resourceType`"
    return [Problem("http.syntax", "resourceType", "the body is no FHIR resource", repair)]


def parsed(data: bytes) -> tuple[Any, list[Problem]]:
    """JSON or XML, told apart by the first character."""
    if data[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        from gateway.fhir import xml  # noqa: PLC0415 - lxml takes its time

        return xml.loads(data)
    return json.loads(data)


LOOKS: Mapping[str, Callable[[bytes], Sequence[Problem]]] = {"application/fhir+json": fhir}
"""Media types whose syntax is looked at; HL7 v2 has its own look at the head of a message (`greet`)."""
