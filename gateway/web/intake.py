"""`POST /intake/{partner}`: a message in any format; `GET /intake/{tracking}`: what became of it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from gateway.directory.parties import Sends
from gateway.domain.problem import Problem
from gateway.domain.road import Arrival, Receipt
from gateway.web import body, faults, refusal
from gateway.web.auth import Caller, authenticate, credentials_of, guard
from gateway.web.choice import choose
from gateway.web.doors import Doors
from gateway.web.refusal import RefusedError

AGAIN = 5
"""Seconds after which a sender may try again (Retry-After)."""
REFUSALS: Mapping[str, int] = {"reused": 409, "large": 413, "bytes": 413, "syntax": 400, "charset": 400, "empty": 400}
"""Status by the last word of the first problem's code; any other refusal is 422."""
TRACKING = re.compile(r"[A-Za-z0-9._:-]{1,100}")
KEY = re.compile(r'"[\x20\x21\x23-\x7e]{1,255}"|[\x21\x23-\x7e][\x20-\x7e]{0,254}')
"""An idempotency key: a text of RFC 8941, or bare as most senders write it."""


def application(doors: Doors) -> FastAPI:
    """The application of both routes; another API is one more `include_router`, guarded by `auth.guard`."""
    made = FastAPI(
        title="Kümmerer Gateway", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, debug=False
    )
    made.include_router(router(doors))
    faults.answered(made)
    made.add_exception_handler(RequestValidationError, invalid)
    return made


def router(doors: Doors) -> APIRouter:
    """Both routes, guarded."""
    known = guard(doors)
    routes = APIRouter(dependencies=[Depends(known)])

    @routes.post("/intake/{partner}", status_code=202)
    async def hand_in(request: Request, caller: Annotated[Caller, Depends(known)]) -> Response:
        """Keep one message, and say under which tracking id."""
        road = road_of(request, caller, doors)
        key = key_of(request)
        data = await body.read(request, doors)
        came = arrival(request, caller, road, (key, data), doors)
        unread = await run_in_threadpool(doors.unread, road.format, data)
        receipt = await doors.intake(replace(came, problems=tuple(unread)) if unread else came)
        answer = receipt_answer(receipt)
        return await line_answer(receipt.tracking, doors) or answer if road.accept == "done" else answer

    @routes.get("/intake/{tracking}")
    async def ask(request: Request, tracking: str) -> Response:
        """State, step, problems and deliveries of a message; another partner's does not exist."""
        status = await run_in_threadpool(doors.status, tracking) if TRACKING.fullmatch(tracking) else None
        partner = str(status.get("partner", "")) if status else ""
        if status is None or not partner or not authenticate(partner, credentials_of(request), doors.roads):
            raise RefusedError(404, missing())
        return JSONResponse(jsonable_encoder(status), headers={"cache-control": "no-store"})

    return routes


def road_of(request: Request, caller: Caller, doors: Doors) -> Sends:
    """The road the request takes."""
    headers, query = request.headers, request.query_params
    road = choose(caller.roads, query.get("format", ""), headers.get("content-type", ""), doors.media)
    if isinstance(road, Problem):
        raise RefusedError(415, road)
    return road


def key_of(request: Request) -> str:
    """The idempotency key, empty where there is none."""
    keys = request.headers.getlist("idempotency-key")
    if not keys:
        return ""
    if len(keys) > 1 or not KEY.fullmatch(keys[0].strip()):
        repair = "send one key of 1 to 255 printable ASCII characters"
        raise RefusedError(400, Problem("http.key", "Idempotency-Key", "this is no key", repair))
    return keys[0].strip().strip('"')


def arrival(request: Request, caller: Caller, road: Sends, taken: tuple[str, bytes], doors: Doors) -> Arrival:
    """The request in the words of the line; `taken` is its key and its bytes."""
    said = {"address": request.client.host if request.client else "", "agent": request.headers.get("user-agent", "")}
    return Arrival(
        partner=caller.party.id,
        road="http",
        format=road.format,
        data=taken[1],
        received=doors.now(),
        key=taken[0],
        accept="kept",
        content_type=request.headers.get("content-type", "")[:200],
        headers={name: value[:200] for name, value in said.items() if value},
    )


def receipt_answer(receipt: Receipt) -> Response:
    """202 with the tracking id (RFC 9110, 15.3.3), or the refusal."""
    if receipt.outcome == "unavailable":
        raise RefusedError(503, *(receipt.problems or (unavailable(),)), headers={"retry-after": str(AGAIN)})
    if receipt.outcome == "refused":
        word = receipt.problems[0].code.rpartition(".")[2] if receipt.problems else ""
        raise RefusedError(REFUSALS.get(word, 422), *receipt.problems, headers=located(receipt.tracking))
    told = {"tracking": receipt.tracking, "status-url": f"/intake/{receipt.tracking}"}
    return JSONResponse(told, 202, located(receipt.tracking))


async def line_answer(tracking: str, doors: Doors) -> Response | None:
    """For a road with `accept: done`: 200 and what became of it, or 422 with the problems; None if it still runs."""
    await doors.ran(tracking)
    status = await run_in_threadpool(doors.status, tracking)
    if status is None or status["state"] == "received":
        return None
    if status["state"] != "done":
        raise RefusedError(422, *(Problem(**told) for told in status["problems"]), headers=located(tracking))
    return JSONResponse(jsonable_encoder(status), 200, located(tracking))


def located(tracking: str) -> dict[str, str]:
    """Where to ask what became of a message."""
    return {"location": f"/intake/{tracking}"} if tracking else {}


def unavailable() -> Problem:
    """Nothing was kept."""
    return Problem("http.unavailable", "gateway", "nothing can be kept at the moment", "send it again later")


def missing() -> Problem:
    """Not there, or not the caller's."""
    repair = "ask for a tracking id that this partner was given"
    return Problem("http.tracking", "tracking", "there is no such message", repair)


async def invalid(request: Request, _: Exception) -> Response:
    """A parameter that cannot be read; what was sent is not repeated."""
    problem = Problem("http.parameter", "query", "a parameter cannot be read", "see docs/reference/http.md")
    return refusal.answer(request, RefusedError(400, problem))
