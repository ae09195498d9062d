"""The FHIR interface as an application of its own (chapter 3.1): one guarded entrance for every interaction."""

import logging
import re
import time
import traceback
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.domain.ledger import Audit
from gateway.domain.problem import Problem
from gateway.fhir import json
from gateway.pipeline.rest.asked import Caller
from gateway.store.port import StoreError
from gateway.web import body
from gateway.web.auth import Alarm, authenticate, credentials_of
from gateway.web.fhir import access, bearer, wire
from gateway.web.fhir.call import Answer, Call, Desk, Wire
from gateway.web.fhir.outcome import outcome
from gateway.web.fhir.permit import permitted
from gateway.web.fhir.routes import called, resolved
from gateway.web.fhir.tables import FORM
from gateway.web.fhir.write import ToldError
from gateway.web.refusal import RefusedError, bodied

LOG = logging.getLogger("gateway.web.fhir")
ROOT = "/fhir"
NOTED = (401, 429)
"""Refusals that the alarm notes, once in a minute."""
FORM_BYTES = 64 * 1024
"""Of a search in a body, as much as the head of a request may have."""
LOCAL = re.compile(r"(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?")
"""Hosts that are this machine; any other name is a page in a browser that was led here (DNS rebinding)."""


def application(desk: Desk) -> Starlette:
    """The application over the house's rooms."""
    made = Starlette()
    alarm = Alarm(desk.doors, desk.access.limit if desk.access else None)

    async def entrance(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        answer = await served(request, desk, alarm)
        await answer(scope, receive, send)

    made.router.default = entrance  # every path and every method: what is not there is said in FHIR's words too
    return made


async def served(request: Request, desk: Desk, alarm: Alarm) -> Response:
    """One request answered and measured."""
    began = time.perf_counter()
    try:
        return await tried(request, desk, alarm)
    finally:
        desk.took(*called(request.method, below(request)), time.perf_counter() - began)


async def tried(request: Request, desk: Desk, alarm: Alarm) -> Response:
    """One request answered; whatever goes wrong is an OperationOutcome."""
    call = Call(desk, request.method, below(request), ROOT)
    try:
        call = greeted(request, desk, call.path)
        given = await bearer.entrance(request, call)
        if given is not None:
            return given
        call = await identified(request, call, alarm)
        if bodied(request.headers):
            call = replace(call, data=await body.read(request, desk.doors))
        answer = await run_in_threadpool(answered, call)
        if answer.later:
            answer = await answer.later()
    except RefusedError as fault:
        return refused(request, call, fault)
    except StoreError as fault:
        LOG.warning("the store refuses", extra={"kind": type(fault).__name__})
        return refused(request, call, RefusedError(503, busy(), headers={"retry-after": "1"}))
    except Exception as fault:  # noqa: BLE001 - its words might hold a patient's data
        where = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(fault.__traceback__)[-5:]]
        LOG.error("defect", extra={"code": "http.defect", "kind": type(fault).__name__, "where": where})  # noqa: TRY400 - as above
        return refused(request, call, RefusedError(500, defect()))
    return response(answer, call.wire)


def below(request: Request) -> str:
    """The path below the base."""
    path = str(request.scope["path"])
    return path.removeprefix(ROOT).strip("/") if path == ROOT or path.startswith(ROOT + "/") else "?"


def greeted(request: Request, desk: Desk, path: str) -> Call:
    """The head of a request as a call: where it goes and what its answer is written in."""
    host = request.headers.get("host", "")
    named = bool(LOCAL.fullmatch(host)) or f"//{host}/" in desk.base
    if not named:
        repair = "use the address of the setting `fhir.listen`, or that of `fhir.base`"
        raise RefusedError(421, Problem("fhir.http.host", "Host", "this server has another name", repair))
    query = tuple(parse_qsl(request.url.query, keep_blank_values=True))
    base = desk.base or f"{request.url.scheme}://{host}{ROOT}/"
    address = request.client.host if request.client else ""
    headers = {key: value for key, value in request.headers.items() if key not in {"authorization", "cookie"}}
    call = Call(desk, request.method, path, base, query=query, headers=headers, address=address)
    return replace(call, wire=wire.wished(headers, query))


async def identified(request: Request, call: Call, alarm: Alarm) -> Call:
    """Who calls: the partner whose credentials are shown, else the desk of the gateway itself."""
    grant = await bearer.held(request, call, alarm)
    if grant is not None:
        return bearer.granted(replace(call, caller=Caller("", provenance(call), call.base)), grant)
    shown = credentials_of(request)
    if call.desk.access or ("authorization" not in request.headers and not shown.certificate):
        return replace(call, caller=Caller(provenance=provenance(call), base=call.base))
    found = await run_in_threadpool(authenticate, "", shown, call.desk.doors.roads)
    if found is None:
        raise alarm.turned_away(call.address)
    return replace(call, caller=Caller(found.party.id, provenance(call), call.base), roads=found.roads)


