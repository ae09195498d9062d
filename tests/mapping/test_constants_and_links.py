"""What stands on a side besides a path: constants, fallbacks, links to results, all results of a name."""

from gateway.mapping.run import Result
from tests.mapping.shelves import Desk, back, bare, both_ways, codes, message, one, rows, there

FINAL = "- = draft -> status\n- a <-> code.text"
PAIR = {
    "main": """
      map: main
      source: table
      target: resources
      rules:
        - row <-> Patient as patient | patient
        - row <-> ServiceRequest as need | need
    """,
    "patient": "{map: patient, source: row, target: Patient, rules: [a <-> gender]}",
}


def pair(desk: Desk, rule: str) -> Desk:
    desk.table("- a <-> gender")
    desk.maps("trial", PAIR)
    (desk.folder / "trial/one.map.yaml").unlink()
    return desk.map("need", "row", "ServiceRequest", f"- b <-> code.text\n{rule}")


def urls(result: Result, kind: str) -> list[str]:
    return [item["fullUrl"] for item in result.tree[kind]]


def test_a_constant_is_written_beside_what_a_rule_wrote(desk: Desk) -> None:
    form = desk.table(FINAL, target="ServiceRequest").load()
    assert one(form, {"a": "Pflege"}, "ServiceRequest") == {"status": "draft", "code": {"text": "Pflege"}}


def test_a_constant_alone_makes_no_object(desk: Desk) -> None:
    form = desk.table(FINAL, target="ServiceRequest").load()
    result = form.to_fhir(rows({"b": "x"}), "s")
    assert result.tree == {}
    assert "map.empty" in codes(result.problems)


def test_a_two_way_constant_is_required_on_the_way_back(desk: Desk) -> None:
    form = desk.table("- = draft <-> status\n- a <-> code.text", target="ServiceRequest").load()
    tree = {"ServiceRequest": [{"status": "active", "code": {"text": "x"}}, {"status": "draft", "code": {"text": "y"}}]}
    assert back(form, tree) == rows({"a": "y"})


def test_a_constant_on_the_right_is_written_on_the_way_back_and_required_there(desk: Desk) -> None:
    form = desk.table("- b <-> = 5\n- a <-> gender").load()
    assert there(form, rows({"a": "male", "b": "5"}, {"a": "female", "b": "6"}))["Patient"] == [{"gender": "male"}]
    assert both_ways(form, rows({"a": "male", "b": "5"})) == rows({"a": "male", "b": "5"})


def test_a_required_constant_of_the_source_is_used(desk: Desk) -> None:
    form = desk.table("- b <-> = 5\n- a <-> gender").load()
    assert form.to_fhir(rows({"a": "male", "b": "5"}), "s").unmapped == []


def test_constants_take_the_json_type_of_their_element(desk: Desk) -> None:
    form = desk.table("- = true <-> active\n- = 3 -> multipleBirthInteger\n- a <-> gender").load()
    made = one(form, {"a": "male"})
    assert made == {"active": True, "multipleBirthInteger": 3, "gender": "male"}
    assert both_ways(form, rows({"a": "male"})) == rows({"a": "male"})


def test_a_constant_for_a_field_goes_to_its_first_value(desk: Desk) -> None:
    form = desk.message("- MSH-9.1 <-> = ADT\n- PID <-> Patient:\n    - 8 <-> gender\n    - 1 <-> = 1").load()
    tree = back(form, {"Patient": [{"gender": "male"}]})
    assert tree["PID"] == [{"8": [{"1": "male"}], "1": [{"1": "1"}]}]
    assert tree["MSH"][0]["9"] == [{"1": "ADT"}]


def test_a_fallback_is_written_only_where_nothing_stands(desk: Desk) -> None:
    form = desk.table("- a <-> gender\n- ?= unknown -> gender\n- b <-> birthDate").load()
    assert one(form, {"a": "male", "b": "1950"})["gender"] == "male"
    assert one(form, {"b": "1950"})["gender"] == "unknown"


