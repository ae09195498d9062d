"""What a sealed store costs beside a plain one: a referral through the line, a message kept, a read, a search."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl

from gateway.fhir.searching.ask import question
from gateway.store.sealing.ring import GATEWAY, INDEX, Key, Ring
from gateway.store.sql import SqlStore, open_store
from tests.bench.keeping import message
from tests.bench.measure import Row
from tests.pipeline.line.world import World, discharge

REFERRALS, ROUNDS, READS = 12, 16, 400
GOAL = 1.15
"""A referral may take so many times as long."""
KEYS = (Key(GATEWAY, "1", bytes(32)), Key(INDEX, "1", bytes(31) + b"i"), Key("stelle-senne", "1", bytes(31) + b"s"))
SEARCHES = ("name=grün", "birthdate=ge1938-09&birthdate=lt1939", "identifier=G405718932", "family=grünewälder")


@contextmanager
def worlds() -> Iterator[dict[str, World]]:
    """The same deployment over a plain store and over a sealed one."""
    with tempfile.TemporaryDirectory() as folder:
        plain = open_store(f"sqlite:///{Path(folder) / 'plain.db'}")
        sealed = open_store(f"sqlite:///{Path(folder) / 'sealed.db'}", Ring(lambda: KEYS), begin=True)
        try:
            yield {"plain": World(plain), "sealed": World(sealed)}
        finally:
            plain.close()
            sealed.close()


def referral(number: int) -> bytes:
    """Somebody who was never here."""
    digits = f"{number:08}"
    born = f"19{20 + number % 60}0{1 + number % 9}{10 + number % 18}"
    family = "".join(chr(ord("a") + int(digit)) for digit in digits)
    return discharge(f"SK-{number}", digits, name=f"Grün{family}^Käthe", born=born, kvnr="", visit=f"26{digits}")


def timed(work: Callable[[], object], times: int = 1) -> float:
    """Seconds of one of so many."""
    began = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - began) / times


def batch(world: World, first: int) -> None:
    """Some referrals through the whole line."""
    for number in range(first, first + REFERRALS):
        world.sends("senneklinik", referral(number))


def kept(store: SqlStore, name: str) -> None:
    """A message into the journal, committed."""
    store.keep(message(name)).result()


def ratio(both: dict[str, World], work: Callable[[World, int], object], rounds: int = ROUNDS) -> tuple[float, float]:
    """Median of sealed by plain of neighbouring rounds, and the sealed seconds."""
    found, seconds = [], []
    for number in range(rounds):
        took = {}
        for name in ("plain", "sealed") if number % 2 else ("sealed", "plain"):
            world = both[name]
            began = time.perf_counter()
            work(world, number)
            took[name] = time.perf_counter() - began
        if number > 1:
            found.append(took["sealed"] / took["plain"])
            seconds.append(took["sealed"])
    return statistics.median(found), statistics.median(seconds)


def measured() -> list[Row]:
    """Ratios, each of medians of rounds side by side."""
    rows = []
    with worlds() as both:
        often, seconds = ratio(both, lambda world, at: batch(world, at * REFERRALS))
        rows.append(
            Row("sealed: a referral through the line", seconds / REFERRALS, note=f"{often:.2f} times a plain one")
        )
        often, seconds = ratio(both, lambda world, at: [kept(world.store, f"{at}-{n}") for n in range(100)])
        rows.append(Row("sealed: a message kept", seconds / 100, note=f"{often:.2f} times"))
        often, seconds = ratio(both, lambda world, _: timed(lambda: world.store.read("Patient", "id-2"), READS))
        rows.append(Row("sealed: a Patient read", seconds / READS, note=f"{often:.2f} times"))
        for said in SEARCHES:
            asked = question("Patient", parse_qsl(said))[0]
            often, seconds = ratio(both, lambda world, _, q=asked: timed(lambda: world.store.search(q), 20), 8)  # type: ignore[misc]  # bound at once
            rows.append(Row(f"sealed: Patient?{said}", seconds / 20, note=f"{often:.2f} times"))
        asked = question("Patient", parse_qsl("_sort=family&_count=20"))[0]
        often, seconds = ratio(both, lambda world, _: world.store.search(asked), 8)
        rows.append(Row("sealed: Patient?_sort=family of some 190", seconds, note=f"{often:.2f} times"))
    return rows
