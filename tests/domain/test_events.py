"""What happens to a person or a Task has its consequences for the case, each of them legal."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.case import CaseTask, Kind
from gateway.domain.derived import follows
from gateway.domain.events import Event, Name, Opening, called, consequences, openings
from gateway.domain.table import read
from gateway.domain.task import FINAL, Move, Stand, move, statuses

NAMES: tuple[Name, ...] = get_args(Name)
KINDS: tuple[Kind, ...] = get_args(Kind)
T0 = CaseTask("t0", "referral", Stand("in-progress", "active-support"), "t0")
HOSPITAL = Stand("on-hold", "client-in-hospital")
BEFORE_WORK = ("draft", "requested", "received", "accepted")
STANDS = st.sampled_from(
    [Stand(status) for status in statuses()] + [Stand(row["status"], row["code"]) for row in read("business")]
)
TASKS = st.lists(st.tuples(st.sampled_from(KINDS), STANDS), max_size=6).map(
    lambda found: [CaseTask(f"x{n}", kind, stand, "x0", about="x1") for n, (kind, stand) in enumerate(found)]
)


def measure(key: str, stand: str) -> CaseTask:
    status, _, business = stand.partition("/")
    return CaseTask(key, "measure", Stand(status, business), "t0")


def brief(event: Event | Name, *tasks: CaseTask) -> dict[str, str]:
    """Where each Task goes."""
    happened = event if isinstance(event, Event) else Event(event)
    return {key: f"{wish.to}/{wish.business}" for key, wish in consequences(happened, tasks)}


@settings(deadline=None)
@given(st.sampled_from(NAMES), TASKS, st.sampled_from(["E0", "E1", "E2", "E3", "E4"]), st.text(max_size=9))
def test_every_consequence_is_legal_and_changes_something(
    name: Name, tasks: list[CaseTask], evidence: str, reason: str
) -> None:
    stands = {task.id: task.stand for task in tasks}
    for key, wish in consequences(Event(name, "", evidence, reason), tasks):
        assert move(stands[key], wish) == []
        assert stands[key] != Stand(wish.to, wish.business)


@settings(deadline=None)
@given(st.sampled_from(NAMES), TASKS)
def test_what_somebody_answered_for_meets_no_objection_and_happens_once(name: Name, tasks: list[CaseTask]) -> None:
    made = consequences(Event(name), tasks)
    assert len({key for key, _ in made}) == len(made)
    assert name == "amendment-refused" or all(o.purpose != "look" for o in openings(Event(name), tasks))
    after = {key: Stand(wish.to, wish.business) for key, wish in made}
    then = [replace(task, stand=after.get(task.id, task.stand)) for task in tasks]
    assert [key for key, _ in consequences(Event(name), then)] == []


@settings(deadline=None)
@given(st.sampled_from(NAMES), TASKS)
def test_what_is_open_already_is_not_opened_again(name: Name, tasks: list[CaseTask]) -> None:
    wanted = [opening for opening in openings(Event(name), tasks) if opening.kind != "question"]
    there = [
        CaseTask(f"n{number}", kind_of(found), Stand("requested"), found.case, found.about, found.purpose)
        for number, found in enumerate(wanted)
    ]
    again = openings(Event(name, about=""), [*tasks, *there])
    assert [opening for opening in again if opening in wanted] == []


def kind_of(opening: Opening) -> Kind:
    """The kind of the Task to be opened, which is one of ours."""
    return next(kind for kind in KINDS if kind == opening.kind)


@settings(deadline=None)
@given(st.sampled_from(NAMES), TASKS)
def test_nothing_that_has_ended_is_moved_and_only_death_fails_without_the_owner(
    name: Name, tasks: list[CaseTask]
) -> None:
    stands = {task.id: task for task in tasks}
    for key, wish in consequences(Event(name), tasks):
        assert stands[key].stand.status not in FINAL
        assert wish.to != "failed" or wish.actor == "O" or name == "death"
        assert not (stands[key].kind == "referral" and wish.to in {"completed", "failed"})


def test_an_admission_holds_what_is_under_way_and_t0_follows() -> None:
    tasks = [T0, measure("a", "in-progress/active-support"), measure("b", "in-progress"), measure("c", "completed")]
    assert brief("admission", *tasks) == {"a": "on-hold/client-in-hospital", "b": "on-hold/client-in-hospital"}
    wish = dict(consequences(Event("admission", evidence="E4"), tasks))["a"]
    assert wish == Move("on-hold", "client-in-hospital", "G", "E4", "Person im Krankenhaus")
    assert follows(T0.stand, [HOSPITAL, HOSPITAL, Stand("completed")]) == replace(wish, evidence="E3")


def test_an_admission_holds_a_referral_that_has_no_measures_yet() -> None:
    assert brief("admission", T0) == {"t0": "on-hold/client-in-hospital"}
    assert brief("admission", T0, measure("a", "completed")) == {}


def test_a_discharge_resumes_nothing_before_the_kuemmerer_looked() -> None:
    tasks = [T0, measure("a", "on-hold/client-in-hospital"), measure("b", "on-hold/client-in-hospital"),
             measure("c", "on-hold/client-unreachable")]  # fmt: skip
    assert brief("discharge", *tasks) == {}
    assert openings(Event("discharge"), tasks) == [Opening("decision", "resume", "t0", "t0", "kuemmerer")]
    assert brief("looked", *tasks) == {"a": "in-progress/active-support", "b": "in-progress/active-support"}
    assert brief(Event("looked", about="b"), *tasks) == {"b": "in-progress/active-support"}


@pytest.mark.parametrize("status", BEFORE_WORK)
def test_death_cancels_what_has_not_begun(status: str) -> None:
    assert brief("death", measure("a", status), replace(T0, stand=Stand(status))) == {
        "a": "cancelled/deceased", "t0": "cancelled/deceased",
    }  # fmt: skip


@pytest.mark.parametrize("status", ["in-progress", "on-hold"])
def test_death_ends_what_has_begun_and_leaves_closing_to_the_kuemmerer(status: str) -> None:
    tasks = [replace(T0, stand=Stand(status)), measure("a", status)]
    assert brief("death", *tasks) == {"a": "failed/ended-by-death"}
    assert openings(Event("death"), tasks) == [Opening("decision", "close", "t0", "t0", "kuemmerer")]


@pytest.mark.parametrize("status", BEFORE_WORK)
def test_a_consent_withdrawn_cancels_what_has_not_begun(status: str) -> None:
    wish = dict(consequences(Event("consent-withdrawn"), [measure("a", status)]))["a"]
    assert (wish.to, wish.business, wish.actor) == ("cancelled", "consent-withdrawn", "G")


def test_a_consent_withdrawn_asks_whoever_has_begun_to_stop() -> None:
    tasks = [T0, measure("a", "in-progress"), measure("b", "on-hold")]
    assert brief("consent-withdrawn", *tasks) == {"a": "in-progress/cancellation-requested"}
    assert openings(Event("consent-withdrawn"), tasks) == [
        Opening("decision", "close", "t0", "t0", "kuemmerer"),
        Opening("abort", "", "a", "t0", "owner"),
        Opening("abort", "", "b", "t0", "owner"),
    ]


@pytest.mark.parametrize("name", ["withdrawn-by-requester", "withdrawn-by-client", "superseded"])
def test_a_withdrawal_is_at_once_before_the_work_and_a_request_to_stop_after_its_start(name: Name) -> None:
    tasks = [measure("a", "accepted"), measure("b", "in-progress"), measure("c", "on-hold"), measure("d", "completed")]
    assert brief(name, *tasks) == {"a": f"cancelled/{name}", "b": "in-progress/cancellation-requested"}
    assert [(found.kind, found.about) for found in openings(Event(name), tasks)] == [("abort", "b"), ("abort", "c")]


def test_what_was_entered_in_error_is_marked_so_unless_work_was_done() -> None:
    tasks = [measure("a", "received"), measure("b", "in-progress"), measure("c", "on-hold")]
    assert brief("entered-in-error", *tasks) == {"a": "entered-in-error/", "b": "in-progress/cancellation-requested"}
    assert [found.about for found in openings(Event("entered-in-error"), tasks)] == ["b", "c"]


@pytest.mark.parametrize(
    ("stand", "decides"),
    [
        ("rejected/no-capacity", True),
        ("failed/could-not-contact", True),
        ("failed", True),
        ("cancelled/owner-withdrew", True),
        ("cancelled/undeliverable", True),
        ("failed/ended-by-death", False),
        ("failed/aborted-on-request", False),
        ("cancelled/withdrawn-by-requester", False),
        ("completed/application-denied", False),
    ],
)
def test_what_was_declined_failed_or_given_back_is_a_decision_of_the_kuemmerer(stand: str, *, decides: bool) -> None:
    found = openings(Event("ended", about="a"), [T0, measure("a", stand), measure("b", "rejected")])
    assert found == ([Opening("decision", "re-route", "a", "t0", "kuemmerer")] if decides else [])


def test_a_referral_that_a_site_declines_goes_to_the_lead() -> None:
    found = openings(Event("ended"), [replace(T0, stand=Stand("rejected", "out-of-area"))])
    assert found == [Opening("decision", "re-route", "t0", "t0", "lead")]


def test_what_no_rung_could_deliver_is_cancelled_and_then_decided() -> None:
    task = measure("a", "requested/dispatch-failed")
    assert brief(Event("undeliverable", evidence="E0"), task) == {"a": "cancelled/undeliverable"}


def test_a_question_and_its_answer_hand_the_clock_over_and_back() -> None:
    assert brief("asked", measure("a", "requested")) == {"a": "received/awaiting-information"}
    assert brief("answered", measure("a", "received/awaiting-information")) == {"a": "received/under-review"}
    working = measure("a", "in-progress")
    assert brief("asked", working) == {}
    assert openings(Event("asked"), [working]) == [Opening("question", "", "a", "t0", "asked")]
    first = CaseTask("q1", "question", Stand("requested"), "t0", about="a")
    assert openings(Event("asked"), [working, first]) == [Opening("question", "", "a", "t0", "asked")]


def test_whoever_was_asked_to_stop_stops_or_goes_on() -> None:
    asked = measure("a", "in-progress/cancellation-requested")
    assert brief("abort-accepted", asked) == {"a": "failed/aborted-on-request"}
    assert brief("abort-refused", asked) == {"a": "in-progress/active-support"}
    assert openings(Event("abort-accepted"), [T0]) == [Opening("decision", "close", "t0", "t0", "kuemmerer")]


def test_a_hand_over_is_proposed_and_settled() -> None:
    assert brief("handover-proposed", T0) == {"t0": "in-progress/handover-proposed"}
    assert openings(Event("handover-proposed"), [T0]) == [Opening("approve", "", "t0", "t0", "invited")]
    assert brief("handover-settled", replace(T0, stand=Stand("in-progress", "handover-proposed"))) == {
        "t0": "in-progress/active-support"
    }


def test_what_nobody_answered_for_moves_nothing_and_is_looked_at() -> None:
    rumour, tasks = Event("death", evidence="E0"), [measure("a", "in-progress")]
    assert consequences(rumour, tasks) == []
    assert openings(rumour, tasks) == [Opening("decision", "look", "a", "t0", "kuemmerer")]


def test_words_of_the_event_are_the_reason() -> None:
    ((_, wish),) = consequences(Event("death", reason="laut Anruf der Tochter"), [measure("a", "accepted")])
    assert wish.reason == "laut Anruf der Tochter"


def test_the_tables_of_events_are_whole() -> None:
    rows = list(read("consequences"))
    assert {row["event"] for row in read("events")} == set(NAMES) == {row["event"] for row in rows}
    assert all(called(name) for name in NAMES)
    for row in rows:
        assert None not in row.values()
        assert None not in row
        assert set(row["kinds"].split()) <= {*KINDS, "lone"}
        assert row["to"] or row["opens"]
        assert bool(row["opens"]) == bool(row["for"]) == bool(row["per"])
        assert row["opens"] in {"", *KINDS}
        assert row["per"] in {"", "case", "task"}
        assert {stand.partition("/")[0] for stand in row["from"].split()} <= set(statuses())
