"""Who and which visit: one identity for one number, whatever else a message says."""

import pytest

from gateway.domain.codec import Tree
from tests.formats.hl7v2.messages import message, one

NAME = "||Wesertal^Frieda^^^^^L||19400102|F"
NUMBER = "4711^^^HAUS^PI"
INSURED = "X110412347^^^GKV^GKV"
VISIT = "PV1||I|||||||||||||||||{number}|||||||||||||||||||||||||202603020915"


def person(*identifiers: str, kind: str = "ADT^A31", name: str = "hl7v2-de") -> str:
    return identity(message(kind, f"PID|||{'~'.join(identifiers)}{NAME}", name=name), "Patient")


def identity(tree: Tree, kind: str) -> str:
    found = one(tree, kind)["id"]
    assert isinstance(found, str)
    return found


@pytest.mark.parametrize("name", ["hl7v2", "hl7v2-de"])
def test_the_number_of_the_house_alone_says_who_it_is(name: str) -> None:
    ids = {person(*given, name=name) for given in ((NUMBER,), (NUMBER, INSURED), (INSURED, NUMBER))}
    assert len(ids) == 1


def test_the_same_number_of_another_house_is_another_person() -> None:
    assert person(NUMBER) != person("4711^^^KLINIKB^PI")


def test_without_a_number_of_the_house_the_first_identifier_counts() -> None:
    assert person(INSURED) == person(INSURED, "9^^^ANDERE^XX")
    assert person(INSURED) != person("Y110412345^^^GKV^GKV")


def test_a_number_that_does_not_say_its_kind_is_the_same_number() -> None:
    assert person("4711^^^HAUS") == person(NUMBER)


def test_admission_and_discharge_are_of_one_patient_and_one_visit_though_they_say_different_things() -> None:
    visit = VISIT.format(number="2604^^^HAUS^VN")
    admission = message("ADT^A01", f"PID|||{NUMBER}{NAME}", visit)
    discharge = message("ADT^A03", f"PID|||{INSURED}~{NUMBER}||Wesertal-Lippe^Frieda", f"{visit}|202603101000")
    for kind in ("Patient", "Encounter"):
        assert identity(admission, kind) == identity(discharge, kind)


def test_another_visit_number_is_another_visit_of_the_same_patient() -> None:
    first, second = (
        message("ADT^A01", f"PID|||{NUMBER}{NAME}", VISIT.format(number=f"{number}^^^HAUS^VN")) for number in ("1", "2")
    )
    assert identity(first, "Patient") == identity(second, "Patient")
    assert identity(first, "Encounter") != identity(second, "Encounter")


def test_the_merged_record_is_the_patient_that_earlier_messages_spoke_of() -> None:
    merge = message("ADT^A40", f"PID|||{NUMBER}{NAME}", "MRG|4799^^^HAUS^PI")
    merged = next(item for item in merge["Patient"] if item.get("active") is False)
    assert merged["id"] == person("4799^^^HAUS^PI", INSURED)
