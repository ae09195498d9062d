"""Blocks stand on an item of both sides; guards decide whether their rules run, each way on its own side."""

import pytest

from tests.mapping.shelves import Desk, back, bare, both_ways, message, one, rows, there

TWO = {"a": "male", "b": "x"}


def guarded(desk: Desk, when: str, more: str = "") -> Desk:
    return desk.table(
        f"- b <-> birthDate | as date\n- {when}\n  rules:\n    - a <-> gender",
        more=more,
    )


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("b", True),
        ("not b", False),
        ("b = x", True),
        ("b = y", False),
        ("b != y", True),
        ("b != x", False),
        ('"b in (w, x)"', True),
        ('"b in (w, y)"', False),
        ('"b starts (w, x)"', True),
        ('"b starts (y)"', False),
        ("b ~ letters", True),
        ("b ~ digits", False),
        ("not b ~ digits", True),
        ("a ~ digits", False),
    ],
)
def test_a_condition_lets_rules_run_or_not(desk: Desk, condition: str, holds: bool) -> None:  # noqa: FBT001 - a column of the table
    patterns = 'patterns: {letters: "[a-z]{1,3}", digits: "[0-9]+"}\n'
    form = guarded(desk, f"when: [{condition}]", patterns).load()
    assert one(form, TWO) == {"birthDate": "x"} | ({"gender": "male"} if holds else {})


def test_all_conditions_must_hold(desk: Desk) -> None:
    form = guarded(desk, "when: [b = x, not a]").load()
    assert one(form, TWO) == {"birthDate": "x"}


def test_any_wants_one_condition_only(desk: Desk) -> None:
    form = guarded(desk, "any: [b = y, a]").load()
    assert one(form, TWO) == {"birthDate": "x", "gender": "male"}


def test_back_is_asked_of_the_fhir_side_on_the_way_back(desk: Desk) -> None:
    form = guarded(desk, "back: active = true").load()
    assert back(form, {"Patient": [{"gender": "male", "active": True}, {"gender": "female"}]}) == rows({"a": "male"})


def test_a_guard_without_back_is_tried_on_the_way_back(desk: Desk) -> None:
    form = guarded(desk, "when: b").load()
    assert back(form, {"Patient": [{"gender": "male"}]}) == rows({"a": "male"})


def test_an_equality_is_written_on_the_way_back_if_its_rules_wrote(desk: Desk) -> None:
    form = desk.table("- when: b = x\n  rules:\n    - a <-> gender\n- a -> name.text").load()
    assert back(form, {"Patient": [{"gender": "male"}, {"name": [{"text": "Ilse"}]}]}) == rows(TWO)


def test_an_equality_of_any_is_not_written(desk: Desk) -> None:
    form = desk.table("- any: [b = x, b = y]\n  rules:\n    - a <-> gender").load()
    assert back(form, {"Patient": [{"gender": "male"}]}) == rows({"a": "male"})


def test_a_compared_value_counts_as_used(desk: Desk) -> None:
    form = desk.table("- when: b = x\n  rules:\n    - a <-> gender").load()
    assert form.to_fhir(rows(TWO), "s").unmapped == []


def test_a_guard_may_stand_in_a_guard(desk: Desk) -> None:
    form = desk.table(
        "- when: b = x\n  rules:\n    - when: a in (male, female)\n      rules:\n        - a <-> gender\n"
        "- b <-> name.text"
    ).load()
    assert one(form, TWO) == {"gender": "male", "name": [{"text": "x"}]}
    assert one(form, {"a": "m", "b": "x"}) == {"name": [{"text": "x"}]}


def test_a_guard_reaches_the_root_with_a_slash(desk: Desk) -> None:
    form = desk.message("""
      - PID <-> Patient:
          - when: /MSH-9.2 = A01
            rules:
              - 8 <-> gender
    """).load()
    tree = message(form, "PID||||||||male")
    assert there(form, tree)["Patient"] == [{"gender": "male"}]
    again = back(form, form.to_fhir(tree, "s").tree)
    assert again["MSH"][0]["9"] == [{"2": "A01"}]


def test_a_required_constant_in_a_guard_holds_for_the_guard_only(desk: Desk) -> None:
    form = desk.table("- b <-> name.text\n- when: a\n  rules:\n    - a <-> gender\n    - = true <-> active").load()
    people = [{"gender": "male", "name": [{"text": "x"}], "active": True}, {"gender": "male", "name": [{"text": "y"}]}]
    assert back(form, {"Patient": people}) == rows({"a": "male", "b": "x"}, {"b": "y"})


