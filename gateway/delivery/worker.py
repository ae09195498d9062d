"""The delivery room at work: one dispatcher claims what is due, a few workers send it, nobody waits for a slow peer."""

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from queue import SimpleQueue

from gateway.delivery import outbox
from gateway.delivery.circuit import Circuit, Fuse
from gateway.delivery.courier import Address, Aftermath, Courier, fault, named
from gateway.delivery.retry import Chance, Policy
from gateway.delivery.shares import Room, Shares
from gateway.domain.ledger import Conclude, Delivery
from gateway.domain.road import Send, Sent
from gateway.store.port import StaleError, Store, StoreError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """How deliveries are worked off; seconds.

    workers      threads that send
    per_partner  at most so many of them for one partner; roads: the same for a road, where it is less
    lease        a claim counts so long; it is renewed while the worker lives, and ends when the process dies
    poll         other processes write to the store without waking us; so often it is looked at
    sweep        so often is looked for deliveries whose worker died
    name         of this process in the store
    """

    workers: int = 8
    per_partner: int = 4
    roads: Mapping[str, int] = field(default_factory=lambda: {"mllp": 1})
    policy: Policy = field(default_factory=Policy)
    fuse: Fuse = field(default_factory=Fuse)
    lease: float = 30
    poll: float = 1
    sweep: float = 10
    name: str = "gateway"


