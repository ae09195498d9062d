"""Paths: parts, selectors, positions, the rest, each item, the root, extensions of primitives, references."""

import pytest

from gateway.mapping.runtime import UNKNOWN
from tests.mapping.shelves import Desk, back, bare, both_ways, message, one, rows, there

LIST = [{"use": "maiden", "family": "Sander"}, {"use": "official", "family": "Brinkmann"}]


def test_a_path_makes_the_objects_on_its_way(desk: Desk) -> None:
    form = desk.table("- a <-> contact.name.family").load()
    assert one(form, {"a": "Knoop"}) == {"contact": [{"name": {"family": "Knoop"}}]}


def test_a_selector_chooses_on_reading_and_writes_on_writing(desk: Desk) -> None:
    form = desk.table("- a <-> name[use=official].family").load()
    assert one(form, {"a": "Brinkmann"}) == {"name": [{"use": "official", "family": "Brinkmann"}]}
    assert back(form, {"Patient": [{"name": LIST}]}) == rows({"a": "Brinkmann"})


def test_two_rules_with_one_selector_fill_one_item(desk: Desk) -> None:
    form = desk.table("- a <-> name[use=official].family\n- b <-> name[use=official].text").load()
    made = one(form, {"a": "Brinkmann", "b": "Ilse Brinkmann"})
    assert made == {"name": [{"use": "official", "family": "Brinkmann", "text": "Ilse Brinkmann"}]}


def test_several_selectors_must_all_fit(desk: Desk) -> None:
    form = desk.table("- a <-> telecom[system=phone, use=home].value").load()
    phones = [{"system": "phone", "value": "1"}, {"system": "phone", "use": "home", "value": "2"}]
    assert back(form, {"Patient": [{"telecom": phones}]}) == rows({"a": "2"})
    assert one(form, {"a": "2"}) == {"telecom": [phones[1]]}


def test_a_deep_selector_writes_the_way_to_its_value(desk: Desk) -> None:
    form = desk.table("- a <-> identifier[type.coding.code=PI].value").load()
    assert one(form, {"a": "7"}) == {"identifier": [{"type": {"coding": [{"code": "PI"}]}, "value": "7"}]}
    assert both_ways(form, rows({"a": "7"})) == rows({"a": "7"})


def test_a_token_asks_for_system_and_code(desk: Desk) -> None:
    form = desk.table("- a <-> identifier[type=https://example.org/types|PI].value").load()
    mine = {"type": {"coding": [{"system": "https://example.org/types", "code": "PI"}]}, "value": "7"}
    other = {"type": {"coding": [{"system": "https://example.org/other", "code": "PI"}]}, "value": "8"}
    assert one(form, {"a": "7"}) == {"identifier": [mine]}
    assert back(form, {"Patient": [{"identifier": [other, mine]}]}) == rows({"a": "7"})


def test_a_token_on_a_coding_reads_the_coding_itself(desk: Desk) -> None:
    form = desk.table("- a <-> maritalStatus.coding[userSelected=true].code").load()
    codings = [{"code": "M"}, {"userSelected": True, "code": "W"}]
    assert back(form, {"Patient": [{"maritalStatus": {"coding": codings}}]}) == rows({"a": "W"})
    assert one(form, {"a": "W"}) == {"maritalStatus": {"coding": [codings[1]]}}


@pytest.mark.parametrize(
    ("selector", "chosen"),
    [
        ("period", "with"),
        ("use!=official", "with"),
        ("use=", "bare"),
        ("use!=", "first"),
        ("use in (old, maiden)", "with"),
        ("use starts (mai, old)", "with"),
        ("not use", "bare"),
        ("text~letters", "bare"),
    ],
)
def test_a_reading_selector_chooses_and_writes_nothing(desk: Desk, selector: str, chosen: str) -> None:
    desk.table(f"- a <- name[{selector}].family", more='patterns: {letters: "[a-z]+"}\n')
    names = [
        {"use": "official", "family": "first"},
        {"use": "maiden", "family": "with", "period": {"start": "1960"}},
        {"family": "bare", "text": "abc"},
    ]
    assert back(desk.load(), {"Patient": [{"name": names}]}) == rows({"a": chosen})


