"""Processes that are killed, and processes that write at once: nothing confirmed is missing."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from gateway.store.sql import SqlStore, open_store
from tests.house.source import ROOT
from tests.store.made import ROUNDS

ENDLESS = 10**9


def keeper(url: str, folder: Path, name: str, most: int) -> subprocess.Popen[bytes]:
    """A process at work."""
    command = [sys.executable, "-m", "tests.store.keeper", url, str(folder), name, str(most)]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert child.stdout is not None
    assert child.stdout.readline() == b"begun\n"
    child.stdout.close()
    return child


def confirmed(folder: Path) -> list[tuple[str, str]]:
    """What was said to be written, a torn last line left out."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))]
    lines = [line for text in texts for line in text[: text.rfind("\n") + 1].splitlines()]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def missing(store: SqlStore, said: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What was confirmed and is not there."""
    lost = []
    for what, key in said:
        message, parcel = store.entry(f"t-{key}"), store.delivery(f"d-{key}")
        there = {
            "kept": message is not None and message.data == key.encode() * 50,
            "done": message is not None and message.state == "done" and parcel is not None,
            "sent": parcel is not None and parcel.standing == "delivered",
        }
        if not there[what]:
            lost.append((what, key))
    return lost


def test_what_was_confirmed_survives_kill_9_under_load(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'gateway.db'}"
    chance = random.Random(9)
    for life in range(3 * ROUNDS):
        child = keeper(url, tmp_path, f"life{life}-", ENDLESS)
        time.sleep(chance.uniform(0.05, 0.6))
        child.kill()
        child.wait()
        store = open_store(url)
        said = confirmed(tmp_path)
        assert missing(store, said) == []
        assert store.healthy() == ""
        store.close()
    assert {what for what, _ in said} == {"kept", "done", "sent"}


def test_every_message_done_has_its_delivery_after_a_kill(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'gateway.db'}"
    child, end = keeper(url, tmp_path, "x", ENDLESS), time.monotonic() + 20
    while "done" not in {what for what, _ in confirmed(tmp_path)} and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(0.5)
    child.kill()
    child.wait()
    store = open_store(url)
    done = {each.key for each in store.entries({"state": "done"}, limit=ENDLESS)}
    assert done
    assert done == {each.key for each in store.deliveries({}, limit=ENDLESS)}
    store.close()


def test_two_processes_write_at_once_and_neither_starves(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'gateway.db'}"
    children = [keeper(url, tmp_path, name, 150) for name in ("one-", "two-")]
    assert [child.wait(50) for child in children] == [0, 0]
    store = open_store(url)
    said = confirmed(tmp_path)
    assert len([key for what, key in said if what == "kept"]) == 2 * 4 * 150
    assert missing(store, said) == []
    assert len({each.number for each in store.entries({}, limit=ENDLESS)}) == 2 * 4 * 150
    store.close()


def test_two_processes_may_start_on_an_empty_file_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'gateway.db'}"
    code = "import sys; from gateway.store.sql import open_store; open_store(sys.argv[1]).close()"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    children = [subprocess.Popen([sys.executable, "-c", code, url], env=env) for _ in range(3)]
    assert [child.wait(50) for child in children] == [0, 0, 0]
