"""For generated policies, consents and cases: nothing withheld is behind any door that a party can open."""

from collections.abc import Iterator

import pytest
from hypothesis import assume, event, given

from tests.disclosure.doors import Doors, clients, metrics, opened
from tests.disclosure.elements import PERSON
from tests.disclosure.generated import cases, examples
from tests.disclosure.outputs import stands, told_operators
from tests.disclosure.plainly import Case, free, withheld, words
from tests.disclosure.town import OPEN, RECIPIENTS, logged, played, text

SEARCHES = {
    "Zqfamily": "Patient?family=Zqfamily",
    "Zqgiven": "Patient?given=Zqgiven",
    "1938-09-03": "Patient?birthdate=1938-09-03",
    "G405718932": "Patient?identifier=G405718932",
    "Zqtown": "Patient?address-city=Zqtown",
    "771188": "Patient?identifier=771188",
}
"""Searches by what stands in an element: who is not shown it must not learn of it by asking."""


@pytest.fixture(scope="module")
def doors() -> Iterator[Doors]:
    with opened() as made:
        yield made


@examples(3, 300)
@given(cases())
def test_no_withheld_word_is_read_by_token(doors: Doors, case: Case) -> None:
    world = played(case)
    clients(world, *RECIPIENTS)
    doors.behind(world)
    shown = 0
    for party in RECIPIENTS:
        data = doors.read(party, world)
        shown += sum(stands(word, data) for word, _, _ in words(case))
        assert [word for word in withheld(case, party) if stands(word, data)] == [], (party, case)
        for word, path in SEARCHES.items():
            if not free(word, PERSON[word], case, party):
                assert doors.found(party, path) == 0, (party, word)
    event(f"{min(shown // 10, 5)}0 words were shown")


def test_what_is_released_is_read_found_and_seen(doors: Doors) -> None:
    world = played(Case(RECIPIENTS, dict.fromkeys(RECIPIENTS, OPEN)))
    clients(world, *RECIPIENTS)
    doors.behind(world)
    assert doors.found("lutterbach", SEARCHES["Zqfamily"]) == 1
    data = doors.read("lutterbach", world)
    assert [word for word in ("Zqfamily", "Zqstreet", "Zqcode0", "Zqgoal0") if not stands(word, data)] == []
    assert stands("Zqfamily", doors.seen(world))


@examples(5, 300)
@given(cases())
def test_no_withheld_word_is_on_the_page_of_the_link(doors: Doors, case: Case) -> None:
    assume("nachbarn" in case.partners)
    world = played(case)
    assume(any(d.about == "measures" for d in world.outbox("nachbarn")))
    doors.behind(world)
    data = doors.seen(world)
    assert [word for word in withheld(case, "nachbarn") if stands(word, data)] == [], case


@examples(2, 100)
@given(cases())
def test_no_word_of_a_case_is_in_logs_figures_or_the_audit_of_the_doors(doors: Doors, case: Case) -> None:
    with logged() as lines:
        world = played(case)
        clients(world, *RECIPIENTS)
        doors.behind(world)
        for party in RECIPIENTS[:2]:
            doors.read(party, world)
    said = told_operators(world) + text(lines.said) + metrics(world)
    assert [word for word, _, _ in words(case) if stands(word, said)] == []
