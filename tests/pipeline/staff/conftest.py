"""A crew for each test."""

import pytest
from argon2 import PasswordHasher

from gateway.pipeline.staff import proof
from tests.pipeline.staff.crew import Crew


@pytest.fixture
def crew(monkeypatch: pytest.MonkeyPatch) -> Crew:
    """Its passwords are quick to scramble; how they really are, one test asks."""
    quick = PasswordHasher(1, 1024, 1)
    monkeypatch.setattr(proof, "hasher", lambda: quick)
    return Crew()
