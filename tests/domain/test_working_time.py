"""A time is up when it is up: by night, over weekends, holidays, pauses and the change of summer time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gateway.domain.holidays import Calendar
from gateway.domain.working_time import BERLIN, Duration, Pause, due, duration

NW, NI = Calendar("NW"), Calendar("NI")


def at(text: str) -> datetime:
    """A moment by the clocks of Bielefeld."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def up(started: str, allowed: str, calendar: Calendar = NW, pauses: list[tuple[str, str]] | None = None) -> str:
    length = duration(allowed)
    assert length is not None
    spans: list[Pause] = [(at(begin), at(end)) for begin, end in pauses or []]
    moment = due(at(started), length, calendar, spans)
    assert moment is not None
    assert moment.tzinfo is UTC
    return moment.astimezone(BERLIN).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("started", "allowed", "until"),
    [
        ("2026-11-23 15:00", "1 working-days", "2026-11-24 15:00"),
        ("2026-11-20 15:00", "1 working-days", "2026-11-23 15:00"),  # over a weekend
        ("2026-11-21 15:00", "1 working-days", "2026-11-24 00:00"),  # from a Saturday: all of Monday
        ("2026-11-20 15:00", "2 working-days", "2026-11-24 15:00"),
        ("2026-12-24 12:00", "1 working-days", "2026-12-28 12:00"),  # over Christmas
        ("2026-04-02 09:00", "2 working-days", "2026-04-08 09:00"),  # over Easter
        ("2026-11-22 23:30", "1 hours", "2026-11-23 00:30"),  # hours pass on Sundays too
        ("2026-11-23 15:00", "14 days", "2026-12-07 15:00"),
    ],
)
def test_when_a_time_is_up(started: str, allowed: str, until: str) -> None:
    assert up(started, allowed) == until


def test_a_holiday_of_one_land_is_a_working_day_of_the_other() -> None:
    assert up("2025-10-30 10:00", "1 working-days", NW) == "2025-10-31 10:00"
    assert up("2025-10-30 10:00", "1 working-days", NI) == "2025-11-03 10:00"
    assert up("2026-06-03 10:00", "1 working-days", NW) == "2026-06-05 10:00"
    assert up("2026-06-03 10:00", "1 working-days", NI) == "2026-06-04 10:00"


@pytest.mark.parametrize(
    ("started", "allowed", "until"),
    [
        ("2026-03-29 01:30", "1 hours", "2026-03-29 03:30"),  # two o'clock does not exist
        ("2026-03-28 12:00", "1 days", "2026-03-29 12:00"),  # 23 hours
        ("2026-10-24 12:00", "1 days", "2026-10-25 12:00"),  # 25 hours
        ("2026-03-27 12:00", "1 working-days", "2026-03-30 12:00"),
        ("2026-10-23 12:00", "1 working-days", "2026-10-26 12:00"),
        ("2026-10-20 12:00", "90 days", "2027-01-18 12:00"),
    ],
)
def test_the_change_of_summer_time_takes_and_gives_nothing(started: str, allowed: str, until: str) -> None:
    assert up(started, allowed) == until


def test_minutes_run_at_night_and_on_sundays_as_hours_do() -> None:
    assert up("2026-11-22 23:50", "20 minutes") == "2026-11-23 00:10"


def test_the_hour_that_comes_twice_is_two_hours() -> None:
    first = at("2026-10-25 02:30")
    assert due(first, Duration(1, "hours"), NW) == first.replace(fold=1).astimezone(UTC)


@pytest.mark.parametrize(
    ("pauses", "until"),
    [
        ([("2026-11-23 16:00", "2026-11-23 18:00")], "2026-11-24 17:00"),
        ([("2026-11-23 16:00", "2026-11-30 16:00")], "2026-12-01 15:00"),
        ([("2026-11-23 10:00", "2026-11-23 14:00")], "2026-11-24 15:00"),  # over before it began
        ([("2026-11-23 10:00", "2026-11-23 16:00")], "2026-11-24 16:00"),  # began in a pause
        ([("2026-11-24 16:00", "2026-11-24 18:00")], "2026-11-24 15:00"),  # too late to matter
        ([("2026-11-23 18:00", "2026-11-23 16:00")], "2026-11-24 15:00"),  # a clock set back: no pause
        ([("2026-11-23 17:00", "2026-11-23 19:00"), ("2026-11-23 16:00", "2026-11-23 18:00")], "2026-11-24 18:00"),
        ([("2026-11-28 10:00", "2026-11-29 10:00")], "2026-11-24 15:00"),
    ],
)
def test_a_pause_moves_the_end_by_the_working_time_it_takes(pauses: list[tuple[str, str]], until: str) -> None:
    assert up("2026-11-23 15:00", "1 working-days", pauses=pauses) == until


