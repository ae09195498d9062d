"""A case is closed when nothing is open, every goal is assessed and its source hears of it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.case import CaseTask, Kind
from gateway.domain.closure import Closing, Override, close, decided, may_close
from gateway.domain.problem import Problem, worst
from gateway.domain.task import FINAL, Move, Stand, move, statuses

RUNNING = Stand("in-progress", "active-support")
T0 = CaseTask("t0", "referral", RUNNING, "t0")
DONE = CaseTask("t1", "measure", Stand("completed", "outcome-helped"), "t0")
READY = Closing((T0, DONE), {"g1": "achieved"}, report=True)
HELPED = Move("completed", "outcome-helped", "O", "E3")


def task(kind: Kind, status: str) -> CaseTask:
    return CaseTask("x1", kind, Stand(status), "t0", about="t1")


def codes(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(problem.code, problem.place) for problem in problems]


def test_a_case_with_everything_done_may_be_closed() -> None:
    assert may_close(READY) == []
    assert close(RUNNING, HELPED, READY) == []


def test_it_has_to_be_said_how_it_ended() -> None:
    assert codes(may_close(replace(READY, outcome=False))) == [("closure.outcome", "Task.businessStatus")]


@pytest.mark.parametrize("kind", ["measure", "question", "abort"])
@pytest.mark.parametrize("status", statuses())
def test_an_open_measure_question_or_request_to_stop_keeps_it_open(kind: Kind, status: str) -> None:
    found = may_close(Closing((T0, task(kind, status)), report=True))
    assert codes(found) == ([] if status in FINAL else [(f"closure.{kind}", "Task/x1")])


@pytest.mark.parametrize("kind", ["decision", "change", "approve"])
def test_a_decision_or_an_amendment_does_not_keep_it_open(kind: Kind) -> None:
    assert may_close(Closing((T0, task(kind, "requested")), report=True)) == []


def test_every_obstacle_is_told_at_once_with_a_repair() -> None:
    found = may_close(Closing((task("measure", "accepted"), task("abort", "requested")), {"g1": "", "g2": "achieved"}))
    assert codes(found) == [
        ("closure.measure", "Task/x1"),
        ("closure.abort", "Task/x1"),
        ("closure.goal", "Goal/g1"),
        ("closure.report", "Task.output"),
    ]
    assert all(problem.repair and problem.severity == "error" for problem in found)


def test_with_a_reason_and_a_second_person_it_is_closed_all_the_same_and_the_obstacles_are_kept() -> None:
    found = may_close(Closing(), Override("verzogen, niemand erreichbar", "kuemmerer-1", "leitung-1"))
    assert codes(found) == [("closure.report", "Task.output")]
    assert worst(found) == "warning"


@pytest.mark.parametrize(
    ("override", "lacks"),
    [
        (Override(" ", "a", "b"), ["closure.reason"]),
        (Override("weil", "a", "a "), ["closure.second"]),
        (Override("weil", "a", ""), ["closure.second"]),
        (Override("", "", "b"), ["closure.reason", "closure.second"]),
    ],
)
def test_an_override_without_reason_or_second_person_overrides_nothing(override: Override, lacks: list[str]) -> None:
    found = may_close(Closing(), override)
    assert [problem.code for problem in found] == ["closure.report", *lacks]
    assert {problem.severity for problem in found} == {"error"}


def test_an_override_that_is_not_needed_is_no_fault() -> None:
    assert may_close(READY, Override("", "", "")) == []


def test_the_guard_stands_before_completed_and_failed_only() -> None:
    blocked = Closing((task("measure", "accepted"),), report=True)
    assert codes(close(RUNNING, HELPED, blocked)) == [("closure.measure", "Task/x1")]
    gone = Move("failed", "moved-away", "O", "E3", "verzogen")
    assert codes(close(RUNNING, gone, blocked)) == [("closure.measure", "Task/x1")]
    assert close(RUNNING, Move("on-hold", "client-in-hospital", "O", "E3", "weil"), blocked) == []
    assert close(Stand("completed"), Move("completed", "outcome-sent", "G", "E1"), blocked) == []


def test_the_table_of_moves_holds_for_closing_too() -> None:
    assert [p.code for p in close(Stand("on-hold"), HELPED, READY)] == ["task.move"]
    assert [p.code for p in close(RUNNING, Move("failed", "", "O", "E3"), Closing())] == [
        "task.reason", "closure.report",
    ]  # fmt: skip


def test_the_gateway_closes_no_referral() -> None:
    wish = Move("failed", "ended-by-death", "G", "E4", "verstorben")
    assert move(RUNNING, wish) == []
    assert [problem.code for problem in close(RUNNING, wish, READY)] == ["closure.actor"]


def test_an_offices_no_is_an_outcome_and_no_rejection() -> None:
    assert decided(granted=False) == Stand("completed", "application-denied")
    assert decided(granted=True) == Stand("completed", "application-approved")
    for granted in (True, False):
        stand = decided(granted=granted)
        assert move(Stand("in-progress", "decision-pending"), Move(stand.status, stand.business, "O", "E3")) == []
    denied = CaseTask("t1", "measure", decided(granted=False), "t0")
    assert may_close(Closing((T0, denied), report=True)) == []


@settings(deadline=None)
@given(
    tasks=st.lists(st.builds(task, st.sampled_from(["measure", "question", "abort"]), st.sampled_from(statuses()))),
    goals=st.dictionaries(st.text(), st.sampled_from(["", "achieved", "not-achieved"]), max_size=4),
    report=st.booleans(),
)
def test_it_closes_exactly_when_nothing_is_open_all_is_assessed_and_reported(
    tasks: list[CaseTask], goals: dict[str, str], *, report: bool
) -> None:
    free = all(t.stand.status in FINAL for t in tasks) and all(goals.values()) and report
    assert (not may_close(Closing(tasks, goals, report))) is free
