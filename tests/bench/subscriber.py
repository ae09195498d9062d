"""Somebody who is told of changes: a door on loopback that takes notifications and says when each came."""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOPIC = "https://kuemmerer-gateway.de/fhir/SubscriptionTopic/task-changed"
CONTENT = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content"
PATIENCE = 20.0
TASK = re.compile(r"Task/[A-Za-z0-9.-]+")
Resource = dict[str, Any]


class Mailbox:
    """What came, by the resources it is about, with the moment it came."""

    def __init__(self) -> None:
        self.bundles: list[Resource] = []
        self._came: dict[str, float] = {}
        self._news = threading.Condition()

    def put(self, bundle: Resource) -> None:
        """One notification Bundle."""
        moment = time.perf_counter()
        text = json.dumps(bundle)
        with self._news:
            self.bundles.append(bundle)
            for focus in foci(text):
                self._came.setdefault(focus, moment)
            self._news.notify_all()

    def wait(self, focus: str) -> float:
        """When a resource (`Task/1`) was first named; RuntimeError where it never was."""
        with self._news:
            if not self._news.wait_for(lambda: focus in self._came, PATIENCE):
                raise RuntimeError("no notification came")
            return self._came[focus]


def foci(text: str) -> set[str]:
    """The Tasks that a notification names, versions left out."""
    return set(TASK.findall(text))


@contextmanager
def subscriber() -> Iterator[tuple[Mailbox, str]]:
    """A mailbox and its address."""
    box = Mailbox()

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if data:
                box.put(json.loads(data))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing is told."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield box, f"http://127.0.0.1:{server.server_address[1]}/notified"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def subscription(endpoint: str, content: str = "id-only") -> Resource:
    """What asks for the news of all Tasks."""
    said = {"extension": [{"url": CONTENT, "valueCode": content}]}
    channel = {"type": "rest-hook", "endpoint": endpoint, "payload": "application/fhir+json", "_payload": said}
    return {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "Messung",
        "criteria": TOPIC,
        "channel": channel,
    }
