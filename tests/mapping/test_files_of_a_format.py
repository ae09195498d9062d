"""What a format.yaml, a partner.yaml and the YAML of a map may hold; every fault is a finding, nothing is raised."""

from pathlib import Path

import pytest

from tests.mapping.shelves import Desk, codes

HEAD = "format: trial\ncodec: delimited\noptions: {columns: [{name: a}]}\n"
FORMATS = [
    ("titel: x\n", "map.yaml.key", "trial/format.yaml:4:1", "did you mean `title`?"),
    ("xyzzy: x\n", "map.yaml.key", "trial/format.yaml:4:1", "allowed: format, title"),
    ("title: x\ntitle: y\n", "map.yaml.twice", "trial/format.yaml:5:1", "keep one of the two"),
    ("direction: sideways\n", "map.yaml.value", "trial/format.yaml:4:12", "allowed: both, in, out"),
    ("unmapped: never\n", "map.yaml.value", "trial/format.yaml:4:11", "allowed: error, park, warn"),
    ("names: 7\n", "map.yaml.mapping", "trial/format.yaml:4:8", "indent them below this key"),
    ("names: {a: [b]}\n", "map.yaml.text", "trial/format.yaml:4:12", "write one line of text"),
    ("codes: {sex: {no match: perhaps}}\n", "map.code.policy", "trial/format.yaml:4:25", "error | keep"),
    ("codes: {sex: {no match: default}}\n", "map.code.policy", "trial/format.yaml:4:25", "default CODE"),
    ("codes: {sex: {no mtch: error}}\n", "map.yaml.key", "trial/format.yaml:4:15", "did you mean `no match`?"),
    ("codes: {sex: {no match: error}}\n", "map.code.table", "trial/format.yaml:1:1", "add it, or drop the entry"),
    ("patterns: {x: '(a+)+'}\n", "map.pattern", "trial/format.yaml:1:1", "use characters"),
    ("title: 'x\n", "map.yaml", "trial/format.yaml:5:1", "mend the line"),
    ("title: &x y\nstanding: *x\n", "map.yaml.alias", "trial/format.yaml:5:1", "write it out"),
    ("title: x: y\n", "map.yaml", "trial/format.yaml:4:9", "quote a rule that holds `: `"),
]


@pytest.mark.parametrize(("lines", "code", "place", "repair"), FORMATS)
def test_a_fault_in_format_yaml_is_found_with_its_place(
    desk: Desk, lines: str, code: str, place: str, repair: str
) -> None:
    desk.table("- a <-> gender", "a").write("trial/format.yaml", HEAD + lines)
    problem = next(problem for problem in desk.problems() if problem.code == code)
    assert problem.place == place
    assert repair in problem.repair


def test_the_format_is_called_like_its_folder(desk: Desk) -> None:
    desk.table("- a <-> gender").write("trial/format.yaml", HEAD.replace("trial", "other"))
    assert "map.format.name" in codes(desk.problems())


def test_an_unknown_format_names_the_known_ones(desk: Desk) -> None:
    problem = desk.table("- a <-> gender").problems("nix")[0]
    assert (problem.code, problem.repair) == ("map.format", "known: trial")


def test_an_unknown_parent_is_found_where_it_is_named(desk: Desk) -> None:
    desk.write("trial/format.yaml", "format: trial\nextends: nix\n")
    assert [(p.code, p.place) for p in desk.problems()] == [("map.format", "trial/format.yaml:1:1")]


def test_formats_that_extend_each_other_in_a_circle_are_a_finding(desk: Desk) -> None:
    desk.write("trial/format.yaml", "format: trial\nextends: other\n")
    desk.write("other/format.yaml", "format: other\nextends: trial\n")
    assert codes(desk.problems()) == ["map.extends"]


@pytest.mark.parametrize("codec", ["", "codec: nix\n"])
def test_a_format_needs_a_codec_that_exists(desk: Desk, codec: str) -> None:
    desk.table("- a <-> gender").write("trial/format.yaml", f"format: trial\n{codec}")
    assert "map.codec" in codes(desk.problems())


