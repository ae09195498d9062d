"""Nothing is sent by a Consent that does not hold any more when it is written down, whoever was faster."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest

from gateway.domain.ledger import Conclude
from gateway.domain.road import Sent
from gateway.pipeline.aftermath import aftermath
from gateway.pipeline.line import changes, process, run
from gateway.store.port import ConflictError
from gateway.store.sql import open_store
from tests.pipeline.agreeing.agreed import NAME, consent, recalls
from tests.pipeline.line.world import ELSEY, World, answer, bundle, measure


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    store = open_store(f"sqlite:///{tmp_path / 'gateway.db'}")
    try:
        made = World(store)
        made.referred()
        made.sends("stelle-senne", answer(made.case(), "accepted"))
        yield made
    finally:
        store.close()


def refusal(world: World) -> dict[str, Any]:
    return bundle(consent(world, key="no", type="deny", to=("elsey",)))


def later(world: World, data: dict[str, Any]) -> list[Any]:
    """What a message of the site would write, as things are now."""
    return changes(run(world.keep("stelle-senne", data), world.rooms), world.rooms)


def shown(world: World) -> list[str]:
    """The deliveries that show the service who the person is, and can still be sent."""
    return [d.id for d in world.outbox("elsey") if d.standing == "waiting" and NAME in d.data.decode()]


def test_a_plan_that_was_decided_before_a_refusal_is_not_written_after_it(world: World) -> None:
    decided = later(world, world.plan(measure("A-1", ELSEY)))
    world.sends("stelle-senne", refusal(world))
    with pytest.raises(ConflictError):
        world.store.commit(decided).result()
    assert world.outbox("elsey") == []


def test_a_plan_that_was_decided_before_a_consent_was_taken_back_is_not_written_after_it(world: World) -> None:
    world.sends("stelle-senne", bundle(consent(world, to=("elsey",))))
    decided = later(world, world.plan(measure("A-1", ELSEY)))
    world.sends("stelle-senne", bundle(consent(world, "inactive", to=("elsey",))))
    with pytest.raises(ConflictError):
        world.store.commit(decided).result()


def test_a_refusal_that_knew_nobody_to_tell_is_worked_out_anew_where_somebody_came_to_it(world: World) -> None:
    decided = later(world, refusal(world))
    world.sends("stelle-senne", world.plan(measure("A-1", ELSEY)))
    with pytest.raises(ConflictError):
        world.store.commit(decided).result()


def test_a_refusal_is_worked_out_anew_where_something_was_sent_meanwhile(world: World) -> None:
    world.sends("stelle-senne", world.plan(measure("A-1", ELSEY)))
    decided = later(world, refusal(world))
    world.sends("stelle-senne", world.plan(measure("A-1", ELSEY, note=[{"text": "Schlüssel im Kasten"}])))
    with pytest.raises(ConflictError):
        world.store.commit(decided).result()


def test_an_attempt_that_failed_while_the_person_refused_is_not_tried_again(world: World) -> None:
    world.sends("stelle-senne", world.plan(measure("A-1", ELSEY)))
    claimed = world.store.claim("worker", world.now() + timedelta(hours=1), 10, 60.0, ()).result()
    (delivery,) = (each for each in claimed if each.partner == "elsey")
    failed = Conclude(delivery.id, {"standing": "waiting"}, delivery.token)
    follows = aftermath(delivery, Sent("retry", "E0", "x"), {"standing": "waiting"}, world.rooms)
    world.sends("stelle-senne", refusal(world))
    with pytest.raises(ConflictError):
        world.store.commit([failed, *follows]).result()
    follows = aftermath(delivery, Sent("retry", "E0", "x"), {"standing": "waiting"}, world.rooms)
    world.store.commit([failed, *follows]).result()
    assert shown(world) == []


def test_a_consent_of_somebody_else_stands_in_nobodys_way(world: World) -> None:
    decided = later(world, world.plan(measure("A-1", ELSEY)))
    other = {**consent(world, key="other", type="deny", to=("elsey",)), "patient": {"reference": "Patient/nobody"}}
    world.sends("stelle-senne", bundle(other))
    world.store.commit(decided).result()
    assert len(shown(world)) == 1


def test_whoever_is_faster_nothing_that_was_refused_waits_to_be_sent(world: World) -> None:
    for turn in range(6):
        said = consent(world, "inactive" if turn else "active", key="no", type="deny", to=("elsey",))
        world.sends("stelle-senne", bundle({**said, "status": "entered-in-error"}))
        plan = world.plan(*(measure(f"A-{n}", ELSEY) for n in range(turn + 1)), title=f"Plan {turn}")
        entries = [world.keep("stelle-senne", data) for data in (plan, refusal(world))]
        together([lambda entry=entry: process(entry, world.rooms) for entry in entries])
        assert shown(world) == []
        told = {d.case for d in world.outbox("elsey") if d.standing in {"delivered", "sending"}}
        assert len(recalls(world, "elsey")) >= len(told)


def together(works: list[Any]) -> None:
    """All at once."""
    start = Barrier(len(works))
    threads = [Thread(target=lambda work=work: (start.wait(), work())) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
