"""The short form of the fuzzer: every documented edge of Tasks, and a few requests made up for each operation."""

import re
from pathlib import Path

import pytest

from tests.conformance.clients.schema import Effort, tried
from tests.conformance.clients.served import ask, gateway
from tests.conformance.clients.talks import DEFECTS

pytest.importorskip("schemathesis", reason="schemathesis is not installed")
SHORT = Effort("examples,coverage,fuzzing", examples=2, seed=20261122, operations=r"/(Task|metadata)\b")


def test_made_up_requests_are_answered_as_described(tmp_path: Path) -> None:
    with gateway() as served:
        found = tried(f"{served.base}/openapi.json", SHORT, tmp_path)
        assert found.cases > 300, found.text[-2000:]
        assert not found.failures, found.text[-4000:]
        assert not [word for word in DEFECTS if word in served.log]


def test_the_description_names_what_the_statement_offers() -> None:
    with gateway() as served:
        described = ask("GET", f"{served.base}/openapi.json")[1]["paths"]
        offered = ask("GET", f"{served.base}/metadata")[1]["rest"][0]["resource"]
    types = {found[1] for path in described if (found := re.search(r"/([A-Z][A-Za-z]+)$", path))}
    assert types == {each["type"] for each in offered}
