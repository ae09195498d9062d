"""What is due, on whose clock, and who hears of it when it is not done."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.case import Kind
from gateway.domain.holidays import Calendar
from gateway.domain.table import read
from gateway.domain.task import FINAL, Stand, belongs, statuses
from gateway.domain.timers import Clock, Life, clocks, overdue, timers
from gateway.domain.working_time import BERLIN, duration

NW = Calendar("NW")
MONDAY = datetime(2026, 11, 23, 9, tzinfo=BERLIN)
DAY = timedelta(days=1)


def stand(text: str) -> Stand:
    status, _, business = text.partition("/")
    return Stand(status, business)


def life(kind: Kind, *steps: tuple[float, str], asked: bool = False) -> Life:
    """A Task that came to its stands so many days after Monday nine o'clock."""
    return Life(kind, [(MONDAY + DAY * days, stand(text)) for days, text in steps], asked=asked)


def running(of: Life) -> dict[str, Clock]:
    return {clock.timer.name: clock for clock in clocks(of, NW)}


def day(moment: datetime | None) -> float:
    """Days after Monday nine o'clock."""
    assert moment is not None
    return (moment - MONDAY) / DAY


@pytest.mark.parametrize(
    ("kind", "steps", "name", "due"),
    [
        ("referral", [(0, "requested")], "referral-received", 1 / 24),
        ("referral", [(0, "requested"), (0.5, "received")], "referral-accepted", 1.5),
        ("referral", [(0, "requested"), (0.5, "received"), (1, "accepted")], "referral-contact", 2.5),
        ("referral", [(0, "accepted"), (1, "in-progress")], "goals-reviewed", 91),
        ("measure", [(0, "requested")], "measure-delivered", 4 / 24),
        ("measure", [(0, "requested"), (0.5, "received")], "measure-answered", 2.5),
        ("measure", [(0, "accepted"), (1, "in-progress")], "measure-noted", 14),
        ("question", [(0, "requested")], "asked-answered", 2),
        ("abort", [(0, "requested")], "stop-answered", 1),
        ("decision", [(0, "requested")], "decision-made", 1),
        ("recall", [(0, "requested")], "recall-confirmed", 7),
        ("referral", [(0, "completed/outcome-helped"), (1, "completed/outcome-sent")], "report-acknowledged", 8),
    ],
)
def test_each_stand_has_its_clock(kind: Kind, steps: list[tuple[float, str]], name: str, due: float) -> None:
    found = running(life(kind, *steps))
    assert name in found
    assert day(found[name].due) == pytest.approx(due)


@pytest.mark.parametrize("kind", get_args(Kind))
def test_no_open_task_is_without_a_clock(kind: Kind) -> None:
    for status in statuses():
        if status not in FINAL and (kind in {"referral", "measure"} or status not in {"draft", "on-hold"}):
            assert clocks(life(kind, (0, status)), NW)


@pytest.mark.parametrize("status", sorted(FINAL - {"completed"}))
def test_what_has_ended_has_none(status: str) -> None:
    assert clocks(life("referral", (0, "requested"), (1, status)), NW) == []
    assert clocks(Life("referral", []), NW) == []


def test_a_report_that_was_acknowledged_ends_the_last_clock() -> None:
    assert set(running(life("referral", (0, "completed/outcome-helped")))) == {"report-sent"}
    assert set(running(life("referral", (0, "completed")))) == {"report-sent"}
    assert running(life("referral", (0, "completed/outcome-sent"), (1, "completed/outcome-acknowledged"))) == {}


def test_on_hold_the_clock_stands_and_afterwards_goes_on() -> None:
    held = life("measure", (0, "in-progress"), (1, "on-hold/client-in-hospital"))
    assert running(held)["measure-noted"].due is None
    assert overdue(running(held)["measure-noted"], MONDAY + 999 * DAY, NW) == ()
    back = life("measure", (0, "in-progress"), (1, "on-hold/client-in-hospital"), (6, "in-progress"))
    assert day(running(back)["measure-noted"].due) == pytest.approx(19)
    assert day(running(held)["hold-reviewed"].due) == pytest.approx(15)


def test_while_a_question_is_open_the_time_runs_for_the_other_side() -> None:
    asked = life("referral", (0, "received"), (0.25, "received/awaiting-information"))
    clock = running(asked)["referral-accepted"]
    assert (clock.party, clock.tells) == ("requester", ("requester", "owner", "lead"))
    assert day(clock.due) == pytest.approx(1.25)
    answered = life(
        "referral", (0, "received"), (0.25, "received/awaiting-information"), (2.25, "received/under-review")
    )
    clock = running(answered)["referral-accepted"]
    assert (clock.party, clock.tells) == ("owner", ("owner", "requester", "lead"))
    assert day(clock.due) == pytest.approx(3)


def test_a_question_with_a_task_of_its_own_has_its_own_clock() -> None:
    asked = life("measure", (0, "received"), (0.25, "received/awaiting-information"), asked=True)
    clock = running(asked)["measure-answered"]
    assert (clock.party, clock.due) == ("owner", None)


def test_who_looks_again_or_waits_for_another_does_not_start_anew() -> None:
    waiting = life("measure", (0, "received/delivered"), (1, "received/under-review"), (1.5, "received/waitlisted"))
    assert day(running(waiting)["measure-answered"].due) == pytest.approx(2)


def test_every_rung_note_and_review_starts_its_clock_anew() -> None:
    rung = life("measure", (0, "requested"))
    again = Life(rung.kind, rung.history, seen={"measure-delivered": MONDAY + DAY, "measure-answered": MONDAY + DAY})
    assert day(running(again)["measure-delivered"].due) == pytest.approx(1 + 4 / 24)
    received = life("measure", (0, "received"))
    noted = Life(received.kind, received.history, seen={"measure-answered": MONDAY + DAY})
    assert day(running(noted)["measure-answered"].due) == pytest.approx(2)
    before = Life(rung.kind, rung.history, seen={"measure-delivered": MONDAY - DAY})
    assert day(running(before)["measure-delivered"].due) == pytest.approx(4 / 24)


