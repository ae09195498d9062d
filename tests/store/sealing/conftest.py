"""The suites of every store, over one whose files tell nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.store.port import Store
from tests.store.made import opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty sealed store."""
    found = opened("sealed", tmp_path)
    yield found
    found.close()
