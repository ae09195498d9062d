"""The routes of the page: GET changes nothing, so that a preview that fetches a link spends and learns nothing."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gateway.domain.ledger import Audit, Note
from gateway.pipeline.link import enter, say
from gateway.pipeline.link.others import others
from gateway.pipeline.link.record import Link
from gateway.pipeline.link.view import view
from gateway.pipeline.rooms import Rooms
from gateway.web.limit import Limit, whence
from gateway.web.link import drawn
from gateway.web.pages import POLICY, defect, is_near, read
from gateway.web.pages import SAFE as PAGES
from gateway.web.pages import unread as closed

COOKIE = "kuemmerer_link"
SAFE: Mapping[str, str] = {
    **PAGES,
    "content-security-policy": f"{POLICY}; script-src 'self'",
    "referrer-policy": "no-referrer",
}
"""What every answer says: one script of ours, and no address of a page goes anywhere (Referrer Policy)."""
ASSETS = {"page.css": "text/css; charset=utf-8", "key.js": "text/javascript; charset=utf-8"}
REFUSED: Mapping[str, int] = {"wrong": 403, "used": 403, "locked": 403, "over": 410, "busy": 503}


def unheard(_: str) -> None:
    """Nobody listens."""


def nobody() -> None:
    """Nothing waits."""


@dataclass
class Page:
    """What the page is made over.

    base     where people reach it: its scheme decides whether cookies are for https only, its path where they count
    tries    wrong codes after which a link is locked
    wake     tells the workers that something may be waiting for them
    refused  hears why somebody was turned away
    """

    rooms: Rooms
    base: str
    tries: int = 5
    wake: Callable[[], None] = nobody
    refused: Callable[[str], None] = unheard
    limit: Limit = field(default_factory=Limit)


@dataclass(frozen=True, slots=True)
class Call:
    """One request: its form, the cookie of the browser, the address it comes from."""

    page: Page
    form: Mapping[str, str]
    cookie: str
    address: str


Work = Callable[[Call], Response]


def application(page: Page) -> Starlette:
    """The page; no route shows anything of a case without a sitting."""
    routes = [
        Route("/", answering(page, door), methods=["GET"]),
        Route("/open", answering(page, opened), methods=["POST"]),
        Route("/case", answering(page, case), methods=["GET"]),
        Route("/say", answering(page, said, sits=True), methods=["POST"]),
        Route("/switch", answering(page, switched, sits=True), methods=["POST"]),
        Route("/leave", answering(page, left, sits=True), methods=["POST"]),
        *(Route(f"/{name}", answering(page, asset(name)), methods=["GET"]) for name in ASSETS),
    ]
    return Starlette(routes=routes, exception_handlers={HTTPException: unrouted})


async def unrouted(_: Request, fault: Exception) -> Response:
    """No such page, or not by this method."""
    status = fault.status_code if isinstance(fault, HTTPException) else 404
    return safe(drawn.message("nothing", status))


def answering(page: Page, work: Work, *, sits: bool = False) -> Callable[[Request], Awaitable[Response]]:
    """A route: the form read within limits, the work done in a thread, the answer made safe.

    `sits`: only in a sitting; whoever has none is sent to the door, and the form is not read.
    """

    async def answer(request: Request) -> Response:
        form: Mapping[str, str] = {}
        if request.method == "POST":
            if not is_near(request):
                return unread(drawn.message("failed-here", 403))
            if sits and not await run_in_threadpool(sitting, request, page):
                return unread(home())
            try:
                form = await read(request)
            except (ValueError, TimeoutError, ClientDisconnect):
                return unread(drawn.message("failed-here", 400))
        address = request.client.host if request.client else ""
        call = Call(page, form, request.cookies.get(COOKIE, ""), address)
        return safe(await run_in_threadpool(guarded, work, call))

    return answer


def sitting(request: Request, page: Page) -> bool:
    """Whether a browser is let in by its cookie alone."""
    return enter.sitting(request.cookies.get(COOKIE, ""), page.rooms) is not None


def unread(response: Response) -> Response:
    """A safe answer to a form that was not read to its end: the connection is closed behind it."""
    return safe(closed(response))


def guarded(work: Work, call: Call) -> Response:
    """The work; a defect costs one answer, and the log says where without its words, which may quote anything."""
    try:
        return work(call)
    except Exception as fault:  # noqa: BLE001 - see above
        defect("link", fault)
        return drawn.message("failed-here", 500)


def safe(response: Response) -> Response:
    """The answer with what every answer says."""
    response.headers.update(SAFE)
    return response


# --- the pages -------------------------------------------------------------------------------------------------------


def door(_: Call) -> Response:
    """The neutral page: the same for everybody."""
    return drawn.entrance()


def opened(call: Call) -> Response:
    """Key and code shown: a sitting begins, and whoever asks for the measure learns that it was received."""
    page = call.page
    shown = enter.Shown(call.form.get("key", ""), call.form.get("code", ""), call.cookie)
    often = hammered(shown, call)
    if often:
        return often
    entered = enter.enter(shown, page.tries, page.rooms)
    if entered.link is None or entered.refused:
        page.refused(entered.refused)
        return drawn.entrance(entered.refused, REFUSED[entered.refused], shown.key[:64])
    say.arrived(entered.link, page.rooms)
    page.wake()
    return with_cookie(onward(), entered.cookie, page.base)


def hammered(shown: enter.Shown, call: Call) -> Response | None:
    """429 for whoever goes on trying; whose key is that of a link is not held up by others behind the same address."""
    page, link = call.page, enter.meant(shown, call.page.rooms)
    wait, first = page.limit.wrong(f"{whence(call.address)} {link.id if link else ''}")
    if not wait:
        return None
    page.refused("often")
    if first:
        page.rooms.store.commit(
            [Note(Audit(page.rooms.now(), "unknown", "link opened", "link", "refused often"))]
        ).result()
    answer = drawn.entrance("often", 429, shown.key[:64])
    answer.headers["retry-after"] = str(wait)
    return answer


def case(call: Call) -> Response:
    """The party's part."""
    link = enter.sitting(call.cookie, call.page.rooms)
    return shown_case(link, call) if link else home()


