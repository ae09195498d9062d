"""One suite for every store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.store.port import Store
from tests.store.made import opened


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind."""
    found = opened(request.param, tmp_path)
    yield found
    found.close()
