from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.store.memory import MemoryStore
from gateway.store.port import Store
from gateway.store.sql import open_store
from tests.pipeline.subscribing.world import Receiver, World


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = MemoryStore() if request.param == "memory" else open_store(f"sqlite:///{tmp_path / 'gateway.db'}")
    yield made
    made.close()


@pytest.fixture
def world(store: Store) -> World:
    return World(store)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()
