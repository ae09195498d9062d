"""Code tables: both directions, the declared answers to a code without a match, and what is wrong with a file."""

import pytest

from gateway.mapping.codes import ABSENT, SOURCE_CODE
from gateway.mapping.proof import codes as one_way
from tests.mapping.shelves import Desk, back, bare, both_ways, codes, errors, one, rows

THEIRS = "https://example.org/geschlecht"
SEX = "w;female;both;\nm;male;;\nd;other;in;divers\nx;other;out;\nu;unknown;in;\n"
KEPT = {"url": SOURCE_CODE, "valueCoding": {"system": THEIRS, "code": "q"}}
KEPT_OF_GENDER = {
    "url": "https://kuemmerer-gateway.de/fhir/StructureDefinition/element-source-code",
    "extension": [
        {"url": "element", "valueString": "gender"},
        {"url": "code", "valueCoding": {"system": THEIRS, "code": "q"}},
    ],
}
BARE = {"url": SOURCE_CODE, "valueCoding": {"code": "q"}}


def plain(desk: Desk, policy: str) -> Desk:
    return desk.table("- a <-> gender | code sex\n- b <-> birthDate").codes("sex", SEX, policy)


def coded(desk: Desk, policy: str, path: str = "maritalStatus") -> Desk:
    return desk.table(f"- a <-> {path} | code sex\n- b <-> birthDate").codes("sex", SEX, policy)


def test_a_row_without_direction_goes_both_ways(desk: Desk) -> None:
    form = plain(desk, "no match: error").load()
    assert one(form, {"a": "m"}) == {"gender": "male"}
    assert both_ways(form, rows({"a": "m"})) == rows({"a": "m"})


def test_the_direction_column_lists_the_two_ways_apart(desk: Desk) -> None:
    form = plain(desk, "no match: error").load()
    assert one(form, {"a": "d"}) == {"gender": "other"}
    assert back(form, {"Patient": [{"gender": "other"}]}) == rows({"a": "x"})


def test_no_match_error_is_an_error_and_writes_nothing(desk: Desk) -> None:
    form = plain(desk, "no match: error").load()
    result = form.to_fhir(rows({"a": "q", "b": "1950"}), "s")
    assert bare(result.tree) == {"Patient": [{"birthDate": "1950"}]}
    assert [(p.code, p.severity, p.place) for p in result.problems] == [
        ("map.code.unknown", "error", "row 1, column a"),
    ]
    assert len(result.unmapped) == 1


def test_no_match_error_holds_on_the_way_back_too(desk: Desk) -> None:
    form = plain(desk, "no match: error").load()
    result = form.from_fhir({"Patient": [{"gender": "unknown", "birthDate": "1950"}]})
    assert result.tree == rows({"b": "1950"})
    assert [(p.code, p.severity) for p in result.problems][:1] == [("map.code.unknown", "error")]


def test_an_unknown_code_in_a_chain_of_conversions_is_an_error(desk: Desk) -> None:
    desk.table("- a <-> name.text | code sex | prefix A-").codes("sex", SEX)
    assert "map.code.unknown" in codes(desk.load().to_fhir(rows({"a": "q"}), "s").problems)


def test_keep_beside_a_plain_code_writes_the_original_only(desk: Desk) -> None:
    form = plain(desk, f"no match: keep, their system: {THEIRS}").load()
    assert one(form, {"a": "q"}) == {"extension": [KEPT_OF_GENDER]}
    assert both_ways(form, rows({"a": "q"})) == rows({"a": "q"})


def test_keep_with_a_prefix_writes_prefix_and_original(desk: Desk) -> None:
    form = plain(desk, "no match: keep http://example.org/").load()
    assert one(form, {"a": "q"}) == {"gender": "http://example.org/q"}
    assert both_ways(form, rows({"a": "q"})) == rows({"a": "q"})


def test_a_bare_prefix_does_not_come_back(desk: Desk) -> None:
    form = plain(desk, "no match: keep A-").load()
    assert form.from_fhir({"Patient": [{"gender": "A-"}]}).tree == {}


