"""What a format declares as no difference is levelled out, nothing else."""

from typing import Any

import pytest

from gateway.fhir.canonical import canonical

A, B = "urn:uuid:a", "urn:uuid:b"


def tree(**changes: Any) -> dict[str, Any]:
    patient = {"resourceType": "Patient", "id": "1", "fullUrl": A, "gender": "other", **changes}
    return {"Patient": [patient], "Task": [{"resourceType": "Task", "fullUrl": B, "for": {"reference": A}}]}


@pytest.mark.parametrize(
    ("word", "changes"),
    [
        ("ids", {"id": "2"}),
        ("narrative", {"text": {"status": "empty"}}),
        ("versions", {"meta": {"versionId": "3", "lastUpdated": "x"}}),
        ("display", {"gender": "other"}),
    ],
)
def test_a_word_levels_its_difference_out(word: str, changes: dict[str, Any]) -> None:
    given = {"meta": {}} if word == "versions" else {}
    assert canonical(tree(**given), [word]) == canonical(tree(**given | changes), [word])


def test_ids_level_the_forms_of_identities_and_keep_what_refers_to_what() -> None:
    other = {"Patient": [{**tree()["Patient"][0], "fullUrl": B}], "Task": [{**tree()["Task"][0], "fullUrl": A}]}
    crossed = {**other, "Task": [{**other["Task"][0], "for": {"reference": B}}]}
    assert canonical(tree(), ["ids"]) == canonical(crossed, ["ids"])
    assert canonical(tree(), ["ids"]) != canonical(other, ["ids"])


def test_order_levels_the_order_of_one_type() -> None:
    one, two = {"fullUrl": A, "code": 1}, {"fullUrl": B, "code": 2}
    words = ["order", "ids"]
    assert canonical({"Goal": [one, two]}, words) == canonical({"Goal": [two, one]}, words)
    assert canonical({"Goal": [one, two]}, ["ids"]) != canonical({"Goal": [two, one]}, ["ids"])


def test_display_of_a_coding_goes_and_that_of_a_reference_stays() -> None:
    given = {"Goal": [{"code": {"code": "1", "display": "x"}, "subject": {"display": "y"}}]}
    assert canonical(given, ["display"]) == {"Goal": [{"code": {"code": "1"}, "subject": {"display": "y"}}]}


def test_what_the_bundle_says_can_be_left_out_whole_or_in_part() -> None:
    given = {"Bundle": [{"resourceType": "Bundle", "timestamp": "x", "id": "b"}]}
    assert canonical(given, ["bundle"]) == {}
    assert canonical(given, ["timestamp"]) == {"Bundle": [{"resourceType": "Bundle", "id": "b"}]}


def test_without_words_and_with_unknown_ones_nothing_changes() -> None:
    assert canonical(tree(), []) == canonical(tree(), ["key-order", "weather"]) == tree()
