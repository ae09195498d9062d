"""The clock is set back an hour and ahead a day between messages: order, history and timers stay right."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from gateway.store.port import Store
from gateway.store.sql import open_store
from tests.faults.loop.laws import ALWAYS, breaches
from tests.pipeline.line.world import ELSEY, RAVENSBERG, World, answer, back, measure
from tests.pipeline.loop.test_admission import admission
from tests.pipeline.watch.clock import Watched

JUMPS = (timedelta(hours=-1), timedelta(days=1), timedelta(hours=-1), timedelta(hours=-1), timedelta(days=1))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(f"sqlite:///{tmp_path / 'gateway.db'}")
    yield made
    made.close()


def told(world: World) -> Iterator[None]:
    """A case, message by message."""
    world.planned(measure("A-1", ELSEY), measure("A-2", RAVENSBERG))
    yield
    world.sends("elsey", answer(world.task("A-1"), "in-progress"))
    yield
    world.sends("ravensberg", back(world.rows("ravensberg"), Stand="läuft"))
    yield
    world.sends("senneklinik", admission())
    yield
    world.sends("elsey", answer(world.task("A-1"), "failed", "could-not-contact", "niemand da"))
    yield


def test_versions_rise_whatever_the_clock_says_so_that_a_poller_misses_none(store: Store) -> None:
    world, polled, last = Watched(store=store), 0, ""
    for _, jump in zip(told(world), JUMPS, strict=True):
        moments = [v.updated.isoformat() for v in reversed(store.versions("", 0, 1000))]
        assert all(before < after for before, after in pairwise(moments))
        polled += sum(moment > last for moment in moments)
        assert polled == len(moments)
        last = moments[-1]
        world.moment += jump
    assert breaches(store, ALWAYS) == []
    assert (world.stand("A-1"), world.stand("A-2")) == ("failed could-not-contact", "accepted")
    assert world.stand() == "in-progress active-support"


def test_what_became_overdue_is_told_once_though_the_clock_is_set_back(store: Store) -> None:
    world = Watched(store=store)
    world.referred()
    world.later(days=5)
    raised, said = world.flags(), world.overdue()
    assert raised
    world.later(hours=-1)
    world.later(hours=1)
    assert (world.flags(), world.overdue()) == (raised, said)


def test_a_clock_that_was_ahead_by_a_day_and_is_put_right_ends_no_timer(store: Store) -> None:
    world = Watched(store=store)
    world.referred()
    world.later(days=1)
    world.later(days=-1)
    world.later(days=6)
    assert world.flags()
    assert len(world.overdue()) == len(set(world.overdue()))