def test_a_pause_over_a_weekend_costs_no_working_time_and_hours_go_on_after_it() -> None:
    weekend = [("2026-11-21 00:00", "2026-11-23 00:00")]
    assert up("2026-11-20 15:00", "1 working-days", pauses=weekend) == "2026-11-23 15:00"
    assert up("2026-11-20 22:00", "4 hours", pauses=weekend) == "2026-11-23 02:00"


def test_while_a_pause_lasts_nothing_is_due_unless_it_was_before() -> None:
    started, day = at("2026-11-23 15:00"), Duration(1, "working-days")
    assert due(started, day, NW, [(at("2026-11-23 16:00"), None)]) is None
    assert due(started, day, NW, [(at("2026-11-23 10:00"), None)]) is None
    assert due(started, day, NW, [(at("2026-11-25 16:00"), None)]) == at("2026-11-24 15:00").astimezone(UTC)


@pytest.mark.parametrize("text", ["", "2", "days", "0 days", "-1 days", "1.5 hours", "2 weeks", "² days", "99999 days"])
def test_what_is_no_duration_is_none(text: str) -> None:
    assert duration(text) is None


def test_a_duration_is_read_as_it_is_written() -> None:
    assert str(duration(" 2 working-days ")) == "2 working-days"


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001 - hypothesis wants bounds without a zone
DURATIONS = st.builds(Duration, st.integers(1, 20), st.sampled_from(["hours", "days", "working-days"]))
PAUSES = st.lists(st.tuples(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=9))), max_size=4).map(
    lambda found: [(begin, begin + length) for begin, length in found]
)
NEAR = st.lists(st.tuples(st.integers(-99, 400), st.integers(0, 99)), max_size=4)


@settings(deadline=None)
@given(MOMENTS, DURATIONS, st.sampled_from([NW, NI]))
def test_no_time_is_up_before_it_began_and_more_is_never_up_sooner(
    started: datetime, allowed: Duration, calendar: Calendar
) -> None:
    moment, later = due(started, allowed, calendar), due(started, Duration(allowed.amount + 1, allowed.unit), calendar)
    assert moment is not None
    assert later is not None
    assert started < moment < later


@settings(deadline=None)
@given(MOMENTS, DURATIONS, st.timedeltas(timedelta(0), timedelta(days=5)))
def test_who_starts_later_is_never_due_sooner(started: datetime, allowed: Duration, delay: timedelta) -> None:
    assume(allowed.unit != "days" or not changes_between(started, started + delay + timedelta(days=allowed.amount)))
    first, second = due(started, allowed, NW), due(started + delay, allowed, NW)
    assert first is not None
    assert second is not None
    assert first <= second


def changes_between(begin: datetime, end: datetime) -> bool:
    """Whether the clocks are changed in between."""
    return begin.astimezone(BERLIN).utcoffset() != end.astimezone(BERLIN).utcoffset()


@settings(deadline=None)
@given(MOMENTS, DURATIONS, NEAR)
def test_the_time_until_it_is_up_is_the_time_allowed_counted_by_the_hour(
    started: datetime, allowed: Duration, near: list[tuple[int, int]]
) -> None:
    started = started.replace(minute=0, second=0, microsecond=0)
    assume(allowed.unit != "days")
    pauses: list[Pause] = [
        (started + timedelta(hours=first), started + timedelta(hours=first + length)) for first, length in near
    ]
    moment = due(started, allowed, NI, pauses)
    assert moment is not None
    left, hour = allowed.amount * (24 if allowed.unit == "working-days" else 1), started
    while left:
        paused = any(end is not None and begin <= hour < end for begin, end in pauses)
        worked = allowed.unit == "hours" or NI.works(hour.astimezone(BERLIN).date())
        left -= not paused and worked
        hour += timedelta(hours=1)
    assert moment == hour


@settings(deadline=None)
@given(MOMENTS, DURATIONS, PAUSES)
def test_a_pause_never_makes_it_due_sooner_and_their_order_does_not_matter(
    started: datetime, allowed: Duration, pauses: list[Pause]
) -> None:
    moment, free = due(started, allowed, NW, pauses), due(started, allowed, NW)
    assert moment is not None
    assert free is not None
    assert moment >= free
    assert moment == due(started, allowed, NW, pauses[::-1])
