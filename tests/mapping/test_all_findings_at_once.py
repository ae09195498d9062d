"""A check says all it can in one go (law 1), and only of what the format itself says."""

import pytest

from tests.mapping.shelves import Desk


def test_a_line_that_cannot_be_read_does_not_hide_a_path_that_does_not_exist(desk: Desk) -> None:
    problems = desk.table("- a --> gender\n- b <-> birthDay\n").problems()
    assert [(p.code, p.place) for p in problems if p.severity == "error"] == [
        ("map.syntax", "trial/one.map.yaml:5:5"),
        ("map.path", "trial/one.map.yaml:6:5"),
    ]


def test_a_line_that_cannot_be_read_makes_no_finding_of_what_follows_from_it(desk: Desk) -> None:
    problems = desk.table("- a --> gender | code sex\n").codes("sex", "w;female;;\n").problems()
    assert [p.code for p in problems] == ["map.syntax"]


@pytest.mark.parametrize(
    "text", ["", "[]", "map: one", "map: one\nrules: 7", "source: row\nrules: [a, {b: c}]", "a: [b"]
)
def test_a_map_with_almost_nothing_in_it_is_a_finding(desk: Desk, text: str) -> None:
    desk.table("- a <-> gender\n").write("trial/one.map.yaml", text)
    assert "error" in {p.severity for p in desk.problems()}


def test_what_a_dialect_leaves_at_rest_of_its_parent_is_no_finding(desk: Desk) -> None:
    desk.table("- a <-> gender | code sex\n- b <-> language\n").codes("sex", "w;female;;\n")
    desk.write("calm/format.yaml", "format: calm\nextends: trial\n")
    desk.write("calm/one.map.yaml", "map: one\ndrop: [a]\nignore: {a: not kept there}\n")
    assert desk.problems("calm") == []


def test_a_table_of_its_own_that_no_rule_asks_is_a_finding(desk: Desk) -> None:
    problems = desk.table("- a <-> language\n").codes("sex", "w;female;;\n").problems()
    assert [(p.code, p.place) for p in problems] == [("map.code.unused", "trial/codes/sex.csv")]


def test_options_that_the_codec_does_not_take_are_said_once_and_nothing_that_follows_from_them(desk: Desk) -> None:
    problems = desk.table("- a <-> gender\n- b <-> language\n", options="delimiter: ab\n").problems()
    assert [(p.code, p.place) for p in problems] == [("delimited.options", "trial/format.yaml: options.delimiter")]


def test_a_value_that_cannot_be_read_is_one_problem_as_grave_as_an_unmapped_one(desk: Desk) -> None:
    form = desk.table("- a <-> birthDate\n", columns=["a"], more="unmapped: error\n").load()
    problems = form.to_fhir({"row": [{"a": "yesterday"}]}, "seed").problems
    assert [(p.code, p.severity) for p in problems if p.code != "map.empty"] == [("map.value", "error")]


def test_words_of_the_option_booleans_are_those_of_the_conversion(desk: Desk) -> None:
    form = desk.table("- a <-> active\n", columns=["a:boolean"], options="booleans: [J, N]\n").load()
    assert form.to_fhir({"row": [{"a": "N"}]}, "seed").tree["Patient"][0]["active"] is False


def test_a_guard_over_a_map_that_is_no_root_is_a_finding_since_it_would_choose_nothing(desk: Desk) -> None:
    desk.table("").map("one", "row", "Patient", "- a <-> gender\n", more="when: [b = x]\n")
    assert [(p.code, p.place) for p in desk.problems()] == [("map.guard", "trial/one.map.yaml:1:1")]
