"""The shape of the tree, on examples in pairs."""

import json
from pathlib import Path

import pytest

from gateway.adapters.hl7v2 import codec

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.in.hl7"))
HEAD = b"MSH|^~\\&|||||||ADT^A01^ADT_A01|1|P|2.5\r"


@pytest.mark.parametrize("source", EXAMPLES, ids=lambda path: path.name)
def test_an_example_reads_as_its_tree_says(source: Path) -> None:
    expected = json.loads(source.with_name(source.name.replace(".in.hl7", ".tree.json")).read_text("utf-8"))
    decoded = codec.decode(source.read_bytes(), {})
    assert decoded.trees == [expected]
    assert decoded.problems == []


@pytest.mark.parametrize("source", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_written_to_the_byte_as_it_came(source: Path) -> None:
    assert codec.encode(codec.decode(source.read_bytes(), {}).trees, {}).data == source.read_bytes()


def test_fields_and_parts_that_are_empty_are_absent() -> None:
    (tree,) = codec.decode(HEAD + b"PID|||^^^~~||^&^||&\r", {}).trees
    assert tree["PID"] == [{}]


def test_a_line_that_is_no_segment_continues_the_value_before_it() -> None:
    decoded = codec.decode(HEAD + b"PID|1\rNTE|1||first\nsecond\r", {})
    assert decoded.trees[0]["NTE"][0]["3"] == [{"1": "first\nsecond"}]
    assert [p.code for p in decoded.problems if p.severity != "information"] == ["hl7v2.segment.continued"]


def test_a_bad_segment_name_is_an_error_with_the_number_of_its_line() -> None:
    decoded = codec.decode(HEAD + b"PID|1\rP?D|1\r", {})
    assert [(p.code, p.place, p.severity) for p in decoded.problems] == [("hl7v2.segment.name", "segment 3", "error")]


def test_parts_beyond_every_known_number_survive() -> None:
    data = HEAD + b"ZZZ" + b"|" * 500 + b"x" + b"^y" * 500 + b"\r"
    (tree,) = codec.decode(data, {}).trees
    assert tree["ZZZ"][0]["500"][0]["501"] == "y"
    assert codec.encode([tree], {}).data == data
