"""A store that would lose what it acknowledged is refused at the start."""

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from gateway.store.port import StoreError, UnavailableError
from gateway.store.sql import connect, open_store
from tests.store.made import entry


def test_every_connection_that_writes_syncs_fully_into_a_write_ahead_log(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'gateway.db'}")
    with closing(store._writer._connect()) as link:
        assert [link.say(f"PRAGMA {name}") for name in ("journal_mode", "synchronous", "foreign_keys")] == ["wal", 2, 1]
    store.close()


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///{}?synchronous=OFF",
        "sqlite:///{}?nolock=1&uri=true",
        "sqlite:///file:{}?mode=memory",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql://localhost/gateway",
        "gateway.db",
        "",
    ],
)
def test_a_url_that_weakens_or_means_something_else_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(StoreError, match="store"):
        open_store(url.format(tmp_path / "gateway.db"))
    assert list(tmp_path.iterdir()) == []


def test_a_journal_mode_that_cannot_be_changed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "WAIT", 0.1)
    path = tmp_path / "gateway.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("CREATE TABLE t (a)")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="locked"):
            open_store(f"sqlite:///{path}")


def test_a_weaker_sync_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connect.SETTINGS, "synchronous", "NORMAL")
    with pytest.raises(StoreError, match="synchronous=FULL"):
        open_store(f"sqlite:///{tmp_path / 'gateway.db'}")


def test_a_database_with_a_rollback_journal_is_switched(tmp_path: Path) -> None:
    path = tmp_path / "gateway.db"
    open_store(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA journal_mode=DELETE").fetchone() == ("delete",)
    open_store(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"does not exist: .*nowhere"):
        open_store(f"sqlite:///{tmp_path / 'nowhere' / 'gateway.db'}")


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gateway.db"
    path.write_bytes(b"no database at all" * 1000)
    with pytest.raises(UnavailableError, match="not a database"):
        open_store(f"sqlite:///{path}")


def test_somebody_elses_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE invoices (a)")
    with pytest.raises(StoreError, match="invoices"):
        open_store(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("invoices",)]


def test_only_the_owner_can_read_the_files(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'gateway.db'}")
    store.keep(entry("1")).result()
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    assert len(list(tmp_path.iterdir())) == 3
    store.close()


def test_what_was_kept_is_there_after_a_new_start(tmp_path: Path) -> None:
    for n in range(3):
        store = open_store(f"sqlite:///{tmp_path / 'gateway.db'}")
        store.keep(entry(str(n))).result()
        assert [each.key for each in store.waiting()] == [str(k) for k in range(n + 1)]
        store.close()


def test_a_start_needs_no_alembic(tmp_path: Path) -> None:
    code = (
        "import sys; from gateway.store.sql import open_store\n"
        "for _ in range(2): open_store(sys.argv[1]).close()\n"
        "assert not [name for name in sys.modules if name.startswith('alembic')]"
    )
    url = f"sqlite:///{tmp_path / 'gateway.db'}"
    subprocess.run([sys.executable, "-c", code, url], check=True, env={**os.environ, "PYTHONPATH": str(Path.cwd())})
