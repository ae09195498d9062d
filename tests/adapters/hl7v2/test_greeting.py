"""The head of a message, read before anything else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.adapters.hl7v2.greeting import greet
from gateway.domain.codec import Greeting

HEAD = "MSH|^~\\&|KIS|SENNEKLINIK^1.2^ISO|GW|OWL|20260311||ADT^A03^ADT_A03|K1|P|2.5^DEU|||AL|NE|DEU|8859/1"


def said(text: str, encoding: str = "latin-1", **spec: str) -> Greeting:
    return greet(text.encode(encoding), spec)


def codes(greeting: Greeting) -> list[tuple[str, str]]:
    return [(p.code, p.place) for p in greeting.problems]


def test_the_head_says_what_is_needed_to_know_a_message_again() -> None:
    greeting = said(HEAD + "\rPID|||1\r")
    assert (greeting.key, greeting.kind, greeting.charset) == ("K1", "ADT^A03", "8859/1")
    assert (greeting.enhanced, greeting.accept, greeting.application) == (True, "AL", "NE")
    assert greeting.sender == "SENNEKLINIK"
    assert greeting.problems == ()


def test_a_message_that_asks_for_nothing_is_answered_in_original_mode() -> None:
    greeting = said(HEAD.replace("|AL|NE|", "||||"))
    assert (greeting.enhanced, greeting.accept, greeting.application) == (False, "AL", "AL")


def test_an_enhanced_message_wants_only_the_answers_it_names() -> None:
    greeting = said(HEAD.replace("|AL|NE|", "||AL|"))
    assert (greeting.enhanced, greeting.accept, greeting.application) == (True, "NE", "AL")


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + HEAD.encode() + b"\r",
        b"\x0b" + HEAD.encode() + b"\r",
        b"noise\r\n  " + HEAD.encode() + b"\r",
        b"FHS|^~\\&|\rBHS|^~\\&|\r" + HEAD.encode() + b"\r",
        HEAD.encode() + b"\nPID|||1\n",
        HEAD.encode() + b"\r\nPID|||1\r\n",
        HEAD.encode(),
        (HEAD + "\r").encode("utf-16"),
    ],
)
def test_msh_is_found_behind_marks_noise_and_envelopes(data: bytes) -> None:
    assert (greet(data, {}).key, greet(data, {}).charset, greet(data, {}).problems) == ("K1", "8859/1", ())


def test_the_message_has_delimiters_of_its_own() -> None:
    greeting = said("MSH#*~\\&#KIS#KLINIK*1#GW#OWL###ADT*A03#K|1#P#2.5")
    assert (greeting.kind, greeting.sender, greeting.key) == ("ADT^A03", "KLINIK", "K|1")


def test_escape_sequences_in_the_names_become_characters() -> None:
    greeting = said(HEAD.replace("SENNEKLINIK", "M \\T\\ M").replace("|K1|", "|K\\F\\1|"))
    assert (greeting.sender, greeting.key) == ("M & M", "K|1")


@pytest.mark.parametrize(("charset", "encoding"), [("8859/1", "latin-1"), ("UNICODE UTF-8", "utf-8"), ("", "utf-8")])
def test_names_are_read_in_the_character_set_of_the_message(charset: str, encoding: str) -> None:
    assert said(HEAD.replace("8859/1", charset).replace("SENNEK", "Großk"), encoding).sender == "GroßkLINIK"


def test_a_universal_id_stands_in_for_a_missing_name() -> None:
    assert said(HEAD.replace("SENNEKLINIK^1.2", "^1.2")).sender == "1.2"


@pytest.mark.parametrize("data", [b"", b"GARBAGE\rPID|1\r", b"msh|^~\\&|", b"PID|MSH|1", b"\xff\xfe\x00", b"\x0b"])
def test_without_msh_the_problem_is_that(data: bytes) -> None:
    assert codes(greet(data, {})) == [("hl7v2.msh.missing", "MSH")]


def test_an_msh_whose_delimiters_cannot_be_read_is_none() -> None:
    assert codes(greet(b"MSH", {})) == [("hl7v2.msh.separators", "MSH-2")]
    assert codes(greet(b"MSHA^~\\&A", {})) == [("hl7v2.msh.separators", "MSH-2")]


def test_a_message_without_id_or_type_is_refused_for_both() -> None:
    greeting = said(HEAD.replace("|K1|", "| |").replace("ADT^A03^ADT_A03", ""))
    assert codes(greeting) == [("hl7v2.msh.key", "MSH-10"), ("hl7v2.msh.type", "MSH-9")]


def test_an_id_with_control_characters_is_refused() -> None:
    assert codes(said(HEAD.replace("|K1|", "|K\\X00\\1|"))) == [("hl7v2.msh.key", "MSH-10")]


@pytest.mark.parametrize("version", ["3.0", "x", "2.5a"])
def test_what_is_no_version_2_is_refused(version: str) -> None:
    assert codes(said(HEAD.replace("2.5^DEU", version))) == [("hl7v2.msh.version", "MSH-12")]


@pytest.mark.parametrize("version", ["", "2.1", "2.3", "2.3.1", "2.5.1", "2.8.2", "2.5^DEU&&HL70399"])
def test_every_version_2_is_taken_and_a_missing_one_too(version: str) -> None:
    assert said(HEAD.replace("2.5^DEU", version)).problems == ()


@pytest.mark.parametrize("processing", ["T", "D", "t^A"])
def test_a_test_is_refused_unless_the_format_takes_it(processing: str) -> None:
    text = HEAD.replace("|P|", f"|{processing}|")
    assert codes(said(text)) == [("hl7v2.msh.processing", "MSH-11")]
    assert greet(text.encode(), {"processing": ["P", "T", "D"]}).problems == ()


@pytest.mark.parametrize("processing", ["", "P", "P^I"])
def test_what_is_live_or_says_nothing_is_taken(processing: str) -> None:
    assert said(HEAD.replace("|P|", f"|{processing}|")).problems == ()


def test_an_unknown_character_set_is_refused_only_where_it_matters() -> None:
    text = HEAD.replace("8859/1", "KLINGON")
    assert said(text + "\rPID|||||Mueller\r").problems == ()
    assert said(text + "\rPID|||||Müller\r", fallback="cp1252").problems == ()
    assert codes(said(text + "\rPID|||||Müller\r")) == [("hl7v2.msh.charset", "MSH-18")]


def test_no_problem_repeats_what_the_message_says() -> None:
    greeting = said(HEAD.replace("2.5^DEU", "Kanarienvogel").replace("8859/1", "Kanarienvogel") + "\rü")
    assert len(greeting.problems) == 2
    assert "Kanarienvogel" not in str(greeting.problems)


@given(st.binary(max_size=200), st.sampled_from([b"", b"MSH|^~\\&|", b"MSH", b"\xff\xfe", b"M\x00S\x00"]))
def test_no_bytes_make_it_fail(data: bytes, start: bytes) -> None:
    greeting = greet(start + data, {})
    assert greeting.problems or greeting.key
