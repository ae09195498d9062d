"""Many writers on one Task, over real sockets against a gateway in a process of its own."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.task import ACTORS, Move, Stand, move
from tests.conformance.clients.papers import places, referral
from tests.conformance.clients.served import Served, ask, gateway
from tests.conformance.clients.talks import DEFECTS

WISHES = ("received", "accepted", "in-progress", "on-hold", "rejected", "draft", "completed", "requested", "failed")
WRITERS = 20
MOVES = 100


@pytest.fixture(scope="module")
def served() -> Any:
    with gateway() as running:
        yield running


def opened(served: Served) -> str:
    """A new referral's Task: `Task/1`."""
    done = ask("POST", served.base, referral())[1]
    return next(place for place in places(done) if place.startswith("Task/"))


def moved(served: Served, task: str, status: str) -> int:
    """One writer's wish, from the version it has just seen; what it is told."""
    address = f"{served.base}/{task}"
    _, now, headers = ask("GET", address)
    wish = now | {"status": status, "statusReason": {"text": "Versuch"}}
    wish.pop("businessStatus", None)
    return ask("PUT", address, wish, If_Match=headers["etag"])[0]


def history(served: Served, task: str) -> list[dict[str, Any]]:
    """All versions, oldest first."""
    found = ask("GET", f"{served.base}/{task}/_history?_count=1000")[1]
    return [entry["resource"] for entry in reversed(found["entry"])]


def allowed(before: str, after: str) -> bool:
    """Whether anybody may move a Task so, for some reason and on some evidence."""
    wishes = (Move(after, "", actor, "E4", "Grund") for actor in ACTORS)
    named = {"task.business"}
    return before == after or any({p.code for p in move(Stand(before), wish)} <= named for wish in wishes)


def test_of_two_writers_with_one_version_the_second_is_refused_and_changes_nothing(served: Served) -> None:
    task = opened(served)
    address = f"{served.base}/{task}"
    _, now, headers = ask("GET", address)
    with ThreadPoolExecutor(2) as writers:
        told = [
            writers.submit(ask, "PUT", address, now | {"status": status}, If_Match=headers["etag"])
            for status in ("received", "accepted")
        ]
        codes = sorted(each.result()[0] for each in told)
    assert codes == [200, 412]
    winner = next(each.result()[1] for each in told if each.result()[0] == 200)
    assert [version["status"] for version in history(served, task)][-1] == winner["status"]
    refused = next(each.result()[1] for each in told if each.result()[0] == 412)
    assert refused["issue"][0]["code"] == "conflict"


def test_a_hundred_moves_at_once_leave_a_legal_history(served: Served) -> None:
    task = opened(served)
    with ThreadPoolExecutor(WRITERS) as writers:
        wishes = [WISHES[number % len(WISHES)] for number in range(MOVES)]
        codes = list(writers.map(lambda status: moved(served, task, status), wishes))
    versions = history(served, task)
    assert set(codes) <= {200, 412, 422}
    assert codes.count(200) >= 2
    numbers = [int(version["meta"]["versionId"]) for version in versions]
    assert numbers == list(range(1, len(versions) + 1))
    steps = [version["status"] for version in versions]
    assert all(allowed(*pair) for pair in pairwise(steps)), steps


def test_nothing_of_it_was_a_defect(served: Served) -> None:
    log = Path(served.folder / "log").read_text(encoding="utf-8")
    assert not [word for word in DEFECTS if word in log]
