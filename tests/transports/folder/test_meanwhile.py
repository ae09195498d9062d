"""What happens to files while they are looked at, taken and moved."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import pytest

from gateway.domain.road import Arrival, Receipt
from gateway.transports.folder import look, moving
from gateway.transports.folder.round import Round
from tests.transports.folder.keeping import Line, below, looks, names, put, round_of


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    path = tmp_path / "in"
    path.mkdir()
    return path


def during_first(at: Round, line: Line, act: Callable[[], object]) -> None:
    """Do something while the line has the first file in its hands."""

    async def intake(arrival: Arrival) -> Receipt:
        receipt = await line.intake(arrival)
        if len(line.arrivals) == 1:
            time.sleep(0.02)  # noqa: ASYNC251 - only a later modification time is wanted
            act()
        return receipt

    at.intake = intake


def test_a_file_written_again_while_it_is_taken_is_taken_again(inbox: Path, line: Line) -> None:
    at = round_of(inbox, line)
    put(inbox / "liste.csv", b"old")
    during_first(at, line, lambda: put(inbox / "liste.csv", b"new"))
    looks(at, 4)
    assert [arrival.data for arrival in line.arrivals] == [b"old", b"new"]
    assert [file.read_bytes() for file in inbox.rglob("*.csv")] == [b"new"]


def test_a_file_written_again_or_taken_back_before_its_turn_is_left_alone(inbox: Path, line: Line) -> None:
    at = round_of(inbox, line)
    for name, age in [("a.csv", 3), ("b.csv", 2), ("c.csv", 1)]:
        put(inbox / name, name.encode(), age=age)

    def change() -> None:
        (inbox / "b.csv").unlink()
        put(inbox / "c.csv", b"newer")

    during_first(at, line, change)
    looks(at, 2)
    assert names(line.arrivals) == ["a.csv"]
    looks(at, 2)
    assert [arrival.data for arrival in line.arrivals] == [b"a.csv", b"newer"]
    assert line.problems == []


def test_a_marker_taken_back_meanwhile_is_no_trouble(inbox: Path, line: Line) -> None:
    at = round_of(inbox, line, ready=".ready")
    put(inbox / "a.csv", age=1)
    put(inbox / "a.csv.ready", b"")
    during_first(at, line, (inbox / "a.csv.ready").unlink)
    looks(at)
    assert (below(inbox), line.problems) == (["archive/DAY/a.csv"], [])


def test_a_file_that_changes_between_look_and_move_goes_back(inbox: Path, line: Line) -> None:
    file = put(inbox / "liste.csv", b"old")
    at = round_of(inbox, line)
    looks(at, 1)
    (seen,) = at.before.values()
    with moving.opened(inbox) as folder, moving.below(folder, "archive") as target:
        moved = moving.moved

        def late(source: int, name: str, into: int) -> str:
            if name == "liste.csv" and into == target:
                file.write_bytes(b"newer")
            return moved(source, name, into)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(moving, "moved", late)
            with pytest.raises(moving.ChangedError):
                moving.away(folder, seen, target)
    assert below(inbox) == ["liste.csv"]
    assert file.read_bytes() == b"newer"


def test_a_move_that_fails_leaves_nothing_in_the_archive(
    inbox: Path, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: Any, **__: Any) -> None:
        raise PermissionError

    put(inbox / "a.csv")
    monkeypatch.setattr("gateway.transports.folder.moving.os.replace", denied)
    looks(round_of(inbox, line), 3)
    assert (below(inbox), line.codes()) == (["a.csv"], ["folder.unmovable"])


def test_a_file_that_vanishes_during_a_look_is_left_out(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        name = "a.csv"

        def stat(self, *, follow_symlinks: bool) -> None:
            assert not follow_symlinks
            raise FileNotFoundError

    class Listing(list[Gone]):
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            """Nothing to close."""

    monkeypatch.setattr("gateway.transports.folder.look.os.scandir", lambda _: Listing([Gone()]))
    with moving.opened(inbox) as folder:
        assert list(look.entries(folder)) == []


def test_a_file_cut_short_while_it_is_read_is_not_taken(inbox: Path) -> None:
    file = put(inbox / "a.csv", b"whole")
    status = file.stat()
    longer = look.Found("a.csv", status.st_ino, status.st_size + 1, status.st_mtime_ns)
    with moving.opened(inbox) as folder, pytest.raises(moving.ChangedError):
        moving.read(folder, longer)


def test_an_archive_full_of_one_name_is_an_error_not_a_loop(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "NAMES", 2)
    with moving.opened(inbox) as folder:
        assert [moving.reserve(folder, "a.csv") for _ in range(2)] == ["a.csv", "a.1.csv"]
        with pytest.raises(FileExistsError):
            moving.reserve(folder, "a.csv")
