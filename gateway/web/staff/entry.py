"""In and out: by name, password and code, or by a provider that vouches (OpenID Connect)."""

from starlette.responses import RedirectResponse, Response

from gateway.domain.ledger import Audit, Note
from gateway.pipeline.staff import account, enter, joining, session
from gateway.web.limit import whence
from gateway.web.staff import drawn
from gateway.web.staff.call import Call, Door

BEGUN = "kuemmerer_staff_begun"
"""The cookie that binds a login on its way to one browser; it comes back from another site, so it is `Lax`."""
MINUTES = 10


def front(call: Call) -> Response:
    """The door: the same for everybody who does not sit here."""
    return RedirectResponse("desk", 303) if call.person else drawn.entrance(call.door)


def login(call: Call) -> Response:
    """Name, password and code."""
    door, form = call.door, call.form
    if not door.local:
        return drawn.entrance(door, "wrong", 403)
    typed = enter.Typed(form.get("login", ""), form.get("password", ""), form.get("code", ""))
    entered = enter.enter(typed, door.rules, call.rooms)
    if entered.refused:
        door.refused(entered.refused)
        return slowed(call) or drawn.entrance(door, entered.refused, 503 if entered.refused == "busy" else 403)
    replaced(call)
    return sat(RedirectResponse("desk", 303), entered.cookie, door)


def slowed(call: Call) -> Response | None:
    """Counts what was wrong; the answer to whoever was wrong too often in a minute."""
    wait, _ = call.door.limit.wrong(whence(call.address))
    if not wait:
        return None
    call.door.refused("often")
    answer = drawn.entrance(call.door, "often", 429)
    answer.headers["retry-after"] = str(wait)
    return answer


def replaced(call: Call) -> None:
    """Who comes in again leaves the sitting of before: its cookie counts no more."""
    if call.person:
        session.ended(call.person.session.id, call.person.actor, call.rooms)


def sat(response: Response, cookie: str, door: Door) -> Response:
    """The answer with the cookie of the sitting: no script reads it, no other site sends it (RFC 6265bis, 4.1)."""
    response.set_cookie(door.cookie, cookie, path="/", secure=door.secure, httponly=True, samesite="strict")
    return response


def logout(call: Call) -> Response:
    """The sitting ends, and its tokens."""
    session.ended(call.who.session.id, call.who.actor, call.rooms)
    answer = drawn.entrance(call.door, "left")
    answer.delete_cookie(call.door.cookie, path="/", secure=call.door.secure, httponly=True, samesite="strict")
    return answer


# --- by a provider ---------------------------------------------------------------------------------------------------


def away(call: Call) -> Response:
    """To the provider; what is on its way is bound to this browser."""
    door = call.door
    if door.provider is None:
        return drawn.message("nothing", 404)
    address, bound = door.provider.away(f"{door.base}oidc/back")
    if not address:
        return drawn.entrance(door, "provider", 502)
    answer = RedirectResponse(address, 303)
    answer.set_cookie(
        begun(door), bound, max_age=MINUTES * 60, path="/", secure=door.secure, httponly=True, samesite="lax"
    )
    return answer


def begun(door: Door) -> str:
    """The name of that cookie."""
    return f"__Host-{BEGUN}" if door.secure else BEGUN


def back(call: Call) -> Response:
    """From the provider: an account of whoever it vouches for, and a page that leads on.

    No redirect: a cookie that is `Strict` does not follow one that another site began.
    """
    door = call.door
    if door.provider is None:
        return drawn.message("nothing", 404)
    claimed = door.provider.back(call.form, call.cookies.get(begun(door), ""), f"{door.base}oidc/back")
    person = account.Account("", claimed.role, "", claimed.site, subject=claimed.subject)
    joined = joining.joined(person, call.rooms) if not claimed.refused else joining.Joined(claimed.refused)
    if joined.account is None:
        who = joined.actor or "unknown"
        line = Audit(call.rooms.now(), who, "login", "staff", "refused", f"oidc, {joined.refused}")
        call.rooms.store.commit([Note(line)]).result()
        door.refused("oidc")
        return forgotten(slowed(call) or drawn.entrance(door, "unvouched", 403), door)
    replaced(call)
    return forgotten(sat(drawn.onward(), joined.cookie, door), door)


def forgotten(response: Response, door: Door) -> Response:
    """The answer, and the browser forgets what was on its way."""
    response.delete_cookie(begun(door), path="/", secure=door.secure, httponly=True, samesite="lax")
    return response
