"""What becomes of a person: replaced by those who know better, filled up by others, never emptied by silence."""

import json
from typing import Any

import pytest

from gateway.domain.system import PERSON
from gateway.fhir.references import identity
from gateway.pipeline.match import match
from gateway.pipeline.person.portrait import portrait
from gateway.pipeline.person.terms import KNOWN_AS, shown
from gateway.pipeline.person.update import EXPLICITLY_EMPTY, laid_over
from tests.pipeline.match.people import (
    Patient,
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

EMPTY = {"extension": [{"url": EXPLICITLY_EMPTY, "valueBoolean": True}]}
PHONE = {"system": "phone", "use": "home", "value": "0521/5550112"}
MAIL = {"system": "email", "value": "o@example.org"}
WORK = {"system": "phone", "use": "work", "value": "0521/5550199"}
OTHER = {**PHONE, "value": "0521/5550113"}
NO_PHONE = {"system": "other", "_value": EMPTY}
MASKED = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}
LAGE = {"use": "temp", "city": "Lage"}
HOME = {"use": "home", "line": ["Nebelsweg 12a"], "postalCode": "33602", "city": "Bielefeld"}

BASE: Patient = {
    "resourceType": "Patient",
    "id": "p1",
    "name": [
        {"use": "official", "family": "Senne", "given": ["Ottilie"], "prefix": ["Dr."]},
        {"use": "maiden", "family": "Lippe"},
    ],
    "birthDate": "1941-05-17",
    "gender": "female",
    "address": [HOME],
    "telecom": [PHONE, MAIL, WORK],
    "deceasedDateTime": "2026-03-01",
    "maritalStatus": {"coding": [{"code": "W"}]},
}

CASES: list[tuple[str, Patient, Patient]] = [
    ("nothing said, nothing changed", {}, {}),
    ("the same again", {"birthDate": "1941-05-17", "address": [HOME], "telecom": [PHONE]}, {}),
    (
        "a new family name keeps the title and the maiden name",
        {"name": [{"family": "Weser", "given": ["Ottilie"]}]},
        {"name": [{**BASE["name"][0], "family": "Weser"}, BASE["name"][1]]},
    ),
    (
        "a name without a family name keeps it",
        {"name": [{"use": "official", "given": ["Ottilie", "Ida"]}]},
        {"name": [{**BASE["name"][0], "given": ["Ottilie", "Ida"]}, BASE["name"][1]]},
    ),
    (
        "a new address replaces the old one whole",
        {"address": [{"use": "home", "line": ["Am Bach 3"], "city": "Bielefeld"}]},
        {"address": [{"use": "home", "line": ["Am Bach 3"], "city": "Bielefeld"}]},
    ),
    ("an address that says less of the same place changes nothing", {"address": [{"postalCode": "33602"}]}, {}),
    ("an address of another kind stands beside", {"address": [LAGE]}, {"address": [HOME, LAGE]}),
    ("a new number replaces that of its kind", {"telecom": [OTHER]}, {"telecom": [OTHER, MAIL, WORK]}),
    ("only the year does not replace the date", {"birthDate": "1941"}, {}),
    ("another date does", {"birthDate": "1941-05-18"}, {"birthDate": "1941-05-18"}),
    ("dead, without the day, keeps the day", {"deceasedBoolean": True}, {}),
    (
        "alive after all takes the day away",
        {"deceasedBoolean": False},
        {"deceasedDateTime": None, "deceasedBoolean": False},
    ),
    ("a masked birth date says nothing", {"_birthDate": MASKED}, {}),
    ("an emptied birth date goes", {"_birthDate": EMPTY}, {"birthDate": None}),
    ("an emptied status goes", {"maritalStatus": {"coding": [{"_code": EMPTY}]}}, {"maritalStatus": None}),
    ("an emptied address goes", {"address": [{"line": [None], "_line": [EMPTY]}]}, {"address": None}),
    (
        "an emptied street goes, the town stays",
        {"address": [{"line": [None], "_line": [EMPTY], "city": "Bielefeld"}]},
        {"address": [{"use": "home", "postalCode": "33602", "city": "Bielefeld"}]},
    ),
    (
        "an emptied family name goes, the given name stays",
        {"name": [{"_family": EMPTY, "given": ["Ottilie"]}]},
        {"name": [{"use": "official", "given": ["Ottilie"], "prefix": ["Dr."]}, BASE["name"][1]]},
    ),
    ("emptied private numbers leave those of work", {"telecom": [NO_PHONE]}, {"telecom": [WORK]}),
    (
        "emptied numbers of work leave the others",
        {"telecom": [{**NO_PHONE, "use": "work"}]},
        {"telecom": [PHONE, MAIL]},
    ),
]


