"""Several folders at once, with a clock."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.domain.road import Arrival, Receipt
from gateway.transports.folder import look
from gateway.transports.folder.watch import Habits, Watched, watch
from tests.transports.folder.keeping import PARTNER, Line, names, put

QUICK = Habits(interval=0.02)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - it waits for what it cannot be told
            await asyncio.sleep(0.01)


def folder(path: Path) -> Watched:
    path.mkdir(exist_ok=True)
    return Watched(PARTNER, "liste", path)


def test_folders_that_come_and_go_are_noticed(tmp_path: Path) -> None:
    line, named = Line(), [folder(tmp_path / "one")]

    async def go() -> None:
        watching = await watch(lambda: named, line.intake, line.report, QUICK)
        put(tmp_path / "one" / "a.csv", b"1")
        await until(lambda: names(line.arrivals) == ["a.csv"])
        named[:] = [folder(tmp_path / "two")]
        put(tmp_path / "two" / "b.csv", b"2")
        await until(lambda: names(line.arrivals) == ["a.csv", "b.csv"])
        put(tmp_path / "one" / "c.csv", b"3")
        await asyncio.sleep(0.15)
        await watching.close()

    asyncio.run(go())
    assert names(line.arrivals) == ["a.csv", "b.csv"]


def test_a_folder_that_hangs_delays_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line, over, entries = Line(), threading.Event(), look.entries
    bad, good = folder(tmp_path / "bad"), folder(tmp_path / "good")

    def hanging(descriptor: int) -> object:
        if Path(f"/proc/self/fd/{descriptor}").resolve() == bad.path:
            over.wait(5)
        return entries(descriptor)

    monkeypatch.setattr(look, "entries", hanging)

    async def go() -> None:
        watching = await watch(lambda: [bad, good], line.intake, line.report, QUICK)
        for number in range(20):
            put(good.path / f"{number}.csv", b"%d" % number)
        await until(lambda: len(line.arrivals) == 20)
        over.set()
        await watching.close()

    asyncio.run(go())
    assert not over.wait(0) or len(line.arrivals) == 20


def test_a_line_that_breaks_and_a_list_that_breaks_do_not_end_the_watch(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    line, broken = Line(), [True]
    watched = folder(tmp_path / "one")

    async def intake(arrival: Arrival) -> Receipt:
        if broken:
            raise ValueError("Erika Kanarienvogel")
        return await line.intake(arrival)

    def folders() -> list[Watched]:
        if line.arrivals:
            raise ValueError
        return [watched]

    async def go() -> None:
        watching = await watch(folders, intake, line.report, QUICK)
        put(watched.path / "a.csv", b"1")
        await until(lambda: any(getattr(record, "kind", "") == "ValueError" for record in caplog.records))
        broken.clear()
        await until(lambda: len(line.arrivals) == 1)
        put(watched.path / "b.csv", b"2")
        await until(lambda: len(line.arrivals) == 2)
        await watching.close()

    asyncio.run(go())
    assert "Kanarienvogel" not in str([record.__dict__ for record in caplog.records])


def test_closing_finishes_the_file_at_hand_and_takes_no_other(tmp_path: Path) -> None:
    line, watched = Line(), folder(tmp_path / "one")
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(arrival: Arrival) -> Receipt:
        begun.set()
        await go_on.wait()
        return await line.intake(arrival)

    async def go() -> None:
        put(watched.path / "a.csv", b"1", age=2)
        put(watched.path / "b.csv", b"2")
        watching = await watch(lambda: [watched], slow, line.report, QUICK)
        await begun.wait()
        closing = asyncio.create_task(watching.close())
        await asyncio.sleep(0.05)
        go_on.set()
        await closing

    asyncio.run(go())
    assert names(line.arrivals) == ["a.csv"]
    assert not (watched.path / "a.csv").exists()
    assert (watched.path / "b.csv").exists()
