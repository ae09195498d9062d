"""The durable store: messages kept and deliveries worked off, each acknowledged after a synced commit."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from gateway.domain.ledger import Conclude, Delivery, Entry, Queue
from gateway.store.sql import SqlStore, open_store
from tests.bench.measure import Row

SECONDS = 2.0
DELIVERIES = 2_000
DATA = b"MSH|^~\\&|" + b"x" * 1991
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@contextmanager
def fresh() -> Iterator[SqlStore]:
    """An empty store in a file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{Path(folder) / 'gateway.db'}")
        try:
            yield store
        finally:
            store.close()


def message(key: str) -> Entry:
    """A message of 2 kB with the answer given."""
    return Entry(key, "klinik", "mllp", "hl7v2-de", DATA, "0" * 64, NOW, key=key, kind="ADT^A03", answer=b"x" * 180)


def delivery(key: str, lane: str) -> Delivery:
    """A delivery of 2 kB that is due."""
    return Delivery(key, key, lane, "dienst", "http", "evp", DATA, "application/json", "measures", NOW, NOW)


async def keeping(store: SqlStore, waiters: int) -> list[float]:
    """Seconds each message took, for so many senders that each wait for their answer."""
    took: list[float] = []
    end = time.perf_counter() + SECONDS

    async def sender(name: int) -> None:
        n = 0
        while (start := time.perf_counter()) < end:
            await store.keep_async(message(f"{waiters}-{n}-{name}"))
            took.append(time.perf_counter() - start)
            n += 1

    await asyncio.gather(*[sender(name) for name in range(waiters)])
    return took


def delivering(store: SqlStore, persons: int, name: str) -> float:
    """Seconds per delivery claimed and concluded, by one worker that takes what it gets."""
    rows = [delivery(f"{name}{n}", f"dienst {name}/{n % persons}") for n in range(DELIVERIES)]
    store.commit([Queue(row) for row in rows]).result()
    start = time.perf_counter()
    while held := store.claim("bench", NOW, 50, 30).result():
        ended = [store.commit([Conclude(each.id, {"standing": "delivered"}, each.token)]) for each in held]
        for each in ended:
            each.result()
    return (time.perf_counter() - start) / DELIVERIES


def _kept(waiters: int, goal: float) -> list[Row]:
    with fresh() as store:
        took = asyncio.run(keeping(store, waiters))
    each = SECONDS / len(took)
    slow = statistics.quantiles(took, n=100)[98]
    note = f"{1 / each:,.0f}/s, p99 {slow * 1e3:.1f} ms"
    return [Row(f"a 2 kB message kept and synced, {waiters} waiting", each, goal, note=note)]


def _delivered() -> list[Row]:
    found = []
    for what, persons in (("one lane in order", 1), ("500 lanes", 500)):
        with fresh() as store:
            each = delivering(store, persons, "Patient")
        found.append(Row(f"a delivery claimed and concluded, {what}", each, 1e-3, note=f"{1 / each:,.0f}/s"))
    return found


def measured() -> list[Row]:
    """Seconds per message and per delivery on SQLite with full sync."""
    return [*_kept(1, 1 / 3_000), *_kept(10, 1 / 10_000), *_delivered()]
