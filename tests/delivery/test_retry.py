from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.delivery.retry import TABLE, Attempt, Policy, Step, next_step, wait
from gateway.domain.road import Sent
from tests.delivery.sample import BUSY, DELIVERED, DOWN, NOON, REFUSED, SILENT, delivery, later

OUTCOMES = {"delivered": DELIVERED, "retry": BUSY, "refused": REFUSED, "uncertain": SILENT}
FRESH, SPENT = 0, 99


def step(sent: Sent, *, honours: bool = False, chance: float = 0.5, **fields: Any) -> Step:
    return next_step(Attempt(delivery(**fields), sent, NOON, honours), Policy(), lambda: chance)


@pytest.mark.parametrize(
    ("before", "verdict", "standing"),
    [
        # outcome, attempts before it, honours the key, grade before it
        (("delivered", FRESH, False, "E0"), "delivered", "delivered"),
        (("delivered", SPENT, False, "E1"), "delivered", "delivered"),
        (("refused", FRESH, True, "E0"), "refused", "dead"),
        (("refused", SPENT, True, "E1"), "refused", "dead"),
        (("retry", FRESH, False, "E0"), "later", "waiting"),
        (("retry", FRESH, False, "E1"), "later", "waiting"),
        (("retry", SPENT, False, "E0"), "exhausted", "dead"),
        (("retry", SPENT, True, "E1"), "unknown", "uncertain"),
        (("uncertain", FRESH, True, "E0"), "repeat", "waiting"),
        (("uncertain", FRESH, False, "E0"), "unknown", "uncertain"),
        (("uncertain", SPENT, True, "E0"), "unknown", "uncertain"),
        (("uncertain", SPENT, False, "E1"), "unknown", "uncertain"),
    ],
)
def test_every_outcome_has_its_standing(before: tuple[str, int, bool, str], verdict: str, standing: str) -> None:
    outcome, attempts, honours, grade = before
    taken = step(OUTCOMES[outcome], honours=honours, attempts=attempts, grade=grade)
    assert (taken.verdict, taken.changes["standing"]) == (verdict, standing)


def test_the_table_knows_every_outcome_a_road_can_have() -> None:
    assert set(TABLE) == set(OUTCOMES)


def test_what_goes_out_again_is_due_later_and_not_settled() -> None:
    changes = step(DOWN, chance=0.5).changes
    assert NOON < changes["due"] <= later(1)
    assert (changes["attempts"], changes["until"], changes["settled"]) == (1, None, None)


@pytest.mark.parametrize("sent", [DELIVERED, REFUSED, SILENT])
def test_what_does_not_go_out_again_is_settled_now_and_keeps_its_due(sent: Sent) -> None:
    changes = step(sent).changes
    assert changes["settled"] == NOON
    assert "due" not in changes


def test_a_dead_delivery_says_how_often_it_was_tried_and_what_ended_it() -> None:
    reason = step(DOWN, attempts=SPENT).changes["reason"]
    assert reason == "Given up after 100 attempts; the last ended with connect. Nobody listens."


def test_an_arrived_delivery_has_the_grade_of_its_answer_and_no_reason() -> None:
    changes = step(DELIVERED).changes
    assert (changes["grade"], changes["code"], changes["reason"]) == ("E2", "AA", "")


def test_an_attempt_without_an_answer_leaves_the_trace_that_it_was_handed_over() -> None:
    assert step(SILENT, honours=True).changes["grade"] == "E1"
    assert step(DOWN, grade="E1").changes["grade"] == "E1"
    assert step(DOWN).changes["grade"] == "E0"


@pytest.mark.parametrize(("asked", "seconds"), [(90.0, 90), (1e9, 6 * 3600), (-5.0, 0.1), (0.0, 0.1)])
def test_a_wait_that_the_receiver_asked_for_wins_within_bounds(asked: float, seconds: float) -> None:
    assert step(Sent("retry", "E0", "HTTP 503", wait=asked)).changes["due"] == later(seconds)


@pytest.mark.parametrize("asked", [float("nan"), float("inf")])
def test_a_wait_that_is_no_number_is_not_heard(asked: float) -> None:
    assert step(Sent("retry", "E0", "HTTP 503", wait=asked), chance=0).changes["due"] == later(0.1)


def test_age_ends_only_what_has_walked_through_the_table() -> None:
    old: dict[str, Any] = {"created": NOON - timedelta(days=4)}
    assert step(DOWN, attempts=6, **old).verdict == "later"
    assert step(DOWN, attempts=7, **old).verdict == "exhausted"
    assert step(DOWN, attempts=7).verdict == "later"


@pytest.mark.parametrize("wrong", [{"waits": ()}, {"attempts": 0}])
def test_a_policy_without_a_wait_or_an_attempt_is_none(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least one"):
        Policy(**wrong)  # type: ignore[arg-type]  # wrong on purpose


@given(
    st.integers(1, 500),
    st.none() | st.floats(allow_nan=True, allow_infinity=True),
    st.floats(0, 1, exclude_max=True),
    st.lists(st.floats(0, 1e5), min_size=1, max_size=9),
)
def test_every_wait_is_within_its_bounds(attempts: int, asked: float | None, luck: float, waits: list[float]) -> None:
    policy = Policy(tuple(waits))
    drawn = wait(attempts, asked, policy, lambda: luck)
    most = policy.longest if asked is not None else max(policy.shortest, waits[min(attempts, len(waits)) - 1])
    assert policy.shortest <= drawn <= max(most, *waits)
    if asked is None:
        assert drawn <= most


@given(st.lists(st.sampled_from([BUSY, DOWN, SILENT]), min_size=1, max_size=5), st.booleans(), st.integers(1, 40))
def test_what_never_arrives_always_ends(faults: list[Sent], honours: bool, most: int) -> None:  # noqa: FBT001 - a column of the table
    policy = Policy(attempts=most)
    row, now, tried = delivery(), NOON, 0
    while row.standing == "waiting":
        tried += 1
        assert tried <= most
        taken = next_step(Attempt(row, faults[tried % len(faults)], now, honours), policy, lambda: 0.9)
        row = replace(row, **taken.changes)
        assert row.standing != "waiting" or row.due > now
        now = max(row.due, now)
    assert row.standing in {"dead", "uncertain"}
