"""The periods of deletion in gateway.yaml."""

from pathlib import Path

import pytest

from gateway.settings import load
from gateway.settings.retention import Retention


def loaded(folder: Path, text: str) -> list[str]:
    file = folder / "gateway.yaml"
    file.write_text(text, encoding="utf-8")
    return [problem.code for problem in load(file, folder)[1]]


@pytest.mark.parametrize("at", ['"03:00"', '"23:59"', '""'])
def test_a_time_of_day_or_none_is_taken(tmp_path: Path, at: str) -> None:
    assert "settings.time-of-day" not in loaded(tmp_path, f"retention: {{at: {at}}}\n")


@pytest.mark.parametrize("at", ['"24:00"', '"3 Uhr"', '"03:60"'])
def test_what_is_no_time_of_day_is_said(tmp_path: Path, at: str) -> None:
    assert "settings.time-of-day" in loaded(tmp_path, f"retention: {{at: {at}}}\n")


def test_a_period_below_nothing_is_refused(tmp_path: Path) -> None:
    assert loaded(tmp_path, "retention: {cases: -1}\n") != []


def test_the_periods_are_named_as_the_runs_name_them() -> None:
    assert set(Retention().days) == {"cases", "strangers", "bodies", "parked", "links", "announcements"}
