"""A store, somebody who listens on loopback, and the notifier between them, on the real clock with short waits."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

from gateway.delivery.notify import Notifier, Settings
from gateway.delivery.notify_words import Manner
from gateway.delivery.retry import Policy
from gateway.directory.parties import Directory
from gateway.domain.ledger import Change, Save
from gateway.mapping.shelf import Shelf
from gateway.pipeline.announcing.announce import announcements
from gateway.pipeline.announcing.notifying import notifier
from gateway.pipeline.rooms import Rooms
from gateway.store.port import Store
from gateway.transports.http import session
from gateway.transports.http.send import send

BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition"
TOPIC = "https://kuemmerer-gateway.de/fhir/SubscriptionTopic"
BASE = "http://127.0.0.1:8081/fhir/"
QUICK = Policy(waits=(0.01, 0.02), attempts=1000, shortest=0.001)
BRISK = Settings(Manner(BASE, timeout=5), QUICK, Policy(waits=(0.01,), attempts=5, shortest=0.001), poll=0.2)
Resource = dict[str, Any]


def clock() -> datetime:
    return datetime.now(UTC)


class Receiver:
    """A subscriber: `answers` are its next statuses, 200 where none is left."""

    def __init__(self) -> None:
        self.heard: list[Resource] = []
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[int] = []
        self.calls = 0
        self.hook: Callable[[], object] | None = None
        outer = self

        class Hook(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.calls += 1
                hook, outer.hook = outer.hook, None
                if hook:
                    hook()
                status = outer.answers.pop(0) if outer.answers else 200
                if status == 200:
                    outer.bodies.append(body)
                    outer.heard += [json.loads(body)] if body.startswith(b"{") else []
                    outer.headers.append(dict(self.headers))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def kinds(self) -> list[str]:
        return [str(said(bundle, "type")) for bundle in list(self.heard)]

    def numbers(self) -> list[int]:
        return [int(number) for bundle in list(self.heard) for number in events(bundle)]


def status(bundle: Resource) -> list[Resource]:
    """The parameters of the status a notification begins with."""
    parameters: list[Resource] = bundle["entry"][0]["resource"]["parameter"]
    return parameters


def value(part: Resource) -> Any:
    return next(value for name, value in part.items() if name.startswith("value"))


def said(bundle: Resource, name: str) -> Any:
    return next((value(part) for part in status(bundle) if part["name"] == name), None)


def events(bundle: Resource) -> list[str]:
    parts = [part["part"] for part in status(bundle) if part["name"] == "notification-event"]
    return [value(each) for part in parts for each in part if each["name"] == "event-number"]


def subscription(endpoint: str, key: str = "s", content: str = "id-only", **more: Any) -> Resource:
    """A Subscription by topic; `heartbeat`, `most`, `filters`, `header` as the backport has them."""
    numbers = {"heartbeat": ("heartbeat-period", "Unsigned"), "most": ("max-count", "Positive")}
    extensions = [
        {"url": f"{BACKPORT}/backport-{name}", f"value{kind}Int": more.pop(word)}
        for word, (name, kind) in numbers.items()
        if word in more
    ]
    said_of = {"url": f"{BACKPORT}/backport-payload-content", "valueCode": content}
    channel: Resource = {
        **({"extension": extensions} if extensions else {}),
        "type": "rest-hook",
        "endpoint": endpoint,
        "payload": more.pop("payload", "application/fhir+json"),
        "_payload": {"extension": [said_of]},
        **({"header": more.pop("header")} if "header" in more else {}),
    }
    url = f"{BACKPORT}/backport-filter-criteria"
    filters = [{"url": url, "valueString": each} for each in more.pop("filters", ())]
    plain = {"resourceType": "Subscription", "id": key, "status": "requested", "reason": "Test"}
    return {
        **plain,
        "criteria": f"{TOPIC}/task-changed",
        **({"_criteria": {"extension": filters}} if filters else {}),
        "channel": channel,
    } | more


def classic(endpoint: str, criteria: str, key: str = "s", **channel: Any) -> Resource:
    """A Subscription as R4 itself has it."""
    hook = {"type": "rest-hook", "endpoint": endpoint, **channel}
    return {
        "resourceType": "Subscription", "id": key, "status": "requested", "reason": "Test",
        "criteria": criteria, "channel": hook,
    }  # fmt: skip


def task(key: str = "1", status: str = "requested", **more: Any) -> Resource:
    owner = more.pop("owner", "Organization/lutterbach")
    return {
        "resourceType": "Task",
        "id": key,
        "status": status,
        "intent": "order",
        "owner": {"reference": owner},
    } | more


@dataclass
class World:
    store: Store
    settings: Settings = BRISK
    ids: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        shelf, directory = Shelf((), {}), Directory()
        self.rooms = Rooms(self.store, shelf, directory, clock, lambda: f"id-{next(self.ids)}", BASE)

    def save(self, *resources: Resource, expected: int | None = None) -> list[Change]:
        """Resources written as a line writes them: with those whom it concerns, in one commit."""
        saves: list[Change] = [Save(each, expected, (), clock(), "t-1") for each in resources]
        changes = [*saves, *announcements(saves, self.rooms)]
        self.store.commit(changes).result()
        return changes

    def notifier(self, settings: Settings | None = None) -> Notifier:
        made = notifier(self.rooms, send, BASE)
        return replace(made, settings=settings or self.settings)

    @contextmanager
    def notifying(self, settings: Settings | None = None) -> Iterator[Notifier]:
        made = self.notifier(settings)
        made.start()
        try:
            yield made
        finally:
            assert made.stop(5) == 0
            session.close()

    def status(self, key: str = "s") -> str:
        version = self.store.read("Subscription", key)
        return "" if version is None else version.resource["status"]

    def error(self, key: str = "s") -> str:
        version = self.store.read("Subscription", key)
        return "" if version is None else version.resource.get("error", "")

    def numbers(self, key: str = "s") -> list[int]:
        return [event.number for event in self.store.announced(key, 0, 10_000)]


def soon(holds: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until something holds, at most so long."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.005)