def test_otherwise_means_the_items_no_other_selector_takes(desk: Desk) -> None:
    form = desk.table("- a <-> name[use=official].family\n- b <-> name[otherwise].family").load()
    assert back(form, {"Patient": [{"name": LIST}]}) == rows({"a": "Brinkmann", "b": "Sander"})
    assert one(form, {"a": "Brinkmann", "b": "Sander"})["name"] == [
        {"use": "official", "family": "Brinkmann"},
        {"family": "Sander"},
    ]


def test_otherwise_works_on_the_left_as_well(desk: Desk) -> None:
    form = desk.message("""
      - PID <-> Patient:
          - 5[7=L] <-> name[use=official]:
              - 1.1 <-> family
          - 5[otherwise] <-> name[use=nickname]:
              - 1.1 <-> family
    """).load()
    found = there(form, message(form, "PID|||||Brinkmann^^^^^^L~Sander^^^^^^M"))
    assert found["Patient"][0]["name"] == [
        {"use": "official", "family": "Brinkmann"},
        {"use": "nickname", "family": "Sander"},
    ]


def test_a_position_counts_from_nought_and_fills_gaps_with_null(desk: Desk) -> None:
    form = desk.table("- a <-> address.line[1]").load()
    assert one(form, {"a": "Hinterhaus"}) == {"address": [{"line": [None, "Hinterhaus"]}]}
    assert both_ways(form, rows({"a": "Hinterhaus"})) == rows({"a": "Hinterhaus"})


def test_a_position_of_objects_says_of_the_earlier_ones_that_they_are_unknown(desk: Desk) -> None:
    form = desk.table("- a <-> name[1].family\n- b <-> name[1].text").load()
    assert one(form, {"a": "Sander", "b": "Ilse Sander"}) == {
        "name": [{"extension": [UNKNOWN]}, {"family": "Sander", "text": "Ilse Sander"}]
    }
    assert back(form, {"Patient": [{"name": [{"family": "x"}]}, {"name": LIST}]}) == rows({"a": "Brinkmann"})


def test_a_slash_starts_at_the_root_of_the_left_tree(desk: Desk) -> None:
    form = desk.message("- PID <-> Patient:\n    - 8 <-> gender\n    - /PV1-19.1 -> identifier.value").load()
    found = there(form, message(form, "PID||||||||male", "PV1|1|I|||||||||||||||||815"))
    assert found["Patient"] == [{"gender": "male", "identifier": [{"value": "815"}]}]


def test_a_slash_on_the_right_is_the_first_resource_of_that_type(desk: Desk) -> None:
    form = desk.table("- a <-> gender\n- b <-> /Encounter.status").load()
    made = there(form, rows({"a": "male", "b": "finished"}))
    assert made == {"Patient": [{"gender": "male"}], "Encounter": [{"status": "finished"}]}
    assert back(form, {"Encounter": [{"status": "finished"}], "Patient": [{"gender": "male"}]}) == rows(
        {"a": "male", "b": "finished"}
    )


def test_a_slash_finds_the_resource_that_fits_its_selector(desk: Desk) -> None:
    form = desk.table("- a <-> gender\n- b -> /Encounter[status=finished].id\n- a -> /Encounter.priority.text").load()
    made = form.to_fhir(rows({"a": "male", "b": "e1"}), "seed").tree
    assert bare(made)["Encounter"] == [{"status": "finished", "priority": {"text": "male"}}]
    assert made["Encounter"][0]["id"] == "e1"


