"""Aftermath: what an attempt has shown moves the Task, and whoever waits for it hears of it."""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace

import pytest

from gateway.domain.ledger import Change, Counted, Delivery, Save
from gateway.domain.road import Sent
from gateway.pipeline.aftermath import aftermath
from gateway.store.memory import MemoryStore
from gateway.store.port import ConflictError
from tests.pipeline.line.world import ELSEY, RAVENSBERG, World, answer, measure

DELIVERED = Sent("delivered", "E2", "AA")


def tasks(changes: Sequence[Change]) -> list[Change]:
    """The changes that move a Task or tell somebody of it."""
    return [c for c in changes if not isinstance(c, Save) or c.resource["resourceType"] == "Task"]


def last(world: World, partner: str) -> Delivery:
    return world.outbox(partner)[-1]


@pytest.mark.parametrize("grade", ["E2", "E3", "E4"])
def test_a_delivery_with_evidence_is_received_and_the_source_hears_it(world: World, grade: str) -> None:
    message = world.referred()
    world.arrives(last(world, "stelle-senne"), grade=grade)
    assert world.stand() == "received delivered"
    assert world.told(message) == [("senneklinik", "answer received"), ("stelle-senne", "referral")]
    told = last(world, "senneklinik")
    assert (told.case, told.lane) == (f"Task/{world.case()['id']}", f"senneklinik {world.case()['for']['reference']}")


@pytest.mark.parametrize("grade", ["E0", "E1"])
def test_what_was_only_handed_over_is_not_received_yet(world: World, grade: str) -> None:
    world.planned(measure("A-1", RAVENSBERG))
    world.arrives(last(world, "ravensberg"), grade=grade)
    assert world.stand("A-1") == "requested dispatched"


def test_an_attempt_that_will_be_repeated_moves_nothing(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    retry = Sent("retry", "E0", "HTTP 503")
    (still,) = aftermath(last(world, "elsey"), retry, {"standing": "waiting"}, world.rooms)
    assert isinstance(still, Counted)  # no Consent came meanwhile: a condition, no change
    assert not aftermath(last(world, "elsey"), retry, {}, world.rooms)


def test_a_delivery_given_up_is_said_of_the_task_and_told_to_the_site(world: World) -> None:
    message = world.planned(measure("A-1", ELSEY))
    world.arrives(last(world, "elsey"), standing="dead")
    assert world.stand("A-1") == "requested dispatch-failed"
    assert world.told(message) == [
        ("elsey", "measures"), ("stelle-senne", "decision"), ("stelle-senne", "task undeliverable"),
    ]  # fmt: skip


def test_a_referral_that_reaches_no_site_is_no_news_for_the_source_and_another_site_is_to_decide(world: World) -> None:
    message = world.referred()
    world.arrives(last(world, "stelle-senne"), standing="dead")
    assert world.stand() == "requested dispatch-failed"
    assert world.told(message) == [("stelle-mitte", "decision"), ("stelle-senne", "referral")]


def test_what_was_given_up_is_not_sent_by_running_its_message_again(world: World) -> None:
    message = world.planned(measure("A-1", ELSEY))
    world.arrives(last(world, "elsey"), standing="dead")
    world.again(message)
    assert (world.stand("A-1"), len(world.outbox("elsey"))) == ("requested dispatch-failed", 1)


def test_what_a_person_sends_after_all_is_received_in_the_end(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    delivery = last(world, "elsey")
    world.arrives(delivery, standing="dead")
    world.arrives(delivery)
    assert world.stand("A-1") == "received delivered"


def test_a_late_result_of_a_task_that_moved_on_changes_nothing(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    delivery = last(world, "elsey")
    world.sends("elsey", answer(world.task("A-1"), "accepted"))
    assert not tasks(aftermath(delivery, DELIVERED, {"standing": "delivered"}, world.rooms))
    assert not tasks(aftermath(delivery, DELIVERED, {"standing": "dead"}, world.rooms))


def test_a_delivery_that_carries_no_task_has_no_aftermath(world: World) -> None:
    world.referred()
    world.sends("stelle-senne", answer(world.case(), "accepted"))
    assert not tasks(aftermath(last(world, "senneklinik"), DELIVERED, {"standing": "delivered"}, world.rooms))


def test_nor_one_whose_message_the_journal_no_longer_has(world: World) -> None:
    world.referred()

    lost = replace(last(world, "stelle-senne"), message="gone")
    assert not tasks(aftermath(lost, DELIVERED, {"standing": "delivered"}, world.rooms))


class Overtaken(MemoryStore):
    """A store in which an owner answers in the moment between reading and writing."""

    world: World

    def entry(self, message: str) -> object:  # type: ignore[override]  # it is gone once
        self.__class__ = MemoryStore  # type: ignore[assignment]  # it is gone once
        self.world.sends("elsey", answer(self.world.task("A-1"), "accepted"))
        return self.entry(message)


def test_an_answer_that_comes_between_is_not_overwritten(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    delivery = last(world, "elsey")
    world.store.world = world
    world.store.__class__ = Overtaken
    changes = aftermath(delivery, DELIVERED, {"standing": "delivered"}, world.rooms)
    with pytest.raises(ConflictError):
        world.store.commit(changes).result()
    assert world.stand("A-1") == "accepted"


class Racing(MemoryStore):
    """A store in which, before the next commit, a delivery turns out to have arrived."""

    then: list[Sequence[Change]]

    def commit(self, changes: Sequence[Change]) -> Future[None]:
        while self.then and any(isinstance(change, Save) for change in changes):
            super().commit(self.then.pop()).result()
        return super().commit(changes)


def test_nor_does_the_line_overwrite_what_a_worker_wrote_meanwhile() -> None:
    world = World(Racing())
    world.store.then = []
    world.planned(measure("A-1", ELSEY))
    world.store.then = [aftermath(last(world, "elsey"), DELIVERED, {"standing": "delivered"}, world.rooms)]
    world.sends("elsey", answer(world.task("A-1"), "accepted"))
    history = [v.resource["status"] for v in reversed(world.store.history("Task", world.task("A-1")["id"]))]
    assert history == ["draft", "requested", "received", "accepted"]
