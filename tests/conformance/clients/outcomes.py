"""What schemathesis asks besides its own: a refusal is an OperationOutcome that says what, and names nobody."""

import json
from typing import Any

import schemathesis

ERRORS = frozenset({"error", "fatal"})


@schemathesis.check
def refusals_are_outcomes(_: object, response: schemathesis.Response, case: "schemathesis.Case[Any]") -> None:
    """Chapter 3.1.0.1.4: an error has an OperationOutcome with at least one issue; here each says something."""
    if response.status_code < 400 or case.method == "HEAD":
        return
    kind = response.headers.get("content-type", [""])[0]
    if "xml" in kind:
        if b"<OperationOutcome" not in response.content:
            raise AssertionError("a refusal in XML without OperationOutcome")
        return
    try:
        outcome = json.loads(response.content)
    except ValueError:
        raise AssertionError("a refusal that is no JSON") from None
    if outcome.get("resourceType") != "OperationOutcome":
        raise AssertionError("a refusal without OperationOutcome")
    issues = outcome.get("issue", [])
    if not any(issue.get("severity") in ERRORS for issue in issues):
        raise AssertionError("a refusal without an error")
    if not all(issue.get("diagnostics") or issue.get("details") for issue in issues):
        raise AssertionError("an issue that says nothing")