def shown_case(link: Link, call: Call, tried: drawn.Tried | None = None) -> Response:
    """The party's part, with what became of an answer."""
    rooms = call.page.rooms
    link = enter.seen(link, rooms)
    seen = view(link, rooms)
    return drawn.message("gone", 410) if seen is None else drawn.case(seen, tried or drawn.Tried(), others(link, rooms))


def said(call: Call) -> Response:
    """An answer, given or not."""
    form = call.form
    link = enter.sitting(call.cookie, call.page.rooms, form.get("link", ""))
    if link is None:
        return home()
    number = form.get("version", "")
    version = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
    answer = say.Said(
        form.get("answer", ""), form.get("business", ""), form.get("text", ""), version, form.get("ask", "")
    )
    seen = view(link, call.page.rooms)
    if seen is None:
        return drawn.message("gone", 410)
    told = say.say(answer, link, call.page.rooms)
    call.page.wake()
    notice = OUTCOMES.get(told.status, "failed-here")
    return shown_case(link, call, drawn.Tried(notice, answer.ask + answer.answer, answer.text, told.status))


OUTCOMES: Mapping[int, str] = {200: "saved", 201: "saved", 409: "changed", 412: "changed", 422: "missing"}


def switched(call: Call) -> Response:
    """Another request of the same party, whose sitting goes on too; the page then shows the last one looked at."""
    link = enter.sitting(call.cookie, call.page.rooms, call.form.get("link", "-"))
    if link:
        enter.seen(link, call.page.rooms)
    return onward()


def left(call: Call) -> Response:
    """The sitting ends."""
    link = enter.sitting(call.cookie, call.page.rooms)
    if link:
        enter.left(link, call.page.rooms)
    return drawn.entrance("left")


def asset(name: str) -> Work:
    """A file of the page."""
    data = files("gateway.web.link").joinpath("pages", name).read_bytes()
    return lambda _: Response(data, media_type=ASSETS[name])


def onward() -> Response:
    """To the case; by a relative address, as a proxy may stand before it."""
    return RedirectResponse("case", 303)


def home() -> Response:
    """Back to the door."""
    return RedirectResponse("./", 303)


def with_cookie(response: Response, cookie: str, base: str) -> Response:
    """The answer with the browser's cookie (RFC 6265, chapter 4.1.2): no script reads it, no other site sends it."""
    url = urlsplit(base)
    response.set_cookie(
        COOKIE, cookie, max_age=365 * 86_400, path=url.path or "/", secure=url.scheme == "https", httponly=True,
        samesite="strict",
    )  # fmt: skip
    return response
