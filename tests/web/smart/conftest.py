"""One place for the tests of a file."""

from collections.abc import Iterator

import pytest

from tests.web.smart.place import Place, opened


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with opened(tmp_path_factory.mktemp("smart")) as made:
        yield made
