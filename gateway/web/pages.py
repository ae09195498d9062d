"""What the pages for people share: what every answer says, a form that is read within limits, a defect in the log."""

import asyncio
import logging
import traceback
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

LARGEST = 20_000
"""Bytes of a form."""
PATIENCE = 30.0
"""Seconds in which a form has to come."""
POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing from elsewhere, and no script at all (Content Security Policy Level 3)."""
SAFE: Mapping[str, str] = {
    "cache-control": "no-store",
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow, noarchive",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
"""What every answer says (RFC 9111 chapter 5.2.2.5); whom a form says where it comes from is for the pages to say."""
LOG = logging.getLogger("gateway.web")


def is_near(request: Request) -> bool:
    """Whether a request comes from a page of ours, as far as the browser tells (Fetch Metadata)."""
    return request.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}


async def read(request: Request) -> Mapping[str, str]:
    """The fields of a form (URL Standard, chapter 5.1); `ValueError` where it is too large or none."""
    said = request.headers.get("content-length", "0")
    if not said.isdecimal() or int(said) > LARGEST:
        raise ValueError("too large")
    size, pieces = 0, []
    async with asyncio.timeout(PATIENCE):
        async for piece in request.stream():
            size += len(piece)
            if size > LARGEST:
                raise ValueError("too large")
            pieces.append(piece)
    text = b"".join(pieces).decode()
    return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=20))


def unread(response: Response) -> Response:
    """The answer to a form that was not read to its end: the connection is closed behind it."""
    response.headers["connection"] = "close"
    return response


def defect(pages: str, fault: Exception) -> None:
    """A defect of some pages in the log (`<pages>.defect`): where, without its words, which may quote anything."""
    where = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(fault.__traceback__)[-5:]]
    LOG.error("defect", extra={"code": f"{pages}.defect", "kind": type(fault).__name__, "where": where})
