"""Deliveries a second from a full outbox on SQLite, over a road that costs nothing: one lane, and many."""

import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from gateway.delivery.worker import Deliverer, Settings
from gateway.domain.ledger import Delivery, Queue
from gateway.domain.road import Parcel, Sent
from gateway.store.port import Store
from gateway.store.sql import open_store
from tests.bench.measure import Row

COUNT = 3_000
GOAL = 1 / 1_000
BYTES = b"x" * 2_000
TAKEN = Sent("delivered", "E2", "AA", reply=b"MSA|AA")


def now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


def full(store: Store, partners: int, persons: int) -> None:
    """An outbox with `COUNT` deliveries in `partners * persons` lanes."""
    for start in range(0, COUNT, 500):
        queued = [
            queue(number, f"p{number % partners}", f"Patient/{number // partners % persons}")
            for number in range(start, start + 500)
        ]
        store.commit(queued).result()


def queue(number: int, partner: str, person: str) -> Queue:
    """One delivery."""
    name, at = f"d{number}", now()
    lane = f"{partner} {person}"
    return Queue(Delivery(name, name, lane, partner, "http", "evp", BYTES, "text/plain", "measures", at, at))


def seconds_each(partners: int, persons: int) -> float:
    """Seconds for one delivery, from the first claim to the commit of the last result."""
    left = threading.Semaphore(0)

    def send(_: Parcel) -> Sent:
        left.release()
        return TAKEN

    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{Path(folder) / 'gateway.db'}")
        full(store, partners, persons)
        deliverer = Deliverer(store, {"http": send}, lambda _: {}, lambda *_: (), Settings(), now)
        began = time.perf_counter()
        deliverer.start()
        for _ in range(COUNT):
            left.acquire()
        deliverer.stop(5)
        took = time.perf_counter() - began
        assert store.counts() == {"delivery.delivered": COUNT}
        store.close()
    return took / COUNT


def measured() -> list[Row]:
    """Rows for one lane, and for ten partners with thirty persons each."""
    lanes = {"delivery through one lane, SQLite": (1, 1), "delivery through 300 lanes, SQLite": (10, 30)}
    return [Row(what, seconds_each(*sizes), GOAL, note=f"{COUNT} deliveries") for what, sizes in lanes.items()]
