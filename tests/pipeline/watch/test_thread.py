"""The thread of the watch over a real store: it starts at once, hears of changes, and comes to an end."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.ledger import Change, Save
from gateway.pipeline.stored.terms import terms
from gateway.pipeline.watch.open import open_tasks
from gateway.pipeline.watch.watch import Watch
from gateway.store.port import ConflictError, UnavailableError
from gateway.store.sql.store import SqlStore, open_store
from tests.pipeline.line.world import START, World, answer, discharge

PATIENCE = 20.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(open_store(f"sqlite:///{tmp_path / 'gateway.db'}")) as opened:
        yield opened


def soon(holds: Callable[[], bool]) -> bool:
    """Whether it holds within a while."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.01)
    return False


def later(world: World, **by: float) -> Watch:
    """A watch whose clock is ahead."""
    rooms = replace(world.rooms, now=lambda: START + timedelta(**by))
    return Watch(rooms)


def flags(world: World, status: str = "active") -> int:
    return len([flag for flag in world.all("Flag") if flag["status"] == status])


def test_the_thread_finds_what_is_overdue_and_tells_who_sends_it(store: SqlStore) -> None:
    world = World(store)
    world.referred()
    told: list[None] = []
    watch = later(world, days=30)
    watch.told = lambda: told.append(None)
    watch.start()
    assert soon(lambda: flags(world) == 1)
    assert soon(lambda: bool(told))
    watch.stop()
    assert watch.thread is not None
    assert not watch.thread.is_alive()


def test_the_thread_hears_of_a_change_and_ends_the_flag(store: SqlStore) -> None:
    world = World(store)
    world.referred()
    watch = later(world, days=30)
    watch.start()
    assert soon(lambda: flags(world) > 0)
    world.sends("stelle-senne", answer(world.case(), "rejected", reason="nicht zuständig"))
    watch.wake()
    assert soon(lambda: flags(world, "inactive") > 0)
    watch.stop()


def test_a_store_that_cannot_be_used_does_not_end_the_thread(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(store)
    world.referred()
    refused: list[str] = []

    def shut(kind: str) -> int:
        refused.append(kind)
        raise UnavailableError("no") if len(refused) == 1 else ValueError("a person's name")

    monkeypatch.setattr(Watch, "unwell", 0.01)
    with monkeypatch.context() as patch:
        patch.setattr(store, "newest", shut, raising=False)
        watch = later(world, days=30)
        watch.start()
        assert soon(lambda: len(refused) > 2)
    assert soon(lambda: flags(world) > 0)
    watch.stop()


def test_somebody_who_was_faster_is_waited_for_and_nothing_is_told_twice(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(store)
    world.referred()
    watch = later(world, days=30)
    commit, tried = store.commit, []

    def contested(changes: Sequence[Change]) -> Future[None]:
        tried.append(changes)
        if len(tried) == 1:
            raise ConflictError
        return commit(changes)

    monkeypatch.setattr(store, "commit", contested, raising=False)
    while watch.round():
        pass
    assert (len(tried), flags(world)) == (1, 0)
    watch.rooms = replace(watch.rooms, now=lambda: START + timedelta(days=30, seconds=6))
    while watch.round():
        pass
    assert (len(tried), flags(world)) == (2, 1)


def test_only_tasks_for_which_a_timer_can_run_are_read_at_the_start(store: SqlStore) -> None:
    world = World(store)
    world.referred()
    world.sends("stelle-senne", answer(world.case(), "rejected", reason="nicht zuständig"))
    world.sends("senneklinik", discharge(key="SK-2", person="99", kvnr="A123456780", visit="7", name="Otte^Erna"))
    open_ones = [task["id"] for task in world.all("Task") if task["status"] == "requested"]
    assert [name for page in open_tasks(store) for name in page] == open_ones


def test_a_closed_referral_is_read_until_its_report_is_acknowledged(store: SqlStore) -> None:
    world = World(store)
    world.referred()
    task = world.case()
    for business, read in (("outcome-sent", 1), ("", 1), ("outcome-acknowledged", 0)):
        system = "https://kuemmerer-gateway.de/fhir/CodeSystem/business-status"
        said = {"businessStatus": {"coding": [{"system": system, "code": business}]}} if business else {}
        rest = {key: value for key, value in task.items() if key != "businessStatus"}
        closed = {**rest, "status": "completed", **said}
        store.commit([Save(closed, None, terms(closed, "senneklinik"), START)]).result()
        assert len([name for page in open_tasks(store) for name in page]) == read, business
