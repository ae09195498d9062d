"""Law 6: the same bytes give the same identities and bytes; results with one key merge; contradictions name both."""

import re

from gateway.fhir.json import dumps
from gateway.mapping.format import Format
from tests.mapping.shelves import Desk, bare, errors, rows, there

KEY = "key: [identifier.system, identifier.value]\n"
RULES = "- a <-> identifier[system=http://x].value\n- b <-> gender\n- c <-> telecom.value"


def keyed(desk: Desk, key: str = KEY) -> Desk:
    desk.table(RULES, "abc")
    return desk.map("one", "row", "Patient", RULES, key)


def test_the_same_tree_gives_the_same_bytes(desk: Desk) -> None:
    form = keyed(desk).load()
    tree = rows({"a": "1", "b": "male"}, {"b": "female"})
    found = [dumps(form.to_fhir(tree, "seed").tree) for _ in range(2)]
    assert found[0] == found[1]


def test_a_newly_loaded_format_gives_the_same_bytes(desk: Desk) -> None:
    tree = rows({"a": "1", "b": "male"}, {"b": "female"})
    first, second = (keyed(desk).load().to_fhir(tree, "seed").tree for _ in range(2))
    assert dumps(first) == dumps(second)


def test_an_identity_is_a_uuid_of_version_5(desk: Desk) -> None:
    person = keyed(desk).load().to_fhir(rows({"a": "1"}), "s").tree["Patient"][0]
    assert re.fullmatch(
        r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", person["fullUrl"]
    )
    assert person["id"] == person["fullUrl"].removeprefix("urn:uuid:")


def test_a_business_identity_does_not_depend_on_the_message(desk: Desk) -> None:
    form = keyed(desk).load()
    urls = {form.to_fhir(rows({"a": "1", "b": sex}), seed).tree["Patient"][0]["fullUrl"] for sex, seed in
            (("male", "s1"), ("female", "s2"))}  # fmt: skip
    assert len(urls) == 1


def test_what_has_no_business_identity_is_named_by_its_message_and_place(desk: Desk) -> None:
    form = keyed(desk).load()
    tree = rows({"b": "male"}, {"b": "male"})
    urls = [item["fullUrl"] for seed in ("s1", "s2") for item in form.to_fhir(tree, seed).tree["Patient"]]
    assert len(set(urls)) == 4


def test_another_value_of_the_key_is_another_resource(desk: Desk) -> None:
    form = keyed(desk).load()
    made = form.to_fhir(rows({"a": "1"}, {"a": "2"}), "s").tree["Patient"]
    assert made[0]["fullUrl"] != made[1]["fullUrl"]


def test_one_identity_becomes_one_resource_with_what_both_say(desk: Desk) -> None:
    form = keyed(desk).load()
    found = there(form, rows({"a": "1", "b": "male"}, {"a": "1", "c": "8"}))
    assert found["Patient"] == [
        {
            "identifier": [{"system": "http://x", "value": "1"}],
            "gender": "male",
            "telecom": [{"value": "8"}],
        }
    ]


def test_objects_below_one_identity_are_united(desk: Desk) -> None:
    rules = "- a <-> identifier.value\n- b <-> maritalStatus.text\n- c <-> maritalStatus.id"
    desk.table(rules, "abc")
    form = desk.map("one", "row", "Patient", rules, "key: identifier.value\n").load()
    found = there(form, rows({"a": "1", "b": "ledig"}, {"a": "1", "c": "m1"}))
    assert found["Patient"][0]["maritalStatus"] == {"text": "ledig", "id": "m1"}


def test_a_contradiction_names_both_places_and_the_element(desk: Desk) -> None:
    form = keyed(desk).load()
    result = form.to_fhir(rows({"a": "1", "b": "male"}, {"a": "2"}, {"a": "1", "b": "female"}), "s")
    found = [problem for problem in result.problems if problem.code == "map.contradiction"]
    assert [(p.severity, p.place) for p in found] == [("error", "row 1 and row 3")]
    assert "gender" in found[0].sentence
    assert "female" not in str(found)


def test_a_merged_resource_is_referred_to_by_all(desk: Desk) -> None:
    desk.table("- a <-> code.text\n- . <-> subject:Patient | person", target="ServiceRequest")
    form = desk.map("person", "row", "Patient", "- b <-> identifier.value", "key: [identifier.value]\n").load()
    tree = form.to_fhir(rows({"a": "x", "b": "1"}, {"a": "y", "b": "1"}), "s").tree
    assert len(tree["Patient"]) == 1
    references = [need["subject"]["reference"] for need in tree["ServiceRequest"]]
    assert references == [tree["Patient"][0]["fullUrl"]] * 2


