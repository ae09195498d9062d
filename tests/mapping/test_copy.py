"""Copy, then differ: elements no rule names travel as they are, accounted to the copy."""

from tests.mapping.shelves import Desk, back, bare, errors, there

P = "urn:uuid:p"
PERSON = {
    "resourceType": "Patient",
    "fullUrl": P,
    "gender": "male",
    "meta": {"versionId": "3", "source": "KIS"},
    "name": [{"family": "Brinkmann", "period": {"start": "1960"}}],
}


def copying(desk: Desk, more: str, rules: str = "- gender <-> gender") -> Desk:
    return desk.fhir("- Patient <-> Patient as patient | p").map("p", "Patient", "Patient", rules, more)


def read(desk: Desk, *people: dict) -> dict:
    return there(desk.load(), {"Patient": [dict(person) for person in people or [PERSON]]})["Patient"][0]


def test_rest_copies_what_no_rule_names(desk: Desk) -> None:
    assert read(copying(desk, "copy: rest\n")) == {key: PERSON[key] for key in ("gender", "meta", "name")}


def test_a_list_copies_only_those(desk: Desk) -> None:
    assert read(copying(desk, "copy: [name]\n")) == {key: PERSON[key] for key in ("gender", "name")}


def test_except_leaves_elements_out_both_ways(desk: Desk) -> None:
    form = copying(desk, "copy: rest\nexcept: [meta.versionId, name]\n").load()
    expected = {"gender": "male", "meta": {"source": "KIS"}}
    assert there(form, {"Patient": [PERSON]})["Patient"] == [expected]
    assert bare(back(form, {"Patient": [PERSON]}))["Patient"] == [expected]


def test_what_is_excepted_is_ignored_with_that_reason(desk: Desk) -> None:
    form = copying(desk, "copy: rest\nexcept: [meta.versionId, name.period]\n").load()
    result = form.to_fhir({"Patient": [PERSON]}, "s")
    assert result.unmapped == []
    assert {form.reasons[leaf.rule] for leaf in result.ignored} == {"except"}
    assert [leaf.path[2:] for leaf in result.ignored] == [("meta", "versionId"), ("name", 0, "period", "start")]


def test_what_is_ignored_in_one_direction_is_copied_in_the_other(desk: Desk) -> None:
    form = copying(desk, "copy: rest\nignore:\n  fhir name: only read\n").load()
    assert "name" in there(form, {"Patient": [PERSON]})["Patient"][0]
    assert "name" not in back(form, {"Patient": [PERSON]})["Patient"][0]


def test_a_container_that_becomes_empty_by_an_exception_is_left_out(desk: Desk) -> None:
    assert "meta" not in read(copying(desk, "copy: rest\nexcept: [meta.versionId, meta.source]\n"))


def test_references_in_a_copy_point_to_the_new_identities(desk: Desk) -> None:
    desk.fhir("- Patient <-> Patient as patient | p\n- Goal <-> Goal | g")
    desk.map("p", "Patient", "Patient", "- identifier <-> identifier | copy", "key: [identifier.value]\n")
    desk.map("g", "Goal", "Goal", "- lifecycleStatus <-> lifecycleStatus", "copy: rest\n")
    person = {"resourceType": "Patient", "fullUrl": P, "identifier": [{"value": "4711"}]}
    goal = {"resourceType": "Goal", "fullUrl": "urn:uuid:g", "lifecycleStatus": "active", "subject": {"reference": P}}
    result = desk.load().to_fhir({"Patient": [person], "Goal": [goal]}, "s")
    assert errors(result) == []
    made = result.tree["Patient"][0]["fullUrl"]
    assert made != P
    assert result.tree["Goal"][0]["subject"] == {"reference": made}


def test_the_source_is_not_changed_by_a_copy(desk: Desk) -> None:
    form = copying(desk, "copy: rest\n").load()
    source = {"Patient": [dict(PERSON)]}
    result = form.to_fhir(source, "s")
    result.tree["Patient"][0]["name"][0]["family"] = "Sander"
    assert source["Patient"][0]["name"][0]["family"] == "Brinkmann"


def test_copy_behind_a_rule_takes_the_whole_object(desk: Desk) -> None:
    form = copying(desk, "ignore: {meta: not wanted}\n", "- gender <-> gender\n- name <-> name | copy").load()
    assert there(form, {"Patient": [PERSON]})["Patient"] == [{"gender": "male", "name": PERSON["name"]}]


def test_objects_of_one_type_are_copied_without_a_word(desk: Desk) -> None:
    form = copying(desk, "ignore: {meta: not wanted}\n", "- gender <-> gender\n- name <-> name").load()
    assert there(form, {"Patient": [PERSON]})["Patient"] == [{"gender": "male", "name": PERSON["name"]}]


def test_copy_of_texts_is_no_change(desk: Desk) -> None:
    form = desk.table("- a <-> name.text | copy").load()
    assert there(form, {"row": [{"a": "Ilse"}]})["Patient"] == [{"name": [{"text": "Ilse"}]}]


def test_an_object_a_rule_wrote_is_filled_up_and_not_replaced(desk: Desk) -> None:
    rules = "- gender <-> gender\n- = https://example.org/p -> meta.profile\n- language -> meta.versionId"
    made = read(copying(desk, "copy in: rest\n", rules), {**PERSON, "language": "de", "contact": [{}]})
    assert made["meta"] == {"profile": ["https://example.org/p"], "versionId": "de", "source": "KIS"}


def test_a_list_that_is_empty_without_its_exceptions_is_not_copied(desk: Desk) -> None:
    made = read(copying(desk, "copy: rest\nexcept: [name.family, name.period]\n"))
    assert "name" not in made


def test_copy_in_copies_only_to_fhir(desk: Desk) -> None:
    form = copying(desk, "copy in: rest\n").load()
    assert "name" in there(form, {"Patient": [PERSON]})["Patient"][0]
    assert "name" not in back(form, {"Patient": [PERSON]})["Patient"][0]


def test_what_is_left_out_below_a_list_is_left_out_of_each_item(desk: Desk) -> None:
    names = [{"family": "Kamp", "period": {"start": "1970"}, "text": "Frau Kamp"}, {"text": "Lippe"}]
    found = read(copying(desk, "copy: rest\nexcept: [name.period, name.family]\n"), {**PERSON, "name": names})
    assert found["name"] == [{"text": "Frau Kamp"}, {"text": "Lippe"}]


def test_what_is_left_out_below_an_object_of_a_list_is_left_out_too(desk: Desk) -> None:
    names = [{"family": "Kamp", "period": {"start": "1970", "end": "1990"}}, {"text": "Lippe"}]
    found = read(copying(desk, "copy: rest\nexcept: [name.period.start]\n"), {**PERSON, "name": names})
    assert found["name"] == [{"family": "Kamp", "period": {"end": "1990"}}, {"text": "Lippe"}]
