"""What is answered where a door refuses, knows no such path, or has a defect."""

import logging
import traceback

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.domain.problem import Problem
from gateway.web import refusal

LOG = logging.getLogger("gateway.web")
LOGGED = "gateway.logged"
"""Where a request keeps the defect that the log has."""


def answered(made: Starlette) -> None:
    """Let an application answer its faults."""
    made.add_exception_handler(refusal.RefusedError, refused)
    made.add_exception_handler(HTTPException, unrouted)
    made.add_exception_handler(Exception, broken)


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


async def broken(request: Request, fault: Exception) -> Response:
    """A defect of ours: the log says where, without the exception's words, which may hold a patient's data.

    An application inside another has answered and logged it already, and the outer one is told of it too.
    """
    if request.scope.get(LOGGED) is not fault:
        where = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(fault.__traceback__)[-5:]]
        LOG.error("defect", extra={"code": "http.defect", "kind": type(fault).__name__, "where": where})
    request.scope[LOGGED] = fault
    problem = Problem("http.defect", "gateway", "the gateway failed", "send it again later, and tell the operator")
    return refusal.answer(request, refusal.RefusedError(500, problem))
