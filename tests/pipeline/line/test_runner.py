"""The runner: in the order of the journal, giving way only to a rush, alive whatever happens."""

import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.domain.ledger import Entry
from gateway.pipeline import line, runner
from gateway.pipeline.decode import decode
from gateway.pipeline.runner import LONGEST, Runner
from gateway.store.memory import MemoryStore
from gateway.store.port import UnavailableError
from tests.pipeline.line.world import World, discharge

PATIENCE = 20.0


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Runner, "idle", 0.01)
    monkeypatch.setattr(Runner, "unwell", 0.01)


class Sick(MemoryStore):
    """A store that fails the first looks at its journal."""

    def __init__(self, *faults: Exception) -> None:
        super().__init__()
        self.faults = list(faults)

    def waiting(self, after: int = 0, limit: int = 100) -> list[Entry]:
        if self.faults:
            raise self.faults.pop()
        return super().waiting(after, limit)


def until(holds: Callable[[], Any]) -> bool:
    end = time.monotonic() + PATIENCE
    while not holds() and time.monotonic() < end:
        time.sleep(0.005)
    return bool(holds())


def people(world: World, count: int) -> list[str]:
    return [world.keep("senneklinik", discharge(f"SK-{n}", visit=f"{n}")).id for n in range(count)]


def test_messages_are_run_in_the_order_of_the_journal_and_told_one_by_one(world: World) -> None:
    done: list[str] = []
    running = Runner(world.rooms, lambda entry: done.append(entry.id))
    kept = people(world, 3)
    running.start()
    assert until(lambda: len(done) == 3)
    running.stop()
    assert done == kept
    assert world.store.counts() == {"message.done": 3, "delivery.waiting": 3}


def test_it_wakes_when_something_is_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Runner, "idle", 60.0)
    done: list[str] = []
    running = Runner(world.rooms, lambda entry: done.append(entry.id))
    running.start()
    time.sleep(0.05)
    people(world, 1)
    running.wake()
    assert until(lambda: done)
    running.stop()


def test_it_looks_again_unasked_for_another_process_may_have_put_a_message_back(world: World) -> None:
    done: list[str] = []
    running = Runner(world.rooms, lambda entry: done.append(entry.id))
    running.start()
    people(world, 1)
    assert until(lambda: done)
    running.stop()


@pytest.mark.parametrize("fault", [UnavailableError("no room"), ValueError("Kanarienvogel")])
def test_a_fault_of_the_store_is_survived(fault: Exception, caplog: pytest.LogCaptureFixture) -> None:
    world, done = World(Sick(fault, fault)), []
    people(world, 1)
    running = Runner(world.rooms, lambda entry: done.append(entry.id))
    running.start()
    assert until(lambda: done)
    running.stop()
    assert "Kanarienvogel" not in caplog.text + str([record.__dict__ for record in caplog.records])


def test_one_who_cannot_be_told_does_not_stop_the_others(world: World) -> None:
    told: list[str] = []

    def finished(entry: Entry) -> None:
        told.append(entry.id)
        if len(told) == 1:
            raise RuntimeError("the loop is closed")

    running = Runner(world.rooms, finished)
    people(world, 2)
    running.start()
    assert until(lambda: len(told) == 2)
    running.stop()


def test_stopping_finishes_the_message_in_hand_and_leaves_the_rest(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(message: Any, rooms: Any) -> Any:
        begun.set()
        go_on.wait(PATIENCE)
        return decode(message, rooms)

    slow.__name__ = "decode"
    monkeypatch.setattr(line, "STEPS", (slow, *line.STEPS[1:]))
    running = Runner(world.rooms, lambda _: None)
    people(world, 3)
    running.start()
    assert begun.wait(PATIENCE)
    threading.Timer(0.05, go_on.set).start()
    running.stop(PATIENCE)
    assert world.store.counts()["message.done"] == 1
    assert len(world.store.waiting()) == 2


def test_stopping_waits_no_longer_than_it_may(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(runner, "process", lambda *_: go_on.wait(PATIENCE))
    running = Runner(world.rooms, lambda _: None)
    people(world, 1)
    running.start()
    began = time.monotonic()
    running.stop(0.05)
    assert time.monotonic() - began < 1
    go_on.set()
    assert running.thread
    running.thread.join(PATIENCE)


def test_a_runner_that_never_started_stops(world: World) -> None:
    Runner(world.rooms, lambda _: None).stop()


def test_maps_are_compiled_before_the_first_message(world: World) -> None:
    asked: list[tuple[str, str]] = []

    def form(name: str) -> Any:
        if name == "fhir":
            return SimpleNamespace(plan=None)
        return SimpleNamespace(plan=1, ready=lambda direction, _: asked.append((name, direction)))

    world.rooms.shelf = SimpleNamespace(get=form)  # type: ignore[assignment]  # a stand-in
    Runner(world.rooms, lambda _: None).begin()
    assert set(asked) == {
        ("hl7v2-de", "to_fhir"), ("hl7v2-de", "from_fhir"), ("evp", "from_fhir"), ("pflegedienst-liste", "from_fhir"),
    }  # fmt: skip


def test_maps_that_cannot_be_compiled_or_found_stop_nothing(world: World, caplog: pytest.LogCaptureFixture) -> None:
    def broken(*_: Any) -> None:
        raise SyntaxError("Kanarienvogel")

    forms = {"hl7v2-de": SimpleNamespace(plan=1, ready=broken)}
    world.rooms.shelf = SimpleNamespace(get=forms.get)  # type: ignore[assignment]  # a stand-in
    Runner(world.rooms, lambda _: None).begin()
    assert {record.__dict__["format"] for record in caplog.records} == {"hl7v2-de"}
    assert "Kanarienvogel" not in caplog.text


def test_nothing_is_compiled_once_it_stops(world: World) -> None:
    world.rooms.shelf = SimpleNamespace(get=lambda _: pytest.fail("not asked"))  # type: ignore[assignment]  # a stand-in
    running = Runner(world.rooms, lambda _: None)
    running.stop()
    running.begin()


@pytest.mark.parametrize(("arrivals", "waits"), [(0, 0.0), (5, 0.0), (10_000, LONGEST)])
def test_it_gives_way_only_to_a_rush_and_never_for_long(world: World, arrivals: int, waits: float) -> None:
    slept: list[float] = []
    count = iter([0, arrivals])
    running = Runner(world.rooms, lambda _: None, lambda: next(count))
    running.stopping = SimpleNamespace(wait=slept.append, is_set=lambda: False)  # type: ignore[assignment]  # a stand-in
    running.give_way(0.0)
    time.sleep(0.06)
    running.give_way(1.0)
    assert slept == ([waits] if waits else [])


def test_how_far_it_is_behind_is_known_and_nothing_once_it_is_idle(world: World) -> None:
    running = Runner(world.rooms, lambda _: None)
    assert running.lag() == 0
    people(world, 1)
    assert running.lag() > 0
    assert running.round()
    assert running.lag() == 0
