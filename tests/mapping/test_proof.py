"""Law 4: two-way means proven, on examples and on generated trees; what does not come back is a finding."""

import pytest

from gateway.mapping.proof import Proof, prove
from tests.mapping.shelves import ROOT, Desk, codes, root

HEAD = "a,b\n"


def proven(desk: Desk, *, bless: bool = False) -> Proof:
    desk.write("fhir/format.yaml", "format: fhir\ncodec: fhir\n")
    shelf = desk.shelf()
    form, canonical = shelf.get("trial"), shelf.get("fhir")
    assert form is not None
    assert canonical is not None
    return prove(form, canonical, "trial", bless=bless)


def sample(desk: Desk, lines: str, name: str = "01-x.in.csv") -> Desk:
    desk.write(f"trial/examples/{name}", HEAD + lines)
    return desk


def test_an_example_that_comes_back_is_clean(desk: Desk) -> None:
    proof = proven(sample(desk.table("- a <-> gender\n- b <-> birthDate"), "male,1950\n"))
    assert proof.problems == []
    assert (proof.examples, proof.back, proof.generated) == (1, 1, 25)


def test_coverage_is_the_share_of_rules_an_example_used(desk: Desk) -> None:
    assert proven(sample(desk.table("- a <-> gender\n- b <-> birthDate"), "male,\n")).coverage == "66 %"
    desk.write("leer/format.yaml", "format: leer\ncodec: fhir\n")
    assert Proof("leer").coverage == "-"


def test_a_rule_that_does_not_come_back_is_found_by_its_example(desk: Desk) -> None:
    proof = proven(sample(desk.table("- a -> gender\n- b <- gender"), "male,\n"))
    assert codes(proof.problems)[0] == "map.round-trip"
    assert proof.problems[0].place == "trial/examples/01-x.in.csv"
    assert "row 1, column b" in proof.problems[0].sentence


def test_a_value_that_comes_back_changed_is_found_in_generated_trees(desk: Desk) -> None:
    rules = "- a <-> name[use=official].text\n- b <-> name[use=official].text"
    assert "map.round-trip" in codes(proven(desk.table(rules)).problems)


def test_an_example_that_differs_from_its_expectation_is_found(desk: Desk) -> None:
    sample(desk.table("- a <-> gender\n- b <-> birthDate"), "male,1950\n")
    proven(desk, bless=True)
    file = desk.folder / "trial/examples/01-x.fhir.json"
    assert proven(desk).problems == []
    file.write_text(file.read_text(encoding="utf-8").replace("1950", "1951"), encoding="utf-8")
    found = proven(desk).problems
    assert codes(found) == ["map.example"]
    assert "birthDate" in found[0].sentence
    assert "1950" not in str(found)
    assert proven(desk, bless=True).problems == []
    assert proven(desk).problems == []


def test_a_declared_way_back_is_compared_instead_of_the_input(desk: Desk) -> None:
    sample(desk.table("- a -> gender\n- b <- gender", more="unmapped: warn\n"), "male,\n")
    desk.write("trial/examples/01-x.back.csv", HEAD + ",male\n")
    assert [p for p in proven(desk).problems if p.place.endswith(".csv")] == []
    desk.write("trial/examples/01-x.back.csv", HEAD + ",female\n")
    assert "map.example" in codes(proven(desk).problems)


def test_an_example_may_start_with_fhir(desk: Desk) -> None:
    desk.table("- a <- gender", more="direction: out\n")
    desk.write("trial/examples/01-out.fhir.json", '{"resourceType": "Patient", "id": "1", "gender": "male"}')
    assert proven(desk, bless=True).problems == []
    assert (desk.folder / "trial/examples/01-out.back.csv").read_bytes() == b"a,b\r\nmale,\r\n"
    desk.write("trial/examples/01-out.back.csv", "a,b\r\nfemale,\r\n")
    assert codes(proven(desk).problems) == ["map.example"]


def test_an_error_of_an_example_is_a_finding_with_its_place(desk: Desk) -> None:
    sample(desk.table("- a <-> gender | code sex\n- b <-> birthDate").codes("sex", "m;male;;\n"), "x,1950\n")
    found = [problem for problem in proven(desk).problems if problem.severity == "error"]
    assert [(p.code, p.place) for p in found] == [("map.code.unknown", "trial/examples/01-x.in.csv: row 1, column a")]


def test_an_example_that_cannot_be_decoded_is_a_finding(desk: Desk) -> None:
    sample(desk.table("- a <-> gender\n- b <-> birthDate"), "male,1950,surplus\n")
    assert "error" in {problem.severity for problem in proven(desk).problems}


def test_codes_that_do_not_survive_are_named(desk: Desk) -> None:
    desk.table("- a <-> gender | code sex\n- b <-> birthDate").codes("sex", "m;male;;\nx;male;in;\n")
    assert "map.code.one-way" in codes(proven(desk).problems)


def test_unmapped_and_ignored_leaves_owe_no_way_back(desk: Desk) -> None:
    assert proven(sample(desk.table("- a <-> gender"), "male,x\n")).problems == []


def test_a_format_without_maps_has_nothing_to_prove(desk: Desk) -> None:
    desk.write("trial/format.yaml", "format: trial\ncodec: fhir\n")
    assert proven(desk) == Proof("trial")


def test_one_direction_is_not_grown(desk: Desk) -> None:
    proof = proven(sample(desk.table("- a -> gender\n- b -> birthDate", more="direction: in\n"), "male,1950\n"))
    assert (proof.problems, proof.back, proof.generated) == ([], 0, 0)


@pytest.mark.parametrize("name", ["pflegedienst-liste", "ueberleitungsantrag", "evp"])
def test_a_format_that_ships_is_proven(name: str) -> None:
    desk = Desk(ROOT / "mappings")
    shelf = desk.shelf()
    form, canonical = shelf.get(name), shelf.get("fhir")
    assert form is not None
    assert canonical is not None
    assert [str(p) for p in prove(form, canonical, name).problems if p.severity == "error"] == []


def test_of_a_file_of_several_messages_each_comes_back(desk: Desk) -> None:
    rules = "- MSH-10 <-> /Bundle.identifier.value\n- PID <-> Patient as person | person"
    desk.message(rules, "unmapped: warn\n").map("person", "PID", "Patient", "- PID-5.1.1 <-> name.family")
    text = "MSH|^~\\&|A||||20260101||ADT^A01|{n}|P|2.5\rPID|1||1||Kamp{n}\r"
    desk.write("trial/examples/01-two.in.hl7", "".join(text.format(n=n) for n in (1, 2)))
    assert proven(desk).back == 2


def test_an_example_that_no_root_map_fits_is_a_finding(desk: Desk) -> None:
    desk.table("- a <-> gender")
    desk.maps("trial", {"main": root("row <-> Patient as one | one", "table") + "when: row.b\n"})
    assert "map.no-root" in codes(proven(sample(desk, "male,\n")).problems)
