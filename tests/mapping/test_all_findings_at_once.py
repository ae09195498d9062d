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
