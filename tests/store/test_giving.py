"""What was deleted is in no byte of any file, and the file gets smaller."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.domain.ledger import Conclude, Erase, Evidence, Prove, Settle
from gateway.store.port import StoreError
from gateway.store.sql import giving
from gateway.store.sql.giving import give_back
from gateway.store.sql.store import SqlStore, open_store
from tests.store.made import NOON, delivery, entry, queued, saved

WORDS = ("Grünewälder", "G405718932", "Föhrenweg")
SAID = " ".join(WORDS)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'gateway.db'}"


def everywhere(folder: Path) -> set[str]:
    """The words that are in a file."""
    data = b"".join(path.read_bytes() for path in sorted(folder.iterdir()))
    return {word for word in WORDS if word.encode() in data}


def filled(store: SqlStore, times: int) -> None:
    """A person in all tables; some rows were changed again and again."""
    said = SAID.encode()
    for n in range(times):
        store.keep(entry(str(n), said * (1 + n % 50), headers={"file": SAID})).result()
        store.commit([Settle(f"t-{n}", {"state": "done", "answer": said, "outcome": {"x": SAID}})]).result()
        store.commit([Settle(f"t-{n}", {"outcome": {"x": WORDS[0]}})]).result()
        queued(store, delivery(str(n), f"Patient/{n % 7}", data=said * 9))
        store.commit([Prove(Evidence(f"d-{n}", NOON, 1, "retry", "E0", SAID, "y", "z", said))]).result()
        store.commit([Conclude(f"d-{n}", {"standing": "delivered", "reason": SAID})]).result()
        for version in range(3):
            task = {"resourceType": "Task", "id": str(n), "description": SAID + "x" * version}
            store.commit([saved(task, version, ("name", f"{SAID} {version}"))]).result()


def erased(store: SqlStore, times: int) -> None:
    numbers = range(times)
    store.commit([
        saved({"resourceType": "Erasure", "id": "1"}, 0),
        Erase(NOON, tuple(f"Task/{n}" for n in numbers), tuple(f"t-{n}" for n in numbers),
              tuple(f"d-{n}" for n in numbers)),
    ]).result()  # fmt: skip


def test_no_byte_of_what_was_deleted_is_left_while_the_store_is_open(url: str, tmp_path: Path) -> None:
    store = open_store(url)
    try:
        filled(store, 40)
        assert everywhere(tmp_path) == set(WORDS)
        erased(store, 40)
        assert give_back(url).emptied
        assert everywhere(tmp_path) == set()
    finally:
        store.close()


def test_the_file_gets_smaller(url: str) -> None:
    store = open_store(url)
    try:
        filled(store, 60)
        erased(store, 60)
        given = give_back(url)
        assert given.after < given.before / 4
        assert not given.fixed
    finally:
        store.close()


def test_a_file_of_an_older_gateway_is_written_anew_where_that_is_wanted(url: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "gateway.db")) as old:
        old.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
    store = open_store(url)
    try:
        filled(store, 40)
        erased(store, 40)
        assert give_back(url).fixed
        given = give_back(url, whole=True)
        assert not given.fixed
        assert given.after < given.before
        assert everywhere(tmp_path) == set()
    finally:
        store.close()


def test_numbers_of_versions_rise_after_a_deletion(url: str) -> None:
    store = open_store(url)
    try:
        filled(store, 2)
        newest = store.newest("Task")
        erased(store, 2)
        store.commit([saved({"resourceType": "Task", "id": "new"}, 0)]).result()
        assert store.newest("Task") > newest
    finally:
        store.close()


def test_a_database_that_is_not_there_is_not_made(url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        give_back(url)
    assert list(tmp_path.iterdir()) == []


def test_a_log_that_somebody_reads_is_not_emptied_and_that_is_said(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giving, "TRIES", 2)
    store = open_store(url)
    reader = sqlite3.connect(tmp_path / "gateway.db", isolation_level=None)
    try:
        filled(store, 2)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM journal").fetchone()
        filled_more = saved({"resourceType": "Task", "id": "later"}, 0)
        store.commit([filled_more]).result()
        assert not give_back(url).emptied
        reader.execute("COMMIT")
        assert give_back(url).emptied
    finally:
        reader.close()
        store.close()
