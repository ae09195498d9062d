"""A copy of a sealed store, and whatever lies beside its file, says as little as the file."""

from pathlib import Path

from gateway.store.sealing.ring import Ring
from gateway.store.sql import upkeep
from gateway.store.sql.store import open_store
from tests.store.made import key
from tests.store.sealing.test_resealing import NAME, Keys, as_before, bytes_of, filled, opened, url


def test_a_backup_is_sealed_and_opens_with_the_same_keys(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    store = opened(here, Keys(key()))
    filled(store)
    store.close()
    upkeep.backup(url(here), there / "gateway.db")
    assert NAME.encode() not in bytes_of(there)
    assert NAME.lower().encode() not in bytes_of(there)
    copy = open_store(url(there), Ring(Keys(key())))
    try:
        as_before(copy)
    finally:
        copy.close()


def test_the_log_of_what_is_being_written_is_sealed(tmp_path: Path) -> None:
    store = opened(tmp_path, Keys(key()))
    try:
        filled(store)
        names = {path.name for path in tmp_path.iterdir()}
        assert "gateway.db-wal" in names  # the newest is there, and not in the file yet
        assert NAME.encode() not in bytes_of(tmp_path)
        assert b"1938-09" not in bytes_of(tmp_path)
    finally:
        store.close()
