"""Passwords that are quick to scramble, and the pages for each test."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from gateway.pipeline.staff import proof
from tests.web.staff.office import Office, opened


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = PasswordHasher(1, 1024, 1)
    monkeypatch.setattr(proof, "hasher", lambda: quick)


@pytest.fixture(scope="module")
def building() -> Iterator[Office]:
    """The pages on their socket, for all tests of a file."""
    with opened(fill=False) as made:
        yield made


@pytest.fixture
def office(building: Office) -> Office:
    return building.anew(fill=False)


@pytest.fixture
def filled(building: Office) -> Office:
    return building.anew(fill=True)
