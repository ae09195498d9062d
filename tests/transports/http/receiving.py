"""Receivers by others: http.server with an answer for each test, and bare sockets that misbehave."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from gateway.domain.road import Parcel

BODY = b'{"resourceType": "Bundle", "type": "document"}'


@dataclass
class Receiver:
    """What came, and what to answer: status, headers, body; or a function that does something else."""

    status: int = 201
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    act: Callable[[BaseHTTPRequestHandler], None] | None = None
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    peers: set[int] = field(default_factory=set)
    url: str = ""


def handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            receiver.requests.append((self.command, self.path, dict(self.headers), data))
            receiver.peers.add(self.client_address[1])
            if receiver.act is not None:
                receiver.act(self)
                return
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(receiver.body)))
            self.end_headers()
            self.wfile.write(receiver.body)

        do_PUT = do_GET = do_POST  # noqa: N815 - http.server's names

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Broken connections are what these tests are about."""


@contextmanager
def receiving(receiver: Receiver, secure: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    server = Quiet(("127.0.0.1", 0), handler(receiver))
    if secure is not None:
        server.socket = secure.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    receiver.url = f"http{'s' if secure else ''}://127.0.0.1:{server.server_address[1]}/eingang"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def behaving(act: Callable[[socket.socket], None]) -> Iterator[str]:
    """A bare socket: takes connections one by one and does `act` with each."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        over = threading.Event()

        def run() -> None:
            while not over.is_set():
                try:
                    line, _ = listener.accept()
                except TimeoutError:
                    continue
                with line:
                    line.settimeout(5)
                    try:
                        act(line)
                    except OSError:
                        continue

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/eingang"
        finally:
            over.set()
            thread.join()


def parcel(url: str, data: bytes = BODY, **address: Any) -> Parcel:
    return Parcel("d-1", "pflegedienst-lutterbach", data, "application/fhir+json", {"url": url, **address})
