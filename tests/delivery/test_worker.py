"""The dispatcher and its workers: when they look, whom they leave room, how they stop."""

import threading
import time
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from gateway.delivery.retry import Policy
from gateway.delivery.worker import Claim
from gateway.domain.ledger import Conclude
from gateway.domain.road import Parcel, Sent
from gateway.store.memory import MemoryStore
from gateway.store.port import Store, StoreError, UnavailableError
from tests.delivery.sample import BUSY, DELIVERED, SILENT
from tests.delivery.world import BRISK, Gate, World, clock, fresh, slowly, soon
from tests.stopwatch import seconds


def failed(error: Exception) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_exception(error)
    return future


class Counting:
    """A store that counts what it is asked, and can be cut off."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.claims = 0
        self.broken: Exception | None = None
        self.full = 0

    def __getattr__(self, name: str) -> Any:
        if name == "claim":
            self.claims += 1
            if self.broken is not None:
                raise self.broken
            if self.full:
                self.full -= 1
                return lambda *_: failed(UnavailableError("the disk is full"))
        return getattr(self._store, name)


def test_what_is_queued_while_all_sleep_goes_out_when_they_are_woken(world: World) -> None:
    with world.delivering() as deliverer:
        time.sleep(0.05)
        world.queue(fresh())
        deliverer.wake()
        soon(lambda: world.standing() == "delivered", 2)


def test_what_another_process_queued_is_found_by_looking(world: World) -> None:
    with world.delivering(replace(BRISK, poll=0.05)):
        time.sleep(0.02)
        world.queue(fresh())
        soon(lambda: world.standing() == "delivered", 2)


def test_a_repeat_goes_out_when_it_is_due_without_being_woken(world: World) -> None:
    answers = [BUSY, DELIVERED]
    world.peers["lutterbach"] = lambda _: answers.pop(0)
    world.queue(fresh())
    with world.delivering(replace(BRISK, policy=Policy(waits=(0.3,), shortest=0.3))):
        soon(lambda: world.standing() == "delivered", 2)
    first, second = world.store.evidence("d1")
    assert 0.28 <= (second.at - first.at).total_seconds() < 1


def test_who_has_nothing_to_do_does_not_ask_again_and_again(world: World) -> None:
    counting: Any = Counting(world.store)
    with world.delivering(store=counting):
        time.sleep(0.3)
    assert counting.claims <= 2


def test_a_busy_partner_s_backlog_is_not_asked_for_again_and_again(world: World) -> None:
    counting: Any = Counting(world.store)
    world.peers["lutterbach"] = gate = Gate()
    world.queue(*(fresh(f"d{number}", person=f"Patient/{number}") for number in range(20)))
    with world.delivering(store=counting):
        soon(lambda: world.at_once.get("lutterbach") == 4)
        before = counting.claims
        time.sleep(0.2)
        after = counting.claims
        gate.opened.set()
    assert after <= before + 1


@pytest.mark.parametrize(("road", "most"), [("http", 4), ("mllp", 1)])
def test_a_partner_has_no_more_workers_than_its_road_carries(world: World, road: str, most: int) -> None:
    world.peers["lutterbach"] = slowly(0.005)
    world.queue(*(fresh(f"d{number}", person=f"Patient/{number}", road=road) for number in range(40)))
    with world.delivering():
        soon(lambda: world.settled(40))
    assert world.most["lutterbach"] == most


def test_what_was_claimed_beyond_a_share_waits_again_as_if_never_claimed(world: World) -> None:
    world.peers["senneklinik"] = gate = Gate()
    world.queue(*(fresh(f"d{number}", "senneklinik", f"Patient/{number}", road="mllp") for number in range(8)))

    def waiting() -> set[tuple[str, int, object]]:
        rows = [world.row(f"d{number}") for number in range(2, 8)]
        return {(row.standing, row.attempts, row.until) for row in rows}

    with world.delivering():
        soon(lambda: bool(world.attempts))
        soon(lambda: waiting() == {("waiting", 0, None)})
        gate.opened.set()
        soon(lambda: world.settled(8))
    assert [world.row(f"d{number}").attempts for number in range(8)] == [1] * 8


def test_a_lease_is_renewed_as_long_as_the_attempt_goes_on(world: World) -> None:
    settings = replace(BRISK, lease=1)
    world.peers["lutterbach"] = slowly(2.5)
    world.queue(fresh())
    with world.delivering(settings), world.delivering(settings):
        soon(lambda: world.standing() == "delivered")
    assert len(world.attempts) == 1
    assert world.outcomes() == ["delivered"]


def test_a_lost_lease_is_noted_and_the_late_result_is_dropped(world: World) -> None:
    go_on = threading.Event()

    def stuck(_: Parcel) -> Sent:
        go_on.wait(5)
        return DELIVERED

    world.peers["lutterbach"] = stuck
    world.queue(fresh())
    with world.delivering(replace(BRISK, lease=0.2)) as deliverer:
        soon(lambda: bool(world.attempts))
        row = world.row()
        world.store.commit([Conclude(row.id, {"standing": "dead", "until": None}, row.token)]).result()
        time.sleep(0.2)
        go_on.set()
        soon(lambda: not deliverer.desk.at_work)
    assert (world.standing(), world.outcomes()) == ("dead", [])


@pytest.mark.parametrize(
    ("road", "address", "outcomes", "audited"),
    [
        ("mllp", {}, ["uncertain", "delivered"], "repeat"),
        ("http", {"honours_key": True}, ["uncertain", "delivered"], "repeat"),
        ("http", {}, ["uncertain"], "uncertain"),
        ("mllp", None, ["uncertain"], "uncertain"),
    ],
)
def test_what_a_dead_process_had_in_hand_is_never_silently_sent_again(
    world: World, road: str, address: Any, outcomes: list[str], audited: str
) -> None:
    world.addresses["lutterbach"] = address
    world.queue(fresh(road=road), fresh("d2", road=road))
    world.store.claim("the dead", clock(), 1, 0.01).result()
    time.sleep(0.02)
    with world.delivering():
        soon(lambda: world.standing() == outcomes[-1])
    assert world.outcomes() == outcomes
    arrived = [("deliver", "delivered")] if audited == "repeat" else []
    assert world.audited() == [("deliver", audited), *arrived]
    assert world.store.audit(object="d1")[-1].detail == f"{audited} after a crash"


def test_a_directory_with_a_defect_promises_nothing_for_what_a_dead_process_had(world: World) -> None:
    def defect(_: Any) -> None:
        raise KeyError("lutterbach")

    world.queue(fresh(road="mllp"))
    world.store.claim("the dead", clock(), 1, 0.01).result()
    time.sleep(0.02)
    deliverer = world.deliverer()
    deliverer.courier = replace(deliverer.courier, address_of=defect)
    deliverer.start()
    soon(lambda: world.standing() == "uncertain")
    deliverer.stop(5)


def test_a_process_that_died_is_noticed_while_another_runs(world: World) -> None:
    world.queue(fresh(road="mllp"))
    world.store.claim("the dying", clock(), 1, 0.2).result()
    with world.delivering(replace(BRISK, poll=0.05, sweep=0.05)):
        soon(lambda: world.standing() == "delivered", 3)


def test_the_only_process_takes_up_at_once_what_the_one_before_left_behind(world: World) -> None:
    world.queue(fresh(road="mllp"))
    world.store.claim("the dead", clock(), 1, 600).result()
    with world.delivering(replace(BRISK, poll=0.05, sweep=600)):
        time.sleep(0.2)
        assert world.standing() == "sending", "another process may still be at it"
    with world.delivering(replace(BRISK, poll=0.05, sweep=600, alone=True)):
        soon(lambda: world.standing() == "delivered", 3)


def test_stopping_lets_begun_attempts_end_and_begins_no_other(world: World) -> None:
    world.peers["lutterbach"] = slowly(0.2)
    world.queue(*(fresh(f"d{number}", person=f"Patient/{number}") for number in range(20)))
    deliverer = world.deliverer()
    deliverer.start()
    soon(lambda: world.at_once.get("lutterbach") == 4)
    assert deliverer.stop(5) == 0
    begun = len(world.attempts)
    assert world.store.counts() == {"delivery.delivered": begun, "delivery.waiting": 20 - begun}
    assert not any(thread.is_alive() for thread in deliverer.threads)


def test_what_does_not_end_within_the_grace_is_left_to_the_next_start(world: World) -> None:
    world.peers["lutterbach"] = gate = Gate()
    world.queue(fresh())
    deliverer = world.deliverer()
    deliverer.start()
    soon(lambda: bool(world.attempts))
    left: list[int] = []
    assert seconds(lambda: left.append(deliverer.stop(0.05))) < 0.3
    assert left == [1]
    assert world.standing() == "sending"
    gate.opened.set()
    soon(lambda: not deliverer.desk.at_work)


def test_a_deliverer_that_was_never_started_stops() -> None:
    assert World(MemoryStore()).deliverer().stop(1) == 0


@pytest.mark.parametrize("broken", [StoreError("cut off"), RuntimeError("a defect")])
def test_a_dispatcher_that_cannot_ask_the_store_asks_again(world: World, broken: Exception) -> None:
    counting: Any = Counting(world.store)
    counting.broken = broken
    world.queue(fresh())
    with world.delivering(replace(BRISK, poll=0.02), counting):
        soon(lambda: counting.claims > 2)
        counting.broken = None
        soon(lambda: world.standing() == "delivered")


def test_a_claim_that_cannot_be_written_is_made_again_by_whoever_made_it(world: World) -> None:
    counting: Any = Counting(world.store)
    world.queue(*(fresh(f"d{number}") for number in range(10)))
    with world.delivering(replace(BRISK, poll=0.02), counting):
        for wanted in (2, 6, 10):
            counting.full = 2
            soon(partial(world.settled, wanted))


def test_what_cannot_be_handed_back_is_not_sent_and_stops_nobody(world: World) -> None:
    world.queue(fresh(road="mllp"), fresh("d2", person="Patient/2", road="mllp"))
    deliverer = world.deliverer()
    rows = world.store.claim("gateway", clock(), 2, 30).result()
    world.store.commit([Conclude("d2", {"standing": "dead", "until": None}, rows[1].token)]).result()
    future: Future[Any] = Future()
    future.set_result(rows)
    room = deliverer.desk.begin_claim(clock())
    assert room is not None
    assert deliverer.end_claim(Claim(room, future)) is False
    assert [row.id for row in deliverer.desk.held()] == ["d1"]
    assert world.standing("d2") == "dead"


def test_what_a_living_worker_has_is_not_taken_for_a_dead_one_s(world: World) -> None:
    world.queue(fresh(road="mllp"))
    deliverer = world.deliverer()
    rows = world.store.claim("gateway", clock(), 1, 0).result()
    room = deliverer.desk.begin_claim(clock())
    assert room is not None
    deliverer.desk.end_claim(room, rows)
    deliverer.sweep()
    assert world.standing() == "sending"
    deliverer.desk.done(rows[0])
    deliverer.sweep()
    assert world.standing() == "waiting"


def test_a_pause_ends_by_itself_and_the_backlog_follows_the_probe(world: World) -> None:
    down = [True]
    world.peers["lutterbach"] = lambda _: SILENT if down[0] else DELIVERED
    world.addresses["lutterbach"] = {"honours_key": True}
    settings = replace(BRISK, fuse=replace(BRISK.fuse, failures=2, first=0.2, longest=0.2), policy=Policy((0.01,)))
    world.queue(*(fresh(f"d{number}", person=f"Patient/{number}") for number in range(30)))
    with world.delivering(settings) as deliverer:
        soon(lambda: deliverer.paused() == ["lutterbach"])
        soon(lambda: not deliverer.desk.held())  # what was claimed before the pause has been tried
        before, began = len(world.attempts), time.monotonic()
        time.sleep(0.5)
        assert len(world.attempts) - before <= 1 + (time.monotonic() - began) / 0.2
        down[0] = False
        soon(lambda: world.settled(30), 3)
