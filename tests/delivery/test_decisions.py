"""A person's decisions about deliveries, against real stores."""

import pytest

from gateway.delivery.by_hand import Person, drop, release
from gateway.domain.ledger import Change
from gateway.store.port import ConflictError
from tests.delivery.sample import DELIVERED, REFUSED, SILENT
from tests.delivery.world import World, clock, fresh, soon


def by(reason: str = "") -> Person:
    return Person("h.kramer", clock(), reason)


def commit(world: World, changes: tuple[Change, ...]) -> None:
    assert changes
    world.store.commit(changes).result()


def test_a_released_delivery_goes_out_under_its_key_and_keeps_its_evidence(world: World) -> None:
    answers = [SILENT, DELIVERED]
    world.peers["lutterbach"] = lambda _: answers.pop(0)
    world.queue(fresh())
    with world.delivering() as deliverer:
        soon(lambda: world.standing() == "uncertain")
        commit(world, release(world.row(), by()).changes)
        deliverer.wake()
        soon(lambda: world.standing() == "delivered")
    assert world.attempts == [("lutterbach", "key-d1")] * 2
    assert world.outcomes() == ["uncertain", "delivered"]
    assert world.audited() == [("deliver", "uncertain"), ("release", "waiting"), ("deliver", "delivered")]


def test_a_dropped_delivery_is_not_sent_and_its_lane_goes_on(world: World) -> None:
    world.queue(fresh(), fresh("d2"))
    commit(world, drop(world.row(), by("Told by telephone.")).changes)
    with world.delivering():
        soon(lambda: world.standing("d2") == "delivered")
    assert (world.standing(), world.row().reason) == ("dropped", "Told by telephone.")
    assert world.attempts == [("lutterbach", "key-d2")]


def test_a_decision_comes_too_late_when_a_worker_has_the_delivery(world: World) -> None:
    world.queue(fresh())
    decided = drop(world.row(), by("Told by telephone."))
    world.store.claim("gateway", clock(), 1, 30).result()
    with pytest.raises(ConflictError):
        commit(world, decided.changes)
    assert world.standing() == "sending"


def test_of_two_persons_who_decide_at_once_one_wins(world: World) -> None:
    world.peers["lutterbach"] = lambda _: REFUSED
    world.queue(fresh())
    with world.delivering():
        soon(lambda: world.standing() == "dead")
    first, second = release(world.row(), by()), drop(world.row(), by("Told by telephone."))
    commit(world, first.changes)
    with pytest.raises(ConflictError):
        commit(world, second.changes)
    assert world.standing() == "waiting"
