"""The process is killed at random while it delivers (design: reliability, R1 and R2). GATEWAY_LONG=1: more often."""

import os
import random
import subprocess
import sys
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from gateway.domain.ledger import Queue
from gateway.store.sql import open_store
from tests.delivery.world import fresh, soon

ROOT = Path(__file__).resolve().parents[2]
CHILD = "tests.delivery.killed"
KILLS = 20 if os.environ.get("GATEWAY_LONG") else 3
LANES, EACH = 40, 15 * KILLS // 3
AT_WORK = 8


def filled(url: str, road: str) -> list[str]:
    """Deliveries to four partners; keys by lane and place."""
    store = open_store(url)
    rows = []
    for number in range(LANES * EACH):
        lane, place = number % LANES, number // LANES
        rows.append(fresh(f"{lane}-{place:04}", f"p{lane % 4}", f"Patient/{lane}", road=road))
    store.commit([Queue(row) for row in rows]).result()
    store.close()
    return [row.key for row in rows]


def came(ledger: Path) -> list[str]:
    return ledger.read_text().splitlines() if ledger.exists() else []


def has(ledger: Path, lines: int) -> bool:
    return len(came(ledger)) >= lines


def kill_at_random(command: list[str], ledger: Path, total: int) -> None:
    """Several lives that end at once, and a last one that may finish."""
    chance = random.Random(3)
    for _ in range(KILLS):
        before = len(came(ledger))
        wanted = before + chance.randrange(1, total // (KILLS + 1))
        with subprocess.Popen(command, cwd=ROOT) as life:
            soon(partial(has, ledger, wanted), 20)
            life.kill()
    subprocess.run(command, cwd=ROOT, check=True, timeout=60)


@pytest.mark.parametrize("road", ["mllp", "http"])
def test_killed_again_and_again_nothing_is_lost_and_nothing_silently_sent_twice(tmp_path: Path, road: str) -> None:
    url, ledger = f"sqlite:///{tmp_path / 'gateway.db'}", tmp_path / "ledger"
    keys = filled(url, road)
    kill_at_random([sys.executable, "-m", CHILD, url, str(ledger), road], ledger, len(keys))
    received = came(ledger)
    times = Counter(received)
    store = open_store(url)
    counts = store.counts()
    unsure = {row.key for row in store.deliveries({"standing": "uncertain"}, limit=10_000)}
    repeated = [line for line in store.audit(limit=10_000) if line.outcome == "repeat"]
    store.close()
    assert sum(counts.values()) == len(keys)
    assert set(keys) - set(times) <= unsure
    if road == "mllp":  # the receiver knows the key again
        assert counts == {"delivery.delivered": len(keys)}
        assert sum(times.values()) - len(times) <= len(repeated) <= AT_WORK * KILLS
    else:  # it does not: a person decides
        assert max(times.values()) == 1
        assert 0 < len(unsure) <= AT_WORK * KILLS
    for lane in range(LANES):
        places = [key for key in received if key.startswith(f"key-{lane}-")]
        assert places == sorted(places)
