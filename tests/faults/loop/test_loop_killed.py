"""kill -9 while the loop runs: what was acknowledged is there, the laws hold, subscribers hear all of it in order."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from gateway.store.port import Store
from gateway.store.sql import open_store
from tests.faults.conftest import Make, Town
from tests.faults.hospital import Hospital
from tests.faults.loop.clients import Interface, Writer
from tests.faults.loop.laws import AT_REST, breaches, everything
from tests.faults.people import ENHANCED, discharge
from tests.faults.running import until
from tests.pipeline.subscribing.world import Receiver, subscription
from tests.ports import free_port

KILLS = 25 if os.environ.get("GATEWAY_LONG") else 3
SHORT = ["rest before 4", "line after 4", "result before 4"]
POINTS = [f"{kind} {side} {number}" for kind in ("rest", "line", "result") for side in ("before", "after") for number in
          (3, 4, 9)] if os.environ.get("GATEWAY_LONG") else SHORT  # fmt: skip


FEW = {"lease": 0.4, "retry": {"waits": [0.2, 0.5], "attempts": 8}, "circuit": {"failures": 1000}}
"""The site reads referrals only, and hangs up over all else: that is given up soon."""


class Loop:
    """A gateway whose hospital refers, whose Tasks two clients move, and to which one listens."""

    def __init__(self, town: Town, port: int, stack: ExitStack) -> None:
        self.gateway, self.interface = town.gateway, Interface(port)
        self.receiver = Receiver()
        stack.callback(self.receiver.close)
        self.gateway.start()
        asked = {k: v for k, v in subscription(self.receiver.url).items() if k != "id"}
        status, body = self.interface.ask("POST", "Subscription", asked)
        assert status == 201
        self.key = body["id"]
        until(lambda: self.interface.ask("GET", f"Subscription/{self.key}")[1].get("status") == "active", "it listens")
        ledger = town.gateway.folder / "ledger"
        self.hospital = Hospital(ledger, lambda n: discharge(n, wish=ENHANCED), lambda: self.gateway.mllp, lines=1)
        self.writers = [Writer(self.interface, seed).start() for seed in (1, 2)]

    @property
    def told(self) -> list[dict[str, Any]]:
        """What the clients were told is stored."""
        return [resource for writer in self.writers for resource in list(writer.told)]

    def rest(self) -> None:
        """Nobody asks anything more, and all that follows is done."""
        for writer in self.writers:
            writer.stop()
        self.hospital.finish()
        self.gateway.quiet()

    def heard(self) -> list[int]:
        """The numbers of the events that came, each as it came first."""
        return [*dict.fromkeys(self.receiver.numbers())]

    def caught_up(self, last: int) -> bool:
        return last in set(self.receiver.numbers())


@pytest.fixture
def loop(make: Make) -> Iterator[Loop]:
    port = free_port()
    with ExitStack() as stack:
        yield Loop(make(fhir={"listen": f"127.0.0.1:{port}"}, delivery=FEW), port, stack)


def looked_at(loop: Loop) -> None:
    """Everything that must be so once it has come to rest."""
    loop.rest()
    url = f"sqlite:///{loop.gateway.folder / 'gateway.db'}"
    last = int(value(loop, "events-since-subscription-start"))
    until(lambda: loop.caught_up(last), "the subscriber has heard the last event", pause=0.05)
    assert loop.gateway.stop() == 0
    store = open_store(url)
    try:
        assert breaches(store, AT_REST) == []
        assert [t for t in loop.told if not is_there(store, t)] == []
        assert loop.heard() == [*range(1, last + 1)]
        assert store.last_event(loop.key) == last
        announced = {(event.focus, event.version) for event in store.announced(loop.key, 0, 100_000)}
        tasks = everything(store, "Task")
        written = {(f"Task/{t['id']}", v.version) for t in tasks for v in store.history("Task", t["id"])}
        assert announced == written
        in_time = [v.updated for v in reversed(store.versions("", 0, 100_000))]
        assert all(before < after for before, after in pairwise(in_time))
    finally:
        store.close()


def value(loop: Loop, name: str) -> str:
    """One parameter of the Subscription's status."""
    _, bundle = loop.interface.ask("GET", f"Subscription/{loop.key}/$status")
    parameters = bundle["entry"][0]["resource"]["parameter"]
    found = next(p for p in parameters if p["name"] == name)
    return str(next(v for k, v in found.items() if k.startswith("value")))


def is_there(store: Store, told: dict[str, Any]) -> bool:
    """Whether a resource is stored as somebody was told."""
    version = store.read(told["resourceType"], told["id"], int(told["meta"]["versionId"]))
    return version is not None and version.resource.get("status") == told.get("status")


def test_killed_again_and_again_the_loop_goes_on_where_it_was(loop: Loop) -> None:
    chance = Random(11)
    for _ in range(KILLS):
        before = len(loop.told)
        until(lambda before=before: len(loop.told) > before + 5, "clients are told something")  # type: ignore[misc]  # bound at once
        time.sleep(chance.random() / 5)
        loop.gateway.kill()
        loop.gateway.start()
    looked_at(loop)
    assert sum(writer.broken for writer in loop.writers) >= 1, "the kills met nobody"


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_commit_it_is_whole_or_not_at_all(loop: Loop, point: str) -> None:
    loop.gateway.kill()
    loop.gateway.start(FAULT_COMMIT=point)
    loop.gateway.died()
    loop.gateway.start()
    before = len(loop.told)
    until(lambda: len(loop.told) > before + 3, "clients are told something")
    looked_at(loop)
