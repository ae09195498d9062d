"""What others say of a Task becomes a legal walk, and their own word is kept."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.events import Event, consequences
from gateway.domain.foreign import OF_THE_PERSON, Foreign, said, systems, translate, walk
from gateway.domain.problem import Problem
from gateway.domain.table import read
from gateway.domain.task import ACTORS, MOST_SYNTHESISED, Move, Stand, belongs, move, statuses

REPORT = Move("", actor="O", evidence="E4")
WORDS = [(row["system"], row["code"]) for row in read("foreign")]
STANDS = st.sampled_from(
    [Stand()] + [Stand(s) for s in statuses()] + [Stand(row["status"], row["code"]) for row in read("business")]
)


def meant(system: str, code: str, status: str = "") -> Foreign:
    found = translate(system, code, status)
    assert isinstance(found, Foreign)
    return found


@settings(deadline=None)
@given(st.sampled_from(WORDS), STANDS, st.sampled_from([*ACTORS]), st.text(max_size=9))
def test_whatever_is_said_of_whatever_stand_is_a_legal_walk_or_a_reason(
    word: tuple[str, str], stand: Stand, actor: str, reason: str
) -> None:
    found = translate(*word, stand.status)
    if isinstance(found, Problem):
        assert found.code == "foreign.when"
        return
    assert (found.system, found.code) == word
    moves, problems = walk(stand, found, Move("", actor=actor, evidence="E4", reason=reason))
    assert not (moves and problems)
    assert len(moves) - 1 - (not stand.status) <= MOST_SYNTHESISED
    for wish in moves:
        assert move(stand, wish) == []
        assert stand != Stand(wish.to, wish.business)
        stand = Stand(wish.to, wish.business)
    assert not found.stand.status or problems or moves or found.stand.status == stand.status or found.also


@settings(deadline=None)
@given(st.sampled_from(WORDS), STANDS)
def test_what_is_said_twice_moves_once(word: tuple[str, str], stand: Stand) -> None:
    found = translate(*word, stand.status)
    moves, _ = walk(stand, found, REPORT) if isinstance(found, Foreign) else ([], [])
    if moves:
        after = Stand(moves[-1].to, moves[-1].business)
        again = translate(*word, after.status)
        assert isinstance(again, Foreign) or again.code == "foreign.when"
        assert isinstance(again, Problem) or walk(after, again, REPORT)[0] == []


def test_their_code_stays_with_what_it_means() -> None:
    found = meant("findhelp", "  couldn’t CONTACT ", "accepted")
    assert found.code == "  couldn’t CONTACT "
    assert found.uri == "https://kuemmerer-gateway.de/fhir/CodeSystem/foreign-status-findhelp"
    assert meant("bser", "3.0").uri == "http://hl7.org/fhir/us/bser/CodeSystem/TaskBusinessStatusCS"


def test_the_same_code_means_what_can_still_happen() -> None:
    assert meant("bser", "4.0", "requested").stand == Stand("rejected")
    assert meant("bser", "4.0", "accepted").stand == Stand("cancelled", "owner-withdrew")
    assert meant("bser", "4.0", "on-hold").stand == Stand("failed")
    assert meant("bser", "5.2", "in-progress").also == "abort"


def test_a_code_of_several_meanings_leaves_them_to_choose() -> None:
    found = meant("bser", "7.0", "in-progress")
    assert (found.stand, found.choices) == (Stand("completed"), ("outcome-helped", "outcome-partial"))
    assert meant("bser", "5.1.2", "in-progress").choices == ()


@pytest.mark.parametrize(
    ("system", "code", "status", "problem"),
    [
        ("erfunden", "3.0", "", "foreign.system"),
        ("bser", "Ilse Brinkmann", "", "foreign.code"),
        ("bser", "6.0", "requested", "foreign.when"),
        ("bser", "6.0", "", "foreign.when"),
        ("bser", "6.0", "Ilse Brinkmann", "foreign.when"),
    ],
)
def test_what_no_table_knows_is_a_problem_that_repeats_nothing(
    system: str, code: str, status: str, problem: str
) -> None:
    found = translate(system, code, status)
    assert isinstance(found, Problem)
    assert found.code == problem
    assert "Ilse" not in str(found)


def test_what_is_said_more_exactly_than_a_move_can_say_is_said_after_it() -> None:
    moves, problems = walk(Stand("accepted"), meant("360x", "SIU^S26", "accepted"), REPORT)
    assert problems == []
    assert [(wish.to, wish.business) for wish in moves] == [("in-progress", ""), ("in-progress", "appointment-no-show")]


def test_a_word_that_comes_too_late_is_refused_by_the_table_of_moves() -> None:
    moves, problems = walk(Stand("completed"), meant("bser", "3.0", "completed"), REPORT)
    assert moves == []
    assert [problem.code for problem in problems] == ["task.final"]
    moves, problems = walk(Stand("accepted"), meant("fhir-r4", "requested", "accepted"), REPORT)
    assert (moves, [problem.code for problem in problems]) == ([], ["task.move"])


def test_a_word_without_enough_evidence_moves_nothing() -> None:
    moves, problems = walk(Stand("requested"), meant("bser", "3.0", "requested"), Move("", evidence="E1"))
    assert (moves, [problem.code for problem in problems]) == ([], ["task.evidence"])


def test_a_reason_is_given_in_words_else_by_what_it_means_else_by_their_code() -> None:
    stand = Stand("requested")
    said_so = Move("", evidence="E4", reason="kein Platz frei")
    assert walk(stand, meant("findhelp", "No capacity"), said_so)[0][-1].reason == "kein Platz frei"
    assert walk(stand, meant("findhelp", "No capacity"), REPORT)[0][-1].reason == "Keine Kapazität"
    assert walk(stand, meant("bser", "4.0", "requested"), REPORT)[0][-1].reason == "BSeR/360X: 4.0"


def test_a_stop_that_was_asked_for_already_is_not_asked_for_again() -> None:
    word = meant("fhir-r4", "cancelled", "in-progress")
    stand = Stand("in-progress", "cancellation-requested")
    assert walk(stand, word, Move("", actor="R", evidence="E4")) == ([], [])


def test_who_cancels_decides_what_it_means() -> None:
    word = meant("fhir-r4", "cancelled", "in-progress")
    asked, _ = walk(Stand("in-progress"), word, Move("", actor="R", evidence="E4"))
    ended, _ = walk(Stand("in-progress"), word, Move("", actor="O", evidence="E4"))
    assert [(wish.to, wish.business) for wish in asked] == [("in-progress", "cancellation-requested")]
    assert [wish.to for wish in ended] == ["failed"]


def test_an_event_of_the_person_moves_no_single_task_but_names_its_event() -> None:
    word = meant("medcom", "STIN", "in-progress")
    assert word.also in OF_THE_PERSON
    assert walk(Stand("in-progress"), word, REPORT) == ([], [])
    assert consequences(Event("admission"), []) == []
    assert meant("medcom", "AN").also == "undo"


def test_we_say_it_in_their_words_where_they_have_one() -> None:
    assert said("bser", Stand("accepted", "scheduled")) == "5.1.1"
    assert said("bser", Stand("accepted", "selected")) == "3.0"
    assert said("findhelp", Stand("rejected", "no-capacity")) == "No capacity"
    assert said("be-uhmep", Stand("on-hold", "client-in-hospital")) == ""
    assert said("umzhconnect", Stand("on-hold", "client-in-hospital")) == "on-hold"
    assert said("recare", Stand("accepted", "selected")) == ""
    assert said("erfunden", Stand("accepted")) == ""


@pytest.mark.parametrize("system", [system for system in systems() if system != "cow"])
@pytest.mark.parametrize("row", list(read("business")), ids=lambda row: row["code"])
def test_what_we_say_is_understood_as_we_meant_it(system: str, row: dict[str, str]) -> None:
    code = said(system, Stand(row["status"], row["code"]))
    if code:
        found = meant(system, code, row["status"])
        assert found.stand.status == row["status"]
        assert found.stand.business in ("", row["code"])


def test_the_table_of_foreign_statuses_is_whole() -> None:
    for row in read("foreign"):
        assert None not in row
        assert None not in row.values()
        assert row["system"] in systems()
        assert row["actor"] in {"", *ACTORS}
        assert row["direction"] in {"in", "both"}
        assert set(row["when"].split()) <= {"none", *statuses()}
        assert all(belongs(business) == row["to"] for business in row["business"].split())
        assert row["to"] or row["also"]
