"""Escape sequences (chapter 2.7)."""

import pytest

from gateway.adapters.hl7v2.escape import escapes
from gateway.adapters.hl7v2.separators import Separators

SEQUENCES = escapes(Separators(), "iso8859-1")
PAIRS = [
    (r"a\F\b\S\c\T\d\R\e\E\f", "a|b^c&d~e\\f"),
    (r"eins\.br\zwei", "eins\nzwei"),
    (r"\XFC\ber", "über"),
    (r"\X0D0A\x", "\r\nx"),
    (r"\H\wichtig\N\ ", r"\H\wichtig\N\ "),
    (r"\.sp3\\.in+2\x\.ce\ ", r"\.sp3\\.in+2\x\.ce\ "),
    (r"\C2842\x\M2442\y", r"\C2842\x\M2442\y"),
    (r"\Zabc1\ ", r"\Zabc1\ "),
    (r"C:\temp", r"C:\temp"),
    (r"\E\H\E\ ", "\\H\\ "),
]


def reports(text: str) -> list[str]:
    found: list[str] = []
    SEQUENCES.read(text, found.append)
    return found


@pytest.mark.parametrize(("text", "leaf"), PAIRS)
def test_a_sequence_reads_as_its_leaf(text: str, leaf: str) -> None:
    assert SEQUENCES.read(text, lambda _: None) == leaf


@pytest.mark.parametrize("text", [t for t, _ in PAIRS[:2] + PAIRS[4:8]])
def test_what_a_leaf_keeps_is_written_as_it_came(text: str) -> None:
    assert SEQUENCES.write(SEQUENCES.read(text, lambda _: None)) == text


def test_an_escape_character_that_begins_no_sequence_is_written_as_text() -> None:
    assert SEQUENCES.write(r"C:\temp\x") == r"C:\E\temp\E\x"


def test_a_delimiter_inside_a_local_sequence_is_escaped() -> None:
    assert SEQUENCES.write(r"\Za|b\ ") == r"\E\Za\F\b\E\ "


def test_readers_are_told_of_what_was_not_resolved() -> None:
    assert reports(r"\H\x") == ["format"]
    assert reports(r"\C2842\x") == ["charset"]
    assert reports(r"a\b") == ["stray"]
    found: list[str] = []
    assert escapes(Separators(), "utf-8").read(r"\XFF\ ", found.append) == r"\XFF\ "
    assert found == ["hex"]
