"""What clients say is counted as they say it, and a client that dies has missed."""

import os
import sys
from pathlib import Path

import pytest

from tests.conformance.clients import homes
from tests.conformance.clients.schema import Effort
from tests.conformance.clients.tap import checks, heard, verdict
from tests.conformance.figures import Figure


def script(room: Path, text: str) -> list[object]:
    file = room / "client.py"
    file.write_text(text, encoding="utf-8")
    return [sys.executable, file]


def test_each_line_of_the_protocol_is_one_check() -> None:
    read, update = checks("Picked up JAVA_TOOL_OPTIONS\nok - read\nnot ok - update # 412: Precondition\n")
    assert (read.name, read.held, read.note) == ("read", True, "")
    assert (update.name, update.held, update.note) == ("update", False, "412: Precondition")


def test_what_did_not_hold_is_named_in_the_figure() -> None:
    found = verdict("client", checks("ok - read\nnot ok - update # why\n"))
    assert isinstance(found, Figure)
    assert (found.got, found.of, found.note, found.missed) == (1, 2, "update", True)


def test_a_client_that_dies_has_missed_whatever_it_said_before(tmp_path: Path) -> None:
    found = heard("client", script(tmp_path, "print('ok - read')\nraise SystemExit(3)"), tmp_path, os.environ)
    assert isinstance(found, Figure)
    assert found.missed
    assert found.note == "runs to its end"


def test_a_client_that_says_nothing_has_missed(tmp_path: Path) -> None:
    found = heard("client", script(tmp_path, "pass"), tmp_path, os.environ)
    assert isinstance(found, Figure)
    assert found.missed


def test_a_tool_that_is_absent_is_the_reason() -> None:
    with pytest.raises(homes.AbsentError, match="no-such-tool is not installed"):
        homes.needs("no-such-tool")


def test_the_lock_of_node_names_no_registry() -> None:
    lock = (homes.HERE / "node" / "package-lock.json").read_text(encoding="utf-8")
    assert '"integrity"' in lock
    assert '"resolved"' not in lock


def test_sequences_have_a_time_budget_and_single_requests_none() -> None:
    assert "--max-time" in Effort().options()
    assert "--max-time" not in Effort(phases="coverage", seed=1).options()
