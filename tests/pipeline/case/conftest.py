"""One world for each test."""

import pytest

from tests.pipeline.line.world import World


@pytest.fixture
def world() -> World:
    return World()
