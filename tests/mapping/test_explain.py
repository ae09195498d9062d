"""Law 5: every value of a result names its rule with file and line, its place in the source and what stood there."""

from typing import Any

from gateway.mapping.explain import Explanation, Origin, at_path, explain
from tests.mapping.shelves import Desk, message, rows


def origins(desk: Desk, tree: dict[str, Any]) -> dict[str, Origin]:
    form = desk.load()
    found = explain(form, form.to_fhir(tree, "s", "lineage"))
    return {origin.path: origin for origin in found.values}


def test_a_value_names_rule_source_and_what_stood_there(desk: Desk) -> None:
    desk.table("- a <-> birthDate | date", options="dates: DD.MM.YYYY\n")
    expected = Origin("Patient[0].birthDate", "1941-05-09", "trial/one.map.yaml:5", "row 1, column a", "09.05.1941")
    assert list(origins(desk, rows({"a": "09.05.1941"})).values()) == [expected]


def test_every_value_of_a_result_has_the_rule_that_made_it(desk: Desk) -> None:
    desk.table(
        "- a <-> name[use=official].given | words\n- = true <-> active\n- c <-> contact:\n    - . <-> name.text", "abc"
    )
    found = origins(desk, rows({"a": "Ilse Marie", "c": "Sohn"}))
    assert {origin.rule.partition(":")[0] for origin in found.values()} == {"trial/one.map.yaml"}
    assert found["Patient[0].name[0].given[1]"].before == "Ilse Marie"
    assert found["Patient[0].contact[0].name.text"].source == "row 1, column c"


def test_a_code_shows_what_stood_in_the_source(desk: Desk) -> None:
    desk.table("- a <-> gender | code sex").codes("sex", "w;female;;\n")
    origin = origins(desk, rows({"a": "w"}))["Patient[0].gender"]
    assert (origin.value, origin.before) == ("female", "w")


def test_a_constant_comes_from_its_rule_and_from_no_place(desk: Desk) -> None:
    desk.table("- a <-> gender\n- = true <-> active")
    origin = origins(desk, rows({"a": "male"}))["Patient[0].active"]
    assert (origin.rule, origin.source, origin.value) == ("trial/one.map.yaml:6", "", True)


def test_what_a_selector_wrote_comes_from_the_rule_with_the_selector(desk: Desk) -> None:
    desk.table("- a <-> name[use=official].family")
    origin = origins(desk, rows({"a": "Brinkmann"}))["Patient[0].name[0].use"]
    assert (origin.rule, origin.source, origin.before) == ("trial/one.map.yaml:5", "", None)


def test_a_reference_names_the_rule_that_linked_it(desk: Desk) -> None:
    desk.table("- a <-> code.text\n- . <-> subject:Patient as who:\n    - b <-> gender\n- link who -> requester",
               target="ServiceRequest")  # fmt: skip
    found = origins(desk, rows({"a": "x", "b": "male"}))
    assert found["ServiceRequest[0].requester.reference"].rule == "trial/one.map.yaml:8"
    assert found["ServiceRequest[0].subject.reference"].rule


def test_repetitions_have_their_own_places(desk: Desk) -> None:
    desk.message("- PID <-> Patient:\n    - 3 <-> identifier:\n        - 1 <-> value")
    found = origins(desk, message(desk.load(), "PID|||1~2"))
    assert [found[f"Patient[0].identifier[{n}].value"].source for n in (0, 1)] == ["PID-3.1", "PID-3[2].1"]


def test_a_copied_value_stands_where_it_stood(desk: Desk) -> None:
    desk.fhir("- Patient <-> Patient | p").map("p", "Patient", "Patient", "- gender <-> gender", "copy: rest\n")
    tree = {"Patient": [{"resourceType": "Patient", "fullUrl": "urn:uuid:1", "name": [{"given": ["Ilse", "Marie"]}]}]}
    origin = origins(desk, tree)["Patient[0].name[0].given[1]"]
    assert (origin.source, origin.before) == ("Patient[0].name[0].given[1]", "Marie")
    assert origin.rule.startswith("trial/p.map.yaml")


def test_ignored_leaves_have_their_reason_and_unmapped_ones_their_value(desk: Desk) -> None:
    desk.table("- a <-> gender", "abc")
    form = desk.map("one", "row", "Patient", "- a <-> gender", "ignore: {b: of no meaning}\n").load()
    found = explain(form, form.to_fhir(rows({"a": "male", "b": "x", "c": "y"}), "s", "lineage"))
    assert found.ignored == [("row 1, column b", "of no meaning")]
    assert found.unmapped == [("row 1, column c", "y")]


def test_the_three_variants_give_the_same_tree(desk: Desk) -> None:
    form = desk.table("- a <-> name[use=official].given | words\n- b <-> gender").load()
    tree = rows({"a": "Ilse Marie", "b": "female"})
    plain, account, lineage = (form.to_fhir(tree, "s", variant).tree for variant in ("plain", "account", "lineage"))
    assert plain == account == lineage


def test_the_plain_variant_records_nothing(desk: Desk) -> None:
    form = desk.table("- a <-> gender").load()
    result = form.to_fhir(rows({"a": "male", "b": "x"}), "s", "plain")
    assert result.book is not None
    assert (result.book.used, result.book.trace, result.unmapped, result.ignored) == ({}, [], [], [])
    text = form.ready("to_fhir", "plain").text
    assert "A[" not in text
    assert "L((" not in text


def test_the_account_records_no_lineage(desk: Desk) -> None:
    form = desk.table("- a <-> gender").load()
    result = form.to_fhir(rows({"a": "male"}), "s")
    assert result.book is not None
    assert result.book.trace == []
    assert result.book.used


def test_a_format_without_maps_has_nothing_to_explain(desk: Desk) -> None:
    desk.write("trial/format.yaml", "format: trial\ncodec: fhir\n")
    form = desk.load()
    assert explain(form, form.to_fhir({"Patient": [{}]}, "s", "lineage")) == Explanation([], [], [])


def test_a_path_that_ends_before_its_value_has_none() -> None:
    assert at_path({"row": [{"a": "1"}]}, ("row", 0, "a")) == "1"
    assert at_path({"row": [{"a": "1"}]}, ("row", 3, "a")) is None
