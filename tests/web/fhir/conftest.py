"""One interface for the tests of a file."""

from collections.abc import Iterator

import pytest

from tests.web.fhir.interface import Interface, opened


@pytest.fixture(scope="module")
def fhir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interface]:
    with opened(tmp_path_factory.mktemp("fhir")) as made:
        yield made
