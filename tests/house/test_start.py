"""What a start loads, and what it leaves until somebody needs it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import Town

LATE = {
    "alembic": "a database of an older version",
    "argon2": "a password of staff",
    "cryptography": "a sealed store, a certificate",
    "email.mime": "a mail",
    "fastapi": "a caller of the HTTP intake",
    "fhir.resources": "a validation against the model",
    "jinja2": "a page for people",
    "joserfc": "an access token",
    "lxml": "a message in XML",
    "pyotp": "a second factor",
    "requests": "a delivery by HTTP",
    "segno": "a second factor's picture",
    "sqlalchemy.dialects.postgresql": "a store in PostgreSQL",
    "typst": "a letter",
}
"""What is not loaded before it is needed -> what needs it."""
LOADED = re.compile(r"^import time: +\d+ \| +\d+ \| +(\S+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[set[str]]:
    """The modules of a gateway with a clinic and two sites, until it is ready."""
    town = Town(tmp_path_factory.mktemp("start") / "gateway")
    try:
        town.gateway.start(PYTHONPROFILEIMPORTTIME="1", FAULT_WITHOUT="fhirpathpy")
        said = Path(town.gateway.log).read_text(encoding="utf-8")
        yield set(LOADED.findall(said.partition('"ready"')[0]))
        assert town.gateway.stop() == 0
    finally:
        town.close()


def test_the_modules_of_a_start_are_seen(loaded: set[str]) -> None:
    assert {"gateway.house.house", "gateway.web.front", "sqlalchemy", "starlette.routing"} <= loaded


@pytest.mark.parametrize("name", LATE)
def test_what_is_needed_late_is_loaded_late(loaded: set[str], name: str) -> None:
    assert sorted(module for module in loaded if f"{module}.".startswith(f"{name}.")) == []
