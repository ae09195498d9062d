"""A word that counts once: used up for everybody, over a restart too, until its time is over."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.domain.ledger import Audit, Note, Spend
from gateway.store.port import ConflictError, Store
from gateway.store.sql.store import open_store

NOW = datetime(2026, 3, 12, 11, 5, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def test_a_word_counts_once(store: Store) -> None:
    store.commit([Spend("a", LATER, NOW), Spend("b", LATER, NOW)]).result()
    with pytest.raises(ConflictError):
        store.commit([Note(Audit(NOW, "x", "token", "y", "given")), Spend("a", LATER, NOW)]).result()
    assert store.audit() == []


def test_it_is_forgotten_when_its_time_is_over(store: Store) -> None:
    store.commit([Spend("a", LATER, NOW)]).result()
    after = LATER + timedelta(seconds=1)
    store.commit([Spend("a", after + timedelta(minutes=5), after)]).result()
    with pytest.raises(ConflictError):
        store.commit([Spend("a", LATER, after)]).result()


def test_it_is_used_up_after_a_restart_too(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/gateway.db"
    first = open_store(url)
    first.commit([Spend("a", LATER, NOW)]).result()
    first.close()
    second = open_store(url)
    try:
        with pytest.raises(ConflictError):
            second.commit([Spend("a", LATER, NOW)]).result()
    finally:
        second.close()
