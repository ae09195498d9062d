"""What was claimed and not begun waits again, and shows nobody what the person has refused meanwhile."""

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from gateway.delivery.worker import Deliverer
from gateway.domain.ledger import Change, Delivery
from gateway.domain.road import Sent
from gateway.pipeline.aftermath import aftermath
from gateway.store.sql import open_store
from tests.delivery.world import BRISK
from tests.pipeline.agreeing.agreed import NAME, consent
from tests.pipeline.line.world import ELSEY, World, answer, bundle, measure

LEASE = 1e9


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A measure that waits to be sent to the care service."""
    store = open_store(f"sqlite:///{tmp_path / 'gateway.db'}")
    try:
        made = World(store)
        made.referred()
        made.sends("stelle-senne", answer(made.case(), "accepted"))
        made.sends("stelle-senne", made.plan(measure("A-1", ELSEY)))
        yield made
    finally:
        store.close()


def deliverer(world: World, before: Callable[[], Any] = lambda: None) -> Deliverer:
    """Nobody is at work in it; something happens after each time that it is worked out what follows."""

    def following(delivery: Delivery, sent: Sent, changes: dict[str, Any]) -> Sequence[Change]:
        found = aftermath(delivery, sent, changes, world.rooms)
        before()
        return found

    return Deliverer(world.store, {}, lambda _: {}, following, BRISK, world.now)


def claimed(world: World) -> Delivery:
    rows: list[Delivery] = world.store.claim("gateway", world.now(), 10, LEASE).result()
    return next(row for row in rows if row.partner == "elsey")


def refuses(world: World) -> None:
    world.sends("stelle-senne", bundle(consent(world, key="no", type="deny", to=("elsey",))))


def standing(world: World, row: Delivery) -> str:
    return str(world.store.delivery(row.id).standing)


def shown(world: World) -> list[str]:
    """What can still be sent to the care service and names the person."""
    return [d.id for d in world.outbox("elsey") if d.standing == "waiting" and NAME in d.data.decode()]


def test_what_is_handed_back_waits_as_if_it_had_not_been_claimed(world: World) -> None:
    row = claimed(world)
    assert deliverer(world).courier.hand_back(row)
    (now,) = world.outbox("elsey", "measures")
    assert (now.standing, now.until, now.attempts, now.due) == ("waiting", None, 0, row.due)
    assert world.store.evidence(row.id) == []


def test_what_was_refused_between_claim_and_hand_back_is_not_sent(world: World) -> None:
    row = claimed(world)
    refuses(world)
    assert deliverer(world).courier.hand_back(row)
    assert (standing(world, row), shown(world)) == ("dropped", [])


def test_what_is_refused_while_it_is_handed_back_is_not_sent_either(world: World) -> None:
    row = claimed(world)
    turns = count()
    assert deliverer(world, lambda: refuses(world) if next(turns) == 0 else None).courier.hand_back(row)
    assert (standing(world, row), shown(world)) == ("dropped", [])


def test_a_defect_in_what_follows_does_not_keep_it_from_waiting_again(world: World) -> None:
    row = claimed(world)

    def broken() -> None:
        raise RuntimeError("a defect")

    assert deliverer(world, broken).courier.hand_back(row)
    assert (standing(world, row), shown(world)) == ("waiting", [row.id])


def test_what_was_taken_away_is_not_handed_back(world: World) -> None:
    row = claimed(world)
    made = deliverer(world)
    assert made.courier.hand_back(row)
    claimed(world)
    assert not made.courier.hand_back(row)
    assert standing(world, row) == "sending"
