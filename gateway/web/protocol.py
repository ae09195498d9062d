"""uvicorn's HTTP/1.1 protocol, with what a front door needs besides: certificate, time limits, a polite goodbye."""

import asyncio
import logging
from typing import Any, cast

import h11
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from gateway.web.auth import EXTENSION
from gateway.web.tls import fingerprint

LOG = logging.getLogger("gateway.web")
HEAD_SECONDS = 10.0
"""Within which the head of a request must be whole."""
GOODBYE_SECONDS = 2.0
GOODBYE_BYTES = 16 * 1024 * 1024
"""How long and how much of a refused body is thrown away, so that the caller gets to read the refusal."""


class Polite:
    """A transport that, told to close with a request half read, says goodbye first.

    Closing at once would make the kernel reset the connection, and the caller might never see the answer.
    """

    def __init__(self, transport: asyncio.Transport, protocol: "FrontDoor") -> None:
        self.transport = transport
        self.protocol = protocol
        self.leaving: asyncio.TimerHandle | None = None
        self.wasted = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.transport, name)

    def is_closing(self) -> bool:
        """Closing, or about to."""
        return self.leaving is not None or self.transport.is_closing()

    def close(self) -> None:
        """Close at once, or, with a body on its way, after a while; a second call closes at once."""
        if self.is_closing() or self.protocol.conn.their_state is not h11.SEND_BODY:
            self.end()
            return
        self.leaving = asyncio.get_running_loop().call_later(GOODBYE_SECONDS, self.end)
        self.transport.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def waste(self, data: bytes) -> None:
        """Throw away what still comes."""
        self.wasted += len(data)
        if self.wasted > GOODBYE_BYTES:
            self.end()

    def end(self) -> None:
        """Close."""
        if self.leaving is not None:
            self.leaving.cancel()
        self.transport.close()


class FrontDoor(H11Protocol):
    """One connection."""

    polite: Polite
    head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The certificate shown on this connection goes with each of its requests."""
        self.polite = Polite(cast("asyncio.Transport", transport), self)
        super().connection_made(cast("asyncio.Transport", self.polite))
        self.app = cast("Any", carrying(cast("ASGIApp", self.app), fingerprint(transport.get_extra_info("ssl_object"))))
        self.watch_head()

    def data_received(self, data: bytes) -> None:
        """Bytes for the parser, or for nobody."""
        if self.polite.leaving is not None:
            self.polite.waste(data)
            return
        super().data_received(data)
        self.watch_head()

    def eof_received(self) -> None:
        """The other side is done; so are we if we were leaving."""
        if self.polite.leaving is not None:
            self.polite.end()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clocks."""
        self.stop_watching()
        if self.polite.leaving is not None:
            self.polite.leaving.cancel()
        super().connection_lost(exc)

    def watch_head(self) -> None:
        """Give a request that has begun a limited time to get its head together."""
        if self.conn.their_state is not h11.IDLE or self.polite.is_closing():
            self.stop_watching()
        elif self.head is None:
            self.head = self.loop.call_later(HEAD_SECONDS, self.polite.end)

    def stop_watching(self) -> None:
        """The head is whole, or nobody waits for it."""
        if self.head is not None:
            self.head.cancel()
            self.head = None


def carrying(app: ASGIApp, certificate: str) -> ASGIApp:
    """The application with a connection's certificate in every scope; what it raises ends here, already logged."""

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("extensions", {})[EXTENSION] = certificate
        try:
            await app(scope, receive, send)
        except Exception as fault:  # noqa: BLE001 - its words might hold a patient's data, and uvicorn would log them
            LOG.debug("request ended", extra={"kind": type(fault).__name__})

    return asked
