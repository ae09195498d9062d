"""The desk on which a test writes its formats."""

from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.mapping.shelves")

from tests.mapping.shelves import Desk  # noqa: E402 - behind the line that lets it explain its assertions


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)
