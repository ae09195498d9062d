"""Many at once in a few cases: messages, FHIR writes, arrivals, the watch; the laws hold. GATEWAY_LONG=1: longer."""

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from gateway.delivery.circuit import Fuse
from gateway.delivery.retry import Policy
from gateway.delivery.worker import Deliverer, Settings
from gateway.pipeline.aftermath import aftermath
from gateway.pipeline.watch.watch import Watch
from gateway.store.sql import open_store
from tests.faults.loop.crowd import ACTS, SITES, Crowd
from tests.faults.loop.laws import breaches
from tests.pipeline.line.world import START

LONG = bool(os.environ.get("GATEWAY_LONG"))
SEEDS = range(40) if LONG else range(2)
ACTORS, TURNS = 4, 60
QUICK = Policy(waits=(1,), attempts=4, shortest=0.1)
ROADS = ("http", "mllp", "folder")
HASTE, BEGAN = 300, time.monotonic()
"""So many seconds of the town are one of ours."""


class Town(Crowd):
    """Its clock goes on by itself: one that goes on with each look never lets anybody sleep until something is due."""

    def now(self) -> datetime:
        return START + timedelta(seconds=HASTE * (time.monotonic() - BEGAN))


@contextmanager
def town(folder: Path, **more: object) -> Iterator[Crowd]:
    """Three cases to begin with."""
    store = open_store(f"sqlite:///{folder / 'gateway.db'}")
    crowd = Town(store=store, **more)  # type: ignore[arg-type]  # its fields
    crowd.listened()
    for _ in range(3):
        crowd.refers(Random(1))
        crowd.refers(Random(3))
    try:
        yield crowd
    finally:
        store.close()


@contextmanager
def at_work(crowd: Crowd) -> Iterator[Deliverer]:
    """Deliveries go out, and the watch looks."""
    sends = dict.fromkeys(ROADS, crowd.sends_it)
    settings = Settings(workers=3, policy=QUICK, fuse=Fuse(failures=10_000), lease=1e6, poll=0.02)
    made = Deliverer(
        crowd.store, sends, lambda _: {"honours_key": True},
        lambda delivery, sent, said: aftermath(delivery, sent, said, crowd.rooms), settings, crowd.now,
    )  # fmt: skip
    watch = Watch(crowd.rooms, made.wake)
    made.start()
    watch.start()
    try:
        yield made
        watch.stop()
        until_at_rest(crowd, made)
    finally:  # what still ran would cost every later test its time
        watch.stop()
        left = made.stop(20)
    assert left == 0


def until_at_rest(crowd: Crowd, deliverer: Deliverer) -> None:
    end = time.monotonic() + 30
    while any(d.standing in {"waiting", "sending"} for d in crowd.store.deliveries({}, 0, 100_000)):
        deliverer.wake()
        assert time.monotonic() < end, "deliveries never come to rest"
        time.sleep(0.02)


def busy(crowd: Crowd, seed: int) -> list[str]:
    """Everybody acts; the laws that hold at any moment are looked at meanwhile. Faults of the actors, if any."""
    faults: list[str] = []

    def act(number: int) -> None:
        chance = Random(f"{seed} {number}")
        for _ in range(TURNS):
            (one,) = chance.choices([*ACTS], [*ACTS.values()])
            try:
                one(crowd, chance)
            except Exception as fault:  # noqa: BLE001 - told by the test
                faults.append(f"{one.__name__}: {fault!r}")

    actors = [threading.Thread(target=act, args=(number,)) for number in range(ACTORS)]
    for actor in actors:
        actor.start()
    for actor in actors:
        actor.join()
    return faults


@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_acts_at_once_the_laws_of_the_loop_hold(tmp_path: Path, seed: int) -> None:
    with town(tmp_path) as crowd:
        with at_work(crowd):
            faults = busy(crowd, seed)
        assert faults == []
        assert breaches(crowd.store) == []
        kinds = Counter(task["status"] for task in crowd.tasks(ended=True))
        assert len(kinds) > 4, kinds
        before = standing(crowd)
        for entry in reversed(crowd.store.entries({"state": "done"}, limit=100_000)):
            if entry.partner and entry.road not in {"fhir", "watch"}:
                crowd.rerun(entry.id)
        assert standing(crowd) == before
        assert breaches(crowd.store) == []


def standing(crowd: Crowd) -> tuple[int, int]:
    """How many versions there are, without what was heard (an old message may belong to a case by now); deliveries."""
    newest = crowd.store.versions("", 0, 1)[0].number
    return newest - len(crowd.all("Communication")), len(crowd.outbox())


def test_nobody_is_left_out() -> None:
    assert {p["partner"] for p in Crowd.parties if p["kind"] == "site"} == set(SITES)
