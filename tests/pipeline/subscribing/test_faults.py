"""Faults of ours cost a subscriber a moment, never an event."""

from concurrent.futures import Future
from typing import Any, cast

import pytest

from gateway.delivery import notify_address, notify_words
from gateway.domain.ledger import Heard
from gateway.store.memory import MemoryStore
from gateway.store.port import UnavailableError
from tests.pipeline.subscribing.world import Receiver, World, soon, subscription, task


class Forgetful(MemoryStore):
    """A store that cannot write down the first time that somebody was told, and cannot be asked for a while."""

    deaf, failed = 3, False

    def commit(self, changes: Any) -> Future[None]:
        if any(isinstance(change, Heard) for change in changes) and not self.failed:
            self.failed = True
            future = Future[None]()
            future.set_exception(UnavailableError("disk full"))
            return future
        return super().commit(changes)

    def behind(self) -> dict[str, int]:
        self.deaf -= 1
        if self.deaf == 2:
            raise UnavailableError("disk full")
        if self.deaf == 1:
            raise ZeroDivisionError
        return super().behind()


def test_what_could_not_be_written_down_as_told_is_told_again(receiver: Receiver) -> None:
    store = Forgetful()
    world = World(cast("Any", store))
    world.save(subscription(receiver.url))
    world.save(task("1"))
    with world.notifying():
        soon(lambda: len(receiver.numbers()) == 2)
        soon(lambda: MemoryStore.behind(store) == {})
    assert receiver.numbers() == [1, 1]


def test_a_name_that_is_not_known_now_is_asked_for_again(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, real = [], notify_address.pinned

    def pinned(*about: Any) -> Any:
        calls.append(about)
        if len(calls) < 3:
            raise OSError("no name server")
        return real(*about)

    monkeypatch.setattr(notify_words, "pinned", pinned)
    world.save(subscription(receiver.url))
    with world.notifying():
        soon(lambda: world.status() == "active")
    assert len(calls) == 3


def test_a_subscription_changed_while_it_is_greeted_is_greeted_anew(world: World, receiver: Receiver) -> None:
    world.save(subscription(receiver.url))
    receiver.hook = lambda: world.save(subscription(receiver.url, reason="changed meanwhile"))
    with world.notifying():
        soon(lambda: world.status() == "active")
    assert receiver.kinds() == ["handshake", "handshake"]
    stored = world.store.read("Subscription", "s")
    assert stored is not None
    assert stored.resource["reason"] == "changed meanwhile"
