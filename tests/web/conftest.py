"""A real browser for the tests of a file."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.web.link.browsing import CHROMIUM


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Closed with the file: while it is open, its driver keeps an event loop in this thread."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser; pip install playwright")
    if not CHROMIUM:
        pytest.skip("there is no Chromium; apt-get install chromium")
    with api.sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()
