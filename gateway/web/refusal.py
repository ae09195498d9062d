"""A refusal as the caller reads it: problem details (RFC 9457), or an OperationOutcome (FHIR R4, 3.1.0.1.10)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.domain.problem import Problem
from gateway.fhir.json import dumps

FHIR = ("application/fhir+json", "application/fhir+xml", "application/json+fhir")
ISSUES: Mapping[int, str] = {
    400: "structure",
    401: "login",
    404: "not-found",
    405: "not-supported",
    408: "timeout",
    409: "duplicate",
    413: "too-long",
    415: "not-supported",
    422: "processing",
    429: "throttled",
    500: "exception",
    503: "transient",
}
"""HTTP status -> issue type (value set issue-type); any other is `processing`."""


class RefusedError(Exception):
    """The request ends here with this status, these problems and these headers."""

    def __init__(self, status: int, *problems: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.problems = problems
        self.headers = headers or {}


def phrase(status: int) -> str:
    """The words of a status (RFC 9110, 15)."""
    return HTTPStatus(status).phrase if status in {known.value for known in HTTPStatus} else "Refused"


def said(problem: Problem) -> dict[str, str]:
    """A problem as JSON."""
    return {
        "code": problem.code,
        "place": problem.place,
        "sentence": problem.sentence,
        "repair": problem.repair,
        "severity": problem.severity,
    }


def details(status: int, problems: Sequence[Problem]) -> dict[str, Any]:
    """Problem details; `problems` is an extension member (RFC 9457, 3.2)."""
    told = {"type": "about:blank", "title": phrase(status), "status": status}
    detail = {"detail": problems[0].sentence} if problems else {}
    return {**told, **detail, "problems": [said(problem) for problem in problems]}


def outcome(status: int, problems: Sequence[Problem]) -> dict[str, Any]:
    """An OperationOutcome with one issue for each problem."""
    kind = ISSUES.get(status, "processing")
    issues = [
        {
            "severity": problem.severity,
            "code": kind,
            "details": {"text": problem.sentence},
            "diagnostics": f"{problem.code} at {problem.place}. Repair: {problem.repair}",
        }
        for problem in problems
    ]
    plain = [{"severity": "error", "code": kind, "details": {"text": phrase(status)}}]
    return {"resourceType": "OperationOutcome", "issue": issues or plain}


def speaks_fhir(headers: Mapping[str, str]) -> bool:
    """Whether the caller reads FHIR: `Accept` decides, and what it sends where `Accept` leaves it open."""
    accept = headers.get("accept", "").lower()
    wanted = accept if accept not in {"", "*/*"} else headers.get("content-type", "").lower()
    return any(media in wanted for media in FHIR)


def bodied(headers: Mapping[str, str]) -> bool:
    """Whether a body follows the head (RFC 9112, 6)."""
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


def answer(request: Request, refused: RefusedError) -> Response:
    """The refusal in the caller's own format; a connection whose body was not read is closed."""
    fhir = speaks_fhir(request.headers)
    shape = outcome if fhir else details
    media = "application/fhir+json" if fhir else "application/problem+json"
    read = getattr(request.state, "read", False)
    unread = {"connection": "close"} if bodied(request.headers) and not read else {}
    body = dumps(shape(refused.status, refused.problems))
    return Response(body, refused.status, {"cache-control": "no-store", **unread, **refused.headers}, media)
