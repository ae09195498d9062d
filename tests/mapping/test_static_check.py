"""Law 1: a format is checked before it runs; each finding has file, line, column and a repair."""

import pytest

from gateway.domain.problem import Problem
from tests.mapping.shelves import Desk, codes

PLACE = "trial/one.map.yaml:5:5"
RULES = [
    ("- aa <-> gender", "map.path", "did you mean `a`?"),
    ("- a <-> gendr", "map.path", "did you mean `gender`?"),
    ("- a <-> xyzzy", "map.path", "known below Patient: "),
    ("- a <-> name.text.value", "map.path", "known below string: id, extension"),
    ("- a <-> generalPractitioner:Patient.gender", "map.path.target", "it may point to Organization"),
    ("- a <-> name:Patient.gender", "map.path.target", "`:Type` stands only behind a Reference"),
    ("- a <-> gender[x=1]", "map.path.single", "take the brackets or the star away"),
    ("- a <-> gender*", "map.path.single", "take the brackets or the star away"),
    ("- a <-> name[period=x].text", "map.path.value", "go on to the value"),
    ("- a <-> name[usage=x].text", "map.path", "did you mean `use`?"),
    ("- a <-> name[text~nix].text", "map.pattern", "define it under `patterns:`"),
    ("- a <-> name", "map.type", "go on to a value"),
    ("- a <-> maritalStatus", "map.type", "name a map"),
    ("- . <-> gender", "map.type", "go on to a value"),
    ("- a <-> .", "map.type", "go on to a value"),
    ("- a <-> gender:\n    - . <-> id", "map.type", "end the path one step earlier"),
    ("- a <-> gender | cod sex", "map.conversion", "conversions: words"),
    ("- a <-> gender | code sex", "map.code.table", "add codes/sex.csv"),
    ("- a <-> gender | code", "map.code.table", "add codes/TABLE.csv"),
    ("- link nobody <-> managingOrganization", "map.link.name", "name a result with `as nobody`"),
    ("- = x <-> = y", "map.constant", "put a path on one side"),
    ("- . <-> . | one | words", "map.call", "only `->` with a conversion"),
    ("- a = gender", "map.syntax", "write LEFT <-> RIGHT"),
    ("- a <-> gender |", "map.syntax", "name a conversion"),
    ("- a <-> gender | ", "map.syntax", "name a conversion"),
    ("- a <-> identifier[system=$nix].value", "map.syntax", "add `nix: ...` under `names:`"),
    ("- a <-> na[me", "map.syntax", "write NAME, NAME[key=value]"),
    ("- a <-> name[=x].text", "map.syntax", "write PATH, PATH = v"),
    ("- [a, b]", "map.yaml.text", "write one line of text"),
    ("- {a <-> contact: 5}", "map.yaml.rules", "start each rule with `- `"),
    ("- {a: 1, b: 2}", "map.yaml.key", "allowed: when, any, back, rules"),
    ("- {when: a}", "map.yaml.missing", "add `rules: ...`"),
    ("- when: [a = 1, a = 2]\n  rules:\n    - a <-> gender", "map.never", "mend `when:`"),
    ('- when: ["a in (1, 2)", a = 3]\n  rules:\n    - a <-> gender', "map.never", "mend `when:`"),
    ("- when: [a in (1, 2)]\n  rules:\n    - a <-> gender", "map.syntax", "quote a condition with a comma"),
    ("- when: aa = 1\n  rules:\n    - a <-> gender", "map.path", "did you mean `a`?"),
]


def found(desk: Desk, code: str, name: str = "trial") -> list[Problem]:
    return [problem for problem in desk.problems(name) if problem.code == code]


@pytest.mark.parametrize(("rules", "code", "repair"), RULES)
def test_a_fault_in_a_rule_is_found_with_its_place_and_a_repair(desk: Desk, rules: str, code: str, repair: str) -> None:
    problem = found(desk.table(rules), code)[0]
    assert problem.severity == "error"
    assert problem.place.startswith("trial/one.map.yaml:")
    assert problem.place.split(":")[1] in {"5", "6"}
    assert repair in problem.repair
    assert problem.sentence


def test_a_finding_points_to_line_and_column(desk: Desk) -> None:
    desk.table("- a <-> contact:\n    - . <-> name.text\n    - . <-> gendr")
    assert [p.place for p in found(desk, "map.path")] == ["trial/one.map.yaml:7:9"]


