"""MSH-1 and MSH-2 (chapters 2.5.4, 2.14.9)."""

import pytest

from gateway.adapters.hl7v2 import codec
from gateway.adapters.hl7v2.separators import Separators, separators


def test_other_delimiters_are_used_as_given() -> None:
    data = b"MSH#*+!%#KIS#########\rPID###1*2%3+4##a!F!b\r"
    (tree,) = codec.decode(data, {}).trees
    assert tree["PID"][0]["3"] == [{"1": "1", "2": "2", "2.2": "3"}, {"1": "4"}]
    assert tree["PID"][0]["5"] == [{"1": {"1": "a#b"}}]
    assert codec.encode([tree], {}).data == b"MSH#*+!%#KIS\rPID###1*2%3+4##a!F!b\r"


def test_a_fifth_encoding_character_is_the_truncation_character() -> None:
    (tree,) = codec.decode(b"MSH|^~\\&#|\rNTE|||a\\P\\b\r", {}).trees
    assert tree["NTE"][0]["3"] == [{"1": "a#b"}]
    assert codec.encode([tree], {}).data == b"MSH|^~\\&#\rNTE|||a\\P\\b\r"


@pytest.mark.parametrize("given", ["^~&", "^&", "^", "", "^~", "^~\\\\&"])
def test_missing_escape_characters_are_a_problem_with_place(given: str) -> None:
    found, problems = separators(f"MSH|{given}|KIS")
    assert found == Separators()
    assert [(p.code, p.place, p.severity) for p in problems] == [("hl7v2.msh.encoding-characters", "MSH-2", "warning")]


@pytest.mark.parametrize("header", ["MSH", "MSHA^~\\&A", "MSH|^~X&|", "MSH|*&|", "MSH ^~\\& ", "MSH^^~\\&^", "MSH^"])
def test_delimiters_that_cannot_work_are_an_error(header: str) -> None:
    found, problems = separators(header)
    assert found is None
    assert [(p.code, p.severity) for p in problems] == [("hl7v2.msh.separators", "error")]


def test_a_repaired_header_is_written_with_all_its_delimiters() -> None:
    assert codec.encode(codec.decode(b"MSH|^~&|KIS\r", {}).trees, {}).data == b"MSH|^~\\&|KIS\r"