@dataclass(eq=False)
class Deliverer:
    """Sends what is due until told to stop; what it knows beyond the store may be lost at any moment."""

    store: Store
    sends: Mapping[str, Send]
    address_of: Address
    aftermath: Aftermath
    settings: Settings
    clock: Callable[[], datetime]
    chance: Chance = random.random

    def __post_init__(self) -> None:
        settings = self.settings
        self.circuit = Circuit(settings.fuse)
        self.shares = Shares(settings.workers, settings.per_partner, settings.roads, self.circuit.on_trial)
        self.courier = Courier(
            self.store,
            self.sends,
            self.address_of,
            self.aftermath,
            settings.policy,
            self.clock,
            self.chance,
            lambda seconds: not self.over.wait(seconds),
        )
        self.changed = threading.Condition()
        self.woken = False
        self.stopping = threading.Event()
        self.over = threading.Event()
        self.at_work: dict[str, Delivery] = {}
        self.tasks: SimpleQueue[Delivery | None] = SimpleQueue()
        self.threads: list[threading.Thread] = []
        self.swept = float("-inf")

    # --- from outside ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin; first with what a former process left behind."""
        names = ["dispatcher", *(f"worker-{number + 1}" for number in range(self.settings.workers))]
        targets = [self.dispatch, *[self.work] * self.settings.workers]
        self.threads = [
            threading.Thread(target=target, name=f"delivery-{name}", daemon=True)
            for name, target in zip(names, targets, strict=True)
        ]
        for thread in self.threads:
            thread.start()

    def wake(self) -> None:
        """Something was queued: look at once. Any thread, never blocks."""
        with self.changed:
            self.woken = True
            self.changed.notify_all()

    def stop(self, grace: float) -> int:
        """Claim no more, let the workers finish for `grace` seconds; gives how many did not.

        What is not finished stays `sending` with its lease, and whoever starts next treats it as uncertain.
        """
        end = time.monotonic() + grace
        self.stopping.set()
        self.wake()
        for thread in self.threads[:1]:
            thread.join(max(end - time.monotonic(), 0))
        for _ in self.threads[1:]:
            self.tasks.put(None)
        for thread in self.threads[1:]:
            thread.join(max(end - time.monotonic(), 0))
        self.over.set()
        with self.changed:
            left = list(self.at_work.values())
        for delivery in left:
            log.warning("a delivery was not finished in time", extra=named(delivery))
        return len(left)

    # --- the workers -------------------------------------------------------------------------------------------------

    def work(self) -> None:
        """A worker: one delivery after the other."""
        while (delivery := self.tasks.get()) is not None:
            try:
                sent = self.courier.deliver(delivery)
            except Exception as error:  # noqa: BLE001 - a worker must live
                sent = fault(delivery, error)
            self.finished(delivery, sent)

    def finished(self, delivery: Delivery, sent: Sent) -> None:
        """Give the place back, and note what the attempt says about the partner."""
        with self.changed:
            del self.at_work[delivery.id]
            self.shares.give(delivery)
            if self.circuit.record(delivery.partner, sent, self.clock()):
                log.warning("a partner cannot be reached and is paused", extra={"partner": delivery.partner})
            self.woken = True
            self.changed.notify_all()

    # --- the dispatcher ----------------------------------------------------------------------------------------------

    def dispatch(self) -> None:
        """Claim what is due and hand it out; sleep until something is due, a place is free or somebody wakes us."""
        while not self.stopping.is_set():
            try:
                self.keep_leases()
                self.sweep()
                self.claim_or_sleep()
            except StoreError as error:
                log.warning("the store cannot be asked", extra={"error": type(error).__name__})
                self.stopping.wait(self.settings.poll)
            except Exception as error:  # noqa: BLE001 - the dispatcher must live
                log.error("the dispatcher met a defect", extra={"error": type(error).__name__})  # noqa: TRY400 - no data
                self.stopping.wait(self.settings.poll)

    def claim_or_sleep(self) -> None:
        """One round."""
        now = self.clock()
        with self.changed:
            self.woken = False
            room = self.shares.room(self.circuit.paused(now))
        claimed = self.claim(room, now) if room.limit else []
        if len(claimed) < max(room.limit, 1):
            self.sleep(self.seconds(room, now))

    def claim(self, room: Room, now: datetime) -> list[Delivery]:
        """Claim and hand to the workers; what is beyond a partner's share waits again."""
        lease = self.settings.lease
        claimed = self.store.claim(self.settings.name, now, room.limit, lease, room.without).result()
        with self.changed:
            taken = {each.id: each for each in claimed if not self.stopping.is_set() and self.shares.take(each)}
            self.at_work |= taken
        for delivery in taken.values():
            self.tasks.put(delivery)
        for delivery in claimed:
            if delivery.id not in taken:
                self.store.commit([outbox.handed_back(delivery)]).result()
        return claimed

    def seconds(self, room: Room, now: datetime) -> float:
        """How long nothing can be done: until something is due, a pause ends, or it is time to look by ourselves."""
        ends = [now + timedelta(seconds=min(self.settings.poll, self.settings.lease / 4))]
        due = self.store.due(room.without) if room.limit else None
        with self.changed:
            ends += self.circuit.paused(now).values()
        if due is not None:
            ends.append(due)
        return (min(ends) - self.clock()).total_seconds()

    def sleep(self, seconds: float) -> None:
        """Until woken, at most so long."""
        with self.changed:
            if not self.woken and not self.stopping.is_set():
                self.changed.wait(max(seconds, 0))

    def keep_leases(self) -> None:
        """Renew the leases that have run half."""
        now = self.clock()
        until = now + timedelta(seconds=self.settings.lease)
        half = now + timedelta(seconds=self.settings.lease / 2)
        with self.changed:
            old = [delivery for delivery in self.at_work.values() if delivery.until and delivery.until < half]
        for delivery in old:
            try:
                self.store.commit([Conclude(delivery.id, {"until": until}, delivery.token)]).result()
            except StaleError:
                log.info("a lease was not renewed: the attempt is over, or was taken away", extra=named(delivery))
            with self.changed:
                if delivery.id in self.at_work:
                    self.at_work[delivery.id] = replace(delivery, until=until)

    def sweep(self) -> None:
        """Deliveries whose worker died are concluded as what they are: sent, perhaps, without an answer."""
        if time.monotonic() - self.swept < self.settings.sweep:
            return
        for delivery in self.store.expired(self.clock()):
            if delivery.id not in self.at_work:
                self.courier.recover(delivery)
        self.swept = time.monotonic()
