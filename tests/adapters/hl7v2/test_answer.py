"""The acknowledgement of a message whose head was read."""

from datetime import UTC, datetime

import hl7
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.adapters.hl7v2 import codec
from gateway.adapters.hl7v2.answer import answer
from gateway.adapters.hl7v2.greeting import greet
from gateway.domain.problem import Problem

HEAD = "MSH|^~\\&|KIS|SENNEKLINIK|GW|OWL|20260311||ADT^A03^ADT_A03|K1|T|2.5||||||8859/1"
NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
WRONG = Problem("hl7v2.value.form", "PID[2]-3[2].4.2", "The value is no date & no time.", "Write | YYYYMMDD.")


def answered(head: str, code: str, *problems: Problem, encoding: str = "latin-1") -> list[str]:
    found = greet(head.encode(encoding), {})
    return answer(found, code, problems, NOW, "R1").decode(encoding).split("\r")


def test_an_answer_goes_back_to_the_sender_with_its_own_id() -> None:
    assert answered(HEAD, "AA") == [
        "MSH|^~\\&|GW|OWL|KIS|SENNEKLINIK|20260311093000+0000||ACK^A03^ACK|R1|T|2.5||||||8859/1",
        "MSA|AA|K1",
        "",
    ]


def test_every_problem_is_an_err_with_place_condition_sentence_and_repair() -> None:
    line = (
        "ERR||PID^2^3^2^4^2|102^Data type error^HL70357|E|hl7v2.value.form^^L||"
        "The value is no date \\T\\ no time.|Write \\F\\ YYYYMMDD."
    )
    assert answered(HEAD, "AR", WRONG, WRONG)[2:] == [line, line, ""]


@pytest.mark.parametrize(
    ("place", "location"),
    [
        ("MSH", "MSH^1"),
        ("MSH-18", "MSH^1^18^1"),
        ("PID-5.1", "PID^1^5^1^1"),
        ("message 2, DG1[3]-3", "DG1^3^3^1"),
        ("IN1[2]/IN2-3.1", "IN2^1^3^1^1"),
    ],
)
def test_a_place_of_a_message_is_the_error_location(place: str, location: str) -> None:
    line = answered(HEAD, "AE", Problem("x.y", place, "Wrong.", "Right."))[2]
    assert line.split("|")[2] == location
    assert line.split("|")[7] == "Wrong."


def test_a_place_that_is_none_of_the_message_stands_in_the_sentence() -> None:
    line = answered(HEAD, "AE", Problem("x.y", "Patient.name", "Wrong.", "Right."))[2]
    assert line.split("|")[2:4] == ["", "207^Application internal error^HL70357"]
    assert line.split("|")[7] == "Patient.name: Wrong."


def test_versions_before_2_5_get_the_old_error_and_a_text() -> None:
    lines = answered(HEAD.replace("2.5", "2.4"), "AR", WRONG)
    assert lines[1] == "MSA|AR|K1|The value is no date \\T\\ no time. Write \\F\\ YYYYMMDD."
    assert lines[2] == (
        "ERR|PID^2^3^102&Data type error&HL70357&hl7v2.value.form&The value is no date \\T\\ no time.&L"
    )


@pytest.mark.parametrize(
    ("version", "kind"),
    [("2.2", "ACK"), ("2.3", "ACK^A03"), ("2.3.1", "ACK^A03^ACK"), ("", "ACK^A03^ACK"), ("2.8", "ACK^A03^ACK")],
)
def test_the_type_of_the_answer_is_as_its_version_knows_it(version: str, kind: str) -> None:
    fields = answered(HEAD.replace("2.5", version), "AA")[0].split("|")
    assert (fields[8], fields[11]) == (kind, version or "2.5")


def test_names_go_back_in_the_bytes_they_came_in() -> None:
    head = HEAD.replace("SENNEKLINIK", "Großklinik").encode("latin-1")
    assert b"|Gro\xdfklinik|2026" in answer(greet(head, {}), "AA", (), NOW, "R1")


def test_names_whose_bytes_fit_nothing_go_back_as_they_came() -> None:
    head = HEAD.replace("8859/1", "UNICODE UTF-8").replace("SENNEKLINIK", "Großklinik").encode("latin-1")
    assert b"|Gro\xdfklinik|2026" in answer(greet(head, {}), "AA", (), NOW, "R1")


def test_the_sender_hears_its_own_delimiters_and_escapes() -> None:
    lines = answered("MSH#*~\\&#K\\F\\IS#KLINIK*1#GW#OWL###ADT*A03#K|1#P#2.5", "AA")
    assert lines[0] == "MSH#*~\\&#GW#OWL#K\\F\\IS#KLINIK*1#20260311093000+0000##ACK*A03*ACK#R1#P#2.5"
    assert lines[1] == "MSA#AA#K|1"


@pytest.mark.parametrize("data", [b"", b"GARBAGE\rPID|1\r", b"MSH", b"MSH|||||"])
def test_what_has_no_readable_head_is_refused_all_the_same(data: bytes) -> None:
    greeting = greet(data, {})
    lines = answer(greeting, "AR", greeting.problems, NOW, "R1").decode().split("\r")
    assert lines[0].startswith("MSH|^~\\&|")
    assert lines[1] == "MSA|AR|"
    assert lines[2].startswith("ERR||MSH^1")


def test_an_answer_to_wide_characters_is_utf_8_and_says_so() -> None:
    greeting = greet(HEAD.replace("8859/1", "UNICODE UTF-16").encode(), {})
    assert answer(greeting, "AA", (), NOW, "R1").split(b"\r")[0].endswith(b"|UNICODE UTF-8")


def test_another_parser_reads_the_answer() -> None:
    text = "\r".join(answered(HEAD, "AE", WRONG))
    parsed = hl7.parse(text)
    assert [str(parsed.segment("MSA")[n]) for n in (1, 2)] == ["AE", "K1"]
    assert str(parsed.segment("ERR")[3][0][0]) == "102"


PLACES = st.sampled_from(["MSH", "PID-3", "PID-3[2].4", "nowhere", "row 7, column plz", ""])
TEXTS = st.text(max_size=30)


@given(st.lists(st.tuples(PLACES, TEXTS, TEXTS), max_size=3), st.sampled_from(["2.3", "2.5"]))
def test_our_own_codec_reads_every_answer_back(rows: list[tuple[str, str, str]], version: str) -> None:
    head = HEAD.replace("|2.5|", f"|{version}|").replace("8859/1", "UNICODE UTF-8")
    problems = [Problem("map.value", *row) for row in rows]
    data = answer(greet(head.encode(), {}), "AE", problems, NOW, "R1")
    decoded = codec.decode(data, {})
    assert not [p for p in decoded.problems if p.severity == "error"]
    assert decoded.trees[0]["MSA"][0]["2"] == [{"1": "K1"}]
    assert len(decoded.trees[0].get("ERR", [])) == len(rows)


@pytest.mark.parametrize(
    ("code", "condition"),
    [
        ("hl7v2.msh.processing", "202^Unsupported processing id"),
        ("receive.key.reused", "205^Duplicate key identifier"),
        ("hl7v2.segment.missing", "101^Required field missing"),
        ("fhir.element.missing", "101^Required field missing"),
        ("map.no-root", "200^Unsupported message type"),
        ("match.several", "204^Unknown key identifier"),
    ],
)
def test_what_the_sender_can_mend_has_a_condition_of_its_own(code: str, condition: str) -> None:
    lines = answered(HEAD, "AR", Problem(code, "PID", "so", "so"))
    assert lines[2].split("|")[2:4] == ["PID^1", f"{condition}^HL70357"]
