"""Who is it: the rules of docs/why/0007-who-is-it.md, one person of the store beside one Patient of a message."""

from typing import Any

import pytest

from gateway.pipeline.match import match
from tests.pipeline.match.people import (
    Patient,
    answer,
    insured,
    knowing,
    number,
    ours,
    person,
    rooms,
    run,
    said,
    saves,
    stored,
)

OTTILIE = "Ottilie Senne, 1941-05-17, Nebelsweg 12a, 33602 Bielefeld"
K1, K2, WRONG = "A123456780", "X440512349", "X110412345"

SAME, DOUBT, NEW = "Patient/p1", "doubt", "new"


def asked(known: Patient, patient: Patient, partner: str = "senneklinik", teller: str = "senneklinik") -> str:
    return answer(match(said(patient, partner=partner), knowing(known, partner=teller)))


BY_KVNR = [
    (OTTILIE, SAME, "all agrees"),
    ("", SAME, "nothing else is said"),
    ("Ottilie Lippe, 1941-05-17", SAME, "she married"),
    ("Otilie Sene, 1941-05-17", SAME, "misspelt"),
    ("Ottilie Senne, 1941-05-71", SAME, "a date that is none says nothing"),
    ("Ottilie Senne, 1941-05-18", SAME, "one digit of the birth date is wrong"),
    ("Ottilie Senne, 1941", SAME, "only the year is known"),
    ("Ottilie Senne, 1972-11-02", DOUBT, "another birth date"),
    ("Karl Senne, 1941-05-17", DOUBT, "another given name"),
    ("Karl Weser, 1941-05-17", DOUBT, "another name"),
    ("Ottilie Lippe", DOUBT, "another family name and no birth date beside"),
    ("Ottilie Lippe, 1941-05-18", DOUBT, "another family name and a birth date that only nearly fits"),
]


@pytest.mark.parametrize(("text", "expected", "why"), BY_KVNR, ids=[row[2] for row in BY_KVNR])
def test_a_number_of_the_insured_finds_its_person_unless_the_rest_contradicts(
    text: str, expected: str, why: str
) -> None:
    assert asked(person(OTTILIE, insured(K1)), person(text, insured(K1)), "weserklinik") == expected, why


@pytest.mark.parametrize(("text", "expected", "why"), BY_KVNR, ids=[row[2] for row in BY_KVNR])
def test_the_senders_own_number_does_the_same(text: str, expected: str, why: str) -> None:
    assert asked(person(OTTILIE, number("4711")), person(text, number("4711"))) == expected, why


ALIKE = [
    (OTTILIE, SAME, "all agrees"),
    ("Ottilie Senne, 1941-05-17, Nebelsweg 12 A, 33602 Bielefeld", SAME, "the house number is spelt otherwise"),
    ("Ottilie von_der_Senne, 1941-05-17, Nebelsweg 12a, 33602 Bielefeld", SAME, "a particle more"),
    ("Ottilie Sene, 1941-05-17, Nebelsweg 12a, 33602 Bielefeld", SAME, "a letter of the family name is missing"),
    ("Ottilie Maria Senne, 1941-05-17, Nebelsweg 12a, 33602 Bielefeld", SAME, "a second given name"),
    ("Ottilie Senne-Lippe, 1941-05-17, Nebelsweg 12a, 33602 Bielefeld", SAME, "a double name"),
    ("O. Senne, 1941-05-17, Nebelsweg 12a, 33602 Bielefeld", DOUBT, "an initial only"),
    ("Otilie Senne, 1941-05-17, Nebelsweg 12a, 33602 Bielefeld", DOUBT, "a letter of the given name is missing"),
    ("Senne Ottilie, 1941-05-17, Nebelsweg 12a, 33602 Bielefeld", DOUBT, "given and family name swapped"),
    ("Ottilie Senne, 1941-05-17, Am Bach 3, 33689 Bielefeld", DOUBT, "she moved"),
    ("Ottilie Senne, 1941-05-17", DOUBT, "no address"),
    ("Ottilie Senne, 1941-05-18, Nebelsweg 12a, 33602 Bielefeld", DOUBT, "a digit of the birth date is wrong"),
    ("Ottilie Senne, , Nebelsweg 12a, 33602 Bielefeld", DOUBT, "no birth date"),
    ("Ottilie Senne", DOUBT, "only a name"),
    ("Ottilie Lippe, 1941-05-17, Nebelsweg 12a, 33602 Bielefeld", DOUBT, "she married"),
    (", 1941-05-17, Nebelsweg 12a, 33602 Bielefeld", DOUBT, "no name"),
    ("Senne, 1941-05-17, Nebelsweg 12a, 33602 Bielefeld", DOUBT, "no given name"),
    ("Ottilie Lippe, 1941-05-17, Am Bach 3, 33689 Bielefeld", NEW, "another name elsewhere"),
    ("Ottilie Senne, 1972-11-02, Nebelsweg 12a, 33602 Bielefeld", NEW, "granddaughter of the same name"),
    ("Paul Senne, 1941-05-17, Nebelsweg 12a, 33602 Bielefeld", NEW, "twin of another name"),
    ("Ottilie Senne, 1941-05-18, Am Bach 3, 33689 Bielefeld", NEW, "nearly the birth date, elsewhere"),
    ("Karl Weser, 1960-01-02, Am Bach 3, 33689 Bielefeld", NEW, "nothing agrees"),
]


