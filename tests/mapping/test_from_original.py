"""`from_fhir(original, changed)`: what no rule knows of the original stays; the changes are laid over it (law 4)."""

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.mapping.merge import overlay
from tests.mapping.shelves import Desk, message, rows

LEAF = st.sampled_from(["x", "y", "z"])
TREES = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.dictionaries(st.sampled_from("abc"), inner, min_size=1, max_size=3), st.lists(inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


def written(desk: Desk, original: dict[str, Any], edit: dict[str, Any]) -> dict[str, Any]:
    form = desk.table("- a <-> gender\n- b <-> birthDate", "abc").load()
    changed = form.to_fhir(original, "s").tree
    for person in changed["Patient"]:
        person.update(edit)
    tree: dict[str, Any] = form.from_fhir(changed, original).tree
    return tree


def test_an_unchanged_result_gives_the_original(desk: Desk) -> None:
    original = rows({"a": "male", "c": "unknown to all rules"})
    assert written(desk, original, {}) == original


def test_a_changed_value_replaces_the_old_one(desk: Desk) -> None:
    assert written(desk, rows({"a": "male", "c": "z"}), {"gender": "female"}) == rows({"a": "female", "c": "z"})


def test_a_new_value_is_added(desk: Desk) -> None:
    assert written(desk, rows({"a": "male", "c": "z"}), {"birthDate": "1950"}) == rows(
        {"a": "male", "b": "1950", "c": "z"}
    )


def test_a_value_taken_away_goes(desk: Desk) -> None:
    form = desk.table("- a <-> gender\n- b <-> birthDate", "abc").load()
    original = rows({"a": "male", "b": "1950", "c": "z"})
    changed = form.to_fhir(original, "s").tree
    del changed["Patient"][0]["birthDate"]
    assert form.from_fhir(changed, original).tree == rows({"a": "male", "c": "z"})


def test_a_row_taken_away_goes_with_its_unmapped_content(desk: Desk) -> None:
    form = desk.table("- a <-> gender", "abc").load()
    original = rows({"a": "male", "c": "1"}, {"a": "female", "c": "2"})
    changed = form.to_fhir(original, "s").tree
    del changed["Patient"][0]
    assert form.from_fhir(changed, original).tree == rows({"a": "female", "c": "2"})


def test_a_new_row_stands_beside_the_old_ones(desk: Desk) -> None:
    form = desk.table("- a <-> gender", "abc").load()
    original = rows({"a": "male", "c": "1"})
    changed = form.to_fhir(original, "s").tree
    changed["Patient"].append({"resourceType": "Patient", "gender": "other"})
    assert form.from_fhir(changed, original).tree == rows({"a": "male", "c": "1"}, {"a": "other"})


def test_unknown_segments_of_a_message_stay(desk: Desk) -> None:
    form = desk.message("- PID <-> Patient:\n    - 8 <-> gender").load()
    original = message(form, "PID|||4711|||||male", "ZBE|7|20261104")
    changed = form.to_fhir(original, "s").tree
    changed["Patient"][0]["gender"] = "female"
    tree = form.from_fhir(changed, original).tree
    assert tree["PID"] == [{"3": [{"1": "4711"}], "8": [{"1": "female"}]}]
    assert tree["ZBE"] == original["ZBE"]
    assert tree["MSH"] == original["MSH"]


def test_a_subtree_taken_away_leaves_its_unmapped_part() -> None:
    assert overlay({"a": {"k": "1", "u": "2"}}, {"a": {"k": "1"}}, {"b": "3"}) == {"a": {"u": "2"}, "b": "3"}
    assert overlay({"a": {"k": "1"}, "b": "x"}, {"a": {"k": "1"}}, {"c": "y"}) == {"b": "x", "c": "y"}


def test_lists_of_other_length_keep_what_is_the_same() -> None:
    original, known = [{"k": "1", "u": "a"}, {"k": "2", "u": "b"}], [{"k": "1"}, {"k": "2"}]
    assert overlay(original, known, [{"k": "2"}]) == [{"k": "2", "u": "b"}]
    assert overlay(original, known, [{"k": "9"}, {"k": "1"}, {"k": "2"}]) == [{"k": "9"}, *original]


def test_a_list_the_maps_know_only_in_part_is_written_anew() -> None:
    assert overlay([{"k": "1"}, {"u": "b"}], [{"k": "1"}], [{"k": "2"}]) == [{"k": "2"}]


def test_a_value_in_place_of_an_object_is_the_change() -> None:
    assert overlay({"a": {"k": "1"}}, {"a": {"k": "1"}}, {"a": "x"}) == {"a": "x"}
    assert overlay({"a": "1"}, {"a": "1"}, {"a": {"k": "x"}}) == {"a": {"k": "x"}}


@given(TREES, TREES)
def test_what_is_wholly_known_becomes_the_change(original: Any, changed: Any) -> None:
    assert overlay(original, copy.deepcopy(original), changed) == changed


@given(TREES)
def test_without_a_change_everything_stays(original: Any) -> None:
    assert overlay(original, "known", "known") == original