@pytest.mark.parametrize(("discharge", "due"), [(1.0, 1.0), (5.0, 2.0), (-1.0, 2.0)])
def test_first_contact_comes_before_the_planned_discharge(discharge: float, due: float) -> None:
    asked = life("referral", (0, "received"))
    limited = Life(asked.kind, asked.history, limits={"planned-discharge": MONDAY + discharge * DAY})
    assert day(running(limited)["referral-contact"].due) == pytest.approx(due)


def test_a_site_may_have_times_of_its_own() -> None:
    site = {"referral-accepted": "3 working-days", "referral-contact": "soon", "erfunden": "1 hours"}
    found = {clock.timer.name: clock for clock in clocks(life("referral", (0, "received")), NW, site)}
    assert day(found["referral-accepted"].due) == pytest.approx(3)
    assert day(found["referral-contact"].due) == pytest.approx(2)


def test_overdue_tells_owner_then_requester_then_lead_and_nobody_twice() -> None:
    clock = running(life("measure", (0, "received")))["measure-answered"]
    told: list[str] = []
    heard = []
    for days in (1.9, 2, 2.5, 3, 4, 9):
        now = overdue(clock, MONDAY + days * DAY, NW, told)
        told += now
        heard.append(now)
    assert heard == [(), ("owner",), (), ("requester",), ("lead",), ()]


def test_after_a_long_standstill_all_who_should_have_heard_are_told_at_once() -> None:
    clock = running(life("measure", (0, "received")))["measure-answered"]
    assert overdue(clock, MONDAY + 30 * DAY, NW) == ("owner", "requester", "lead")


def test_a_clock_set_back_takes_nothing_back_and_tells_nobody_again() -> None:
    clock = running(life("measure", (0, "received")))["measure-answered"]
    assert overdue(clock, MONDAY + 2 * DAY, NW) == ("owner",)
    assert overdue(clock, MONDAY + DAY, NW, ["owner"]) == ()
    assert overdue(clock, MONDAY + 2.1 * DAY, NW, ["owner"]) == ()
    assert overdue(clock, MONDAY - 9 * DAY, NW) == ()


def test_stands_that_a_clock_set_back_stamped_count_in_their_order() -> None:
    back = life("measure", (0, "accepted"), (5, "in-progress"), (4, "on-hold/client-unreachable"), (6, "in-progress"))
    assert day(running(back)["measure-noted"].due) == pytest.approx(15)


STEPS = ["received", "received/awaiting-information", "accepted", "in-progress", "on-hold", "requested", "completed"]


@settings(deadline=None)
@given(
    st.sampled_from(["referral", "measure"]),
    st.lists(st.tuples(st.integers(0, 99), st.sampled_from(STEPS)), min_size=1, max_size=8),
    st.integers(0, 7),
    st.sampled_from([-1, 1]),
)
def test_a_clock_an_hour_off_at_one_stamp_moves_an_end_by_no_more_than_a_weekend(
    kind: Kind, steps: list[tuple[int, str]], which: int, off: int
) -> None:
    days = sorted(day for day, _ in steps)
    true = [(MONDAY + DAY * at, stand(text)) for at, (_, text) in zip(days, steps, strict=True)]
    wrong = list(true)
    wrong[which % len(wrong)] = (true[which % len(true)][0] + timedelta(hours=off), true[which % len(true)][1])
    right, moved = running(Life(kind, true)), running(Life(kind, wrong))
    assert right.keys() == moved.keys()
    for name, clock in right.items():
        other = moved[name].due
        assert (clock.due is None) == (other is None)
        if clock.due and other:
            assert abs(clock.due - other) <= timedelta(days=5, hours=2)
            assert clock.timer.allowed.unit == "working-days" or abs(clock.due - other) <= timedelta(hours=2)


@settings(deadline=None)
@given(st.integers(0, 60), st.integers(0, 60))
def test_whoever_was_told_earlier_would_be_told_later_too(first: int, second: int) -> None:
    clock = running(life("measure", (0, "received")))["measure-answered"]
    early, late = sorted((first, second))
    there = overdue(clock, MONDAY + early * DAY / 4, NW)
    assert overdue(clock, MONDAY + late * DAY / 4, NW)[: len(there)] == there


def test_the_table_is_whole() -> None:
    rows = list(read("timers"))
    assert len({row["name"] for row in rows}) == len(rows) == len(timers())
    for row in rows:
        assert None not in row.values()
        assert duration(row["allowed"])
        assert duration(row["step"])
        assert set(row["kinds"].split()) <= set(get_args(Kind))
        assert row["clock"] in {"owner", "requester", "gateway"}
        assert row["tells"].split()[-1] == "lead"
        for words in (row["runs"], row["paused"], row["turned"]):
            assert all(word.partition("/")[0] in statuses() for word in words.split())
            said = [word.partition("/") for word in words.split()]
            assert all(not business or belongs(business) == status for status, _, business in said)


def test_whoever_is_told_next_is_told_a_step_later() -> None:
    clock = running(life("measure", (0, "requested")))["measure-delivered"]
    hours = [MONDAY.astimezone(UTC) + timedelta(hours=hour) for hour in range(16)]
    told = [overdue(clock, hour, NW) for hour in hours]
    firsts = [hours.index(hour) for hour, (a, b) in zip(hours[1:], pairwise(told), strict=True) if a != b]
    assert firsts == [4, 8]
    assert told[8] == ("requester", "lead")
