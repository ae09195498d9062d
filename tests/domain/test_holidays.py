"""Working days follow the calendar of the Land."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.holidays import Calendar, easter, holidays

EVERYWHERE = {
    (1, 1), (4, 3), (4, 6), (5, 1), (5, 14), (5, 25), (10, 3), (12, 25), (12, 26),
}  # fmt: skip


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [
        (1700, 4, 11), (1818, 3, 22), (1943, 4, 25), (2000, 4, 23), (2008, 3, 23), (2019, 4, 21), (2024, 3, 31),
        (2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25), (2285, 3, 22),
    ],
)  # fmt: skip
def test_easter_falls_on_the_sunday_of_the_church(year: int, month: int, day: int) -> None:
    assert easter(year) == date(year, month, day)


@settings(deadline=None)
@given(st.integers(1583, 9998))
def test_easter_is_a_sunday_between_march_22_and_april_25(year: int) -> None:
    assert easter(year).weekday() == 6
    assert date(year, 3, 22) <= easter(year) <= date(year, 4, 25)


@pytest.mark.parametrize(
    ("land", "besides"),
    [("NW", {(6, 4), (11, 1)}), ("NI", {(10, 31)}), ("HE", {(6, 4)}), ("HB", {(10, 31)}), ("XX", set())],
)
def test_the_holidays_of_2026(land: str, besides: set[tuple[int, int]]) -> None:
    assert {(day.month, day.day) for day in holidays(land, 2026)} == EVERYWHERE | besides


@pytest.mark.parametrize(
    ("land", "day", "works"),
    [
        ("NI", date(2025, 10, 31), False),  # Reformationstag, a Friday
        ("NW", date(2025, 10, 31), True),
        ("NW", date(2026, 6, 4), False),  # Fronleichnam
        ("NI", date(2026, 6, 4), True),
        ("NW", date(2027, 11, 1), False),  # Allerheiligen, a Monday
        ("NI", date(2027, 11, 1), True),
        ("NW", date(2026, 12, 24), True),
        ("NW", date(2026, 11, 22), False),  # a Sunday
        ("NW", date(2026, 11, 21), False),
        ("NW", date(2026, 11, 23), True),
    ],
)
def test_a_day_is_worked_here_and_kept_there(land: str, day: date, *, works: bool) -> None:
    assert Calendar(land).works(day) is works


@pytest.mark.parametrize("land", ["NW", "NI"])
def test_of_a_land_that_is_not_known_only_the_days_kept_everywhere_are_kept(land: str) -> None:
    assert holidays("XX", 2026).items() < holidays(land, 2026).items()


@settings(deadline=None)
@given(st.sampled_from(["NW", "NI", "XX"]), st.dates(date(2018, 1, 1), date(2100, 1, 1)))
def test_a_working_day_is_never_more_than_six_days_away(land: str, day: date) -> None:
    calendar = Calendar(land)
    assert any(calendar.works(day + timedelta(days=ahead)) for ahead in range(6))
