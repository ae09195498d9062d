"""One bad message, one dead partner, one slow peer delay nobody else (design: reliability, R5)."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from gateway.delivery.circuit import Fuse
from gateway.delivery.retry import Policy
from gateway.delivery.worker import Deliverer, Settings
from gateway.domain.ledger import Delivery
from gateway.domain.road import Parcel, Send, Sent
from tests.delivery.sample import BUSY, DELIVERED, DOWN, NOON
from tests.delivery.world import BRISK, World, fresh, soon

TEN = ("bünde", "detmold", "gütersloh", "herford", "höxter", "lemgo", "lübbecke", "minden", "paderborn", "senne")
PATIENT = Settings(poll=0.5, sweep=0)


def backlog(partner: str, count: int) -> list[Delivery]:
    return [fresh(f"{partner}-{number}", partner, f"Patient/{number}") for number in range(count)]


def after(seconds: float, sent: Sent) -> Send:
    def send(_: Parcel) -> Sent:
        time.sleep(seconds)
        return sent

    return send


def seconds_until(holds: Callable[[], bool]) -> float:
    began = time.monotonic()
    soon(holds, 30)
    return time.monotonic() - began


def arrived(world: World, partners: tuple[str, ...], each: int) -> bool:
    return world.settled(each * len(partners)) and all(
        world.standing(f"{partner}-{number}") == "delivered" for partner in partners for number in range(each)
    )


def test_one_poisoned_patient_in_a_thousand_stalls_nobody(world: World) -> None:
    world.peers["herford"] = lambda parcel: BUSY if parcel.key.startswith("key-poison") else DELIVERED
    poison = [fresh(f"poison-{number}", "herford", "Patient/13") for number in range(5)]
    world.queue(*poison, *(fresh(f"d{number}", "herford", f"Patient/w{number}") for number in range(999)))
    with world.delivering(replace(PATIENT, policy=Policy(waits=(60,), shortest=30))):
        soon(lambda: world.settled(999), 30)
    assert [world.row(f"poison-{number}").attempts for number in range(5)] == [1, 0, 0, 0, 0]


def test_one_dead_partner_of_ten_delays_the_other_nine_by_less_than_a_second(world: World) -> None:
    dead, alive = TEN[0], TEN[1:]
    world.peers[dead] = after(0.3, DOWN)
    world.queue(*backlog(dead, 100))
    with world.delivering(PATIENT) as deliverer:
        time.sleep(0.1)
        world.queue(*(row for partner in alive for row in backlog(partner, 20)))
        deliverer.wake()
        beside = seconds_until(lambda: arrived(world, alive, 20))
    world.queue(*(replace(row, id=f"x{row.id}", key=f"x{row.key}") for name in alive for row in backlog(name, 20)))
    with world.delivering(replace(PATIENT, fuse=Fuse(failures=1, first=60))):
        alone = seconds_until(lambda: world.settled(2 * 20 * 9))
    assert beside - alone < 1
    assert sum(name == dead for name, _ in world.attempts) < 15


def test_slow_partners_leave_workers_to_the_others(world: World) -> None:
    slow, quick = TEN[:2], TEN[2:]
    for partner in slow:
        world.peers[partner] = after(0.5, DELIVERED)
    world.queue(*(row for partner in slow for row in backlog(partner, 30)))
    with world.delivering(PATIENT) as deliverer:
        soon(lambda: sum(world.at_once.get(partner, 0) for partner in slow) >= 4)
        world.queue(*(row for partner in quick for row in backlog(partner, 10)))
        deliverer.wake()
        assert seconds_until(lambda: world.settled(80)) < 2
        assert sum(world.standing(f"{partner}-29") == "delivered" for partner in slow) == 0


def test_a_receiver_that_asks_for_patience_gets_it(world: World) -> None:
    answers = [Sent("retry", "E0", "HTTP 503", wait=0.5), DELIVERED]
    world.peers["minden"] = lambda _: answers.pop(0)
    world.queue(fresh(partner="minden"))
    with world.delivering():
        soon(lambda: world.standing() == "delivered")
    first, second = world.store.evidence("d1")
    assert (second.at - first.at).total_seconds() >= 0.5


class Fast:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.moment = NOON

    def __call__(self) -> datetime:
        return self.moment


def test_a_partner_that_is_down_for_an_hour_costs_a_few_probes_and_then_gets_everything(world: World) -> None:
    clock = Fast()
    back = NOON + timedelta(hours=1)
    tried: list[datetime] = []

    def down_for_an_hour(_: Parcel) -> Sent:
        tried.append(clock())
        return DOWN if clock() < back else DELIVERED

    settings = replace(BRISK, policy=Policy(), fuse=Fuse(), lease=1e6)
    world.queue(*(replace(row, created=NOON, due=NOON) for row in backlog("herford", 100)))
    roads = {"http": down_for_an_hour}
    deliverer = Deliverer(world.store, roads, lambda _: {}, lambda *_: (), settings, clock)
    deliverer.start()
    while clock() < back + timedelta(minutes=20) and not world.settled(100):
        clock.moment += timedelta(seconds=10)
        deliverer.wake()
        time.sleep(0.005)
        soon(lambda: not deliverer.desk.held())  # what is due has been tried before time goes on
    deliverer.stop(5)
    assert world.settled(100)
    assert 10 < sum(at < back for at in tried) < 40