def without_none(patient: Patient) -> Patient:
    return {key: value for key, value in patient.items() if value is not None}


@pytest.mark.parametrize(("patient", "changed"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_a_better_source_replaces_what_it_states(patient: Patient, changed: Patient) -> None:
    before = json.dumps(BASE)
    assert laid_over(BASE, patient, better=True) == without_none({**BASE, **changed})
    assert json.dumps(BASE) == before


@pytest.mark.parametrize("patient", [row[1] for row in CASES], ids=[row[0] for row in CASES])
def test_said_twice_is_said_once(patient: Patient) -> None:
    once = laid_over(BASE, patient, better=True)
    assert laid_over(once, patient, better=True) == once


@pytest.mark.parametrize("patient", [row[1] for row in CASES], ids=[row[0] for row in CASES])
def test_another_source_replaces_nothing(patient: Patient) -> None:
    after = laid_over(BASE, patient, better=False)
    assert after | BASE == after
    assert {key for key in after if after[key] != BASE.get(key)} <= {"telecom"}


@pytest.mark.parametrize("element", ["birthDate", "gender", "address", "name", "telecom"])
def test_another_source_fills_up_what_is_missing(element: str) -> None:
    lacking = {key: value for key, value in BASE.items() if key != element}
    assert laid_over(lacking, BASE, better=False)[element] == BASE[element]


def test_the_directory_says_who_knows_better() -> None:
    for partner, city in (("weserklinik", "Lage"), ("bielefeld-senne", "Lage"), ("lutterbach", "Bielefeld")):
        house = knowing(person("Ottilie Senne, 1941-05-17, Nebelsweg 12a, 33602 Bielefeld"))
        run(said(person("Ottilie Senne, 1941-05-17, Weg 1, 32791 Lage", id="p1"), partner=partner), house)
        assert stored(house, "p1")["address"][0]["city"] == city


def test_numbers_of_all_senders_are_kept_each_with_who_gave_it() -> None:
    house = knowing(person("Ottilie Senne, 1941-05-17", number("1"), insured("A123456780")))
    run(said(person("", number("1", "", ""), insured("A123456780")), partner="lutterbach"), house)
    patient = stored(house, "p1")
    assert values(patient) == ["1", "A123456780", "1"]
    assert patient["identifier"][-1]["assigner"] == {"display": "lutterbach"}
    assert [tag["code"] for tag in patient["meta"]["tag"]] == [
        "senneklinik|SENNEKLINIK|PI|1",
        "lutterbach|lutterbach||1",
    ]


def test_a_partner_sees_its_own_numbers_and_those_of_everybody() -> None:
    house = knowing(person("Ottilie Senne, 1941-05-17", number("1"), insured("A123456780")))
    run(said(person("", number("77", "", ""), insured("A123456780")), partner="lutterbach"), house)
    seen = shown(stored(house, "p1"), "lutterbach")
    assert values(seen) == ["A123456780", "77"]
    assert "meta" not in seen


def test_a_sender_cannot_say_what_others_know_a_person_as() -> None:
    forged = {"tag": [{"system": KNOWN_AS, "code": "senneklinik|SENNEKLINIK|PI|1"}, {"system": "x", "code": "y"}]}
    house = rooms()
    run(said(person("Karl Weser, 1950-01-02", meta=forged), partner="lutterbach"), house)
    assert match(said(person("", number("1"))), house).person != "Patient/p1"
    assert stored(house, "p1")["meta"]["tag"][0] == {"system": "x", "code": "y"}


def test_an_identifier_without_a_value_is_nobodys_number() -> None:
    masked = {"system": "urn:x", "_value": MASKED}
    house = rooms()
    run(said(person("Ida Senne, 1941-05-17", masked)), house)
    assert values({"identifier": [i for i in stored(house, "p1")["identifier"] if "value" in i]}) == []


def test_what_is_said_of_one_element_leaves_what_was_said_of_another() -> None:
    def source_code(element: str, code: str) -> Patient:
        parts = [{"url": "element", "valueString": element}, {"url": "code", "valueCoding": {"code": code}}]
        return {"url": "https://kuemmerer-gateway.de/fhir/StructureDefinition/element-source-code", "extension": parts}

    before = {"extension": [source_code("gender", "x"), source_code("maritalStatus", "y")]}
    after = laid_over(before, {"extension": [source_code("gender", "z")]}, better=True)
    assert after == {"extension": [source_code("gender", "z"), source_code("maritalStatus", "y")]}


def test_a_new_person_gets_our_number_and_its_terms() -> None:
    house = rooms()
    [save] = saves(run(said(person("Käthe von_Müller, 1941-05-17, Weg 1, 33602 Bielefeld", number("1"))), house))
    assert save.expected == 0
    assert save.resource["identifier"][-1] == {"system": PERSON, "value": "p1"}
    assert set(save.terms) == {
        ("identifier", f"{PERSON}|p1"),
        ("identifier", "senneklinik|SENNEKLINIK|PI|1"),
        ("number", "SENNEKLINIK|PI|1"),
        ("birthdate", "1941-05-17"),
        ("family", "mueller"),
        ("sound", "657|42"),
        ("sound", "657|42|1941"),
        ("sound", "657|42|05-17"),
        ("said", portrait(save.resource).said()),
        ("postcode", "33602"),
        ("active", "true"),
    }


def test_an_update_names_the_version_it_was_made_from() -> None:
    house = knowing(person("Ottilie Senne, 1941-05-17", number("1")))
    [save] = saves(run(said(person("Ottilie Weser, 1941-05-17", number("1"))), house))
    assert (save.expected, save.message) == (1, "m1")


def test_what_is_known_already_writes_nothing() -> None:
    patient = person("Ottilie Senne, 1941-05-17", number("1"), insured("A123456780"), telecom=[PHONE])
    assert match(said(patient), knowing(patient)).changes == ()


def test_two_rows_of_one_person_become_one_version() -> None:
    house = rooms()
    one, other = person("Ottilie Senne, 1941-05-17", number("1")), person("", number("1"), gender="female")
    found = run(said(one, other), house)
    assert (found.person, len(saves(found))) == ("Patient/p1", 1)
    assert stored(house, "p1")["gender"] == "female"


def test_a_physician_is_referred_to_by_the_name_under_which_it_is_stored() -> None:
    doctor: dict[str, Any] = {"resourceType": "Practitioner", "fullUrl": identity("arzt-1")}
    message = said(person("Ottilie Senne", number("1"), generalPractitioner=[{"reference": doctor["fullUrl"]}]))
    message.tree["Practitioner"] = [doctor]
    house = rooms()
    found = run(message, house)
    reference = stored(house, "p1")["generalPractitioner"][0]["reference"]
    assert reference.startswith("Practitioner/")
    assert found.known[doctor["fullUrl"]] == reference
    assert match(message, house).changes == ()


def test_a_message_that_only_refers_to_our_person_is_about_it() -> None:
    house = knowing(person("Ottilie Senne", number("1")))
    task = {
        "resourceType": "Task",
        "fullUrl": identity("t"),
        "for": {"reference": "https://gw.example/fhir/Patient/p1"},
    }
    message = said()
    message.tree.update({"Patient": [], "Task": [task]})
    assert match(message, house).person == "Patient/p1"