def provenance(call: Call) -> dict[str, Any] | None:
    """The Provenance of the header X-Provenance (chapter 6.3.4.3), in JSON; RefusedError 400 for anything else."""
    text = call.headers.get("x-provenance", "")
    if not text:
        return None
    value, problems = json.loads(text.encode("latin-1", "replace"))
    if problems or not isinstance(value, dict) or value.get("resourceType") != "Provenance":
        repair = "send one Provenance as JSON in one line, without `target`"
        raise RefusedError(400, Problem("fhir.http.provenance", "X-Provenance", "this is no Provenance", repair))
    return value


def answered(call: Call) -> Answer:
    """What the path's own function answers; blocks for a moment."""
    if call.path == "?":
        repair = "the FHIR interface begins at /fhir; GET /fhir/metadata tells what is there"
        raise RefusedError(404, Problem("fhir.http.base", "path", "there is nothing under this path", repair))
    found, where = resolved(call.method, call.path)
    if call.method == "POST" and call.path.endswith("_search"):
        call = formed(call)
    may = permitted(replace(call, where=where), called(call.method, call.path)[1])
    answer = access.watched(found, may)
    access.written(call)
    return answer


def formed(call: Call) -> Call:
    """A search whose parameters are a form in the body (chapter 3.1.1.2)."""
    if call.data and wire.plain(call.headers.get("content-type", "")) != FORM:
        repair = f"send the parameters as {FORM}, or in the URL"
        raise RefusedError(415, Problem("fhir.http.form", "Content-Type", "the body is no form", repair))
    if len(call.data) > FORM_BYTES:
        repair = "ask for less at once"
        raise RefusedError(
            413, Problem("fhir.http.form.large", "body", f"a form has at most {FORM_BYTES} bytes", repair)
        )
    try:
        pairs = parse_qsl(call.data.decode("utf-8"), keep_blank_values=True, max_num_fields=1000)
    except ValueError:
        repair = "write the parameters as in a URL, in UTF-8, at most 1000"
        raise RefusedError(400, Problem("fhir.http.form.text", "body", "the form cannot be read", repair)) from None
    query = (*call.query, *pairs)
    return replace(call, query=query, wire=wire.wished(call.headers, query))


# --- out -------------------------------------------------------------------------------------------------------------


def response(answer: Answer, written: Wire) -> Response:
    """An answer in the caller's syntax."""
    data, media = answer.body, answer.media
    if answer.resource is not None:
        data, media = wire.written(answer.resource, written)
    headers = {"cache-control": "no-store", **answer.headers}
    if media:
        headers["content-type"] = media
    return Response(data, answer.status, headers)


def refused(request: Request, call: Call, fault: RefusedError) -> Response:
    """A refusal as OperationOutcome, noted in the audit; a connection whose body was not read is closed."""
    if fault.status not in NOTED:
        logged(call, fault)
    noted = isinstance(fault, ToldError) and fault.status < 500  # by whoever refused it
    if fault.status not in NOTED and not noted:
        note(call, fault)
    more = fault.more if isinstance(fault, ToldError) else ()
    unread = bodied(request.headers) and not getattr(request.state, "read", False)
    headers = {**fault.headers, **({"connection": "close"} if unread else {})}
    return response(Answer(fault.status, outcome(fault.problems, fault.status, *more), headers), call.wire)


def logged(call: Call, fault: RefusedError) -> None:
    """A line about a refusal: what was to be done by whom, and our codes for why not; nothing of what was sent."""
    kind, interaction = called(call.method, call.path)
    codes = " ".join(dict.fromkeys(problem.code for problem in fault.problems))
    told = {"status": fault.status, "type": kind, "interaction": interaction, "code": codes}
    LOG.info("fhir.refused", extra={**told, "partner": call.caller.party or "desk"})


def note(call: Call, fault: RefusedError) -> None:
    """A refusal in the audit: what was to be done on which path, and why not; never what was sent."""
    route = call.path if re.fullmatch(r"[A-Za-z0-9$_\-./]{0,200}", call.path) else "?"
    detail = fault.problems[0].code if fault.problems else str(fault.status)
    actor = call.caller.who or "desk"
    call.desk.doors.audit(Audit(call.desk.doors.now(), actor, f"fhir {call.method}", route, "refused", detail))


def busy() -> Problem:
    """The store cannot be asked at the moment."""
    return Problem("fhir.http.unavailable", "gateway", "nothing can be read or kept now", "send it again later")


def defect() -> Problem:
    """A defect of ours."""
    return Problem("http.defect", "gateway", "the gateway failed", "send it again later, and tell the operator")
