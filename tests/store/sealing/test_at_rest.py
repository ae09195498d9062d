"""What a running gateway does with its keys, and says of them."""

import logging
import threading
from pathlib import Path

import pytest

from gateway.house.at_rest import AtRest
from gateway.store.memory import MemoryStore
from gateway.store.port import StoreError
from gateway.store.sealing.ring import GATEWAY, INDEX
from gateway.store.sql.sealed import sealer
from gateway.store.sql.sealed.running import Sealing
from tests.store.made import key
from tests.store.sealing.test_resealing import Keys, filled, opened, sealing, url, wait


def test_a_gateway_without_keys_says_that_its_file_can_be_read(caplog: pytest.LogCaptureFixture) -> None:
    plain = AtRest(MemoryStore(), "")
    with caplog.at_level(logging.INFO):
        plain.start()
        assert plain.rekey() == []
        plain.stop(1)
    assert "not sealed" in caplog.text


def test_keys_of_no_use_are_a_finding_of_the_reload_and_the_old_ones_stay(tmp_path: Path) -> None:
    keys = Keys(key())
    store = opened(tmp_path, keys)
    running = AtRest(store, url(tmp_path))
    try:
        running.start()
        filled(store, 2)
        keys.keys = [key(INDEX)]
        assert [problem.code for problem in running.rekey()] == ["settings.keys-reload"]
        filled_, keys.keys = store.read("Patient", "1"), [key(INDEX), key(), key(GATEWAY, "2")]
        assert filled_ is not None
        assert running.rekey() == []
        wait(lambda: {which for _, which in sealing(store).counts()} == {key(GATEWAY, "2").id})
    finally:
        running.stop(10)
        store.close()


def test_a_store_that_cannot_be_written_is_sealed_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = opened(tmp_path, Keys(key()))
    failed, step = threading.Event(), Sealing.step

    def fails(self: Sealing, table: str, after: int = 0) -> object:
        if not failed.is_set():
            failed.set()
            raise StoreError("the disk is full")
        return step(self, table, after)

    monkeypatch.setattr(Sealing, "step", fails)
    monkeypatch.setattr(sealer, "LATER", 0.01)
    background = sealer.Sealer(sealing(store), url(tmp_path))
    try:
        background.start()
        wait(lambda: failed.is_set() and sealing(store).state() == "clean")
    finally:
        background.stop(10)
        store.close()
