"""A store, partners that are small functions, and a deliverer between them, on the real clock with short waits."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from gateway.delivery.circuit import Fuse
from gateway.delivery.retry import Policy
from gateway.delivery.worker import Deliverer, Settings
from gateway.domain.ledger import Change, Delivery, Queue
from gateway.domain.road import Parcel, Send, Sent
from gateway.store.port import Store
from tests.delivery.sample import DELIVERED, delivery

QUICK = Policy(waits=(0.01, 0.02, 0.04), attempts=6, shortest=0.001)
NEVER = Fuse(failures=1_000_000)
BRISK = Settings(policy=QUICK, fuse=NEVER, poll=30, sweep=0)


def clock() -> datetime:
    return datetime.now(UTC)


def takes(_: Parcel) -> Sent:
    return DELIVERED


def slowly(seconds: float) -> Send:
    """A partner that takes what comes after so long."""

    def send(_: Parcel) -> Sent:
        time.sleep(seconds)
        return DELIVERED

    return send


class Gate:
    """A partner that takes what comes as soon as it is let."""

    def __init__(self) -> None:
        self.opened = threading.Event()

    def __call__(self, _: Parcel) -> Sent:
        self.opened.wait(20)
        return DELIVERED


@dataclass
class World:
    """Who is out there: `peers` answer for a partner, everybody else takes what comes."""

    store: Store
    peers: dict[str, Send] = field(default_factory=dict)
    addresses: dict[str, Mapping[str, Any] | None] = field(default_factory=dict)
    following: Callable[[Delivery, Sent, dict[str, Any]], Sequence[Change]] = lambda *_: ()
    attempts: list[tuple[str, str]] = field(default_factory=list)
    at_once: dict[str, int] = field(default_factory=dict)
    most: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, parcel: Parcel) -> Sent:
        name = parcel.partner
        with self.lock:
            self.attempts.append((name, parcel.key))
            self.at_once[name] = self.at_once.get(name, 0) + 1
            self.most[name] = max(self.most.get(name, 0), self.at_once[name])
        try:
            return self.peers.get(name, takes)(parcel)
        finally:
            with self.lock:
                self.at_once[name] -= 1

    def address_of(self, row: Delivery) -> Mapping[str, Any] | None:
        return self.addresses.get(row.partner, {})

    def aftermath(self, row: Delivery, sent: Sent, changes: dict[str, Any]) -> Sequence[Change]:
        return self.following(row, sent, changes)

    def deliverer(self, settings: Settings = BRISK, store: Store | None = None) -> Deliverer:
        sends = dict.fromkeys(("http", "mllp", "folder"), self.send)
        return Deliverer(store or self.store, sends, self.address_of, self.aftermath, settings, clock)

    @contextmanager
    def delivering(self, settings: Settings = BRISK, store: Store | None = None) -> Iterator[Deliverer]:
        deliverer = self.deliverer(settings, store)
        deliverer.start()
        try:
            yield deliverer
        finally:
            deliverer.stop(5)

    def queue(self, *rows: Delivery) -> None:
        self.store.commit([Queue(row) for row in rows]).result()

    def row(self, name: str = "d1") -> Delivery:
        row = self.store.delivery(name)
        assert row is not None
        return row

    def standing(self, name: str = "d1") -> str:
        return self.row(name).standing

    def outcomes(self, name: str = "d1") -> list[str]:
        return [proof.outcome for proof in self.store.evidence(name)]

    def audited(self, name: str = "d1") -> list[tuple[str, str]]:
        return [(line.action, line.outcome) for line in reversed(self.store.audit(object=name))]

    def settled(self, count: int, standing: str = "delivered") -> bool:
        return self.store.counts().get(f"delivery.{standing}", 0) >= count


def fresh(name: str = "d1", partner: str = "lutterbach", person: str = "Patient/1", **fields: Any) -> Delivery:
    """A delivery that is due now."""
    now = clock()
    return delivery(name, partner, person, **({"created": now, "due": now, "token": 0} | fields))


def soon(holds: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until something holds, at most so long."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.002)
