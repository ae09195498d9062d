"""What went wrong or well, as an OperationOutcome (chapter 2.45): the sentence, the repair, the place, our code."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.domain.problem import Problem
from gateway.domain.system import CANONICAL
from gateway.web.refusal import phrase

PROBLEM = f"{CANONICAL}/CodeSystem/problem"
"""Our problem codes (docs/reference/problems.md) as a code system."""
ISSUES_TOLD = 100
ELEMENT = re.compile(r"[A-Z][A-Za-z]+(\.[a-z][A-Za-z0-9]*(\[(\d+|x)\])?)*")
"""A place that is a simple FHIRPath."""
ISSUES: Mapping[int, str] = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    408: "timeout",
    409: "conflict",
    412: "conflict",
    413: "too-long",
    415: "not-supported",
    421: "forbidden",
    422: "processing",
    429: "throttled",
    500: "exception",
    503: "transient",
}
"""HTTP status -> issue type (value set issue-type) where the problem's own code does not tell."""
BY_CODE: Mapping[str, str] = {
    "task": "business-rule",
    "closure": "business-rule",
    "search": "not-supported",
    "fhir.code": "code-invalid",
    "fhir.value": "value",
    "fhir.element.missing": "required",
    "fhir": "structure",
    "json": "structure",
    "xml": "structure",
}
"""Beginning of a problem's code -> issue type; the longest counts."""


def kind(code: str, status: int) -> str:
    """The issue type of a problem."""
    words = code.split(".")
    starts = (".".join(words[:n]) for n in range(len(words), 0, -1))
    found = next((BY_CODE[start] for start in starts if start in BY_CODE), "")
    return found if found and status in {200, 201, 202, 400, 422} else ISSUES.get(status, "processing")


def issue(problem: Problem, status: int) -> dict[str, Any]:
    """One problem."""
    place = {"expression" if ELEMENT.fullmatch(problem.place) else "location": [problem.place]} if problem.place else {}
    return {
        "severity": problem.severity,
        "code": kind(problem.code, status),
        "details": {"coding": [{"system": PROBLEM, "code": problem.code}], "text": problem.sentence},
        "diagnostics": problem.repair,
        **place,
    }


def outcome(problems: Sequence[Problem], status: int = 200, *more: dict[str, Any]) -> dict[str, Any]:
    """One issue for each problem, and further ones; where there are none, that all is well or what the status says.

    Of many problems the gravest hundred are told, and how many there are.
    """
    issues = [issue(problem, status) for problem in problems[:ISSUES_TOLD]]
    if len(problems) > ISSUES_TOLD:
        ranked = sorted(problems, key=lambda problem: problem.severity != "error")
        issues = [issue(problem, status) for problem in ranked[:ISSUES_TOLD]]
        issues.append(told(f"{len(problems)} findings in all; these are the first {ISSUES_TOLD}."))
    return {"resourceType": "OperationOutcome", "issue": [*issues, *more] or [plain(status)]}


def plain(status: int) -> dict[str, Any]:
    """The issue where nothing is to be said."""
    if status < 400:
        return told("All is well.")
    return {"severity": "error", "code": ISSUES.get(status, "processing"), "details": {"text": phrase(status)}}


def told(sentence: str, diagnostics: str = "") -> dict[str, Any]:
    """An issue that is none: something worth knowing."""
    more = {"diagnostics": diagnostics} if diagnostics else {}
    return {"severity": "information", "code": "informational", "details": {"text": sentence}, **more}


def next_action(action: Mapping[str, Any], task: str) -> dict[str, Any]:
    """One thing the caller may do with a Task instead (`Told.actions`)."""
    business = ", ".join(str(coding["code"]) for coding in action.get("businessStatus", ()))
    parts = [
        f"actor {action.get('actor', '?')}",
        f"businessStatus{' needed, one of' if action.get('named') else ''} {business}" if business else "",
        "statusReason.text needed" if action.get("reason") else "",
        f"GET {task}/$actions",
    ]
    found = told(f"Task.status may become {action.get('status')}.", "; ".join(part for part in parts if part))
    return {**found, "expression": ["Task.status"]}
