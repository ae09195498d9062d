"""uvicorn inside a running loop: own sockets, no signal handlers, no access log, a graceful end."""

import asyncio
import errno
import logging
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.types import ASGIApp
from uvicorn.config import Config
from uvicorn.server import Server

from gateway.web.protocol import FrontDoor
from gateway.web.tls import Files, context

LOG = logging.getLogger("gateway.web")
CONNECTIONS = 1000
"""Open at the same time; one more is answered 503."""
HANDSHAKE = 10.0
"""Seconds for TLS."""


REASONS: Mapping[int, str] = {
    errno.EADDRINUSE: "another program listens there; stop it, or choose another port",
    errno.EACCES: "this user may not; choose a port from 1024 on, or give the right to (CAP_NET_BIND_SERVICE)",
}


def unheard(_: str) -> None:
    """Nobody listens."""


@dataclass(slots=True)
class Serving:
    """A server at work; `host` and `port` are where it listens (a port given as 0 was chosen by the system)."""

    server: Server
    listener: socket.socket
    task: asyncio.Task[None]
    host: str
    port: int

    async def close(self, grace: float = 10.0) -> None:
        """Take no more, let running requests finish within `grace` seconds, then cut off what is left."""
        if not self.server.should_exit:
            self.server.should_exit = True
            await self.task
            self.server.config.timeout_graceful_shutdown = max(1, round(grace))
            await self.server.shutdown([self.listener])
            for left in list(self.server.server_state.connections):
                left.transport.abort()
            await asyncio.sleep(0)
            LOG.info("http closed", extra={"port": self.port})


class Prompt(Server):
    """uvicorn's server, which waits a minute for a TLS handshake if nobody tells it otherwise."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen on sockets that are bound already."""
        config, loop = self.config, asyncio.get_running_loop()

        def connection() -> asyncio.Protocol:
            return FrontDoor(config=config, server_state=self.server_state, app_state=self.lifespan.state)

        patience = HANDSHAKE if config.ssl else None
        self.servers = [
            await loop.create_server(
                connection, sock=each, ssl=config.ssl, backlog=config.backlog, ssl_handshake_timeout=patience
            )
            for each in sockets or ()
        ]
        self.started = True


async def serve(
    app: ASGIApp,
    listen: str,
    tls: Files | None = None,
    failed: Callable[[str], None] = unheard,
    *,
    demanded: bool = False,
) -> Serving:
    """Serve `app` on `listen` (`127.0.0.1:8080`, `[::]:8080`); OSError if that cannot be had.

    With `tls` the fingerprint of a client's certificate is in each scope (`auth.EXTENSION`); `failed` hears why a
    handshake was refused. `demanded`: where `tls` names authorities, nobody comes in without a certificate of theirs.
    """
    secure = context(tls, failed, demanded=demanded) if tls is not None else None
    config = Config(
        app,
        http=FrontDoor,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=30,
    )
    config.load()
    logging.getLogger("uvicorn.access").disabled = True  # whatever others do to it: a query may name a person
    config.ssl = secure
    listener = bound(listen)
    server = Prompt(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[listener])
    host, port = listener.getsockname()[:2]
    LOG.info("http serving", extra={"host": host, "port": port, "tls": secure is not None})
    return Serving(server, listener, asyncio.create_task(server.main_loop(), name="http"), host, port)


def bound(listen: str) -> socket.socket:
    """A listening socket's address taken; an empty host is every address."""
    host, _, port = listen.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, so that asyncio sets TCP_NODELAY
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setblocking(False)  # noqa: FBT003 - the socket's own call
        made.bind((host, int(port)))
    except (OSError, ValueError, OverflowError) as fault:
        made.close()
        raise OSError(f"cannot listen on {listen}: {unlistenable(fault)}") from fault
    return made


def unlistenable(fault: Exception) -> str:
    """Why an address cannot be had, and what helps."""
    code = fault.errno if isinstance(fault, OSError) else None
    return REASONS.get(code or 0, "it is no address of this machine; write for example `127.0.0.1:8080`")
