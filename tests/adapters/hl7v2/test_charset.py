"""MSH-18, the declared fallback, and bytes that fit neither."""

import pytest

from gateway.adapters.hl7v2 import codec
from gateway.domain.codec import Decoded


def message(charset: str, name: bytes) -> bytes:
    header = b"MSH|^~\\&|||||||ADT^A01^ADT_A01|1|P|2.5||||||" + charset.encode()
    return header.rstrip(b"|") + b"\rPID|||1||" + name + b"\r"


def family(decoded: Decoded) -> str:
    return str(decoded.trees[0]["PID"][0]["5"][0]["1"]["1"])


def codes(decoded: Decoded) -> list[tuple[str, str, str]]:
    return [(p.code, p.place, p.severity) for p in decoded.problems]


@pytest.mark.parametrize(
    ("charset", "python"),
    [("8859/1", "latin-1"), ("UNICODE UTF-8", "utf-8"), ("8859/15", "iso8859-15"), ("utf-8", "utf-8"), ("", "utf-8")],
)
def test_umlauts_are_read_and_written_in_the_declared_character_set(charset: str, python: str) -> None:
    data = message(charset, "Häußler".encode(python))
    decoded = codec.decode(data, {})
    assert family(decoded) == "Häußler"
    assert decoded.problems == []
    assert codec.encode(decoded.trees, {}).data == data


def test_8859_15_has_the_euro_sign() -> None:
    assert family(codec.decode(message("8859/15", b"5 \xa4"), {})) == "5 €"


def test_an_empty_msh_18_is_read_with_the_declared_fallback() -> None:
    assert family(codec.decode(message("", b"M\x84\xfc"), {"fallback": "cp1252"})) == "M„ü"


def test_bytes_that_fit_nothing_are_an_error_with_the_place_of_each_field() -> None:
    decoded = codec.decode(message("", b"M\xfcller") + b"PID|\xe4\r", {})
    assert decoded.trees == []
    assert codes(decoded) == [
        ("hl7v2.charset.bytes", "PID-5", "error"),
        ("hl7v2.charset.bytes", "PID[2]-1", "error"),
    ]


def test_bytes_that_do_not_fit_msh_18_are_read_with_the_fallback_and_reported() -> None:
    decoded = codec.decode(message("UNICODE UTF-8", b"M\xfcller"), {"fallback": "cp1252"})
    assert family(decoded) == "Müller"
    assert codes(decoded) == [("hl7v2.charset.bytes", "PID-5", "warning")]


def test_letters_of_windows_1252_under_8859_1_are_reported_and_read_with_the_fallback() -> None:
    data = message("8859/1", b"\x84Max\x93")
    assert codes(codec.decode(data, {})) == [("hl7v2.charset.control", "PID-5", "warning")]
    assert family(codec.decode(data, {"fallback": "cp1252"})) == "„Max“"


@pytest.mark.parametrize("charset", ["", "8859/1", "8859/15", "ASCII", "WINDOWS-1252", "KLINGON"])
def test_utf_8_under_another_name_is_read_as_utf_8_and_reported(charset: str) -> None:
    decoded = codec.decode(message(charset, "Häußler".encode()), {"fallback": "cp1252"})
    assert family(decoded) == "Häußler"
    assert ("hl7v2.charset.really-utf8", "MSH-18", "warning") in codes(decoded)


def test_and_its_tree_says_utf_8_so_that_it_can_be_written_again() -> None:
    decoded = codec.decode(message("8859/1", "Łukasz".encode()), {"fallback": "cp1252"})
    assert codec.encode(decoded.trees, {"fallback": "cp1252"}).data == message("UNICODE UTF-8", "Łukasz".encode())


@pytest.mark.parametrize("charset", ["", "8859/1"])
def test_what_is_not_utf_8_throughout_is_read_as_it_says(charset: str) -> None:
    decoded = codec.decode(message(charset, "Fuß² Jürgens".encode("latin-1")), {"fallback": "cp1252"})
    assert family(decoded) == "Fuß² Jürgens"
    assert decoded.problems == []


def test_two_bytes_of_an_eastern_character_set_are_not_taken_for_utf_8() -> None:
    decoded = codec.decode(message("KS X 1001", b"\xc2\xa1"), {})
    assert (family(decoded), decoded.problems) == ("징", [])


@pytest.mark.parametrize("fallback", ["utf8", "utf-8-sig"])
def test_a_fallback_that_is_utf_8_itself_is_no_contradiction(fallback: str) -> None:
    assert codec.decode(message("", "Häußler".encode()), {"fallback": fallback}).problems == []


def test_an_unknown_character_set_is_reported() -> None:
    decoded = codec.decode(message("KLINGON", b"x"), {"fallback": "no-such"})
    assert codes(decoded) == [
        ("hl7v2.charset.fallback", "fallback", "warning"),
        ("hl7v2.charset.unknown", "MSH-18", "warning"),
    ]


def test_characters_that_msh_18_does_not_have_are_an_error_with_place_and_no_data() -> None:
    trees = codec.decode(message("8859/1", b"x"), {}).trees
    trees[0]["PID"][0]["5"][0]["1"]["1"] = "Łukasz"
    encoded = codec.encode(trees, {})
    assert encoded.data == b""
    assert [(p.code, p.place) for p in encoded.problems] == [("hl7v2.charset.unwritable", "PID-5")]
    assert "ukasz" not in str(encoded.problems[0])


@pytest.mark.parametrize("python", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_byte_order_mark_or_wide_bytes_say_the_character_set_themselves(python: str) -> None:
    data = message("UNICODE", "Jürgens".encode()).decode().encode(python)
    assert family(codec.decode(data, {})) == "Jürgens"


def test_broken_wide_bytes_are_an_error() -> None:
    assert codes(codec.decode(b"\xff\xfeM\x00S", {})) == [("hl7v2.charset.bytes", "file", "error")]
