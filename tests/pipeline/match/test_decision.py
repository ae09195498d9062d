"""A person decides a doubt: it is obeyed, remembered, and never makes two of one by being run again."""

import pytest

from gateway.domain.ledger import Save
from gateway.domain.message import Message
from gateway.pipeline.match import match
from gateway.pipeline.person.terms import known_as
from tests.pipeline.match.people import (
    NOW,
    Patient,
    answer,
    insured,
    knowing,
    number,
    person,
    rooms,
    run,
    said,
    saves,
    stored,
    values,
)

OTTILIE = "Ottilie Senne, 1941-05-17, Nebelsweg 12a, 33602 Bielefeld"
MOVED = "Ottilie Senne, 1941-05-17, Am Bach 3, 33689 Bielefeld"
K1, K2 = "A123456780", "X440512349"


def from_weser(text: str, *numbers: Patient, decision: str = "") -> Message:
    return said(person(text, *numbers), partner="weserklinik", decision=decision)


def test_a_decision_for_a_person_is_obeyed_and_the_next_message_does_not_ask() -> None:
    house = knowing(person(OTTILIE, number("1")))
    assert answer(match(from_weser(MOVED, number("77")), house)) == "doubt"
    assert answer(run(from_weser(MOVED, number("77"), decision="person=Patient/p1"), house)) == "Patient/p1"
    assert values(stored(house, "p1")) == ["1", "77"]
    assert answer(match(from_weser(MOVED, number("77")), house)) == "Patient/p1"


def test_a_decision_for_somebody_new_is_obeyed_and_the_next_message_does_not_ask() -> None:
    house = knowing(person(OTTILIE, number("1")))
    assert answer(run(from_weser(MOVED, number("77"), decision="person=new"), house)) == "new"
    assert answer(match(from_weser(MOVED, number("77")), house)) == "Patient/p2"


def test_a_decision_run_twice_makes_one_person() -> None:
    house = knowing(person(OTTILIE, number("1")))
    again = from_weser(MOVED, number("77"), decision="person=new")
    run(again, house)
    found = run(again, house)
    assert (found.person, saves(found)) == ("Patient/p2", [])


def test_a_decision_about_a_person_without_numbers_run_twice_makes_one_person() -> None:
    house = knowing(person("Ottilie Senne", number("1")))
    run(said(person("Ottilie Senne"), partner="weserklinik", decision="person=new"), house)
    again = said(person("Ottilie Senne"), partner="weserklinik", decision="person=new", person="Patient/p2")
    found = run(again, house)
    assert (found.person, saves(found)) == ("Patient/p2", [])


def test_what_contradicted_once_is_not_asked_again() -> None:
    house = knowing(person(OTTILIE, number("1")))
    other = person("Karl Weser, 1950-01-02", number("1"))
    assert answer(match(said(other), house)) == "doubt"
    run(said(other, decision="person=Patient/p1"), house)
    assert answer(match(said(person("Karla Weser, 1960-03-03", number("1"))), house)) == "Patient/p1"


def test_a_number_that_means_somebody_else_by_decision_leaves_who_had_it() -> None:
    house = knowing(person(OTTILIE, number("1"), number("2")), person("Karl Weser, 1950-01-02"))
    run(said(person("Karl Weser, 1950-01-02", number("1")), decision="person=Patient/p2"), house)
    assert (values(stored(house, "p1")), values(stored(house, "p2"))) == (["2"], ["1"])
    assert list(known_as(stored(house, "p1"))) == ["senneklinik|SENNEKLINIK|PI|2"]
    assert answer(match(said(person("", number("1"))), house)) == "Patient/p2"
    assert answer(match(said(person("", number("2"))), house)) == "Patient/p1"


