"""Who calls where access tokens are asked for, and the two paths that are open to everybody (SMART App Launch 2.2)."""

import re
from dataclasses import replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.domain.problem import Problem
from gateway.web import body
from gateway.web.auth import Alarm, credentials_of
from gateway.web.fhir import roles
from gateway.web.fhir.call import Call
from gateway.web.refusal import RefusedError
from gateway.web.smart.access import Access, Peer, configuration, token_endpoint
from gateway.web.smart.scopes import opens
from gateway.web.smart.tokens import Grant

LOOPBACK = re.compile(r"127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+")
CONFIGURATION, TOKEN = ".well-known/smart-configuration", "auth/token"
LONGEST = 16 * 1024
"""Bytes of a request for a token."""
OPEN = frozenset({"metadata", "openapi.json"})
"""Paths that tell nothing that is stored; a client reads them before it knows where to ask for a token."""
KEPT_BACK = {"cache-control": "no-store", "pragma": "no-cache"}


async def entrance(request: Request, call: Call) -> Response | None:
    """The answer on the paths where tokens are had; None on all others."""
    access = call.desk.access
    if access is None or call.path not in {CONFIGURATION, TOKEN}:
        return None
    method = "POST" if call.path == TOKEN else "GET"
    if call.method != method and not (call.method == "HEAD" and method == "GET"):
        problem = Problem("fhir.access.method", "method", "this is not done on this path", f"use {method}")
        raise RefusedError(405, problem, headers={"allow": method})
    if call.path == CONFIGURATION:
        return JSONResponse(configuration(call.base))
    return await token(request, call, access)


async def token(request: Request, call: Call, access: Access) -> Response:
    """The answer of the token endpoint."""
    said = request.headers.get("content-length", "")
    if not said.isdecimal() or int(said) > LONGEST:
        return JSONResponse({"error": "invalid_request"}, 400, {**KEPT_BACK, "connection": "close"})
    data = await body.read(request, call.desk.doors)
    media, audience = request.headers.get("content-type", ""), token_endpoint(call.base)
    peer = Peer(call.address, credentials_of(request).certificate)
    status, told, headers = await run_in_threadpool(access.grant, data, media, audience, peer)
    return JSONResponse(told, status, {**KEPT_BACK, **headers})


async def held(request: Request, call: Call, alarm: Alarm) -> Grant | None:
    """What the caller's token opens; None for the desk and where nothing is asked for.

    RefusedError 401 for any other token, 429 for whoever guesses.
    """
    access = call.desk.access
    if access is None:
        return None
    shown = credentials_of(request)
    desk = access.desk and not shown.certificate and bool(LOOPBACK.fullmatch(call.address))
    if "authorization" not in request.headers and (desk or call.path in OPEN):
        return None
    grant = access.caller(shown.token, shown.certificate)
    if grant is not None:
        return grant
    raise alarm.turned_away(call.address)


def granted(call: Call, grant: Grant) -> Call:
    """The call in the name of the partner whose client it is; with its HTTP roads, if the token opens messages."""
    if grant.role:
        return roles.named(call, grant)
    party = call.desk.rooms.directory.get(grant.party)
    sends = party.sends if party and opens(grant.scopes, "Bundle", "c") else ()
    roads = tuple(road for road in sends if road.road == "http")
    return replace(call, grant=grant, caller=replace(call.caller, party=grant.party), roads=roads)
