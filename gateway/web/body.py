"""The body of a request, read in pieces up to a cap."""

import asyncio
from collections.abc import AsyncGenerator

from starlette.requests import ClientDisconnect, Request

from gateway.domain.problem import Problem
from gateway.web.doors import Doors
from gateway.web.refusal import RefusedError

WHOLE = 20
"""How many times the patience with one piece a whole body may take."""


async def read(request: Request, doors: Doors) -> bytes:
    """The bytes; refused as soon as a header or the pieces so far show that they cannot be taken."""
    before(request, doors.max_body)
    pieces: list[bytes] = []
    size = 0
    stream = request.stream()
    try:
        async with asyncio.timeout(doors.patience * WHOLE):
            while piece := await following(stream, doors.patience):
                size += len(piece)
                if size > doors.max_body:
                    raise RefusedError(413, large(doors.max_body))
                pieces.append(piece)
    except TimeoutError:
        raise RefusedError(408, slow()) from None
    except ClientDisconnect:
        raise RefusedError(400, cut()) from None
    request.state.read = True
    if not size:
        raise RefusedError(400, empty())
    return b"".join(pieces)


async def following(stream: AsyncGenerator[bytes, None], patience: float) -> bytes:
    """The next piece, empty at the end; TimeoutError if it does not come."""
    async with asyncio.timeout(patience):
        return await anext(stream, b"")


def before(request: Request, limit: int) -> None:
    """What the head alone forbids."""
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding != "identity":
        raise RefusedError(415, coded(), headers={"accept-encoding": "identity"})
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > limit:
        raise RefusedError(413, large(limit))


def large(limit: int) -> Problem:
    """Over the cap (RFC 9110, 15.5.14)."""
    repair = "send it in parts, or let the operator raise `http.max_body`"
    return Problem("http.large", "body", f"the message has more than {limit} bytes", repair)


def slow() -> Problem:
    """Nothing came for too long (RFC 9110, 15.5.9)."""
    return Problem("http.slow", "body", "the message did not arrive in time", "send it again")


def cut() -> Problem:
    """The caller went away; nobody reads this."""
    return Problem("http.cut", "body", "the connection ended before the message did", "send it again")


def empty() -> Problem:
    """Nothing to keep."""
    return Problem("http.empty", "body", "the body is empty", "send one message as the body")


def coded() -> Problem:
    """A content coding (RFC 9110, 8.4.1); unpacking is left to nobody."""
    repair = "send the message without Content-Encoding"
    return Problem("http.encoding", "Content-Encoding", "compressed bodies are not taken", repair)
