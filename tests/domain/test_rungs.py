"""The rungs of the channel ladder, as their table says."""

import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from gateway.directory.party import RoadOut
from gateway.domain.rungs import GRADES, Rung, rung, rungs
from gateway.domain.table import read
from gateway.domain.timers import timers
from gateway.domain.working_time import Duration, duration


def test_the_table_is_whole() -> None:
    names = {timer.name for timer in timers()}
    events = {row["event"] for row in read("events")}
    for each in rungs().values():
        assert each.name
        assert each.wait in names or duration(each.wait)
        assert each.arrived in GRADES
        assert each.unread in {"tell", "decide"}
        assert each.opens in {"", *events}


def test_every_road_that_the_gateway_has_is_a_rung() -> None:
    assert {each.road for each in rungs().values() if each.built} == set(get_args(RoadOut))


def test_a_road_without_a_row_is_a_rung_like_any_electronic_one() -> None:
    new = rung("carrier-pigeon")
    assert (new.length(), new.has_arrived("E1"), new.has_arrived("E2")) == (Duration(4, "hours"), False, True)


@pytest.mark.parametrize(
    ("own", "site", "length"),
    [
        ("", {}, "4 hours"),
        ("", {"measure-delivered": "1 working-days"}, "1 working-days"),
        ("30 minutes", {"measure-delivered": "1 working-days"}, "30 minutes"),
        ("soon", {}, "4 hours"),
    ],
)
def test_a_partner_comes_before_its_site_and_the_site_before_the_table(own: str, site: dict, length: str) -> None:  # type: ignore[type-arg]  # a row of YAML
    assert str(rung("http").length(own, site)) == length


@pytest.mark.parametrize(
    ("road", "length", "arrived", "unread", "opens"),
    [
        ("http", "4 hours", "E2", "tell", ""),
        ("mail", "1 working-days", "E2", "tell", ""),
        ("fit-connect", "9 days", "E2", "decide", ""),
        ("link", "2 working-days", "E2", "decide", ""),
        ("letter", "5 working-days", "E2", "decide", ""),
        ("phone", "2 working-days", "E3", "decide", "to-call"),
    ],
)
def test_the_six_rungs_are_rows_of_the_table(road: str, length: str, arrived: str, unread: str, opens: str) -> None:
    found = rungs()[road]
    assert (str(found.length()), found.arrived, found.unread, found.opens) == (length, arrived, unread, opens)


def test_a_letter_has_a_time_of_its_own_whatever_the_site_says_of_electronic_roads() -> None:
    assert str(rung("letter").length(site={"measure-delivered": "1 hours"})) == "5 working-days"


@pytest.mark.parametrize(("grade", "enough"), [("E0", False), ("E2", False), ("E3", True), ("E4", True)])
def test_a_call_has_arrived_once_somebody_recorded_what_was_said(grade: str, enough: bool) -> None:  # noqa: FBT001 - a column of the table
    assert Rung("phone", arrived="E3").has_arrived(grade) is enough


def test_the_page_of_the_rungs_is_as_the_table_has_it() -> None:
    tool = Path(__file__).resolve().parents[2] / "tools" / "rung_reference.py"
    assert subprocess.run([sys.executable, str(tool), "--check"], check=False).returncode == 0
