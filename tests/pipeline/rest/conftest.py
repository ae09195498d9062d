"""One client for each test: the desk of the gateway."""

import pytest

from tests.pipeline.rest.client import Client


@pytest.fixture
def desk() -> Client:
    return Client()
