"""A delivery into a folder: there at once and whole, never twice, never over another file."""

import errno
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.road import Parcel
from gateway.transports.folder.drop import send

DAY = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)


def parcel(path: Path, name: str = "{key}.csv", data: bytes = b"a;b\n", **more: Any) -> Parcel:
    said: dict[str, Any] = {"about": "measures", "created": DAY, **more}
    return Parcel("d-1", "fahrdienst-ravensberg", data, "text/csv", {"path": str(path), "name": name}, **said)


def test_the_file_lies_there_whole_and_handed_over(tmp_path: Path) -> None:
    sent = send(parcel(tmp_path))
    assert (sent.outcome, sent.grade) == ("delivered", "E1")
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"d-1.csv": b"a;b\n"}


def test_a_repeat_finds_its_own_file(tmp_path: Path) -> None:
    send(parcel(tmp_path))
    before = (tmp_path / "d-1.csv").stat()
    sent = send(parcel(tmp_path))
    assert (sent.outcome, sent.code) == ("delivered", "there already")
    assert (tmp_path / "d-1.csv").stat().st_ino == before.st_ino


@pytest.mark.parametrize("data", [b"x;y\n", b"longer than that\n", b""])
def test_another_file_of_that_name_is_not_overwritten(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "d-1.csv").write_bytes(data)
    assert send(parcel(tmp_path)).outcome == "refused"
    assert (tmp_path / "d-1.csv").read_bytes() == data


def test_a_link_of_that_name_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "d-1.csv").symlink_to(tmp_path / "elsewhere")
    assert send(parcel(tmp_path)).outcome == "refused"
    (tmp_path / "d-1.csv").unlink()
    (tmp_path / "d-1.csv.part").symlink_to(tmp_path / "elsewhere")
    assert (send(parcel(tmp_path)).outcome, (tmp_path / "elsewhere").exists()) == ("retry", False)


def test_what_a_broken_attempt_left_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "d-1.csv.part").write_bytes(b"a much longer half of something")
    assert send(parcel(tmp_path)).outcome == "delivered"
    assert (tmp_path / "d-1.csv").read_bytes() == b"a;b\n"
    assert not (tmp_path / "d-1.csv.part").exists()


def test_a_missing_folder_is_a_retry(tmp_path: Path) -> None:
    assert (send(parcel(tmp_path / "none")).outcome, send(parcel(tmp_path / "none")).code) == ("retry", "ENOENT")
    assert not (tmp_path / "none").exists()


def test_a_full_disk_is_a_retry_and_leaves_no_file_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("gateway.transports.folder.drop.os.fsync", full)
    sent = send(parcel(tmp_path))
    assert (sent.outcome, sent.code) == ("retry", "ENOSPC")
    assert not (tmp_path / "d-1.csv").exists()


def test_bytes_and_folder_are_durable_before_it_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    fsync, rename = os.fsync, os.rename

    def synced(descriptor: int) -> None:
        done.append(Path(f"/proc/self/fd/{descriptor}").resolve().name)
        fsync(descriptor)

    def renamed(*args: Any, **kwargs: Any) -> None:
        done.append("rename")
        rename(*args, **kwargs)

    monkeypatch.setattr("gateway.transports.folder.drop.os.fsync", synced)
    monkeypatch.setattr("gateway.transports.folder.drop.os.rename", renamed)
    send(parcel(tmp_path))
    assert done == ["d-1.csv.part", "rename", tmp_path.name]


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{key}", "d-1"),
        ("{about}_{date}_{key}.csv", "answer-accepted_2026-03-01_d-1.csv"),
        ("fest.csv", "fest.csv"),
        ("{{{key}}}", "{d-1}"),
    ],
)
def test_a_name_is_made_of_key_subject_and_day(tmp_path: Path, template: str, name: str) -> None:
    assert send(parcel(tmp_path, template, about="answer accepted")).outcome == "delivered"
    assert [file.name for file in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    "template",
    [
        "{patient}",
        "{key.__class__}",
        "{key!r}",
        "{key:>99999}",
        "{0}",
        "{",
        "../{key}",
        "/x/{key}",
        "a/b",
        ".{key}",
        "a\n",
    ],
)
def test_a_name_that_says_more_or_leads_elsewhere_is_refused(tmp_path: Path, template: str) -> None:
    sent = send(parcel(tmp_path, template))
    assert (sent.outcome, sent.code) == ("refused", "name")
    assert list(tmp_path.iterdir()) == []


def test_without_the_day_of_the_delivery_no_day_is_made_up(tmp_path: Path) -> None:
    assert send(parcel(tmp_path, "{date}", created=None)).code == "name"


def test_a_key_is_no_path(tmp_path: Path) -> None:
    made = Parcel("../../etc/x", "p", b"x", "text/csv", {"path": str(tmp_path), "name": "a{key}"})
    assert send(made).outcome == "delivered"
    assert [file.name for file in tmp_path.iterdir()] == ["a..-..-etc-x"]
