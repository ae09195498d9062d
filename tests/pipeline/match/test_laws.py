"""What holds for any people and any order of messages."""

from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.message import Message
from gateway.mapping.shelf import Shelf
from gateway.pipeline import translate
from gateway.pipeline.match import match
from gateway.pipeline.person.kvnr import kvnr
from gateway.pipeline.person.likeness import likeness
from gateway.pipeline.person.normal_form import sound
from gateway.pipeline.person.portrait import portrait
from gateway.pipeline.person.terms import insured
from gateway.pipeline.rooms import Rooms
from gateway.store.sql import open_store
from gateway.wiring import Codecs, folders
from tests.pipeline.match.people import Patient, knowing, number, person, rooms, run, said, stored, values
from tests.pipeline.match.people import insured as kvnr_of

ROOT = Path(__file__).resolve().parents[3]
NAMES = ("Ottilie Senne", "Otilie Senne", "Ottilie Maria Senne", "Karl Weser", "Senne", "Mädchen Weser", "")
BIRTHS = ("1941-05-17", "1941-05-18", "1941-07-05", "1941", "1972-11-02", "1900-01-01", "")
PLACES = (
    "Nebelsweg 12a, 33602 Bielefeld",
    "Nebelsweg 12 A, 33602 Bielefeld",
    "Am Bach 3, 33689 Bielefeld",
    ", 33602",
    ", ",
)
NUMBERS = (number("1"), number("2"), number("1", "", ""), number("9", "VN"))
INSURED = ("A123456780", "X440512349", "X110412345")
PARTNERS = ("senneklinik", "weserklinik", "lutterbach", "bielefeld-senne")

identifiers = st.lists(st.one_of(st.sampled_from(NUMBERS), st.sampled_from(INSURED).map(kvnr_of)), max_size=2)
patients = st.builds(
    lambda name, birth, place, numbers: person(f"{name}, {birth}, {place}", *numbers),
    st.sampled_from(NAMES),
    st.sampled_from(BIRTHS),
    st.sampled_from(PLACES),
    identifiers,
)
messages = st.builds(
    lambda people, partner: said(*people, partner=partner),
    st.lists(patients, min_size=1, max_size=2),
    st.sampled_from(PARTNERS),
)


def everybody(house: Rooms) -> dict[str, Patient]:
    return {version.id: version.resource for version in house.store.find("Patient", [])}


@settings(max_examples=150, deadline=None)
@given(st.lists(messages, max_size=6))
def test_no_message_without_merge_or_decision_makes_one_person_of_two(told: list[Message]) -> None:
    house = rooms()
    for message in told:
        before = everybody(house)
        run(message, house)
        after = everybody(house)
        assert before.keys() <= after.keys()
        assert not [key for key, one in after.items() if one.get("active") is False or "link" in one]
        assert all(set(values(one)) <= set(values(after[key])) for key, one in before.items())
        assert all(len(insured(one)) <= 1 for one in after.values())


@settings(max_examples=150, deadline=None)
@given(st.lists(messages, min_size=1, max_size=5))
def test_the_same_message_again_changes_nothing(told: list[Message]) -> None:
    house = rooms()
    for message in told:
        run(message, house)
        assert match(message, house).changes == ()


@settings(max_examples=100, deadline=None)
@given(patients, patients)
def test_likeness_asks_no_one_first(one: Patient, other: Patient) -> None:
    assert likeness(portrait(one), portrait(other)) == likeness(portrait(other), portrait(one))


@settings(max_examples=30, deadline=None)
@given(patients, st.lists(patients, max_size=3))
def test_what_is_stated_of_a_new_person_is_stored(patient: Patient, others: list[Patient]) -> None:
    house = rooms()
    for other in others:
        run(said(other), house)
    found = run(said(patient, decision="person=new"), house)
    kept = stored(house, found.person.removeprefix("Patient/"))
    assert all(kept[key] == patient[key] for key in ("name", "birthDate", "address") if key in patient)


def test_a_list_of_a_thousand_people_is_matched_in_a_moment() -> None:
    house = rooms()
    people = [
        person(f"Ida Weser, 19{n % 90 + 10}-01-{n % 28 + 1:02}, Weg {n}, 32423 Minden", number(str(n)))
        for n in range(1000)
    ]
    began = process_time()
    found = match(said(*people), house)
    assert process_time() - began < 5
    assert len(found.changes) == 1000


def test_sqlite_answers_as_memory_does(tmp_path: Path) -> None:
    known = [person("Ottilie Senne, 1941-05-17", number("1")), person("Karl Weser, 1950-01-02", kvnr_of("A123456780"))]
    asked = [
        said(person("Otilie Senne, 1941-05-17"), partner="weserklinik"),
        said(person("Ottilie Senne", number("1"))),
        said(person("", kvnr_of("A123456780")), partner="lutterbach"),
        said(person("Ida Lippe, 1933-03-03")),
    ]
    store = open_store(f"sqlite:///{tmp_path / 'gateway.db'}")
    try:
        durable, memory = knowing(*known, store=store), knowing(*known)
        for message in asked:
            one, other = match(message, durable), match(message, memory)
            assert (one.person, one.outcome, one.changes) == (other.person, other.outcome, other.changes)
    finally:
        store.close()


@pytest.mark.parametrize(("text", "valid"), [
    ("A123456780", True), ("a 123 456 780", True), ("X440512349", True), ("A123456781", False), ("X110412345", False),
    ("A12345678", False), ("1234567890", False), ("A123456780" + "123456789", True), ("", False), ("Ä123456780", False),
])  # fmt: skip
def test_a_number_of_the_insured_has_a_check_digit(text: str, valid: bool) -> None:  # noqa: FBT001 - a column of the table
    assert bool(kvnr(text)) is valid


@pytest.mark.parametrize(("word", "digits"), [
    ("wikipedia", "3412"), ("mueller", "657"), ("luedenscheidt", "52682"), ("heinz", "068"), ("philipp", "351"),
    ("christian", "47826"), ("xaver", "4837"), ("schulze", "858"), ("breschnew", "17863"), ("", ""),
])  # fmt: skip
def test_words_sound_as_postel_wrote(word: str, digits: str) -> None:
    assert sound(word) == digits


EXAMPLES = {
    "05-merge-of-two-records": ("471099", "471101"),
    "21-merge-with-name-of-the-record-that-ends": ("520009", "520002"),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_real_a40_merges_what_two_real_messages_told(name: str) -> None:
    form = Shelf(folders(), Codecs()).get("hl7v2-de")
    assert form is not None
    data = (ROOT / f"mappings/hl7v2-de/examples/{name}.in.hl7").read_bytes()
    ended, survivor = EXAMPLES[name]
    house = knowing(person("Paul Lübecke", number(ended)), person("", number(survivor)))
    message = Message(said().entry, tree=translate.read(data, form).tree)
    found = run(message, house)
    assert (found.stopped, found.person) == ("", "Patient/p2")
    assert stored(house, "p1")["active"] is False
    assert {survivor, ended} <= set(values(stored(house, "p2")))
    assert stored(house, "p2")["birthDate"]
    assert match(message, house).changes == ()
