"""The routes of the pages of staff: who calls, and what the role may, is known before a body is read."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from hmac import compare_digest
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gateway.pipeline.staff.roles import Right, may
from gateway.pipeline.staff.session import Person, clicked, person
from gateway.store.port import StoreError
from gateway.web.pages import SAFE as PAGES
from gateway.web.pages import defect, is_near, read
from gateway.web.pages import unread as closed
from gateway.web.staff import drawn, entry, work
from gateway.web.staff.call import Call, Door, Work

LOG = logging.getLogger("gateway.web")
SAFE: Mapping[str, str] = {**PAGES, "referrer-policy": "same-origin"}
"""What every answer says: a form says where it comes from (`Origin`) to nobody but us."""


class Way(NamedTuple):
    """A path with its method, what answers, and what the caller needs: nothing (None), a sitting (empty), a right."""

    path: str
    method: str
    work: Work
    needs: Right | Literal[""] | None


WAYS = (
    Way("/", "GET", entry.front, None),
    Way("/login", "POST", entry.login, None),
    Way("/oidc", "GET", entry.away, None),
    Way("/oidc/back", "GET", entry.back, None),
    Way("/logout", "POST", entry.logout, ""),
    Way("/desk", "GET", work.desk, ""),
    Way("/case/{id}", "GET", work.case, "cases"),
    Way("/shown", "GET", work.disclosed, "disclosed"),
    Way("/recalls", "GET", work.recalls, "recall"),
    Way("/audit", "GET", work.audit, "audit"),
    Way("/audit", "POST", work.searched, "audit"),
    Way("/verify", "POST", work.verified, "verify"),
    Way("/counts", "GET", work.counts, "counts"),
    Way("/token", "POST", work.token, "fhir"),
)
"""All that is there, beside the style of the pages."""


def application(door: Door) -> Starlette:
    """The pages."""
    routes = [Route(way.path, answering(door, way), methods=[way.method]) for way in WAYS]
    routes.append(Route("/page.css", style, methods=["GET"]))
    return Starlette(routes=routes, exception_handlers={HTTPException: unrouted})


async def unrouted(_: Request, fault: Exception) -> Response:
    """No such page, or not by this method."""
    return safe(drawn.message("nothing", fault.status_code if isinstance(fault, HTTPException) else 404))


async def style(_: Request) -> Response:
    """How the pages look."""
    return safe(Response(drawn.style(), media_type="text/css; charset=utf-8"))


def answering(door: Door, way: Way) -> Callable[[Request], Awaitable[Response]]:
    """A route: who calls, from where, what the role may, then the form, then the work in a thread."""

    async def answer(request: Request) -> Response:
        who = await run_in_threadpool(sitting, request, door)
        call = Call(
            door,
            who,
            request.path_params,
            {},
            request.cookies,
            request.client.host if request.client else "",
            "json" in request.headers.get("accept", ""),
        )
        refusal = unasked(request, call, way) or await run_in_threadpool(unable, call, way)
        if refusal is not None:
            return unread(refusal) if way.method == "POST" else safe(refusal)
        try:
            form: Mapping[str, str] = await read(request) if way.method == "POST" else dict(request.query_params)
        except (ValueError, TimeoutError, ClientDisconnect):
            return unread(drawn.message("failed-here", 400))
        if way.method == "POST" and way.needs is not None and not is_word(form, call):
            return safe(drawn.message("foreign", 403))
        return safe(await run_in_threadpool(guarded, way.work, replace(call, form=form)))

    return answer


def is_word(form: Mapping[str, str], call: Call) -> bool:
    """Whether a form has the word of the sitting, compared in constant time."""
    return bool(call.word) and compare_digest(form.get("word", "").encode(), call.word.encode())


def sitting(request: Request, door: Door) -> Person | None:
    """Who sits behind the cookie of a request; the sitting goes on."""
    try:
        who = person(request.cookies.get(door.cookie, ""), door.times, door.rooms)
        if who is not None:
            clicked(who, door.rooms)
    except StoreError:
        return None
    return who


def unasked(request: Request, call: Call, way: Way) -> Response | None:
    """The refusal of a form that another site's page sends (Fetch Metadata; RFC 6454, 7)."""
    if way.method != "POST":
        return None
    origin, url = request.headers.get("origin", ""), urlsplit(call.door.base)
    ours = {f"{url.scheme}://{url.netloc}", f"{request.url.scheme}://{request.headers.get('host', '')}"}
    if is_near(request) and (not origin or origin in ours):
        return None
    return drawn.message("foreign", 403)


def unable(call: Call, way: Way) -> Response | None:
    """The refusal of somebody who does not sit here, or whose role may not; the second stands in the audit."""
    if way.needs is None or (call.person is not None and (not way.needs or may(call.person.role, way.needs))):
        return None
    if call.person is None:
        gone = way.method == "GET" and not call.json
        return RedirectResponse("../" * (way.path.count("/") - 1) or "./", 303) if gone else drawn.message("out", 401)
    try:
        call.note("staff refused", way.path, "refused", call.person.role)
    except StoreError:
        return drawn.message("failed-here", 503)
    return drawn.message("forbidden", 403, call)


def guarded(task: Work, call: Call) -> Response:
    """The work; a defect costs one answer, and the log says where without its words, which may quote anything."""
    try:
        return task(call)
    except StoreError as fault:
        LOG.warning("the store refuses", extra={"kind": type(fault).__name__})
        return drawn.message("failed-here", 503)
    except Exception as fault:  # noqa: BLE001 - see above
        defect("staff", fault)
        return drawn.message("failed-here", 500)


def unread(response: Response) -> Response:
    """A safe answer to a form that was not read to its end: the connection is closed behind it."""
    return safe(closed(response))


def safe(response: Response) -> Response:
    """The answer with what every answer says."""
    response.headers.update(SAFE)
    return response
