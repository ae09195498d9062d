"""Dates as stretches of time (chapter 3.1.1.4.6)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.fhir.searching.moments import FIRST, LAST, stretch, widened


@pytest.mark.parametrize(
    ("said", "low", "high"),
    [
        ("2026", "2025-12-31T23:00:00.000000", "2026-12-31T22:59:59.999999"),
        ("2026-02", "2026-01-31T23:00:00.000000", "2026-02-28T22:59:59.999999"),
        ("2026-12", "2026-11-30T23:00:00.000000", "2026-12-31T22:59:59.999999"),
        ("2026-11-20", "2026-11-19T23:00:00.000000", "2026-11-20T22:59:59.999999"),
        ("2026-11-20T12:00", "2026-11-20T11:00:00.000000", "2026-11-20T11:00:59.999999"),
        ("2026-11-20T12:00:01Z", "2026-11-20T12:00:01.000000", "2026-11-20T12:00:01.999999"),
        ("2026-11-20T12:00:01.5-02:30", "2026-11-20T14:30:01.500000", "2026-11-20T14:30:01.599999"),
        ("2026-11-20T12:00:01.1234567Z", "2026-11-20T12:00:01.123456", "2026-11-20T12:00:01.123456"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.000000", "2016-12-31T23:59:59.999999"),
    ],
)
def test_a_date_reaches_from_its_first_to_its_last_microsecond(said: str, low: str, high: str) -> None:
    assert stretch(said) == (f"{low}+00:00", f"{high}+00:00")


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-07-01", 24)])
def test_a_day_is_as_long_as_it_is_here(day: str, hours: int) -> None:
    low, high = map(datetime.fromisoformat, stretch(day) or ())
    assert round((high - low).total_seconds() / 3600) == hours


def test_the_edges_of_the_calendar_are_dates_too() -> None:
    assert stretch("9999-12-31") == ("9999-12-31T00:00:00.000000+00:00", LAST)
    assert (stretch("0001") or ("",))[0] == FIRST
    assert widened(FIRST, LAST) == (FIRST, LAST)


@pytest.mark.parametrize(
    "said", ["", "26", "2026-13", "2026-02-30", "2026-11-20T25:00:00Z", "0000", "2026-11-20 12", "x"]
)
def test_what_is_no_date_has_no_stretch(said: str) -> None:
    assert stretch(said) is None


@given(st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)))  # noqa: DTZ001 - zones are added
def test_texts_compare_as_moments_do(at: datetime) -> None:
    text = at.replace(tzinfo=UTC).isoformat(timespec="microseconds")
    low, high = stretch(text.replace("+00:00", "Z")) or ("", "")
    assert low == high == text


@given(st.text(alphabet="0123456789-:TZ+.", max_size=30))
def test_no_text_is_too_odd(said: str) -> None:
    found = stretch(said)
    assert found is None or found[0] <= found[1]
