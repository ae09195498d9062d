"""The MLLP server: one port, many peers, none of which delays another."""

import asyncio
import logging
import ssl
from collections.abc import Coroutine
from typing import Any

from gateway.domain.ledger import Audit
from gateway.transports.mllp.connection import Connection
from gateway.transports.mllp.desk import DEFAULTS, Desk, Limits
from gateway.transports.mllp.encryption import Tls, server_context

LOG = logging.getLogger(__name__)
BACKLOG = 512
QUIET = 60.0
"""Seconds for which the same refusal of the same address is not written down again."""
REMEMBERED = 10_000


class Port:
    """A running server."""

    def __init__(self, desk: Desk, limits: Limits, context: ssl.SSLContext | None) -> None:
        self.desk = desk
        self.limits = limits
        self.context = context
        self.loop = asyncio.get_running_loop()
        self.connections: set[Connection] = set()
        self.closing = False
        self.listen = ""
        self._tasks: set[asyncio.Task[None]] = set()
        self._quiet = asyncio.Event()
        self._said: dict[tuple[str, str], float] = {}
        self._server: asyncio.Server | None = None

    async def open(self, listen: str) -> None:
        """Accepts connections from now on; OSError if the address cannot be had."""
        host, port = address(listen)
        self._server = await self.loop.create_server(lambda: Connection(self), host, port, backlog=BACKLOG)
        self.listen = f"{host}:{self.number}"

    @property
    def number(self) -> int:
        """The port's number, also where the settings said 0."""
        sockets = self._server.sockets if self._server else ()
        return int(sockets[0].getsockname()[1]) if sockets else 0

    async def close(self) -> None:
        """Accepts no more, answers what is in flight, then closes; after `grace` seconds without waiting longer."""
        self.closing = True
        if self._server:
            self._server.close()
        for connection in list(self.connections):
            connection.stop()
        self._settle()
        if not await self._settled(self.limits.grace):
            for connection in list(self.connections):
                connection.abort()
            for task in self._tasks:
                task.cancel()
            await self._settled(self.limits.grace)
        if self._server:
            await self._server.wait_closed()

    async def _settled(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._quiet.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def _settle(self) -> None:
        if self.closing and not self.connections and not self._tasks:
            self._quiet.set()

    def recheck(self) -> None:
        """After a change of the directory: closes connections of peers who may no longer call."""
        for connection in list(self.connections):
            if connection.callers:
                connection.recheck()

    # --- for connections ---------------------------------------------------------------------------------------------

    def admit(self, connection: Connection) -> bool:
        """Takes note of a connection until it is closed; False if there is no room for it."""
        self.connections.add(connection)
        full = len(self.connections) > self.limits.max_connections
        if full and not self.closing:
            self.refuse(connection.address, "full", "the port has as many connections as allowed")
        return not (full or self.closing)

    def leave(self, connection: Connection) -> None:
        """Forgets a connection that is closed."""
        self.connections.discard(connection)
        self._settle()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs something for a connection, which may be gone before it ends."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self.closing:
            self._settle()

    def refuse(self, peer: str, code: str, detail: str) -> None:
        """Writes down that a connection was refused."""
        self.note(peer, "connect", code, detail)

    def note(self, peer: str, action: str, code: str, detail: str) -> None:
        """Logs and audits a refusal; the same one of the same peer once in `QUIET` seconds."""
        self.desk.refused(code)
        now = self.loop.time()
        if self._said.get((peer, code), -QUIET) + QUIET > now:
            return
        if len(self._said) >= REMEMBERED:
            self._said.clear()
        self._said[peer, code] = now
        LOG.warning("mllp.refused", extra={"address": peer, "port": self.listen, "reason": code})
        self.desk.audit(Audit(self.desk.now(), peer, f"mllp.{action}", self.listen, "refused", f"{code}: {detail}"))


def address(listen: str) -> tuple[str, int]:
    """`127.0.0.1:2575` or `[::]:2575` as host and port."""
    host, _, port = listen.rpartition(":")
    return host.strip("[]") or "127.0.0.1", int(port)


async def serve(listen: str, desk: Desk, limits: Limits = DEFAULTS, tls: Tls | None = None) -> Port:
    """Listens on an address until `close()`; raises OSError for an address or file that cannot be used."""
    port = Port(desk, limits, server_context(tls) if tls else None)
    await port.open(listen)
    return port
