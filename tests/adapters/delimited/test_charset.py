"""The declared charset is followed, a byte order mark is believed, and nothing is guessed in silence."""

import pytest

from gateway.adapters.delimited import codec
from tests.adapters.delimited.tables import problems, refused, rows, said, spec, table, written

HEAD = "Name,PLZ,Betrag\r\n"


CHARSETS = ["utf-8", "utf-8-sig", "utf-16", "cp1252", "iso-8859-1", "iso-8859-15", "cp437", "cp850"]


@pytest.mark.parametrize("charset", CHARSETS)
def test_umlauts_survive_every_charset(charset: str) -> None:
    data = written({"name": "Königsförder Straße"}, charset=charset)
    assert rows(data, charset=charset) == [{"name": "Königsförder Straße"}]
    assert said(data, charset=charset) == []


def test_the_euro_sign_is_where_each_charset_has_it() -> None:
    assert b"\xa4" in written({"name": "3 €"}, charset="iso-8859-15")
    assert b"\x80" in written({"name": "3 €"}, charset="cp1252")


def test_a_mark_is_written_where_asked_and_taken_off_always() -> None:
    data = written({"name": "Knoop"}, bom=True)
    assert data.startswith(b"\xef\xbb\xbfName")
    assert rows(data) == [{"name": "Knoop"}]
    assert said(data) == []


def test_a_mark_that_contradicts_the_format_is_believed_and_named() -> None:
    data = (HEAD + "Köhler,1,1\r\n").encode("utf-8-sig")
    assert rows(data, charset="cp1252")[0]["name"] == "Köhler"
    assert said(data, charset="cp1252") == [("delimited.charset.mark", "line 1")]


def test_utf_16_by_its_mark_is_read_either_way_round() -> None:
    text = "\ufeff" + HEAD + "Köhler,1,1\r\n"
    assert rows(text.encode("utf-16-be"))[0]["name"] == "Köhler"
    assert said(text.encode("utf-16-le"), charset="utf-16") == []


def test_bytes_that_do_not_fit_are_an_error_with_their_line() -> None:
    assert said((HEAD + "Köhler,1,1\r\n").encode("cp1252")) == [("delimited.charset", "line 2")]


def test_a_declared_fallback_is_used_with_a_warning() -> None:
    data = (HEAD + "Köhler,1,1\r\n").encode("cp1252")
    assert rows(data, fallback="cp1252")[0]["name"] == "Köhler"
    assert [problem.severity for problem in problems(data, fallback="cp1252")] == ["warning"]


def test_a_fallback_that_does_not_fit_either_is_an_error() -> None:
    assert said(b"Name\r\n\x81\r\n", fallback="cp1252") == [("delimited.charset", "line 2")]


def test_utf_8_in_a_file_declared_otherwise_is_doubted() -> None:
    data = (HEAD + "Köhler,1,1\r\n").encode()
    assert said(data, charset="cp1252") == [("delimited.charset.doubt", "line 2")]


def test_a_mark_inside_the_file_is_taken_off_and_named() -> None:
    text = HEAD + "\ufeffKöhler,1,1\r\n"
    assert rows(text)[0]["name"] == "Köhler"
    assert said(text) == [("delimited.mark", "line 2")]


def test_a_character_the_charset_lacks_is_a_problem_with_its_cell() -> None:
    assert refused({"name": "Knoop"}, {"name": "Ołga", "plz": "33602"}, charset="cp1252") == [
        ("delimited.charset.missing", "row 2, column name")
    ]


def test_half_a_surrogate_pair_cannot_be_written() -> None:
    assert refused({"name": "\ud83d"}) == [("delimited.charset.missing", "row 1, column name")]


def test_a_file_that_would_seem_to_start_with_a_mark_is_refused() -> None:
    assert refused({"name": "ï»¿"}, charset="cp1252", header=False) == [("delimited.mark.false", "row 1")]


def test_a_value_that_starts_with_a_mark_comes_back() -> None:
    data = written({"name": "\ufeffKnoop"}, header=False)
    assert codec.decode(data, spec(header=False)).trees == [table({"name": "\ufeffKnoop"})]
