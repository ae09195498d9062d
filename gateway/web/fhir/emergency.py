"""Patient/$emergency-access: break the glass, with a reason; GET shows again what is open until it ends."""

from gateway.domain.problem import Problem
from gateway.web.fhir.call import Answer, Call
from gateway.web.fhir.parameters import given
from gateway.web.fhir.read import unknown
from gateway.web.refusal import RefusedError

STATUS = {
    "emergency.person": 404,
    "emergency.reason": 403,
    "emergency.role": 403,
    "emergency.again": 409,
    "emergency.refused": 403,
    "emergency.store": 503,
}
"""Code of a problem -> the status of HTTP that says it."""


def emergency(call: Call) -> Answer:
    """What is open to the caller by an emergency access: 201 with a new one, 200 with one that holds."""
    from gateway.pipeline.granting.emergency import Wish, granted  # noqa: PLC0415 - rare
    from gateway.pipeline.granting.opened import opened  # noqa: PLC0415 - as above

    reason, why, party = said(call)
    who = call.caller.staff or ("" if call.caller.party else "desk")
    wish = Wish(f"Patient/{call.id}", call.caller.party or party, reason, why, who)
    if call.method == "POST":
        for problem in granted(wish, call.desk.rooms).problems:
            raise RefusedError(STATUS[problem.code], unknown(call) if STATUS[problem.code] == 404 else problem)
    found = opened(wish, call.desk.rooms)
    call.desk.wake()
    if found is None:
        raise RefusedError(404, unknown(call))
    return Answer(201 if call.method == "POST" else 200, found)


def said(call: Call) -> tuple[str, str, str]:
    """Reason, its code and, for the desk, whose access it is; RefusedError 400 for a reason in the address."""
    from gateway.web.fhir import wire  # noqa: PLC0415 - beside its use

    query = dict(call.query)
    if "reason" in query:
        repair = "send it in the body, as the parameter `reason`: addresses are logged"
        raise RefusedError(400, Problem("emergency.address", "query", "a reason does not stand in an address", repair))
    found = given(wire.read(call.data, call.headers)) if call.data else given({})
    return found.text("reason"), found.text("code") or "BTG", found.text("party") or query.get("party", "")
