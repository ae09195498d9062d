"""A site as a peer: takes FHIR by HTTP, writes down durably what came before it answers; may be told not to answer."""

import hashlib
import json
import os
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Came:
    """One request: its idempotency key, the Bundle's SHA-256, the referral's Task, the hospital's number."""

    key: str
    hash: str
    task: str
    number: str
    priority: str


def came(key: str, data: bytes) -> Came:
    """What a referral says."""
    found = [entry["resource"] for entry in json.loads(data)["entry"]]
    of = {resource["resourceType"]: resource for resource in found}
    numbers = [
        i["value"] for i in of["Patient"]["identifier"] if i.get("type", {}).get("coding", [{}])[0].get("code") == "PI"
    ]
    priority = of["ServiceRequest"].get("priority", "")
    return Came(key, hashlib.sha256(data).hexdigest(), of["Task"]["id"], numbers[0], priority)


class Site:
    """Listens from the start until `stop`; `silent`: it takes everything and answers nothing."""

    def __init__(self, ledger: Path, *, silent: bool = False) -> None:
        self.ledger = ledger
        self._file = os.open(ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._over = threading.Event()
        self.asked = 0
        site = self

        class Connection(BaseHTTPRequestHandler):
            """One connection."""

            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                site.asked += 1
                if silent:
                    site._over.wait()
                    return
                site._keep(came(self.headers["Idempotency-Key"], body))
                self.send_response(201)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        class Server(ThreadingHTTPServer):
            """Peers that were killed are no news."""

            daemon_threads = True
            block_on_close = False

            def handle_error(self, *_: Any) -> None:
                """Nothing."""

        self._server = Server(("127.0.0.1", 0), Connection)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def _keep(self, came: Came) -> None:
        os.write(self._file, (json.dumps(vars(came)) + "\n").encode())
        os.fdatasync(self._file)

    @property
    def received(self) -> list[Came]:
        """What came, in its order."""
        return [Came(**json.loads(line)) for line in self.ledger.read_text().splitlines()]

    def stop(self) -> None:
        """No more."""
        self._over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        os.close(self._file)
