"""An HTTP door for FHIR: bearer token, Idempotency-Key, and OperationOutcome for whatever is wrong (FHIR R4, 3.1.0)."""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler
from typing import Any

from standins.serving import Server

FHIR = "application/fhir+json"
CONTROL = "/control/"
"""Where the people of the demo decide; it needs no token."""
MOST = 50_000_000
"""Bytes of a body that are read."""


@dataclass(frozen=True)
class Request:
    """What somebody asks."""

    method: str
    path: str
    headers: Message
    body: bytes = b""

    def json(self) -> Any:
        """The body; ValueError where it is no JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """What is said to it."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    type: str = FHIR


def outcome(status: int, code: str, text: str) -> Answer:
    """An OperationOutcome of one issue (R4, 2.34)."""
    issue = {"severity": "error" if status >= 400 else "information", "code": code, "diagnostics": text}
    return Answer(status, {"resourceType": "OperationOutcome", "issue": [issue]})


@dataclass(frozen=True)
class Place:
    """Where a door is (port 0: any free one), and the token that has to be shown there; empty for none."""

    port: int = 0
    host: str = "127.0.0.1"
    secret: str = ""


ANYWHERE = Place()


class Door:
    """Answers requests with what `answer` says; a POST repeated under its key is answered as the first time."""

    def __init__(self, answer: Callable[[Request], Answer], place: Place) -> None:
        self._answer = answer
        self._secret = place.secret
        self._kept: dict[str, tuple[bytes, Answer]] = {}
        self._one = threading.Lock()
        self._server = Server((place.host, place.port), self._handler())
        self.repeats = 0

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._server.port

    def start(self) -> None:
        """Open."""
        self._server.start()

    def stop(self) -> None:
        """Close."""
        self._server.stop()

    def ask(self, request: Request) -> Answer:
        """The answer to one request; requests are answered one after the other."""
        given = request.headers.get("Authorization", "")
        guarded = self._secret and not request.path.startswith(CONTROL)
        if guarded and not hmac.compare_digest(given.encode(), f"Bearer {self._secret}".encode()):
            return outcome(401, "login", "A bearer token is needed.")
        with self._one:
            return self._once(request)

    def _once(self, request: Request) -> Answer:
        key = request.headers.get("Idempotency-Key", "")
        if not key or request.method != "POST":
            return self._answer(request)
        digest = hashlib.sha256(request.path.encode() + b"\0" + request.body).digest()
        before, answer = self._kept.get(key, (digest, None))
        if before != digest:
            return outcome(422, "duplicate", "This Idempotency-Key came before, with another body.")
        if answer is not None:
            self.repeats += 1
            return answer
        answer = self._answer(request)
        if answer.status < 400:
            self._kept[key] = (digest, answer)
        return answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        door = self

        class Connection(BaseHTTPRequestHandler):
            """One connection, request by request."""

            protocol_version = "HTTP/1.1"
            timeout = 60
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                self._reply(door.ask(Request("GET", self.path, self.headers)))

            def do_POST(self) -> None:
                size = self.headers.get("Content-Length", "" if "Transfer-Encoding" in self.headers else "0")
                if not size.isdigit() or int(size) > MOST:
                    self.close_connection = True
                    self._reply(outcome(413 if size.isdigit() else 411, "too-long", "A Content-Length is needed."))
                    return
                body = self.rfile.read(int(size))
                if len(body) == int(size):
                    self._reply(door.ask(Request("POST", self.path, self.headers, body)))

            def _reply(self, answer: Answer) -> None:
                body = b"" if answer.body is None else json.dumps(answer.body, ensure_ascii=False).encode()
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if body:
                    self.send_header("Content-Type", answer.type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Nothing; the stand-in says what came."""

        return Connection