def test_a_block_stands_on_the_item_of_both_sides(desk: Desk) -> None:
    form = desk.message("""
      - PID <-> Patient:
          - 5[7=L] <-> name[use=official]:
              - 1.1 <-> family
              - 2 <-> given[0]
    """).load()
    tree = message(form, "PID|||||Brinkmann^Ilse^^^^^L")
    assert there(form, tree)["Patient"] == [{"name": [{"use": "official", "family": "Brinkmann", "given": ["Ilse"]}]}]
    assert back(form, form.to_fhir(tree, "s").tree)["PID"] == tree["PID"]


def test_a_block_in_which_nothing_is_written_makes_no_object(desk: Desk) -> None:
    form = desk.table("- b <-> gender\n- . <-> contact:\n    - = male -> gender\n    - a <-> name.text").load()
    assert one(form, {"b": "male"}) == {"gender": "male"}
    assert one(form, {"a": "Sohn"}) == {"contact": [{"gender": "male", "name": {"text": "Sohn"}}]}


def test_the_scope_itself_fills_a_single_object_that_stands_already(desk: Desk) -> None:
    form = desk.table("- a <-> maritalStatus.text\n- . <-> maritalStatus:\n    - b <-> coding.code").load()
    assert one(form, {"a": "verwitwet", "b": "W"}) == {
        "maritalStatus": {"text": "verwitwet", "coding": [{"code": "W"}]}
    }
    assert both_ways(form, rows({"a": "verwitwet", "b": "W"})) == rows({"a": "verwitwet", "b": "W"})


def test_a_block_on_a_value_reads_it_with_a_dot(desk: Desk) -> None:
    form = desk.table("- a <-> name[use=official]:\n    - . <-> text").load()
    assert one(form, {"a": "Ilse"}) == {"name": [{"use": "official", "text": "Ilse"}]}
    assert both_ways(form, rows({"a": "Ilse"})) == rows({"a": "Ilse"})


def test_a_map_of_a_datatype_is_called_from_many_places(desk: Desk) -> None:
    desk.message("- PID <-> Patient:\n    - 5 <-> name | XPN\n    - 6 <-> contact.name | XPN")
    form = desk.map("XPN", "XPN", "HumanName", "- 1.1 <-> family\n- 2 <-> given[0]").load()
    tree = message(form, "PID|||||Brinkmann^Ilse|Sander^Anna")
    assert there(form, tree)["Patient"] == [
        {
            "name": [{"family": "Brinkmann", "given": ["Ilse"]}],
            "contact": [{"name": {"family": "Sander", "given": ["Anna"]}}],
        }
    ]
    assert back(form, form.to_fhir(tree, "s").tree)["PID"] == tree["PID"]


def test_the_same_row_makes_two_resources(desk: Desk) -> None:
    form = desk.table("- a <-> code.text\n- . <-> subject:Patient:\n    - b <-> gender", target="ServiceRequest").load()
    made = form.to_fhir(rows({"a": "Pflege", "b": "male"}), "s").tree
    assert bare(made)["Patient"] == [{"gender": "male"}]
    assert made["ServiceRequest"][0]["subject"] == {"reference": made["Patient"][0]["fullUrl"]}
    assert back(form, made) == rows({"a": "Pflege", "b": "male"})


def test_the_first_root_map_whose_guard_holds_is_used(desk: Desk) -> None:
    desk.message("- PID <-> Patient:\n    - 8 <-> gender", more="roots: [other, main]\n")
    desk.map("other", "message", "resources", "- PV1 <-> Encounter:\n    - 19.1 <-> identifier.value",
             more="when: PV1\nback: Encounter\n")  # fmt: skip
    form = desk.load()
    assert list(there(form, message(form, "PID||||||||male"))) == ["Patient"]
    assert list(there(form, message(form, "PID|1", "PV1|1|I|||||||||||||||||815"))) == ["Encounter"]
    assert "PID" in back(form, {"Patient": [{"gender": "male"}]})
    assert "PV1" in back(form, {"Encounter": [{"identifier": [{"value": "815"}]}]})


def test_a_message_no_root_map_fits_is_a_problem_that_names_them(desk: Desk) -> None:
    desk.message("- PID <-> Patient:\n    - 8 <-> gender")
    desk.map("main", "message", "resources", "- PID <-> Patient:\n    - 8 <-> gender", "when: PV1\nback: Encounter\n")
    form = desk.load()
    for result, side in (
        (form.to_fhir(message(form, "PID||||||||male"), "s"), "message"),
        (form.from_fhir({"Patient": [{"gender": "male"}]}), "Bundle"),
    ):
        assert result.tree == {}
        assert [(p.code, p.place, p.repair) for p in result.problems] == [("map.no-root", side, "known: main")]