def test_a_key_may_hold_the_identity_of_another_result(desk: Desk) -> None:
    desk.table("- a <-> code.text\n- . <-> subject:Patient as who | person", "ab", target="ServiceRequest")
    desk.map("one", "row", "ServiceRequest", "- a <-> code.text\n- . <-> subject:Patient as who | person",
             "key: [code.text, link who]\n")  # fmt: skip
    form = desk.map("person", "row", "Patient", "- b <-> identifier.value", "key: identifier.value\n").load()
    needs = form.to_fhir(rows({"a": "x", "b": "1"}, {"a": "x", "b": "2"}, {"a": "x", "b": "1"}), "s").tree
    assert len(needs["ServiceRequest"]) == 2
    assert len(needs["Patient"]) == 2


def test_a_reference_in_a_key_counts_by_what_it_points_to(desk: Desk) -> None:
    rules = "- a <-> code.text\n- . <-> subject:Patient | person"
    desk.table(rules, target="ServiceRequest")
    desk.map("one", "row", "ServiceRequest", rules, "key: [subject]\n")
    form = desk.map("person", "row", "Patient", "- b <-> identifier.value", "key: identifier.value\n").load()
    made = form.to_fhir(rows({"a": "x", "b": "1"}, {"a": "y", "b": "2"}), "s").tree["ServiceRequest"]
    assert len({need["fullUrl"] for need in made}) == 2


def test_a_fhir_resource_keeps_its_own_identity_without_a_key(desk: Desk) -> None:
    form = desk.fhir("- Patient <-> Patient as patient:\n    - gender <-> gender").load()
    result = form.to_fhir({"Patient": [{"resourceType": "Patient", "fullUrl": "urn:uuid:1", "gender": "male"}]}, "s")
    assert errors(result) == []
    assert result.tree["Patient"][0]["fullUrl"] == "urn:uuid:1"


def test_merging_keeps_the_order_of_first_mention(desk: Desk) -> None:
    form = keyed(desk).load()
    made = bare(form.to_fhir(rows({"a": "2"}, {"a": "1"}, {"a": "2", "b": "male"}), "s").tree)["Patient"]
    assert [item["identifier"][0]["value"] for item in made] == ["2", "1"]


def named(desk: Desk) -> Format:
    """A person of an official and a maiden name."""
    names = ["- b <-> name[use=official].family", "- c <-> name[use=maiden].family"]
    rules = "\n".join(["- a <-> identifier[system=http://s].value", *names])
    desk.table(rules, "abc")
    return desk.map("one", "row", "Patient", rules, KEY).load()


def test_two_items_of_one_single_place_are_a_contradiction_too(desk: Desk) -> None:
    form = named(desk)
    told = form.to_fhir(rows({"a": "1", "b": "Lohmeier"}, {"a": "1", "b": "Lohmeyer"}), "s")
    assert [(p.code, p.place) for p in told.problems] == [("map.contradiction", "row 1 and row 2")]


def test_items_of_two_kinds_are_united_without_a_contradiction(desk: Desk) -> None:
    form = named(desk)
    told = form.to_fhir(rows({"a": "1", "b": "Lohmeier"}, {"a": "1", "b": "Lohmeier", "c": "Kamp"}), "s")
    assert not told.problems
    assert [name["use"] for name in told.tree["Patient"][0]["name"]] == ["official", "maiden"]


def test_behind_else_a_key_counts_only_where_nothing_stands_before_it(desk: Desk) -> None:
    form = keyed(desk, "key: [identifier.value, else, telecom.value]\n").load()
    first, second, third = (
        form.to_fhir(rows(row), "s").tree["Patient"][0]["fullUrl"]
        for row in ({"a": "1", "c": "x"}, {"a": "1", "c": "y"}, {"c": "x"})
    )
    assert first == second != third


def test_a_format_that_warns_keeps_the_first_of_two_contradicting_values(desk: Desk) -> None:
    desk.table(RULES, "abc", more="unmapped: warn\n")
    form = desk.map("one", "row", "Patient", RULES, KEY).load()
    told = form.to_fhir(rows({"a": "1", "b": "male"}, {"a": "1", "b": "female"}), "s")
    assert [(p.code, p.severity) for p in told.problems] == [("map.contradiction", "warning")]
    assert told.tree["Patient"][0]["gender"] == "male"
