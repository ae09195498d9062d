"""What a tree breaks of the model."""

from typing import Any

import pytest

from gateway.adapters.hl7v2 import codec

MODEL = codec.model({})
MSH = [{"9": [{"1": "ADT", "2": "A01"}]}]


def codes(tree: dict[str, Any]) -> list[tuple[str, str]]:
    return [(p.code, p.place) for p in MODEL.check(tree, {})]


@pytest.mark.parametrize(
    ("below", "code", "place"),
    [
        ({"QQQ": [{}]}, "hl7v2.segment.unknown", "QQQ"),
        ({"PID": [{"99": [{"1": "x"}]}]}, "hl7v2.field.unknown", "PID-99"),
        ({"PID": [{"7": [{"1": "1950"}, {"1": "1951"}]}]}, "hl7v2.field.repeats", "PID-7"),
        ({"PID": [{"7": [{"1": "morgen"}]}]}, "hl7v2.value.form", "PID-7.1"),
        ({"IN1": [{}, {"IN2": [{"1": [{"7": "bald"}]}]}]}, "hl7v2.value.form", "IN1[2]/IN2-1.7"),
        ({"PID": {}}, "hl7v2.tree.shape", "PID"),
        ({"PID": ["x"]}, "hl7v2.tree.shape", "PID"),
        ({"PID": [{"3": "x"}]}, "hl7v2.tree.shape", "PID-3"),
        ({"PID": [{"3": ["x"]}]}, "hl7v2.tree.shape", "PID-3"),
        ({"PID": [{"3": [{"x": "1"}]}]}, "hl7v2.tree.shape", "PID-3/x"),
        ({"PID": [{"3": [{"4": {"1": 5}}]}]}, "hl7v2.tree.shape", "PID-3.4"),
        ({"PID": [{"3": [{"4": 5}]}]}, "hl7v2.tree.shape", "PID-3.4"),
    ],
)
def test_a_mistake_is_named_with_its_place(below: dict[str, Any], code: str, place: str) -> None:
    assert (code, place) in codes({"MSH": MSH, **below})


def test_a_tree_without_msh_is_an_error() -> None:
    assert codes({"PID": [{}]}) == [("hl7v2.tree.msh", "MSH")]


@pytest.mark.parametrize("value", ["1950", "195003", "19500317", "195003171705+0200", '""'])
def test_dates_of_every_precision_and_null_are_fine(value: str) -> None:
    assert codes({"MSH": MSH, "PID": [{"7": [{"1": value}]}]}) == []


@pytest.mark.parametrize(
    "tree",
    [
        {}, {"MSH": []}, {"MSH": [{"2": [{"1": "^~&"}]}]}, {"MSH": "x"}, {"MSH": [{}], "PID": [{"3": [{"0": "x"}]}]},
        {"MSH": [{}], "PID": [{"3": [{"99999999": "x"}]}]}, {"MSH": [{}], "PID": [{"3": [{"1": None}]}]},
    ],
)  # fmt: skip
def test_a_tree_of_another_shape_is_not_written_but_named(tree: dict[str, Any]) -> None:
    encoded = codec.encode([tree], {})
    assert encoded.data == b""
    assert "hl7v2.tree.shape" in [p.code for p in encoded.problems]