def test_keep_in_a_concept_is_the_original_coding_beside_its_text(desk: Desk) -> None:
    form = coded(desk, f"no match: keep, system: http://h, their system: {THEIRS}").load()
    assert one(form, {"a": "q"}) == {"maritalStatus": {"coding": [{"system": THEIRS, "code": "q"}], "text": "q"}}
    assert both_ways(form, rows({"a": "q"})) == rows({"a": "q"})


def test_default_is_flagged_with_the_original(desk: Desk) -> None:
    form = plain(desk, f"no match: default unknown, their system: {THEIRS}").load()
    assert one(form, {"a": "q"}) == {"gender": "unknown", "extension": [KEPT_OF_GENDER]}
    assert both_ways(form, rows({"a": "q"})) == rows({"a": "q"})


def test_default_is_a_warning(desk: Desk) -> None:
    form = plain(desk, "no match: default unknown").load()
    found = form.to_fhir(rows({"a": "q"}), "s").problems
    assert [(p.code, p.severity, p.place) for p in found] == [("map.code.unknown", "warning", "row 1, column a")]


def test_default_in_a_concept_is_flagged_with_the_original(desk: Desk) -> None:
    form = coded(desk, f"no match: default unknown, system: http://h, their system: {THEIRS}").load()
    coding = {"extension": [KEPT], "system": "http://h", "code": "unknown"}
    assert one(form, {"a": "q"}) == {"maritalStatus": {"coding": [coding], "text": "q"}}
    assert both_ways(form, rows({"a": "q"})) == rows({"a": "q"})


def test_default_without_systems_is_a_bare_code(desk: Desk) -> None:
    form = coded(desk, "no match: default unknown").load()
    assert one(form, {"a": "q"})["maritalStatus"]["coding"] == [{"extension": [BARE], "code": "unknown"}]


def test_absent_says_unknown_and_nothing_else(desk: Desk) -> None:
    extension = {"url": ABSENT, "valueCode": "unknown"}
    assert one(plain(desk, "no match: absent").load(), {"a": "q"}) == {"_gender": {"extension": [extension]}}


def test_absent_in_a_coding_says_unknown(desk: Desk) -> None:
    form = coded(desk, "no match: absent", "maritalStatus.coding").load()
    assert one(form, {"a": "q"}) == {
        "maritalStatus": {"coding": [{"extension": [{"url": ABSENT, "valueCode": "unknown"}]}]}
    }


def test_an_unknown_code_of_a_concept_is_an_error_by_that_policy(desk: Desk) -> None:
    form = coded(desk, "no match: error").load()
    assert "map.code.unknown" in codes(form.to_fhir(rows({"a": "q"}), "s").problems)


def test_a_concept_gets_system_and_display_of_its_row(desk: Desk) -> None:
    desk.table("- a <-> maritalStatus | code sex").codes("sex", "", "no match: error, system: http://h")
    desk.write("trial/codes/sex.csv", "theirs;ours;display;system\nw;W;verwitwet;\nl;L;ledig;http://own\n")
    form = desk.load()
    widowed = {"coding": [{"system": "http://h", "code": "W", "display": "verwitwet"}]}
    assert one(form, {"a": "w"}) == {"maritalStatus": widowed}
    assert one(form, {"a": "l"})["maritalStatus"]["coding"][0]["system"] == "http://own"
    assert both_ways(form, rows({"a": "l"})) == rows({"a": "l"})


def test_a_coding_without_system_fits_the_tables_own(desk: Desk) -> None:
    form = coded(desk, "no match: error, system: http://h").load()
    assert back(form, {"Patient": [{"maritalStatus": {"coding": [{"code": "male"}]}}]}) == rows({"a": "m"})


def test_a_coding_of_another_system_is_passed_over(desk: Desk) -> None:
    form = coded(desk, "no match: error, system: http://h").load()
    codings = [{"system": "http://other", "code": "male"}, {"system": "http://h", "code": "female"}]
    assert back(form, {"Patient": [{"maritalStatus": {"coding": codings}}]}) == rows({"a": "w"})


