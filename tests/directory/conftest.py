"""A deployment in a folder of its own."""

from pathlib import Path

import pytest

from tests.directory.deployment import Deployment


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    return Deployment(tmp_path)
