"""With GATEWAY_CANARY=1 every test is heard by the canary: what it makes the gateway tell the world names nobody.

See tests/canary.py; `make canary` runs all tests so.
"""

import gc
import os
import sys
from pathlib import Path

import pytest

from tests.canary import Canary

CANARY = Canary()
AWAKE = bool(os.environ.get("GATEWAY_CANARY"))
WORKER = "PYTEST_XDIST_WORKER"
TESTS = Path(__file__).parent
UNMEASURED = (
    "conformance", "disclosure", "docker", "faults", "fuzz", "story",
    "pipeline/agreeing/test_nothing_later.py", "pipeline/agreeing/test_races.py",
    "pipeline/seeing/test_nothing_withheld_shines_through.py",
    "store/sealing/test_every_suite.py", "store/sealing/test_resealing.py",
    "web/staff/test_by_others.py",
    "web/staff/test_browser.py", "web/link/test_browser.py", "web/link/test_several_in_browser.py",
)  # fmt: skip
"""Tests that attack, or run again what others specify: what only they reach counts as not covered, and measuring
takes three times as long."""

WHOLE = ("gateway.consent", "gateway.domain", "gateway.mapping")
"""Rooms of which every branch is covered."""


def pytest_configure(config: pytest.Config) -> None:
    """The canary listens from the beginning; one folder for temporary files of all workers."""
    config.addinivalue_line("markers", "names_people: the test names people to see whether the canary hears it")
    if AWAKE:
        CANARY.listen()
        CANARY.tap()
    if AWAKE and WORKER not in os.environ:
        CANARY.settle()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Coverage is measured by the tests that specify."""
    unmeasured = tuple(TESTS / path for path in UNMEASURED)
    for item in items:
        if any(item.path.is_relative_to(path) for path in unmeasured):
            item.add_marker(pytest.mark.no_cover)


def pytest_collection_finish() -> None:
    """Ten thousand tests are not looked through again at each collection of garbage: a tenth of the suite's time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="module", autouse=True)
def read_anew(request: pytest.FixtureRequest) -> None:
    """What is kept once it is worked out is worked out again for those who specify it, whoever has run before.

    Else it would count as not covered where a test that is not measured came by first.
    """
    if any(request.path.is_relative_to(TESTS / room) for room in ("consent", "domain", "mapping")):
        for name in [name for name in sys.modules if name.startswith(WHOLE)]:
            for kept in vars(sys.modules[name]).values():
                getattr(kept, "cache_clear", int)()


@pytest.fixture(scope="module")
def nothing_left() -> None:
    """What the tests before have left is put aside: looking through it takes a second, and would be measured here."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """A test that made the gateway name a person fails."""
    heard = CANARY.taken() if AWAKE else []
    if heard and not item.get_closest_marker("names_people"):
        pytest.fail("; ".join(heard), pytrace=False)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """So does a run that left a person in a temporary file."""
    if CANARY.temporary:
        for line in CANARY.left():
            print(line)  # noqa: T201 - below the report
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
