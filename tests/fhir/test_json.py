"""FHIR's JSON leaves as it came, and what is no JSON is a problem with a place."""

import copy
import pickle

import pytest

from gateway.fhir import json
from gateway.fhir.json import Limits, Number
from tests.fhir.corpus import files, needs_data

LOSSY = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}
"""Valid by RFC 8259, but one of the two values would be lost in silence: refused."""


@pytest.mark.parametrize("number", ["72.50", "1e2", "-0", "-0.0", "1E400", "0.10e-7", "12345678901234567890", "7"])
def test_a_number_leaves_byte_for_byte_as_it_came(number: str) -> None:
    value, problems = json.loads(f'{{"value":{number}}}'.encode())
    assert (json.dumps(value), problems) == (f'{{"value":{number}}}'.encode(), [])


def test_small_whole_numbers_are_ints_and_all_others_keep_their_text() -> None:
    value, _ = json.loads(b"[5, 5.0, 1234567890123456789]")
    assert [type(item) for item in value] == [int, Number, Number]


def test_numbers_differ_when_a_digit_was_lost() -> None:
    assert Number("72.50") != Number("72.5")
    assert Number("72.50") == Number("72.50") == 72.5
    assert len({Number("72.50"), Number("72.50")}) == 1


def test_a_number_survives_copying() -> None:
    number = Number("1E400")
    assert str(copy.deepcopy([number])[0]) == str(pickle.loads(pickle.dumps(number))) == "1E400"  # noqa: S301 - our own bytes


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        (b'{"a": {"b": 1, "b": 2}}', "json.key.twice", "/a"),
        (b'{\n "a": NaN}', "json.constant", "line 2, column 7"),
        (b'["NaN", -Infinity]', "json.constant", "line 1, column 9"),
        (b'{"a": ["\\ud800"]}', "json.surrogate", "/a/0"),
        (b'{"a": "\xff"}', "json.charset", "byte 8"),
        (b"{} {}", "json.syntax", "line 1, column 4"),
        (b'{"a": 1,}', "json.syntax", "line 1, column 9"),
        (b"", "json.syntax", "line 1, column 1"),
        (b"[" * 101 + b"]" * 101, "json.depth", "file"),
        (b"[" * 100_000, "json.depth", "file"),
    ],
)
def test_what_is_no_json_is_a_problem_with_its_place(text: bytes, code: str, place: str) -> None:
    value, problems = json.loads(text)
    assert value is None
    assert [(p.code, p.place) for p in problems] == [(code, place)]


def test_a_key_that_is_no_element_name_is_not_repeated_in_a_place() -> None:
    _, problems = json.loads('{"Frida Öztürk": {"a": 1, "a": 2}}'.encode())
    assert problems[0].place == "/?"


def test_a_byte_order_mark_is_tolerated() -> None:
    assert json.loads(b'\xef\xbb\xbf{"a": 1}') == ({"a": 1}, [])


def test_limits_are_problems_not_crashes() -> None:
    assert [p.code for p in json.loads(b'{"a": 1}', Limits(bytes=3))[1]] == ["json.bytes"]
    assert [p.code for p in json.loads(b"[[1]]", Limits(depth=1))[1]] == ["json.depth"]
    assert json.loads(b"[[1]]", Limits(depth=2)) == ([[1]], [])


def test_surrogate_pairs_are_one_character() -> None:
    assert json.loads(b'["\\ud83d\\ude00"]') == (["\U0001f600"], [])


def test_what_json_cannot_write_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        json.dumps({"a": object()})


def test_pretty_means_two_blanks_per_level() -> None:
    assert json.dumps({"a": [Number("1.0")]}, pretty=True) == b'{\n  "a": [\n    1.0\n  ]\n}'


@needs_data
def test_the_json_test_suite_is_judged_as_its_file_names_say() -> None:
    wrong = []
    for path in files("hostile/json/test_parsing/*.json"):
        refused = bool(json.loads(path.read_bytes())[1])
        if path.name[0] != "i" and refused != (path.name[0] == "n" or path.name in LOSSY):
            wrong.append(path.name)
    assert wrong == []


@needs_data
def test_every_official_example_is_written_as_it_was_read() -> None:
    for path in files("fhir-r4/examples/*.json"):
        value, problems = json.loads(path.read_bytes())
        assert (json.loads(json.dumps(value)), path.name) == ((value, problems), path.name)


def test_a_key_twice_is_found_beside_characters_written_by_number() -> None:
    value, problems = json.loads(b'{"a": 1, "a": ["\\u0022\\u0022"]}')
    assert value is None
    assert [problem.code for problem in problems] == ["json.key.twice"]