def test_an_extension_of_a_primitive_stands_behind_it(desk: Desk) -> None:
    form = desk.table("- a <-> birthDate\n- b <-> birthDate.extension[url=https://example.org/x].valueString").load()
    made = one(form, {"a": "1941-05-09", "b": "geschätzt"})
    extension = {"url": "https://example.org/x", "valueString": "geschätzt"}
    assert made == {"birthDate": "1941-05-09", "_birthDate": {"extension": [extension]}}
    assert both_ways(form, rows({"a": "1941-05-09", "b": "geschätzt"})) == rows({"a": "1941-05-09", "b": "geschätzt"})


def test_a_path_goes_through_a_reference_both_ways(desk: Desk) -> None:
    form = desk.table(
        "- a <-> subject:Patient.gender\n- b <-> subject:Patient.birthDate", target="ServiceRequest"
    ).load()
    made = form.to_fhir(rows({"a": "male", "b": "1950"}), "seed").tree
    assert bare(made)["Patient"] == [{"gender": "male", "birthDate": "1950"}]
    assert made["ServiceRequest"][0]["subject"] == {"reference": made["Patient"][0]["fullUrl"]}
    assert back(form, made) == rows({"a": "male", "b": "1950"})


def test_a_reference_to_another_type_is_not_followed(desk: Desk) -> None:
    form = desk.table("- a <-> status\n- b <- subject:Patient.gender", target="ServiceRequest").load()
    group = {"resourceType": "Group", "fullUrl": "urn:uuid:g"}
    tree = {"ServiceRequest": [{"status": "draft", "subject": {"reference": "urn:uuid:g"}}], "Group": [group]}
    assert back(form, tree) == rows({"a": "draft"})


def test_a_block_on_a_reference_reaches_through_it(desk: Desk) -> None:
    form = desk.table(
        "- a <-> status\n- . <- performer:\n    - b <- reference:Organization.name", target="ServiceRequest"
    ).load()
    service = {"resourceType": "Organization", "fullUrl": "urn:uuid:o", "name": "Pflegedienst Senne"}
    tree = {
        "ServiceRequest": [{"status": "draft", "performer": [{"reference": "urn:uuid:o"}]}],
        "Organization": [service],
    }
    assert back(form, tree) == rows({"a": "draft", "b": "Pflegedienst Senne"})


def test_full_url_and_profiles_are_elements_like_any_other(desk: Desk) -> None:
    form = desk.table("- a <-> fullUrl\n- b <-> meta.profile").load()
    made = form.to_fhir(rows({"a": "urn:uuid:1", "b": "https://example.org/p"}), "seed").tree["Patient"][0]
    assert made["fullUrl"] == "urn:uuid:1"
    assert made["meta"] == {"profile": ["https://example.org/p"]}


def test_a_choice_is_named_as_in_json(desk: Desk) -> None:
    form = desk.table("- a <-> deceasedDateTime").load()
    assert one(form, {"a": "2026-11-20"}) == {"deceasedDateTime": "2026-11-20"}


def test_otherwise_writes_beside_a_sibling_that_only_reads(desk: Desk) -> None:
    form = desk.table("- a <- name[period].family\n- b <-> name[otherwise].family").load()
    names = [{"family": "Sander", "period": {"end": "1960"}}, {"family": "Brinkmann"}]
    assert back(form, {"Patient": [{"name": names}]}) == rows({"a": "Sander", "b": "Brinkmann"})
    assert one(form, {"b": "Brinkmann"}) == {"name": [{"family": "Brinkmann"}]}


def test_a_selector_may_ask_the_item_itself(desk: Desk) -> None:
    form = desk.table("- a <- maritalStatus.coding[.=http://m|W].display").load()
    codings = [{"code": "W", "display": "no"}, {"system": "http://m", "code": "W", "display": "verwitwet"}]
    assert back(form, {"Patient": [{"maritalStatus": {"coding": codings}}]}) == rows({"a": "verwitwet"})