def test_a_number_of_the_insured_that_somebody_has_is_not_given_to_another() -> None:
    house = knowing(person(OTTILIE, insured(K1)), person("Karl Weser, 1950-01-02", number("2")))
    decided = said(person("Karl Weser, 1950-01-02", number("2"), insured(K1)), decision="person=Patient/p2")
    found = run(decided, house)
    assert [problem.code for problem in found.problems] == ["match.kvnr.taken"]
    assert values(stored(house, "p2")) == ["2"]
    assert answer(match(said(person("Karl Weser", number("2"), insured(K1))), house)) == "Patient/p2"


@pytest.mark.parametrize("decision", ["person=Patient/p9", "person[0]=Patient/p9"])
def test_a_decision_for_nobody_we_know_stops_and_says_so(decision: str) -> None:
    found = match(from_weser(MOVED, decision=decision), knowing(person(OTTILIE)))
    assert [problem.code for problem in found.problems] == ["match.decision", "match.doubt"]
    assert (found.stopped, found.changes) == ("match", ())


@pytest.mark.parametrize(
    "decision", ["", "site=bielefeld", "person=", "person=Patient/", "person=Task/p1", "nobody=new"]
)
def test_what_is_no_decision_about_the_person_decides_nothing(decision: str) -> None:
    assert answer(match(from_weser(MOVED, decision=decision), knowing(person(OTTILIE)))) == "doubt"


LIST = (person(MOVED), person("Paul Lübbecke, 1935-02-26, Weserufer 8, 32423 Minden"), person("Ida Weser, 1950-01-02"))


def test_one_doubt_stops_the_whole_list_and_says_which_person() -> None:
    found = match(said(*LIST, partner="lutterbach"), knowing(person(OTTILIE), person("Ida Weser, 1950-01-02")))
    assert [(p.code, p.place) for p in found.problems] == [("match.doubt", "Patient[0]"), ("match.doubt", "Patient[2]")]
    assert [(c["patient"], c["person"]) for c in found.outcome["candidates"]] == [(0, "Patient/p1"), (2, "Patient/p2")]
    assert (found.changes, dict(found.known)) == ((), {})


def test_several_doubts_are_decided_one_by_one() -> None:
    house = knowing(person(OTTILIE), person("Ida Weser, 1950-01-02"))
    assert answer(match(said(*LIST, partner="lutterbach", decision="person=Patient/p1"), house)) == "doubt"
    half = said(*LIST, partner="lutterbach", decision="person[0]=Patient/p1")
    assert [p.place for p in match(half, house).problems] == ["Patient[2]"]
    found = run(said(*LIST, partner="lutterbach", decision="person[0]=Patient/p1 person[2]=new"), house)
    assert len({*found.known.values(), "Patient/p2"}) == 4
    assert (next(iter(found.known.values())), found.person) == ("Patient/p1", "")


def test_the_only_doubt_of_a_list_needs_no_number() -> None:
    found = match(said(*LIST, partner="lutterbach", decision="person=Patient/p1"), knowing(person(OTTILIE)))
    assert next(iter(found.known.values())) == "Patient/p1"
    assert not found.stopped


def test_an_earlier_run_of_the_message_is_remembered() -> None:
    house = knowing(person(OTTILIE, number("1")))
    assert answer(match(said(person(MOVED), partner="weserklinik", person="Patient/p1"), house)) == "Patient/p1"
    assert answer(match(said(person("Karl Weser, 1950-01-02"), person="Patient/p1"), house)) == "doubt"


def test_a_decision_follows_a_person_who_was_merged_since() -> None:
    house = rooms()
    run(said(person("Ottilie Senne, 1941-05-17", number("1"))), house)
    gone = {"resourceType": "Patient", "id": "old", "active": False}
    link = [{"type": "replaced-by", "other": {"reference": "Patient/p1"}}]
    house.store.commit([Save({**gone, "link": link}, 0, (("active", "false"),), NOW)]).result()
    found = match(from_weser("Karl Weser, 1950-01-02", decision="person=Patient/old"), house)
    assert found.person == "Patient/p1"
