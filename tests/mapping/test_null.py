"""A value that means «explicitly empty» is apart from one that is absent, both ways."""

from gateway.mapping.codes import EXPLICITLY_EMPTY
from tests.mapping.shelves import Desk, back, both_ways, message, one, rows, there

EMPTY = {"extension": [{"url": EXPLICITLY_EMPTY, "valueBoolean": True}]}

NO_GENDER = {
    "url": "https://kuemmerer-gateway.de/fhir/StructureDefinition/element-source-code",
    "extension": [{"url": "element", "valueString": "gender"}, {"url": "code", "valueCoding": {"code": "-"}}],
}
"""A code that must come from a list cannot be without a value: its null is kept on the object that has it."""


def test_null_is_written_as_explicitly_empty(desk: Desk) -> None:
    form = desk.table("- a <-> gender\n- b <-> birthDate", more="null: '-'\n").load()
    assert one(form, {"a": "-", "b": "1950"}) == {"extension": [NO_GENDER], "birthDate": "1950"}


def test_null_comes_back_as_itself(desk: Desk) -> None:
    form = desk.table("- a <-> gender\n- b <-> birthDate", more="null: '-'\n").load()
    assert both_ways(form, rows({"a": "-", "b": "1950"})) == rows({"a": "-", "b": "1950"})


def test_null_needs_no_conversion(desk: Desk) -> None:
    form = desk.table("- a <-> birthDate | date\n- b <-> gender | code sex", more="null: '-'\n").codes("sex", "w;f;;\n")
    loaded = form.load()
    assert one(loaded, {"a": "-", "b": "-"}) == {"_birthDate": EMPTY, "extension": [NO_GENDER]}
    assert both_ways(loaded, rows({"a": "-", "b": "-"})) == rows({"a": "-", "b": "-"})


def test_null_in_a_list_keeps_its_position(desk: Desk) -> None:
    form = desk.table("- a <-> name.given[1]\n- b <-> name.given[0]", more="null: '-'\n").load()
    assert one(form, {"a": "-", "b": "Ilse"}) == {"name": [{"given": ["Ilse", None], "_given": [None, EMPTY]}]}
    assert both_ways(form, rows({"a": "-", "b": "Ilse"})) == rows({"a": "-", "b": "Ilse"})


def test_null_at_a_whole_list_is_its_first_item(desk: Desk) -> None:
    form = desk.table("- a <-> name.given | words\n- b <-> gender", more="null: '-'\n").load()
    assert both_ways(form, rows({"a": "-", "b": "x"})) == rows({"a": "-", "b": "x"})


def test_null_of_hl7_is_two_quotation_marks(desk: Desk) -> None:
    form = desk.message("- PID <-> Patient:\n    - 7 <-> birthDate\n    - 8 <-> gender").load()
    tree = message(form, 'PID|||||||""|male')
    assert there(form, tree)["Patient"] == [{"_birthDate": EMPTY, "gender": "male"}]
    assert back(form, form.to_fhir(tree, "s").tree)["PID"] == tree["PID"]


def test_a_format_without_null_takes_the_sign_as_text(desk: Desk) -> None:
    form = desk.table("- a <-> gender").load()
    assert one(form, {"a": "-"}) == {"gender": "-"}


def test_other_extensions_of_a_primitive_are_no_null(desk: Desk) -> None:
    form = desk.table("- a <-> gender\n- b <-> birthDate", more="null: '-'\n").load()
    other = {"extension": [{"url": "https://example.org/x", "valueBoolean": True}]}
    assert back(form, {"Patient": [{"_gender": other, "birthDate": "1950"}]}) == rows({"b": "1950"})