def test_a_table_needs_a_declared_answer(desk: Desk) -> None:
    desk.table("- a <-> gender | code sex").write("trial/codes/sex.csv", "theirs;ours\nw;female\n")
    problem = next(problem for problem in desk.problems() if problem.code == "map.code.policy")
    assert "add `sex: {no match: error}` under `codes:`" in problem.repair


def test_a_name_in_a_policy_must_exist(desk: Desk) -> None:
    desk.table("- a <-> gender | code sex").codes("sex", "w;female;;\n", "no match: error, system: $nix")
    assert "map.syntax" in codes(desk.problems())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "map.yaml.empty"),
        ("# nothing\n", "map.yaml.empty"),
        ("[" * 50 + "]" * 50, "map.yaml.deep"),
        ("[" * 5000, "map.yaml.deep"),
        ("x" * 1_000_001, "map.yaml.size"),
        ("- a\n- b\n", "map.yaml.mapping"),
        ("map: one\n---\nmap: two\n", "map.yaml"),
        ("\tmap: one\n", "map.yaml"),
        ("map: \x07\n", "map.yaml"),
        ("? [a]\n: b\n", "map.yaml"),
        ("map: one\nkey: 2026-02-30\n", "map.yaml"),
    ],
)
def test_a_file_that_is_no_usable_yaml_is_a_finding(desk: Desk, text: str, code: str) -> None:
    desk.table("- a <-> gender").write("trial/one.map.yaml", text)
    assert code in codes(desk.problems())


def test_a_file_in_another_charset_is_a_finding(desk: Desk) -> None:
    desk.table("- a <-> gender")
    (desk.folder / "trial/one.map.yaml").write_bytes("map: größe\n".encode("cp1252"))
    assert "map.file" in codes(desk.problems())


def test_a_file_that_cannot_be_opened_is_a_finding(desk: Desk) -> None:
    desk.table("- a <-> gender")
    (desk.folder / "trial/two.map.yaml").symlink_to(desk.folder / "nowhere")
    assert codes(desk.problems()) == ["map.file"]


def test_a_broken_format_yaml_is_a_finding(desk: Desk) -> None:
    desk.table("- a <-> gender").write("trial/format.yaml", "format: [\n")
    assert codes(desk.problems()) == ["map.yaml"]


@pytest.mark.parametrize(
    "options",
    [
        "zone: Mars/Olympus",
        "zone: 7",
        "zone: ../../etc/passwd",
        "dates: 5",
        "dates: [1, 2]",
        "dates: 'DD.DD.YYYY'",
        "decimal: 7",
        "decimal: ''",
        "columns: nix",
        "delimiter: 99",
    ],
)
@pytest.mark.parametrize("rule", ["- a <-> birthDate | date", "- a <-> multipleBirthInteger | decimal"])
def test_a_nonsense_option_is_a_finding_or_harmless(desk: Desk, options: str, rule: str) -> None:
    desk.table(rule).write(
        "trial/format.yaml", f"format: trial\ncodec: delimited\noptions:\n  columns: [{{name: a}}]\n  {options}\n"
        if not options.startswith("columns") else f"format: trial\ncodec: delimited\noptions:\n  {options}\n"
    )  # fmt: skip
    shelf = desk.shelf()
    form = shelf.get("trial")
    if form is None:
        assert [p for p in shelf.problems["trial"] if p.severity == "error"]
    else:
        form.to_fhir({"row": [{"a": "09.05.1941"}]}, "s")


def test_places_outside_the_base_are_shown_whole(desk: Desk, tmp_path: Path) -> None:
    shelf = desk.table("- a <-> gendr").shelf()
    shelf.base = tmp_path / "elsewhere"
    assert shelf.load("trial")[0].place.endswith("/trial/one.map.yaml:5:5")