@pytest.mark.parametrize(("text", "expected", "why"), ALIKE, ids=[row[2] for row in ALIKE])
def test_without_a_number_only_name_birth_date_and_address_together_are_enough(
    text: str, expected: str, why: str
) -> None:
    assert asked(person(OTTILIE), person(text), "weserklinik") == expected, why


SPELLINGS = [
    ("Jürgen Müller, 1938-02-01, Hansastraße 3, 32049 Herford", "Juergen Mueller, 1938-02-01, Hansastr 3, 32049 Lage"),
    ("Jürgen Müller, 1938-02-01, Marktstraße 3, 32657 Lemgo", "Juergen Mueller, 1938-02-01, Marktstr. 3, 32657 Lemgo"),
    ("Käthe Weiß, 1938-02-01, Große Straße 3, 32049 Herford", "Kaethe Weiss, 1938-02-01, Grosse Str. 3, 32049 Herford"),
    ("Karl-Heinz Ötting, 1938-02-01, Weg 1b, 32049 Herford", "Karl Heinz OETTING, 1938-02-01, Weg 1 B, 32049 Herford"),
    ("Karlheinz Otto, 1938-02-01, Weg 1, 32049 Herford", "Karl Heinz Otto, 1938-02-01, Weg 1, 32049 Herford"),
    ("René Graf_von_Lippe, 1938-02-01, Weg 1, 32049 Herford", "Rene Lippe, 1938-02-01, Weg 1, 32049 Herford"),
    ("Ida Lutter-Senne, 1938-02-01, Weg 1, 32049 Herford", "Ida Senne_Lutter, 1938-02-01, Weg 1, 32049 Herford"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SPELLINGS)
def test_spellings_of_one_name_are_one_name(one: str, other: str) -> None:
    assert asked(person(one), person(other), "weserklinik") == SAME
    assert asked(person(other), person(one), "weserklinik") == SAME


APART: list[tuple[str, Patient, Patient, tuple[str, ...]]] = [
    (
        "twins whose names differ in a letter",
        person("Maria Weser, 2001-04-03, Weserufer 8, 32423 Minden", number("1")),
        person("Marie Weser, 2001-04-03, Weserufer 8, 32423 Minden", number("2")),
        (DOUBT, NEW),
    ),
    (
        "newborn twins without a name",
        person("Weser, 2026-11-20, Weserufer 8, 32423 Minden", number("1")),
        person("Weser, 2026-11-20, Weserufer 8, 32423 Minden", number("2")),
        (DOUBT, NEW),
    ),
    (
        "twins, one of them not yet named",
        person("Ida Weser, 2026-11-20, Weserufer 8, 32423 Minden", number("1")),
        person("Mädchen Weser, 2026-11-20, Weserufer 8, 32423 Minden", number("2")),
        (DOUBT, NEW),
    ),
    (
        "twins Andrea and Andreas",
        person("Andrea Weser, 2001-04-03, Weserufer 8, 32423 Minden", gender="female"),
        person("Andreas Weser, 2001-04-03, Weserufer 8, 32423 Minden", gender="male"),
        (NEW,),
    ),
    (
        "father and son of the same name",
        person("Paul Lübbecke, 1935-02-26, Weserufer 8, 32423 Minden"),
        person("Paul Lübbecke, 1961-08-11, Weserufer 8, 32423 Minden"),
        (NEW,),
    ),
    (
        "mother and newborn child",
        person("Eva Senne, 1999-03-04, Nebelsweg 1, 33602 Bielefeld", number("1")),
        person("Tochter Senne, 2026-11-20, Nebelsweg 1, 33602 Bielefeld", number("2")),
        (NEW,),
    ),
    (
        "two records at one hospital that agree in everything",
        person(OTTILIE, number("1")),
        person(OTTILIE, number("2")),
        (DOUBT,),
    ),
    (
        "all agrees but the number of the insured",
        person(OTTILIE, insured(K1)),
        person(OTTILIE, insured(K2)),
        (DOUBT,),
    ),
    (
        "alike, and two numbers of the insured",
        person("Anna Weser, 2001-04-03, Weserufer 8, 32423 Minden", insured(K1)),
        person("Anne Weser, 2001-04-03, Weserufer 8, 32423 Minden", insured(K2)),
        (NEW,),
    ),
    (
        "one number of the sender, two numbers of the insured",
        person(OTTILIE, number("1"), insured(K1)),
        person(OTTILIE, number("1"), insured(K2)),
        (DOUBT,),
    ),
    (
        "a default birth date and a frequent name",
        person("Karl Müller, 1900-01-01"),
        person("Karla Möller, 1900-01-01"),
        (NEW, DOUBT),
    ),
]


@pytest.mark.parametrize(("known", "patient", "allowed"), [r[1:] for r in APART], ids=[r[0] for r in APART])
def test_two_people_stay_two(known: Patient, patient: Patient, allowed: tuple[str, ...]) -> None:
    assert asked(known, patient) in allowed


def test_the_same_number_at_two_hospitals_means_two_persons() -> None:
    known = person("Ottilie Senne, 1941-05-17", number("4711", assigner=""))
    other = person("Karl Weser, 1950-01-02", number("4711", assigner=""))
    assert asked(known, other, "weserklinik") == NEW
    assert asked(known, person("", number("4711", assigner="")), "weserklinik") == NEW


@pytest.mark.parametrize("kind", ["VN", "AN", "MB", "DL"])
def test_numbers_of_visits_accounts_and_cards_identify_nobody(kind: str) -> None:
    assert asked(person("Ottilie Senne", number("9", kind)), person("Karl Weser", number("9", kind))) == NEW


def test_a_wrong_number_of_the_insured_does_not_count_and_is_told() -> None:
    house = knowing(person("Ottilie Senne, 1941-05-17", insured(WRONG)))
    found = match(said(person("Karl Weser", insured(WRONG))), house)
    assert answer(found) == NEW
    assert [(p.code, p.place, p.severity) for p in found.problems] == [
        ("match.kvnr", "Patient[0].identifier[0]", "warning")
    ]


def test_one_number_space_serves_both_kinds_of_insurance() -> None:
    private = {"system": "http://fhir.de/sid/pkv/kvid-10", "value": K1}
    assert asked(person(OTTILIE, insured(K1)), person("", private)) == SAME


def test_our_own_number_counts_from_everybody() -> None:
    assert asked(person(OTTILIE), person("Ottilie Senne", ours("p1")), "lutterbach") == SAME
    assert asked(person(OTTILIE), person("Ottilie Senne", id="p1"), "lutterbach") == SAME


def test_a_number_we_never_gave_is_the_senders_own() -> None:
    house = rooms()
    for partner in ("lutterbach", "weserklinik"):
        run(said(person("", ours("P-9")), partner=partner), house)
    assert [answer(match(said(person("", ours("P-9")), partner=p), house)) for p in ("lutterbach", "weserklinik")] == [
        "Patient/p1",
        "Patient/p2",
    ]
    assert [item.get("assigner") for item in stored(house, "p1")["identifier"]] == [{"display": "lutterbach"}, None]


def test_numbers_of_two_persons_in_one_patient_are_a_doubt_with_both_as_candidates() -> None:
    house = knowing(person(OTTILIE, number("1")), person("Karl Weser, 1950-01-02", insured(K1)))
    found = match(said(person(OTTILIE, number("1"), insured(K1))), house)
    assert [c["person"] for c in found.outcome["candidates"]] == ["Patient/p1", "Patient/p2"]


def test_two_persons_alike_are_a_doubt_even_if_one_fits_entirely() -> None:
    house = knowing(person(OTTILIE, number("1")), person(OTTILIE, number("2")))
    assert answer(match(said(person(OTTILIE), partner="weserklinik"), house)) == DOUBT


def test_a_sender_without_numbers_that_says_the_very_same_again_means_the_same() -> None:
    two = ("Gerda Obermeyer, 1939-07-03",) * 2
    assert asked(person(two[0]), person(two[1])) == SAME
    assert asked(person(two[0]), person(two[1]), "weserklinik") == DOUBT


def test_a_doubt_shows_ids_and_elements_and_never_what_stands_in_them() -> None:
    found = match(said(person("Ottilie Senne, 1941-05-17"), partner="weserklinik"), knowing(person(OTTILIE)))
    assert found.stopped == "match"
    assert found.changes == ()
    assert found.outcome == {
        "candidates": [
            {"person": "Patient/p1", "score": 0.9, "agrees": ["name.family", "name.given", "birthDate"], "differs": []}
        ]
    }
    text = str(found.problems) + str(found.outcome)
    assert not [word for word in ("Ottilie", "Senne", "1941", "Nebelsweg", "33602") if word in text]


def test_two_numbers_of_the_insured_in_one_patient_are_a_doubt() -> None:
    assert asked(person(OTTILIE), person("Ida Weser, 1950-01-02", insured(K1), insured(K2))) == DOUBT


@pytest.mark.parametrize("patient", [person(""), person("", number("9", "VN")), person("Sohn Unbekannt")])
def test_somebody_of_whom_nothing_is_said_is_a_doubt_without_candidates(patient: Patient) -> None:
    found = match(said(patient), rooms())
    assert (answer(found), found.outcome) == (DOUBT, {"candidates": []})


@pytest.mark.parametrize("text", [", 1941, Am Bach 3", "Ottilie", ", , Am Bach 3", ", 1941"])
def test_however_little_is_said_the_same_again_makes_nobody_new(text: str) -> None:
    assert asked(person(text), person(text)) == DOUBT


def test_a_message_without_persons_passes() -> None:
    empty: dict[str, Any] = {"Patient": []}
    found = match(said(), rooms())
    assert (found.tree, found.person, found.changes) == (empty, "", ())
    assert saves(found) == []
