"""What one folder's files meet with, look by look."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.transports.folder import moving
from tests.transports.folder.keeping import Line, below, key, looks, names, put, round_of


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "in"
    path.mkdir()
    yield path
    for folder in (path, *path.rglob("*")):
        if folder.is_dir():
            folder.chmod(0o770)


def test_a_whole_file_is_kept_then_archived(inbox: Path, line: Line) -> None:
    put(inbox / "liste.csv")
    looks(round_of(inbox, line))
    (arrival,) = line.arrivals
    assert (arrival.partner, arrival.road, arrival.format) == ("fahrdienst-ravensberg", "folder", "pflegedienst-liste")
    assert (arrival.data, arrival.key) == (b"a;b\n", key("liste.csv", b"a;b\n"))
    assert below(inbox) == ["archive/DAY/liste.csv"]


def test_one_look_is_not_enough(inbox: Path, line: Line) -> None:
    put(inbox / "liste.csv")
    looks(round_of(inbox, line), 1)
    assert line.arrivals == []


def test_a_file_that_still_grows_is_left_alone(inbox: Path, line: Line) -> None:
    at = round_of(inbox, line)
    for part in range(4):
        with (inbox / "liste.csv").open("ab") as file:
            file.write(b"row %d\n" % part)
        looks(at, 1)
    assert line.arrivals == []
    looks(at, 1)
    assert line.arrivals[0].data == b"row 0\nrow 1\nrow 2\nrow 3\n"


@pytest.mark.parametrize("name", ["a.csv.tmp", "a.csv.part", "a.csv~", ".a.csv", "a.CSV.PART", "a.txt", "a.filepart"])
def test_unfinished_and_other_names_are_left_alone(inbox: Path, line: Line, name: str) -> None:
    put(inbox / name)
    looks(round_of(inbox, line, pattern="*" if "." in name[1:] and not name.endswith("txt") else "*.csv"), 3)
    assert (line.arrivals, below(inbox)) == ([], [name])


def test_with_a_marker_agreed_only_marked_files_are_taken_and_the_marker_goes_too(inbox: Path, line: Line) -> None:
    put(inbox / "a.csv", age=10)
    put(inbox / "b.csv", age=10)
    put(inbox / "a.csv.ready", b"")
    looks(round_of(inbox, line, pattern="*", ready=".ready"))
    assert names(line.arrivals) == ["a.csv"]
    assert below(inbox) == ["archive/DAY/a.csv", "b.csv"]


def test_a_marker_left_over_from_an_older_file_does_not_count(inbox: Path, line: Line) -> None:
    put(inbox / "a.csv.ready", b"", age=10)
    put(inbox / "a.csv")
    looks(round_of(inbox, line, ready=".ready"))
    assert line.arrivals == []


def test_files_come_in_the_order_in_which_they_were_written(inbox: Path, line: Line) -> None:
    for name, age in [("b.csv", 1), ("c.csv", 3), ("a.csv", 2)]:
        put(inbox / name, name.encode(), age=age)
    looks(round_of(inbox, line))
    assert names(line.arrivals) == ["c.csv", "a.csv", "b.csv"]


def test_the_archive_overwrites_nothing(inbox: Path, line: Line) -> None:
    at = round_of(inbox, line)
    for data in (b"one", b"two", b"two"):
        put(inbox / "liste.csv", data)
        looks(at)
    assert below(inbox) == ["archive/DAY/liste.1.csv", "archive/DAY/liste.2.csv", "archive/DAY/liste.csv"]
    assert sorted(file.read_bytes() for file in inbox.rglob("*.csv")) == [b"one", b"two", b"two"]
    assert len(line.kept) == 2


def test_a_refused_file_lies_beside_its_reasons(inbox: Path, line: Line) -> None:
    line.says = "refused"
    put(inbox / "liste.csv", b"Erika;Kanarienvogel")
    looks(round_of(inbox, line), 4)
    assert below(inbox) == ["refused/liste.csv", "refused/liste.csv.why.txt"]
    why = (inbox / "refused" / "liste.csv.why.txt").read_text(encoding="utf-8")
    assert "delimited.empty at row 1: No rows. Repair: Write rows." in why
    assert "Kanarienvogel" not in why
    assert len(line.arrivals) == 1


def test_what_cannot_be_kept_stays_and_is_taken_later(inbox: Path, line: Line) -> None:
    put(inbox / "a.csv", b"1", age=2)
    put(inbox / "b.csv", b"2")
    at = round_of(inbox, line)
    line.says = "unavailable"
    looks(at, 3)
    assert below(inbox) == ["a.csv", "b.csv"]
    line.says = ""
    looks(at, 1)
    assert below(inbox) == ["archive/DAY/a.csv", "archive/DAY/b.csv"]


def test_a_crash_between_keeping_and_moving_makes_no_second_message(
    inbox: Path, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(inbox / "liste.csv")
    with monkeypatch.context() as patched:
        patched.setattr(moving, "archive", lambda *_: (_ for _ in ()).throw(SystemError))
        with pytest.raises(SystemError):
            looks(round_of(inbox, line))
    assert below(inbox) == ["liste.csv"]
    looks(round_of(inbox, line))
    assert (len(line.arrivals), len(line.kept)) == (2, 1)
    assert below(inbox) == ["archive/DAY/liste.csv"]


def test_a_file_that_cannot_be_moved_is_not_taken_again_and_moves_once_it_can(inbox: Path, line: Line) -> None:
    (inbox / "archive").write_text("in the way", encoding="ascii")
    put(inbox / "a.csv", b"1", age=2)
    put(inbox / "b.csv", b"2")
    at = round_of(inbox, line)
    looks(at, 4)
    assert names(line.arrivals) == ["a.csv", "b.csv"]
    assert line.codes() == ["folder.unmovable", "folder.unmovable"]
    assert not any("csv" in str(problem) for problem in line.problems)
    (inbox / "archive").unlink()
    looks(at, 1)
    assert below(inbox) == ["archive/DAY/a.csv", "archive/DAY/b.csv"]
    put(inbox / "a.csv", b"3")
    looks(at)
    assert len(line.arrivals) == 3


def test_links_are_not_followed_neither_to_files_nor_as_archive(inbox: Path, tmp_path: Path, line: Line) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    put(outside / "secret.csv")
    (inbox / "link.csv").symlink_to(outside / "secret.csv")
    (inbox / "archive").symlink_to(outside)
    put(inbox / "liste.csv")
    looks(round_of(inbox, line), 3)
    assert names(line.arrivals) == ["liste.csv"]
    assert below(outside) == ["secret.csv"]
    assert sorted(line.codes()) == ["folder.link", "folder.unmovable"]


def test_pipes_and_folders_are_no_files(inbox: Path, line: Line) -> None:
    os.mkfifo(inbox / "pipe.csv")
    (inbox / "folder.csv").mkdir()
    looks(round_of(inbox, line), 3)
    assert line.arrivals == []


def test_a_file_too_large_is_refused_unread(inbox: Path, line: Line) -> None:
    put(inbox / "a.csv", b"x" * 1001, age=2)
    put(inbox / "b.csv")
    looks(round_of(inbox, line))
    assert names(line.arrivals) == ["b.csv"]
    assert below(inbox) == ["archive/DAY/b.csv", "refused/a.csv", "refused/a.csv.why.txt"]


def test_an_empty_file_gets_time_to_be_filled_then_is_refused(inbox: Path, line: Line) -> None:
    put(inbox / "young.csv", b"")
    put(inbox / "old.csv", b"", age=700)
    looks(round_of(inbox, line), 3)
    assert below(inbox) == ["refused/old.csv", "refused/old.csv.why.txt", "young.csv"]
    assert line.arrivals == []


def test_a_name_no_text_can_hold_makes_a_key_that_one_can(inbox: Path, line: Line) -> None:
    (inbox / os.fsdecode(b"M\xfcller\n.csv")).write_bytes(b"x")
    looks(round_of(inbox, line))
    assert line.arrivals[0].key.startswith("M\\xfcller?.csv ")
    line.arrivals[0].key.encode()


def test_a_missing_folder_is_reported_once_and_watched_when_it_comes(inbox: Path, line: Line) -> None:
    path = inbox / "later"
    at = round_of(path, line)
    looks(at, 3)
    assert line.codes() == ["folder.missing"]
    path.mkdir()
    put(path / "liste.csv")
    looks(at)
    assert names(line.arrivals) == ["liste.csv"]


def test_a_file_that_cannot_be_read_is_reported_once_and_delays_no_other(
    inbox: Path, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open

    def forbidding(path: object, *args: Any, **kwargs: Any) -> int:
        if path == "a.csv":
            raise PermissionError
        return opened(path, *args, **kwargs)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr("gateway.transports.folder.moving.os.open", forbidding)
    put(inbox / "a.csv", age=2)
    put(inbox / "b.csv")
    looks(round_of(inbox, line), 4)
    assert names(line.arrivals) == ["b.csv"]
    assert line.codes() == ["folder.unreadable"]
