"""`gateway db`: what an operator does to the database."""

import stat
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.db import app
from gateway.store.migrations import HEAD
from gateway.store.port import StoreError, UnavailableError
from gateway.store.sql import open_store, upkeep
from tests.store.made import delivery, entry, queued


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'gateway.db'}"


def said(*arguments: str) -> tuple[int, str]:
    """Exit code and output of a verb."""
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output


def test_a_copy_is_made_while_messages_come_in(url: str, tmp_path: Path) -> None:
    store = open_store(url)
    stop = threading.Event()

    def work() -> None:
        n = 0
        while not stop.is_set():
            store.commit([]).result()
            store.keep(entry(str(n))).result()
            n += 1

    thread = threading.Thread(target=work)
    thread.start()
    store.keep(entry("before")).result()
    queued(store, delivery("1"))
    size = upkeep.backup(url, tmp_path / "copy.db")
    stop.set()
    thread.join()
    store.close()
    copy = open_store(f"sqlite:///{tmp_path / 'copy.db'}")
    assert copy.entry("t-before") is not None
    assert [each.key for each in copy.deliveries({})] == ["1"]
    assert copy.keep(entry("after")).result().how == "kept"
    copy.close()
    assert size > 0


def test_a_copy_is_for_its_owner_and_leaves_nothing_beside_it(url: str, tmp_path: Path) -> None:
    open_store(url).close()
    upkeep.backup(url, tmp_path / "copy.db")
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "gateway.db"]


def test_a_copy_overwrites_nothing(url: str, tmp_path: Path) -> None:
    open_store(url).close()
    (tmp_path / "copy.db").write_bytes(b"precious")
    with pytest.raises(StoreError, match="there already"):
        upkeep.backup(url, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_bytes() == b"precious"


def test_a_copy_that_cannot_be_written_says_so(url: str, tmp_path: Path) -> None:
    open_store(url).close()
    with pytest.raises(UnavailableError, match="cannot be copied"):
        upkeep.backup(url, tmp_path / "nowhere" / "copy.db")


def test_the_verbs_move_the_database_and_say_where_it_is(url: str, tmp_path: Path) -> None:
    assert said("upgrade", "--store", url) == (0, f"the database is at revision {HEAD}\n")
    assert said("downgrade", "0001", "--store", url) == (0, "the database is at revision 0001\n")
    assert said("current", "--store", url) == (
        0,
        f"the database is at revision 0001, this gateway works with {HEAD}\n",
    )
    assert said("upgrade", "--store", url) == (0, f"the database is at revision {HEAD}\n")
    code, text = said("backup", str(tmp_path / "copy.db"), "--store", url)
    assert (code, text.split(",")[0]) == (0, f"wrote {tmp_path / 'copy.db'}")


def test_everything_is_taken_away_only_if_that_is_meant(url: str) -> None:
    said("upgrade", "--store", url)
    code, text = said("downgrade", "base", "--store", url)
    assert (code, "--everything" in text) == (2, True)
    assert said("current", "--store", url)[1].startswith(f"the database is at revision {HEAD}")
    assert said("downgrade", "base", "--everything", "--store", url) == (0, "the database is at revision base\n")


@pytest.mark.parametrize("verb", [["current"], ["backup", "copy.db"], ["downgrade", "0001"]])
def test_a_database_that_is_not_there_is_not_made(url: str, tmp_path: Path, verb: list[str]) -> None:
    code, text = said(*verb, "--store", url)
    assert code == 1
    assert text.startswith("gateway: there is no database ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("verb", ["upgrade", "downgrade", "current", "backup"])
def test_every_verb_has_help_with_an_example(verb: str) -> None:
    code, text = said(verb, "--help")
    assert code == 0
    assert f"gateway db {verb}" in text
