"""Who it is: numbers by their pattern, names and streets in parts, payers by their IK."""

import pytest

from tests.formats.hl7v2.messages import EXTENSIONS, IK, KVNR, example, extension, message, one


def test_an_insured_number_of_the_right_pattern_becomes_a_kvnr() -> None:
    numbers = {item.get("system"): item["value"] for item in one(example("01").tree, "Patient")["identifier"]}
    assert numbers[KVNR] == "X110412347"


@pytest.mark.parametrize("number", ["X11041234", "1110412345", "x110412345"])
def test_an_insured_number_of_another_pattern_stays_an_ordinary_identifier(number: str) -> None:
    patient = one(message("ADT^A31", f"PID|||{number}^^^GKV^GKV||Wesertal^Frieda"), "Patient")
    assert [(item["value"], item.get("system")) for item in patient["identifier"]] == [(number, None)]


def test_name_of_birth_and_prefix_stand_apart() -> None:
    official, maiden = one(example("01").tree, "Patient")["name"]
    assert official["family"] == "von der Senne"
    assert extension(official["_family"], f"{EXTENSIONS}/humanname-own-prefix")["valueString"] == "von der"
    assert extension(official["_family"], f"{EXTENSIONS}/humanname-own-name")["valueString"] == "Senne"
    assert (maiden["use"], maiden["family"]) == ("maiden", "Lippe")


def test_street_and_number_stand_apart_beside_the_line() -> None:
    address = one(example("01").tree, "Patient")["address"][0]
    assert address["line"] == ["Nebelsweg 12a"]
    number = extension(address["_line"][0], f"{EXTENSIONS}/iso21090-ADXP-houseNumber")
    assert number["valueString"] == "12a"


def test_several_given_names_are_several() -> None:
    assert one(example("06").tree, "Patient")["name"][0]["given"] == ["Jürgen", "Karl", "Heinz"]


def test_a_year_of_birth_stays_a_year() -> None:
    assert one(example("06").tree, "Patient")["birthDate"] == "1938"


def test_null_is_kept_apart_from_nothing() -> None:
    patient = one(example("11").tree, "Patient")
    assert "explicitly-empty" in str(patient["address"][0]["_line"])
    assert "maritalStatus" not in patient


def test_payer_with_nine_digits_has_an_ik() -> None:
    tree = example("01").tree
    payer = next(item for item in tree["Organization"] if item["name"] == "Beispielkasse OWL")
    coverage = one(tree, "Coverage")
    assert payer["identifier"][0]["system"] == IK
    assert coverage["payor"][0]["reference"] == payer["fullUrl"]
    assert coverage["subscriberId"] == "X110412347"
    assert coverage["type"]["coding"][0]["code"] == "GKV"


def test_next_of_kin_is_a_related_person_and_nothing_twice() -> None:
    tree = example("01").tree
    assert one(tree, "RelatedPerson")["relationship"][0]["coding"][0]["code"] == "SON"
    assert "contact" not in one(tree, "Patient")


def test_the_international_format_keeps_next_of_kin_in_both_places_of_the_guide() -> None:
    tree = message("ADT^A08", "PID|||4711^^^HAUS^PI||Wesertal^Frieda", "NK1|1|Wesertal^Emil|BRO", name="hl7v2")
    assert one(tree, "Patient")["contact"][0]["name"] == one(tree, "RelatedPerson")["name"][0]


def test_merge_replaces_one_record_by_the_other() -> None:
    survivor, merged = sorted(example("05").tree["Patient"], key=lambda patient: "link" not in patient)
    assert merged["active"] is False
    assert survivor["link"] == [{"other": {"reference": merged["fullUrl"]}, "type": "replaces"}]


def test_race_and_ethnic_group_are_not_kept() -> None:
    tree = message("ADT^A31", "PID|||4711^^^HAUS^PI||Wesertal^Frieda|||||CANARY-RACE||||||||||||CANARY-ETHNIC")
    assert "CANARY" not in str(tree)
