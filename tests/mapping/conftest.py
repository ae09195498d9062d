"""The desk on which a test writes its formats."""

from pathlib import Path

import pytest

from tests.mapping.shelves import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)
