"""The HTTP application: every route is guarded or on the short list of public ones."""

import logging
import traceback

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from gateway.domain.problem import Problem
from gateway.web import health, intake, refusal
from gateway.web.doors import Doors

LOG = logging.getLogger("gateway.web")


def app(doors: Doors) -> FastAPI:
    """The application over the house's doors; another API is one more `include_router`, guarded by `auth.guard`."""
    made = FastAPI(
        title="Kümmerer Gateway", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, debug=False
    )
    made.include_router(health.router(doors))
    made.include_router(intake.router(doors))
    made.add_exception_handler(refusal.RefusedError, refused)
    made.add_exception_handler(HTTPException, unrouted)
    made.add_exception_handler(RequestValidationError, invalid)
    made.add_exception_handler(Exception, broken)
    return made


async def refused(request: Request, fault: Exception) -> Response:
    """A refusal of ours."""
    assert isinstance(fault, refusal.RefusedError)  # noqa: S101 - registered for it
    return refusal.answer(request, fault)


async def unrouted(request: Request, fault: Exception) -> Response:
    """No such route, or not with this method (RFC 9110, 15.5.5, 15.5.6)."""
    assert isinstance(fault, HTTPException)  # noqa: S101 - registered for it
    repair = "see the paths in docs/reference/http.md"
    problem = Problem("http.route", "path", "there is nothing under this path and method", repair)
    return refusal.answer(request, refusal.RefusedError(fault.status_code, problem, headers=fault.headers))


async def invalid(request: Request, _: Exception) -> Response:
    """A parameter that cannot be read; what was sent is not repeated."""
    problem = Problem("http.parameter", "query", "a parameter cannot be read", "see docs/reference/http.md")
    return refusal.answer(request, refusal.RefusedError(400, problem))


async def broken(request: Request, fault: Exception) -> Response:
    """A defect of ours: the log says where, without the exception's words, which may hold a patient's data."""
    where = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(fault.__traceback__)[-5:]]
    LOG.error("defect", extra={"code": "http.defect", "kind": type(fault).__name__, "where": where})
    problem = Problem("http.defect", "gateway", "the gateway failed", "send it again later, and tell the operator")
    return refusal.answer(request, refusal.RefusedError(500, problem))