def test_a_concept_without_a_known_coding_is_reported(desk: Desk) -> None:
    form = coded(desk, f"no match: keep, system: http://h, their system: {THEIRS}").load()
    other = {"extension": [{"url": "http://x"}], "system": "http://other", "code": "male"}
    result = form.from_fhir({"Patient": [{"maritalStatus": {"coding": [other]}, "birthDate": "1950"}]})
    assert result.tree == rows({"b": "1950"})
    assert "map.code.unknown" in codes(result.problems)
    assert errors(result) == []


def test_a_source_code_extension_without_a_code_says_nothing(desk: Desk) -> None:
    form = plain(desk, "no match: keep").load()
    empty = {"url": SOURCE_CODE, "valueCoding": {}}
    assert back(form, {"Patient": [{"gender": "male", "_gender": {"extension": [empty]}}]}) == rows({"a": "m"})


def test_names_may_stand_in_policies_and_rows(desk: Desk) -> None:
    desk.table("- a <-> maritalStatus | code sex", more="names: {h: http://h, own: http://own}\n")
    desk.codes("sex", "", "no match: error, system: $h")
    desk.write("trial/codes/sex.csv", "theirs;ours;system\nw;W;\nl;L;$own\n")
    form = desk.load()
    systems = [one(form, {"a": code})["maritalStatus"]["coding"][0]["system"] for code in "wl"]
    assert systems == ["http://h", "http://own"]


def test_codes_that_do_not_come_back_are_named(desk: Desk) -> None:
    found = list(one_way(plain(desk, "no match: error").load()))
    assert codes(found) == ["map.code.one-way"]
    assert "2 code(s)" in found[0].sentence
    assert found[0].sentence.endswith(": d, u")
    assert found[0].severity == "information"


def test_a_format_that_is_only_read_owes_no_way_back(desk: Desk) -> None:
    desk.table("- a -> gender | code sex", more="direction: in\n").codes("sex", SEX)
    assert list(one_way(desk.load())) == []


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a;b\n1;2\n", "map.code.header", "trial/codes/sex.csv:1:1"),
        ("", "map.code.header", "trial/codes/sex.csv:1:1"),
        ("theirs;note\n1;2\n", "map.code.header", "trial/codes/sex.csv:1:1"),
        ("theirs;ours;direction\nw;f;sideways\n", "map.code.direction", "trial/codes/sex.csv:2:1"),
        ("theirs;ours;direction\nw;f;\n\nw;x;\n", "map.code.twice", "trial/codes/sex.csv:4:1"),
        ("theirs;ours;direction\nw;f;\nx;f;\n", "map.code.twice", "trial/codes/sex.csv:3:1"),
        ('theirs;ours\n"w;f\n', "map.code.file", "trial/codes/sex.csv"),
        ("theirs;ours;system\nw;f;$nowhere\n", "map.syntax", "trial/codes/sex.csv:2:1"),
    ],
)
def test_a_fault_in_a_table_is_a_problem_with_its_line(desk: Desk, text: str, code: str, place: str) -> None:
    plain(desk, "no match: error").write("trial/codes/sex.csv", text)
    assert (code, place) in [(p.code, p.place) for p in desk.problems()]


def test_a_table_in_another_charset_is_a_problem(desk: Desk) -> None:
    plain(desk, "no match: error")
    (desk.folder / "trial/codes/sex.csv").write_bytes("theirs;ours\nmännlich;male\n".encode("cp1252"))
    assert "map.code.file" in codes(desk.problems())


def test_a_line_without_one_of_the_codes_is_a_problem(desk: Desk) -> None:
    plain(desk, "no match: error").write("trial/codes/sex.csv", "theirs;ours\nw\n")
    assert "map.code.row" in codes(desk.problems())


def test_an_unknown_coding_is_an_error_on_the_way_back_by_that_policy(desk: Desk) -> None:
    form = coded(desk, "no match: error, system: http://h").load()
    assert errors(form.from_fhir({"Patient": [{"maritalStatus": {"coding": [{"code": "nix"}]}}]}))