def test_all_findings_are_reported_and_not_only_the_first(desk: Desk) -> None:
    desk.table("- aa <-> gender\n- b <-> gendr\n- a <-> gender | nix\n- b = c")
    assert sorted({p.place.split(":")[1] for p in desk.problems()} - {""}) == ["5", "6", "7", "8"]


def test_a_broken_format_does_not_run(desk: Desk) -> None:
    shelf = desk.table("- a <-> gendr\n- b <-> gender").shelf()
    assert shelf.get("trial") is None
    assert codes(shelf.problems["trial"]) == ["map.path"]


def test_a_rule_against_the_direction_of_the_format_can_never_fire(desk: Desk) -> None:
    desk.table("- a <- gender\n- b -> birthDate", more="direction: in\n")
    assert [(p.place, p.severity) for p in found(desk, "map.never")] == [(PLACE, "error")]
    desk.table("- a <- gender\n- b -> birthDate", more="direction: out\n")
    assert [p.place for p in found(desk, "map.never")] == ["trial/one.map.yaml:6:5"]


def test_contradicting_conditions_are_fine_where_one_is_enough(desk: Desk) -> None:
    desk.table("- any: [a = 1, a = 2]\n  rules:\n    - a <-> gender")
    assert desk.problems() == []


def test_a_map_nobody_calls_is_named(desk: Desk) -> None:
    problems = desk.table("- a <-> gender").map("two", "row", "Patient", "- b <-> birthDate").problems()
    assert [(p.code, p.place, p.severity) for p in problems] == [("map.never", "trial/two.map.yaml:1:1", "warning")]


def test_a_map_must_stand_on_what_the_rule_ends_at(desk: Desk) -> None:
    desk.table("- . <-> contact.name | two").map("two", "row", "Address", "- b <-> text")
    assert "the map `two` stands on Address, but the FHIR side here is HumanName" in found(desk, "map.call")[0].sentence


def test_two_maps_of_one_name_are_a_finding(desk: Desk) -> None:
    desk.table("- a <-> gender").write("trial/zwei.map.yaml", "map: one\nsource: row\ntarget: Patient\n")
    assert [p.place for p in found(desk, "map.twice")] == ["trial/zwei.map.yaml:1:1"]


def test_a_format_needs_a_root_map(desk: Desk) -> None:
    desk.table("- a <-> gender")
    (desk.folder / "trial/main.map.yaml").unlink()
    assert found(desk, "map.root")[0].place == "trial/format.yaml:1:1"


def test_a_key_of_a_place_that_does_not_exist_is_a_finding(desk: Desk) -> None:
    desk.table("- a <-> gender").map("one", "row", "Patient", "- a <-> gender", "key: [identifer.value]\n")
    assert found(desk, "map.path")[0].repair == "did you mean `identifier`?"


@pytest.mark.parametrize("ignore", ["aa: reason", "fhir gendr: reason"])
def test_an_ignored_path_must_exist(desk: Desk, ignore: str) -> None:
    desk.table("- a <-> gender").map("one", "row", "Patient", "- a <-> gender", f"ignore: {{{ignore}}}\n")
    assert codes(desk.problems()) == ["map.path"]


def test_an_ignored_path_needs_a_reason(desk: Desk) -> None:
    desk.table("- a <-> gender").map("one", "row", "Patient", "- a <-> gender", "ignore:\n  b:\n")
    problem = found(desk, "map.ignore.reason")[0]
    assert problem.place == "trial/one.map.yaml:5:3"


def test_an_excepted_path_must_exist_on_both_sides(desk: Desk) -> None:
    desk.fhir("- Patient <-> Patient | p").map("p", "Patient", "Patient", "- gender <-> gender",
                                             "copy: rest\nexcept: [gendr]\n")  # fmt: skip
    assert "map.path" in codes(desk.problems())


def test_an_unused_table_is_named(desk: Desk) -> None:
    problems = desk.table("- a <-> gender").codes("sex", "w;female;;\n").problems()
    assert [(p.code, p.place, p.severity) for p in problems] == [("map.code.unused", "trial/codes/sex.csv", "warning")]


def test_a_constant_is_no_key(desk: Desk) -> None:
    desk.table("- a <-> gender").map("one", "row", "Patient", "- a <-> gender", "key: ['= x']\n")
    assert codes(desk.problems()) == ["map.key"]
