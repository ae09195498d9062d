"""With GATEWAY_CANARY=1 every test is heard by the canary: what it makes the gateway tell the world names nobody.

See tests/canary.py; `make canary` runs all tests so.
"""

import gc
import os

import pytest

from tests.canary import Canary

CANARY = Canary()
AWAKE = bool(os.environ.get("GATEWAY_CANARY"))
WORKER = "PYTEST_XDIST_WORKER"


def pytest_configure(config: pytest.Config) -> None:
    """The canary listens from the beginning; one folder for temporary files of all workers."""
    config.addinivalue_line("markers", "names_people: the test names people to see whether the canary hears it")
    if AWAKE:
        CANARY.listen()
        CANARY.tap()
    if AWAKE and WORKER not in os.environ:
        CANARY.settle()


def pytest_collection_finish() -> None:
    """Ten thousand tests are not looked through again at each collection of garbage: a tenth of the suite's time."""
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
