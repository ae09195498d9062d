"""One page for the tests of a file that each need a fresh world, and one browser for all."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.web.link.browsing import CHROMIUM
from tests.web.link.site import Site, opened


@pytest.fixture
def site() -> Iterator[Site]:
    with opened() as made:
        yield made


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser; pip install playwright")
    if not CHROMIUM:
        pytest.skip("there is no Chromium; apt-get install chromium")
    with api.sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()
