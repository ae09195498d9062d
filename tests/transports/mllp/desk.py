"""A small intake in memory, a server around it, and a peer on a plain socket."""

import asyncio
import inspect
import itertools
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self, TypeVar

from gateway.adapters.hl7v2.codec import Hl7v2Codec
from gateway.domain.ledger import Audit
from gateway.domain.road import Arrival, Receipt
from gateway.transports.mllp.callers import Caller, Who
from gateway.transports.mllp.desk import DEFAULTS, Desk, Limits
from gateway.transports.mllp.encryption import Tls
from gateway.transports.mllp.frame import framed
from gateway.transports.mllp.server import Port, serve

CODEC = Hl7v2Codec()
NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
SENNE = Caller("senneklinik", "hl7v2-de")
T = TypeVar("T")


def message(key: str, facility: str = "SENNEKLINIK", name: str = "Brüggemeier", size: int = 0) -> bytes:
    """An ADT^A08 in UTF-8; original mode."""
    head = f"MSH|^~\\&|KIS|{facility}|GW|OWL|20260311093000||ADT^A08^ADT_A01|{key}|P|2.5||||||UNICODE UTF-8\r"
    return (head + f"PID|1||4711||{name}^Änne\r" + ("NTE|1||" + "x" * size + "\r" if size else "")).encode()


def anybody(address: str, certificate: str) -> tuple[Caller, ...]:  # noqa: ARG001 - whoever it is
    return (SENNE,)


@dataclass
class Memory:
    """What arrived and what was written into the audit; `before` runs, or is awaited, before a message is answered."""

    who: Who = anybody
    before: Callable[[Arrival], object] | None = None
    arrivals: list[Arrival] = field(default_factory=list)
    audited: list[Audit] = field(default_factory=list)

    async def intake(self, arrival: Arrival) -> Receipt:
        self.arrivals.append(arrival)
        waiting = self.before(arrival) if self.before else None
        if inspect.isawaitable(waiting):
            await waiting
        greeting = CODEC.greet(arrival.data, {})
        code = ("C" if greeting.enhanced else "A") + ("R" if greeting.problems else "A")
        answer = CODEC.answer(greeting, code, greeting.problems, arrival.received, f"A{len(self.arrivals)}")
        return Receipt("refused" if greeting.problems else "kept", answer=answer, problems=greeting.problems)

    def desk(self) -> Desk:
        ids = itertools.count(1)
        return Desk(self.intake, self.who, self.audited.append, CODEC, lambda: NOW, lambda: f"R{next(ids)}")

    def keys(self) -> list[str]:
        return [CODEC.greet(arrival.data, {}).key for arrival in self.arrivals]


class Running:
    """A port in a loop of its own; `do` runs something there."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()

    def do(self, work: Coroutine[Any, Any, T], seconds: float = 10) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(seconds)

    def end(self) -> None:
        self.do(asyncio.sleep(0.01))  # what was accepted a moment ago is closed, too
        self.do(self.loop.shutdown_default_executor())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


async def opened(gate: threading.Event) -> None:
    """Waits, without holding up the loop, until a test opens the gate."""
    await asyncio.to_thread(gate.wait, 10)


@contextmanager
def running() -> Iterator[Running]:
    loop = Running()
    try:
        yield loop
    finally:
        loop.end()


@contextmanager
def serving(memory: Memory, limits: Limits = DEFAULTS, tls: Tls | None = None) -> Iterator[Port]:
    with running() as loop:
        port = loop.do(serve("127.0.0.1:0", memory.desk(), limits, tls))
        try:
            yield port
        finally:
            loop.do(port.close())


class Peer:
    """A sender on a plain socket that does exactly what a test says."""

    def __init__(self, port: int, wrap: Callable[[socket.socket], socket.socket] | None = None) -> None:
        plain = socket.create_connection(("127.0.0.1", port), 5)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.socket = wrap(plain) if wrap else plain
        except BaseException:
            plain.close()
            raise
        self.socket.settimeout(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, *messages: bytes) -> None:
        self.socket.sendall(b"".join(map(framed, messages)))

    def raw(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answers(self, count: int = 1, seconds: float = 5) -> list[tuple[str, str]]:
        """MSA-1 and MSA-2 of the next answers; fewer if the time or the connection ends."""
        return [msa(answer) for answer in self.read(count, seconds)]

    def read(self, count: int = 1, seconds: float = 5) -> list[str]:
        data, found, end = bytearray(), 0, time.monotonic() + seconds
        while found < count and (left := end - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                chunk = self.socket.recv(1 << 20)
            except OSError:
                break
            if not chunk:
                break
            found += data[-1:].endswith(b"\x1c") and chunk.startswith(b"\r")
            found += chunk.count(b"\x1c\r")
            data += chunk
        return [frame.removeprefix(b"\x0b").decode() for frame in data.split(b"\x1c\r")[:-1]]

    def closed(self, seconds: float = 5) -> bool:
        """Whether the other side closes, without having said anything."""
        self.socket.settimeout(seconds)
        try:
            return self.socket.recv(1) == b""
        except ConnectionError:
            return True
        except TimeoutError:
            return False


def msa(answer: str) -> tuple[str, str]:
    line = next(line for line in answer.split("\r") if line.startswith("MSA"))
    return (line.split("|")[1], line.split("|")[2])


def wait_for(holds: Callable[[], bool], seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)
