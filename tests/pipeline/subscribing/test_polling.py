"""Who would rather ask than be told: by `_lastUpdated`, while others write, nothing is missed or doubled."""

import threading
from collections.abc import Iterator

from gateway.domain.question import Question
from gateway.fhir.notification import instant
from gateway.fhir.searching.ask import question
from gateway.store.port import Store
from tests.pipeline.subscribing.world import World, soon, task

WRITERS, EACH = 3, 40


def asked(since: str) -> Question:
    """What a poller asks: everything newer than the newest it has seen, the oldest first."""
    pairs = [("_lastUpdated", f"gt{since}"), ("_sort", "_lastUpdated"), ("_count", "10")]
    found, problems = question("Task", pairs, strict=True)
    assert problems == []
    return found


def polled(store: Store, stop: threading.Event) -> Iterator[tuple[str, int]]:
    """Every version that a poller sees until nothing comes any more."""
    since = "2020-01-01T00:00:00Z"
    while True:
        over = stop.is_set()
        page = store.search(asked(since))
        for version in page.found:
            yield version.id, version.version
            since = instant(version.updated)
        if over and not page.found:
            return


def test_a_poller_misses_nothing_while_many_write(world: World) -> None:
    stop, seen = threading.Event(), list[tuple[str, int]]()
    poller = threading.Thread(target=lambda: seen.extend(polled(world.store, stop)))

    def write(writer: int) -> None:
        for number in range(EACH):
            world.save(task(f"{writer}-{number}"))

    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    poller.start()
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    poller.join(20)
    assert sorted(seen) == sorted((f"{w}-{n}", 1) for w in range(WRITERS) for n in range(EACH))


def test_a_poller_sees_the_last_version_of_what_changes_under_its_eyes(world: World) -> None:
    stop, seen = threading.Event(), list[tuple[str, int]]()

    def poll() -> None:
        for found in polled(world.store, stop):
            seen.append(found)

    poller = threading.Thread(target=poll)
    poller.start()
    for _ in range(30):
        world.save(task("1"), task("2"))
    soon(lambda: ("1", 30) in seen and ("2", 30) in seen)
    stop.set()
    poller.join(20)
    assert len(seen) == len(set(seen))
