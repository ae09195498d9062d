"""The desks: what each role has before it, and nothing besides; each look stands in the audit before it is shown."""

from datetime import datetime, timedelta

from starlette.responses import JSONResponse, Response

from gateway.domain.problem import worst
from gateway.domain.question import Inquiry
from gateway.domain.working_time import BERLIN
from gateway.pipeline.staff.roles import ROLES, Right, may
from gateway.web.staff import disclosed as told
from gateway.web.staff import drawn, look
from gateway.web.staff.call import Call

FIRST: tuple[tuple[Right, str], ...] = (
    ("cases", "cases"),
    ("disclosed", "shown"),
    ("audit", "audit"),
    ("counts", "counts"),
)
"""What a desk begins with: the first that the role may."""


def desk(call: Call) -> Response:
    """What the role has to do with."""
    begin = next((name for right, name in FIRST if may(call.who.role, right)), "")
    return BEGIN[begin](call)


def cases(call: Call) -> Response:
    """The open cases of the own site."""
    rows = look.open_cases(call.who.site, call.rooms)
    call.note("staff seen", "cases", detail=f"{len(rows)} of {call.who.site}")
    return drawn.page("cases", call, rows=rows, site=look.titled(call.who.site, call.rooms))


def case(call: Call) -> Response:
    """One case of the own site; another one's is not there."""
    key = call.where.get("id", "")
    found = look.one_case(key, call.who.site, call.rooms)
    if found is None:
        call.note("staff refused", "case", "refused", "not there")
        return drawn.message("nothing", 404, call)
    call.note("staff seen", f"Task/{key}")
    return drawn.page("case", call, case=found)


def disclosed(call: Call) -> Response:
    """What was shown to whom lately, and what was shown in an emergency."""
    shown = look.lines(Inquiry(action="disclose"), call.rooms)
    urgent = look.lines(Inquiry(action="emergency"), call.rooms)
    call.note("staff seen", "disclosures")
    return drawn.page("shown", call, shown=list(told.disclosed(shown, call.rooms)), urgent=list(told.urgent(urgent)))


def recalls(call: Call) -> Response:
    """Who was asked to delete what, told when, confirmed when; for a lead those of the own site."""
    rows = look.recalls(call.who.site, call.rooms)
    call.note("staff seen", "recalls", detail=str(len(rows)))
    return drawn.page("recalls", call, rows=rows)


def audit(call: Call) -> Response:
    """The search for lines of the audit, empty."""
    return drawn.page("audit", call, asked={}, lines=None, verdict=None)


def searched(call: Call) -> Response:
    """Lines of the audit."""
    said = {name: call.form.get(name, "").strip()[:100] for name in ("actor", "action", "object", "since", "until")}
    since, until = day(said["since"]), day(said["until"], 1)
    if (said["since"] and not since) or (said["until"] and not until):
        return drawn.page("audit", call, 422, notice="no-day", asked=said, lines=None, verdict=None)
    inquiry = Inquiry(said["actor"], said["action"], said["object"], "", since, until)
    found = look.lines(inquiry, call.rooms)
    call.note("audit search", "audit", detail=", ".join(name for name, value in said.items() if value))
    return drawn.page("audit", call, asked=said, lines=list(look.told(found)), verdict=None)


def day(text: str, more: int = 0) -> datetime | None:
    """A day of this place, as a browser's field for days writes it; `more` days later."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=BERLIN) + timedelta(days=more)
    except (ValueError, OverflowError):
        return None


def verified(call: Call) -> Response:
    """Whether the audit is as it was written."""
    call.note("audit verify", "audit")
    verdict = call.door.verify()
    whole = worst(verdict.problems) != "error"
    return drawn.page("audit", call, asked={}, lines=None, verdict=verdict, whole=whole)


def counts(call: Call) -> Response:
    """How many messages and deliveries stand where, and which messages wait: no person, no body."""
    store = call.rooms.store
    rows = sorted(store.counts().items())
    call.note("staff seen", "counts")
    return drawn.page("counts", call, rows=rows, waiting=look.waiting(call.rooms), fault=store.healthy())


def token(call: Call) -> Response:
    """A token for the FHIR interface, in the name of who sits here."""
    if call.door.token is None:
        return drawn.message("no-token", 404, call)
    call.note("token", call.who.actor, "given", ROLES[call.who.role].en)
    word, seconds = call.door.token(call.who)
    if call.json:
        return JSONResponse({"access_token": word, "token_type": "bearer", "expires_in": seconds})
    return drawn.page("token", call, token=word, minutes=seconds // 60)


BEGIN = {"cases": cases, "shown": disclosed, "audit": audit, "counts": counts}
