"""A front door on a real socket, with a small house behind it."""

import asyncio
import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from fastapi.routing import iter_route_contexts
from starlette.applications import Starlette

from gateway.directory.parties import Directory, Party
from gateway.domain.ledger import Audit
from gateway.domain.problem import Problem
from gateway.domain.road import Arrival, Receipt
from gateway.web.api import app, intake
from gateway.web.auth import roads_of
from gateway.web.doors import Doors
from gateway.web.server import Serving, serve
from gateway.web.tls import Files

TOKEN, OTHER = "nur-fuer-den-test", "auch-nur-fuer-den-test"
MEDIA = {"fhir": "application/fhir+json", "hl7v2-de": "application/hl7-v2", "evp": "application/fhir+json"}


def hashed(token: str) -> str:
    return "sha256:" + hashlib.sha256(token.encode()).hexdigest()


def party(name: str, *roads: Mapping[str, Any]) -> Party:
    return Party.model_validate(
        {"partner": name, "kind": "hospital", "sends": [{"road": "http", **road} for road in roads]}
    )


def directory() -> Directory:
    return Directory.of(
        [
            party("senneklinik", {"format": "fhir", "token": [hashed(TOKEN)]}),
            party(
                "lippeklinik",
                {"format": "fhir", "token": [hashed(OTHER)]},
                {"format": "hl7v2-de", "token": [hashed(OTHER)]},
                {"format": "evp", "token": [hashed("noch-einer")]},
            ),
            party("wartende-klinik", {"format": "fhir", "token": [hashed(TOKEN)], "accept": "done"}),
        ]
    )


@dataclass
class House:
    """The line in memory: keeps by key, remembers what it was given."""

    arrivals: list[Arrival] = field(default_factory=list)
    kept: dict[tuple[str, str], tuple[bytes, str]] = field(default_factory=dict)
    audits: list[Audit] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    closed: bool = False
    checks: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0
    came_of: dict[str, Any] = field(default_factory=lambda: {"state": "done"})
    """What becomes of every message; not before `ran`."""

    async def intake(self, arrival: Arrival) -> Receipt:
        await asyncio.sleep(self.wait)
        if self.closed:
            return Receipt("unavailable")
        if arrival.problems:
            self.refused.append(f"r-{len(self.refused) + 1}")
            return Receipt("refused", self.refused[-1], problems=arrival.problems)
        if arrival.data == b"unlesbar":
            return Receipt("refused", problems=(Problem("json.syntax", "line 1", "this is no JSON", "mend it"),))
        self.arrivals.append(arrival)
        at = (arrival.partner, arrival.key or hashlib.sha256(arrival.data).hexdigest())
        if at in self.kept and self.kept[at][0] != arrival.data:
            clash = Problem("receive.key.reused", "Idempotency-Key", "the key stands for other bytes", "use a new key")
            return Receipt("refused", self.kept[at][1], problems=(clash,))
        again = at in self.kept
        _, tracking = self.kept.setdefault(at, (arrival.data, f"t-{len(self.kept) + 1}"))
        return Receipt("again" if again else "kept", tracking)

    def status(self, tracking: str) -> dict[str, Any] | None:
        owner = {name: partner for (partner, _), (_, name) in self.kept.items()}.get(tracking)
        return {"tracking": tracking, "partner": owner, "deliveries": [], **self.came_of} if owner else None

    def doors(self, **changes: Any) -> Doors:
        made = Doors(
            intake=self.intake,
            roads=roads_of(directory),
            status=self.status,
            ready=lambda: {"store": "", **self.checks},
            metrics=lambda: b"# nothing\n",
            audit=self.audits.append,
            media=lambda name: MEDIA.get(name, ""),
        )
        return replace(made, **changes)


def ways(doors: Doors) -> list[tuple[str, str]]:
    """Method and path of every route of the front door; HEAD asks the same as GET, where both are there."""
    found = iter_route_contexts([*app(doors).routes, *intake(doors).routes])
    both = {"GET", "HEAD"}
    asked = [(route, (route.methods or {"GET"})) for route in found]
    return [
        (method, str(route.path))
        for route, methods in asked
        for method in sorted(methods - {"HEAD"} if methods >= both else methods)
    ]


@dataclass
class Standing:
    """Where the door is, and a way to do something on its loop."""

    host: str
    port: int
    scheme: str
    run: Callable[[Any], Any]
    serving: Serving

    def url(self, path: str) -> str:
        return f"{self.scheme}://{self.host}:{self.port}{path}"


@contextmanager
def standing(
    doors: Doors | Starlette,
    tls: Files | None = None,
    failed: Callable[[str], None] | None = None,
    *,
    demanded: bool = False,
) -> Iterator[Standing]:
    """A server on its own loop in its own thread, as long as the block lasts."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def run(what: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(what, loop).result(20)

    try:
        made = app(doors) if isinstance(doors, Doors) else doors
        serving = run(serve(made, "127.0.0.1:0", tls, *([failed] if failed else []), demanded=demanded))
        try:
            yield Standing(serving.host, serving.port, "https" if tls else "http", run, serving)
        finally:
            run(serving.close(1))
            run(loop.shutdown_default_executor())
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
