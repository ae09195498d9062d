"""The HTTP application: every route is guarded or on the short list of public ones."""

import asyncio
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.web import faults, health
from gateway.web.doors import Doors


def app(doors: Doors) -> Starlette:
    """The application over the house's doors; whatever is no public route is the intake's to answer."""
    made = Starlette(routes=health.routes(doors))
    made.router.redirect_slashes = False
    made.router.default = late(lambda: intake(doors))
    faults.answered(made)
    return made


def intake(doors: Doors) -> Starlette:
    """The guarded routes; FastAPI takes eight megabytes and a tenth of a second, and not every gateway is sent HTTP."""
    from gateway.web.intake import application  # noqa: PLC0415 - as said

    return application(doors)


def late(load: Callable[[], ASGIApp]) -> ASGIApp:
    """An application that is loaded once, when somebody first asks for it, on a thread: the loop goes on meanwhile."""
    loaded: list[ASGIApp] = []
    one = asyncio.Lock()

    async def entrance(scope: Scope, receive: Receive, send: Send) -> None:
        async with one:
            if not loaded:
                loaded.append(await run_in_threadpool(load))
        await loaded[0](scope, receive, send)

    return entrance
