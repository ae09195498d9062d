"""One connection to one receiver, kept open from message to message."""

import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.domain.road import Sent
from gateway.transports.mllp.acknowledge import VERDICTS, Acknowledgement, Asked, read
from gateway.transports.mllp.encryption import client_context, reason
from gateway.transports.mllp.frame import Frame, Framer, framed

CONNECT = 10.0
"""Seconds to connect, at most."""
IDLE = 60.0
"""Seconds after which a connection is not used again: a firewall may have forgotten it without a word."""
BRIEF = 5.0
"""A receiver that closes sooner than this after an answer gets one connection per message for `IDLE` seconds."""
PAUSE = 0.1
"""Seconds of silence after FS without CR."""
APPLICATION = 2.0
"""Seconds to wait for the application's answer on the same connection, once the receiver said it keeps the message."""
MAX_ANSWER = 1024 * 1024
REPLY = 65536
"""Bytes of an answer that are kept as evidence."""
PIECE = 65536
UNKNOWN_CA = "UNKNOWN_CA"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a receiver is, and how to reach it; `tls` None: without."""

    host: str
    port: int
    timeout: float
    tls: tuple[tuple[str, str], ...] | None

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Address":
        """From `receives:` of partner.yaml: host, port, timeout, tls {ca, certificate, key}; raises ValueError."""
        tls = said.get("tls")
        files = None if tls is None else tuple(sorted((str(k), str(v)) for k, v in dict(tls).items()))
        host, port = str(said.get("host") or ""), int(said.get("port") or 0)
        if not host or not 0 < port < 65536:
            raise ValueError("host and port")
        return cls(host, port, float(said.get("timeout", 30)), files)


class ConnectError(Exception):
    """The receiver could not be reached; nothing was sent. `code` is `connect` or `tls`."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class Line:
    """A connection; whoever holds `lock` may use it."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._framer = Framer(MAX_ANSWER)
        self._used = self._brief = 0.0
        self._spoken = False

    def exchange(self, message: bytes, asked: Asked) -> Sent:
        """Sends a message and waits for its answer."""
        data = framed(message)
        try:
            connection, reused = self._ready()
            sent = push(connection, data, self.address.timeout)
            if not sent and reused:
                connection = self._open()
                sent = push(connection, data, self.address.timeout)
        except ConnectError as error:
            return Sent("retry", "E0", error.code, error.detail)
        if sent < len(data):
            self.close()
            return Sent("retry", "E0", "reset", "the connection ended before the whole message was sent")
        if not (asked.accept or asked.application):
            return Sent("delivered", "E1", "sent", "the message asks for no answer")
        result = self._answer(connection, asked)
        if result.outcome == "uncertain" or result.code == "tls" or time.monotonic() < self._brief:
            self.close()
        self._used = time.monotonic()
        return result

    def close(self) -> None:
        """Lets the connection go."""
        if self._socket:
            self._socket.close()
        self._socket = None

    # --- the connection ----------------------------------------------------------------------------------------------

    def _ready(self) -> tuple[socket.socket, bool]:
        """A connection, and whether it was used before."""
        idle = time.monotonic() - self._used
        if self._socket and idle < IDLE and self._alive(self._socket):
            return self._socket, True
        if self._socket and idle < BRIEF:
            self._brief = time.monotonic() + IDLE
        return self._open(), False

    def _alive(self, connection: socket.socket) -> bool:
        """Whether the peer has not closed; what it sent meanwhile are late answers to older messages, left out."""
        connection.settimeout(0)
        try:
            while data := connection.recv(PIECE):
                self._framer.feed(data)
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False
        return False

    def _open(self) -> socket.socket:
        self.close()
        address, limit = self.address, min(self.address.timeout, CONNECT)
        context = trust(address)
        try:
            plain = socket.create_connection((address.host, address.port), limit)
        except (OSError, ValueError) as error:
            raise ConnectError("connect", f"no connection: {type(error).__name__}") from None
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        try:
            connection = context.wrap_socket(plain, server_hostname=address.host) if context else plain
        except (OSError, ValueError) as error:
            plain.close()
            raise ConnectError("tls", f"no TLS: {reason(error)}") from None
        self._framer = Framer(MAX_ANSWER)
        self._spoken = False
        self._socket = connection
        return connection

    # --- the answer --------------------------------------------------------------------------------------------------

    def _answer(self, connection: socket.socket, asked: Asked) -> Sent:
        """Waits for the answer; what belongs to other messages is passed over."""
        end, kept = time.monotonic() + self.address.timeout, None
        while True:
            frames, over = self._hear(connection, end)
            for frame in frames:
                result = judged(frame, asked)
                if result and result.code == "CA" and asked.accept and asked.application and not kept:
                    kept, end = result, min(end, time.monotonic() + APPLICATION)
                elif result:
                    return result if result.code != "garbage" else kept or result
            if over:
                return kept or over

    def _hear(self, connection: socket.socket, end: float) -> tuple[list[Frame], Sent | None]:
        """The next frames, and the end if there will be no more."""
        left = end - time.monotonic()
        if left <= 0:
            return [], self._silent()
        connection.settimeout(min(left, PAUSE) if self._framer.ending else left)
        try:
            data = connection.recv(PIECE)
        except TimeoutError:
            frames = self._framer.flush()
            return frames, None if frames else self._silent()
        except OSError as error:
            return [], self._ended(error)
        if not data:
            frames = self._framer.flush()
            return frames, Sent("uncertain", "E0", *self._cut("the receiver closed the connection"))
        self._spoken = True
        return self._framer.feed(data), None

    def _silent(self) -> Sent:
        code, detail = self._cut(f"no answer in {self.address.timeout:g} seconds")
        return Sent("uncertain", "E0", "timeout" if code == "closed" else code, detail)

    def _cut(self, why: str) -> tuple[str, str]:
        if self._framer.unfinished:
            return "half", f"{why}, in the middle of its answer"
        return "closed", why

    def _ended(self, error: OSError) -> Sent:
        """TLS 1.3 tells only now that our certificate was not taken; then nothing was read of the message."""
        said = error.reason or "" if isinstance(error, ssl.SSLError) else ""
        if not self._spoken and "ALERT" in said and ("CERTIFICATE" in said or UNKNOWN_CA in said):
            return Sent("retry", "E0", "tls", f"no TLS: {reason(error)}")
        return Sent("uncertain", "E0", "reset", "it was sent, and the connection ended without an answer")


def trust(address: Address) -> ssl.SSLContext | None:
    """Whom to trust and what to show, read anew for every connection: certificates are replaced while we run."""
    try:
        return None if address.tls is None else client_context(dict(address.tls))
    except (OSError, ValueError) as error:
        raise ConnectError("tls", f"the files of tls cannot be used: {reason(error)}") from None


def push(connection: socket.socket, data: bytes, seconds: float) -> int:
    """Sends; how many bytes the connection took before it ended or stood still for some seconds."""
    view, sent = memoryview(data), 0
    connection.settimeout(seconds)
    try:
        while sent < len(data):
            sent += connection.send(view[sent : sent + PIECE])
    except OSError:
        return sent
    return sent


def judged(frame: Frame, asked: Asked) -> Sent | None:
    """What a frame says about the message; None if it is about another one.

    A refusal without MSA-2 is about this one: only one message is under way at a time.
    """
    found = None if frame.excess else read(frame.data)
    if found is None:
        return Sent("uncertain", "E0", "garbage", "what came back is no acknowledgement", frame.data[:REPLY])
    verdict = VERDICTS[found.code]
    if found.key != asked.key and (found.key or verdict.outcome == "delivered"):
        return None
    return Sent(verdict.outcome, verdict.grade, found.code, _detail(found, verdict.sentence), frame.data[:REPLY])


def _detail(found: Acknowledgement, sentence: str) -> str:
    named = ", ".join(found.conditions)
    return f"{sentence} (table 0357: {named})" if named else sentence
