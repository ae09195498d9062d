"""Repeats: first fitting item on the way, each item at the end, the star, lists into one place and back."""

from gateway.mapping.run import leaves
from tests.mapping.shelves import Desk, back, bare, both_ways, errors, message, one, rows, there

PID = "PID|||4711^^^KLINIK^PI~A123456789^^^^NH||Brinkmann^Ilse"


def test_a_path_that_ends_at_a_list_means_each_item(desk: Desk) -> None:
    form = desk.message("- PID <-> Patient:\n    - 3 <-> identifier:\n        - 1 <-> value").load()
    tree = message(form, PID)
    assert there(form, tree)["Patient"] == [{"identifier": [{"value": "4711"}, {"value": "A123456789"}]}]
    assert back(form, form.to_fhir(tree, "s").tree)["PID"][0]["3"] == [{"1": "4711"}, {"1": "A123456789"}]


def test_a_path_that_passes_a_list_takes_the_first_item(desk: Desk) -> None:
    form = desk.message("- PID <-> Patient:\n    - 3.1 <-> identifier.value").load()
    result = form.to_fhir(message(form, PID), "s")
    assert bare(result.tree)["Patient"] == [{"identifier": [{"value": "4711"}]}]
    assert "PID-3[2].1" in [problem.place for problem in result.problems if problem.code == "map.unmapped"]


def test_a_star_means_each_item_of_a_list_in_the_middle(desk: Desk) -> None:
    form = desk.message("- PID <-> Patient:\n    - 3*.1 <-> identifier*.value").load()
    tree = message(form, PID)
    assert there(form, tree)["Patient"] == [{"identifier": [{"value": "4711"}, {"value": "A123456789"}]}]
    assert back(form, form.to_fhir(tree, "s").tree)["PID"][0]["3"] == [{"1": "4711"}, {"1": "A123456789"}]


def test_each_item_may_be_chosen_by_a_selector(desk: Desk) -> None:
    form = desk.message("- PID <-> Patient:\n    - 3[5=NH] <-> identifier[use=official]:\n        - 1 <-> value").load()
    tree = message(form, PID)
    assert there(form, tree)["Patient"] == [{"identifier": [{"use": "official", "value": "A123456789"}]}]
    assert back(form, form.to_fhir(tree, "s").tree)["PID"][0]["3"] == [{"5": "NH", "1": "A123456789"}]


def test_neighbours_over_one_list_keep_its_order(desk: Desk) -> None:
    form = desk.message("""
      - PID <-> Patient:
          - 3[5=PI] <-> identifier[use=usual]:
              - 1 <-> value
          - 3[5=NH] <-> identifier[use=official]:
              - 1 <-> value
    """).load()
    tree = message(form, "PID|||1^^^^NH~2^^^^PI~3^^^^NH")
    assert [item["value"] for item in there(form, tree)["Patient"][0]["identifier"]] == ["1", "2", "3"]
    assert [item["1"] for item in back(form, form.to_fhir(tree, "s").tree)["PID"][0]["3"]] == ["1", "2", "3"]


def test_many_into_one_place_takes_the_first_and_reports_the_rest(desk: Desk) -> None:
    form = desk.message("- PID <-> Patient:\n    - 5.1.1 <-> text.div").load()
    result = form.to_fhir(message(form, "PID|||||Brinkmann~Sander"), "s")
    assert bare(result.tree)["Patient"] == [{"text": {"div": "Brinkmann"}}]
    assert [p.place for p in result.problems if p.code == "map.unmapped" and p.place.startswith("PID")] == [
        "PID-5[2].1.1"
    ]


def test_words_fill_a_list_and_come_back_as_one_text(desk: Desk) -> None:
    form = desk.table("- a <-> name.given | words").load()
    assert one(form, {"a": "Ilse Marie"}) == {"name": [{"given": ["Ilse", "Marie"]}]}
    assert both_ways(form, rows({"a": "Ilse Marie"})) == rows({"a": "Ilse Marie"})


def test_words_from_a_position_on_leave_the_earlier_ones_alone(desk: Desk) -> None:
    form = desk.table("- a <-> name.given[0]\n- b <-> name.given[1] | words").load()
    assert one(form, {"a": "Ilse", "b": "Marie Anna"}) == {"name": [{"given": ["Ilse", "Marie", "Anna"]}]}
    assert both_ways(form, rows({"a": "Ilse", "b": "Marie Anna"})) == rows({"a": "Ilse", "b": "Marie Anna"})


def test_a_list_of_one_item_has_no_rest(desk: Desk) -> None:
    form = desk.table("- a <-> name.given[0]\n- b <-> name.given[1] | words").load()
    assert both_ways(form, rows({"a": "Ilse"})) == rows({"a": "Ilse"})


def test_each_row_is_a_resource_of_its_own(desk: Desk) -> None:
    form = desk.table("- a <-> gender").load()
    tree = rows({"a": "male"}, {"a": "female"})
    assert there(form, tree)["Patient"] == [{"gender": "male"}, {"gender": "female"}]
    assert both_ways(form, tree) == tree


def test_rows_with_gaps_in_lists_from_elsewhere_are_passed_over(desk: Desk) -> None:
    form = desk.table("- a <- name.given[0]\n- b <- name.given[1]").load()
    assert back(form, {"Patient": [{"name": [{"given": [None, "Marie"]}]}]}) == rows({"b": "Marie"})


def test_every_leaf_of_a_list_is_reported_with_its_own_place(desk: Desk) -> None:
    form = desk.table("- a <-> gender").load()
    tree = rows({"a": "male", "b": "1"}, {"b": "2"})
    result = form.to_fhir(tree, "s")
    assert errors(result) == []
    assert [leaf.path for leaf in result.unmapped] == [("row", 0, "b"), ("row", 1, "b")]
    assert len(list(leaves(tree))) == 3
