"""A list of a verb: whole for machines; for people short ids, and moments on their own clock."""

import os
import time
from collections.abc import Iterator

import pytest

from gateway.cli import console
from tests.cli.command import Call

ROWS = [
    {"task": "9c01d7aa-4f5e-4c2b-8d1a-0b6f2e7c9d10", "since": "2026-11-20T09:30:15+00:00", "number": "R-5B2E41C7-1B0F"},
    {"task": "1b0f5e0c-9d0a-4f6a-8b9d-7c11d3e2a4f5", "since": "", "number": "2026-11-20"},
]


@pytest.fixture(autouse=True)
def in_westphalia() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "CET-1"
    time.tzset()
    yield
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


def said(capfdbinary: pytest.CaptureFixture[bytes], rows: list[dict[str, str]], *, json: bool = False) -> str:
    console.listed(rows, "no tasks", json=json)
    return capfdbinary.readouterr().out.decode()


def test_ids_are_cut_and_moments_stand_on_the_clock_of_this_machine(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    heads, first, second = said(capfdbinary, ROWS).splitlines()
    assert heads.split() == ["task", "since", "(CET)", "number"]
    assert first.split() == ["9c01d7aa", "2026-11-20", "10:30:15", "R-5B2E41C7-1B0F"]
    assert second.split() == ["1b0f5e0c", "2026-11-20"], "a day is no moment"


@pytest.mark.parametrize("said", ["2026-13-45T10:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_moment_that_no_calendar_has_stays_as_it_is(said: str) -> None:
    assert console.brief(said) == said


def test_for_machines_nothing_is_cut(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert all(value in said(capfdbinary, ROWS, json=True) for value in ROWS[0].values())


def test_nothing_is_said_in_words_and_to_machines_as_an_empty_list(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert said(capfdbinary, []) == "no tasks\n"
    assert said(capfdbinary, [], json=True) == "[]\n"


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize(
    ("verb", "nothing"), [("recall", "no recalls\n"), ("link", "no links\n"), ("staff", "no accounts\n")]
)
def test_a_list_without_a_line_says_so(gateway: Call, verb: str, nothing: str) -> None:
    found = gateway(verb, "list")
    assert (found.code, found.text) == (0, nothing)
