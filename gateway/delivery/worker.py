"""The delivery room at work: one dispatcher claims what is due, a few workers send it, nobody waits for a slow peer."""

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.delivery.circuit import Circuit, Fuse
from gateway.delivery.courier import Address, Aftermath, Courier, fault, named
from gateway.delivery.desk import Desk
from gateway.delivery.retry import Chance, Policy
from gateway.delivery.shares import Room, Shares
from gateway.domain.ledger import Conclude, Delivery
from gateway.domain.road import Send
from gateway.store.port import StaleError, Store, StoreError

log = logging.getLogger(__name__)
ANY_LEASE = timedelta(days=365)
"""Longer than any lease runs."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How deliveries are worked off; seconds.

    workers      threads that send
    per_partner  at most so many of them for one partner; roads: the same for a road, where it is less
    lease        a claim counts so long; it is renewed while the worker lives, and ends when the process dies
    poll         other processes write to the store without waking us; so often it is looked at
    sweep        so often is looked for deliveries whose worker died
    name         of this process in the store
    alone        no other process delivers from this store: what is `sending` at the start was left behind
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
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim on its way through the store."""

    room: Room
    future: Future[list[Delivery]]


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
        circuit = Circuit(settings.fuse)
        shares = Shares(settings.workers, settings.per_partner, settings.roads, circuit.on_trial)
        self.desk = Desk(shares, circuit)
        self.stopping, self.over = threading.Event(), threading.Event()
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
        self.threads: list[threading.Thread] = []
        self.swept = float("-inf")

    # --- from outside ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin; first with what a former process left behind."""
        targets = {"dispatcher": self.dispatch}
        targets |= {f"worker-{number + 1}": self.work for number in range(self.settings.workers)}
        self.threads = [
            threading.Thread(target=target, name=f"delivery-{name}", daemon=True) for name, target in targets.items()
        ]
        for thread in self.threads:
            thread.start()

    def wake(self) -> None:
        """Something was queued: look at once. To be called after the commit; from any thread, never blocks."""
        self.desk.wake()

    def paused(self) -> list[str]:
        """Partners that cannot be reached and are left alone for now, for metrics."""
        return self.desk.paused(self.clock())

    def stop(self, grace: float) -> int:
        """Claim no more, let the workers finish for `grace` seconds; gives how many did not.

        What is not finished stays `sending` with its lease, and whoever starts next treats it as uncertain.
        """
        end = time.monotonic() + grace
        self.stopping.set()
        self.desk.close()
        for _ in self.threads[1:]:
            self.desk.tasks.put(None)
        for thread in self.threads:
            thread.join(max(end - time.monotonic(), 0))
        self.over.set()
        left = self.desk.held()
        for delivery in left:
            log.warning("a delivery was not finished in time", extra=named(delivery))
        return len(left)

    # --- the workers -------------------------------------------------------------------------------------------------

    def work(self) -> None:
        """A worker: one delivery after the other."""
        while (delivery := self.desk.tasks.get()) is not None:
            try:
                self.carry(delivery)
            except Exception as error:  # noqa: BLE001 - a worker must live
                fault(delivery, error)
                self.desk.leave(delivery, None, self.clock())
            self.desk.done(delivery)

    def carry(self, delivery: Delivery) -> None:
        """One attempt; while its result is written the next is claimed, so that both share one commit."""
        attempt = self.courier.attempt(delivery)
        writing = self.courier.begin(attempt)
        if self.desk.leave(delivery, attempt.sent, attempt.at):
            log.warning("a partner cannot be reached and is paused", extra={"partner": delivery.partner})
        claim = self.begin_claim()
        try:
            if self.courier.finish(writing) and "due" in writing.step.changes:
                self.desk.wake()
        finally:
            if claim is not None:
                self.end_claim(claim)

    # --- claiming ----------------------------------------------------------------------------------------------------

    def begin_claim(self) -> Claim | None:
        """Ask the store for what is due and may go out; None if nothing may, or another claim is running."""
        now = self.clock()
        room = self.desk.begin_claim(now)
        if room is None:
            return None
        try:
            future = self.store.claim(self.settings.name, now, room.limit, self.settings.lease, room.without)
        except BaseException:
            self.desk.end_claim(room, [])
            raise
        return Claim(room, future)

    def end_claim(self, claim: Claim) -> bool:
        """Hand out what was claimed; what is beyond a partner's share waits again. False if the store could not."""
        claimed: list[Delivery] = []
        try:
            claimed = claim.future.result()
        except StoreError as error:
            log.warning("nothing could be claimed", extra={"error": type(error).__name__})
            return False
        finally:
            back = self.desk.end_claim(claim.room, claimed)
        handed_back = [self.courier.hand_back(delivery) for delivery in back]
        return all(handed_back)

    # --- the dispatcher ----------------------------------------------------------------------------------------------

    def dispatch(self) -> None:
        """Claim what is due and hand it out; sleep until something is due, a pause ends or somebody wakes us."""
        while not self.stopping.is_set():
            try:
                self.keep_leases()
                self.sweep()
                done = self.claim_or_sleep()
            except StoreError as error:
                log.warning("the store cannot be asked", extra={"error": type(error).__name__})
                done = False
            except Exception as error:  # noqa: BLE001 - the dispatcher must live
                log.error("the dispatcher met a defect", extra={"error": type(error).__name__})  # noqa: TRY400 - no data
                done = False
            if not done:
                self.stopping.wait(self.settings.poll)

    def claim_or_sleep(self) -> bool:
        """One round; false if the store could not."""
        now = self.clock()
        room, pauses = self.desk.room(now)
        due = self.store.due(room.without) if room.limit else None
        if due is not None and due <= now:
            if claim := self.begin_claim():
                return self.end_claim(claim)
            due = None  # another claim is running; its end is news
        look = now + timedelta(seconds=min(self.settings.poll, self.settings.lease / 4))
        ends = [look, *pauses, *([due] if due else [])]
        self.desk.sleep((min(ends) - self.clock()).total_seconds())
        return True

    def keep_leases(self) -> None:
        """Renew the leases that have run half."""
        now = self.clock()
        until = now + timedelta(seconds=self.settings.lease)
        half = now + timedelta(seconds=self.settings.lease / 2)
        for delivery in self.desk.held():
            if delivery.until and delivery.until < half:
                try:
                    self.store.commit([Conclude(delivery.id, {"until": until}, delivery.token)]).result()
                except StaleError:
                    log.info("a lease was not renewed: the attempt is over, or was taken away", extra=named(delivery))
                self.desk.prolonged(delivery, until)

    def sweep(self) -> None:
        """Deliveries whose worker died are concluded as what they are: sent, perhaps, without an answer."""
        if time.monotonic() - self.swept < self.settings.sweep:
            return
        mine = {(delivery.id, delivery.token) for delivery in self.desk.held()}
        first = self.settings.alone and self.swept == float("-inf")  # nothing is claimed before the first sweep
        for delivery in self.store.expired(self.clock() + (ANY_LEASE if first else timedelta())):
            if (delivery.id, delivery.token) not in mine:
                self.courier.recover(delivery)
        self.swept = time.monotonic()
