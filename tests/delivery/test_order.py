"""Inside a lane everything stays in order, whatever fails (design: reliability, R6). GATEWAY_LONG=1 runs more."""

import os
import random
import threading
import time
from collections import Counter, defaultdict
from dataclasses import replace

from gateway.delivery.retry import Policy
from gateway.domain.ledger import Delivery, Relane
from gateway.domain.road import Parcel, Sent
from tests.delivery.sample import BUSY, DELIVERED, DOWN, REFUSED, SILENT
from tests.delivery.world import BRISK, World, fresh, soon

LONG = bool(os.environ.get("GATEWAY_LONG"))
MESSAGES, PATIENTS = (10_000, 500) if LONG else (1_500, 200)
PARTNERS = ("lutterbach", "elsey", "ravensberg")
SETTINGS = replace(BRISK, policy=Policy(waits=(0.002, 0.005, 0.01), attempts=8, shortest=0.0005), poll=0.2)


class Fickle:
    """A receiver of numbered messages that fails at random, and knows what came when in every lane."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.came: dict[str, list[int]] = defaultdict(list)
        self.at_once: Counter[str] = Counter()
        self.overtaken: list[str] = []

    def __call__(self, parcel: Parcel) -> Sent:
        lane, _, number = parcel.key.rpartition("#")
        with self.lock:
            luck = self.random.random()
            self.came[lane].append(int(number))
            self.at_once[lane] += 1
            if self.at_once[lane] > 1:
                self.overtaken.append(lane)
        if luck < 0.02:
            time.sleep(0.005)
        with self.lock:
            self.at_once[lane] -= 1
        if luck < 0.03:
            raise OSError
        faults = ((0.06, DOWN), (0.09, BUSY), (0.12, SILENT), (0.13, REFUSED))
        return next((sent for below, sent in faults if luck < below), DELIVERED)


def numbered(count: int, patients: int, seed: int) -> list[Delivery]:
    """Messages to lanes drawn at random; the key says lane and place in it."""
    chosen, places = random.Random(seed), Counter[str]()
    rows = []
    for number in range(count):
        partner, person = chosen.choice(PARTNERS), f"Patient/{chosen.randrange(patients)}"
        lane = f"{partner} {person}"
        places[lane] += 1
        road = "mllp" if partner == "ravensberg" else "http"
        rows.append(replace(fresh(f"d{number}", partner, person, road=road), key=f"{lane}#{places[lane]}"))
    return rows


def done(world: World, count: int) -> bool:
    counts = world.store.counts()
    return sum(counts.get(f"delivery.{standing}", 0) for standing in ("delivered", "dead", "uncertain")) == count


def test_no_message_overtakes_another_of_its_lane(world: World) -> None:
    fickle = Fickle(seed=6)
    world.peers = dict.fromkeys(PARTNERS, fickle)
    world.addresses["lutterbach"] = {"honours_key": True}
    rows = numbered(MESSAGES, PATIENTS, seed=7)
    with world.delivering(SETTINGS) as deliverer:
        for start in range(0, MESSAGES, 50):
            world.queue(*rows[start : start + 50])
            deliverer.wake()
        soon(lambda: done(world, MESSAGES), 300 if LONG else 50)
    assert fickle.overtaken == []
    assert [lane for lane, came in fickle.came.items() if came != sorted(came)] == []
    assert {row.key for row in rows} == {f"{lane}#{number}" for lane, came in fickle.came.items() for number in came}
    assert world.store.counts()["delivery.delivered"] > MESSAGES * 0.9


def test_two_nodes_keep_the_order_of_a_lane_too(world: World) -> None:
    fickle = Fickle(seed=8)
    world.peers = dict.fromkeys(PARTNERS, fickle)
    rows = numbered(400, 40, seed=9)
    settings = replace(SETTINGS, poll=0.02)
    with world.delivering(settings), world.delivering(replace(settings, name="other")):
        for start in range(0, 400, 20):
            world.queue(*rows[start : start + 20])
        soon(lambda: done(world, 400), 30)
    assert fickle.overtaken == []
    assert [lane for lane, came in fickle.came.items() if came != sorted(came)] == []


def test_when_two_persons_become_one_each_one_s_messages_stay_in_order(world: World) -> None:
    fickle = Fickle(seed=10)
    world.peers = dict.fromkeys(PARTNERS, fickle)
    rows = numbered(600, 6, seed=11)
    world.queue(*rows)
    with world.delivering(SETTINGS):
        soon(lambda: sum(map(len, fickle.came.values())) > 100)
        world.store.commit([Relane("Patient/0", "Patient/1"), Relane("Patient/2", "Patient/3")]).result()
        assert not done(world, 600)
        soon(lambda: done(world, 600), 30)
    assert [lane for lane, came in fickle.came.items() if came != sorted(came)] == []
