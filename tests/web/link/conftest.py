"""One page for the tests of a file that each need a fresh world."""

from collections.abc import Iterator

import pytest

from tests.web.link.site import Site, opened


@pytest.fixture
def site() -> Iterator[Site]:
    with opened() as made:
        yield made