def test_a_fallback_is_not_required_on_the_way_back(desk: Desk) -> None:
    form = desk.table("- a <-> gender\n- ?= true <-> active").load()
    assert back(form, {"Patient": [{"gender": "male", "active": False}]}) == rows({"a": "male"})


def test_a_link_refers_to_the_result_of_that_name(desk: Desk) -> None:
    form = pair(desk, "- link patient <-> subject").load()
    result = form.to_fhir(rows({"a": "male", "b": "Pflege"}), "s")
    assert result.tree["ServiceRequest"][0]["subject"] == {"reference": urls(result, "Patient")[0]}


def test_a_link_may_stand_before_its_result(desk: Desk) -> None:
    pair(desk, "- link patient <-> subject")
    text = "map: main\nsource: table\ntarget: resources\nrules:\n"
    lines = "  - row <-> ServiceRequest as need | need\n  - row <-> Patient as patient | patient\n"
    desk.write("trial/main.map.yaml", text + lines)
    result = desk.load().to_fhir(rows({"a": "male", "b": "Pflege"}), "s")
    assert result.tree["ServiceRequest"][0]["subject"] == {"reference": urls(result, "Patient")[0]}


def test_a_link_to_nothing_writes_nothing(desk: Desk) -> None:
    form = pair(desk, "- link patient <-> subject").load()
    assert there(form, rows({"b": "Pflege"})) == {"ServiceRequest": [{"code": {"text": "Pflege"}}]}


def test_a_link_into_a_list_is_added(desk: Desk) -> None:
    form = pair(desk, "- link patient <-> performer\n- link patient -> insurance[0]").load()
    result = form.to_fhir(rows({"a": "male", "b": "Pflege"}), "s")
    assert result.tree["ServiceRequest"][0]["performer"] == [{"reference": urls(result, "Patient")[0]}]
    assert result.tree["ServiceRequest"][0]["insurance"] == [{"reference": urls(result, "Patient")[0]}]


def test_all_gathers_each_result_of_a_name_in_order(desk: Desk) -> None:
    desk.table("- a <-> code.text", target="ServiceRequest")
    desk.write(
        "trial/main.map.yaml",
        "map: main\nsource: table\ntarget: resources\nrules:\n"
        "  - row <-> ServiceRequest as need | one\n"
        "  - all need -> /CarePlan[status=draft].activity*.reference\n",
    )
    result = desk.load().to_fhir(rows({"a": "x"}, {"a": "y"}), "s")
    found = [item["reference"]["reference"] for item in result.tree["CarePlan"][0]["activity"]]
    assert found == urls(result, "ServiceRequest")


def test_a_link_on_the_right_is_written_on_the_way_back(desk: Desk) -> None:
    form = (
        desk.fhir("""
      - Patient <-> Patient as patient | p
      - Goal <-> Goal as goal | g
    """)
        .map("p", "Patient", "Patient", "- gender <-> gender")
        .map("g", "Goal", "Goal", "- description.text <-> description.text\n- subject <- link patient")
        .load()
    )
    tree = {
        "Patient": [{"fullUrl": "urn:uuid:p", "gender": "male"}],
        "Goal": [{"fullUrl": "urn:uuid:g", "description": {"text": "Treppe"}}],
    }
    result = form.from_fhir(tree)
    assert bare(result.tree)["Goal"][0]["subject"] == {"reference": urls(result, "Patient")[0]}


def test_a_linked_reference_is_used_and_not_reported(desk: Desk) -> None:
    form = pair(desk, "- link patient <-> subject").load()
    done = form.to_fhir(rows({"a": "male", "b": "Pflege"}), "s")
    assert form.from_fhir(done.tree).unmapped == []


def test_a_result_of_a_message_may_be_linked_from_a_block(desk: Desk) -> None:
    form = desk.message("""
      - PID <-> Patient as patient:
          - 8 <-> gender
      - PV1 <-> Encounter:
          - 19.1 <-> identifier.value
          - link patient <-> subject
    """).load()
    result = form.to_fhir(message(form, "PID||||||||male", "PV1|1|I|||||||||||||||||815"), "s")
    assert result.tree["Encounter"][0]["subject"] == {"reference": urls(result, "Patient")[0]}
