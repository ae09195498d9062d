"""Nothing that a spreadsheet would run is written unescaped, and the escape is taken off again."""

import pytest

from gateway.adapters.delimited.formula import escape, is_live, unescape
from tests.adapters.delimited.tables import rows, written

LIVE = [
    "=1+1", "+49 521 123", "-", "-5", "@SUM(A1)", "\tx", "\rx", "\n=x", " =x", "\u00a0=x", "\u200b=x", "\ufeff=x",
    '"=x', "'=x", "''=x", "„=x", "＝x", "＋x", "－x", "＠x", "﹦x", "−5", "' \t x",
]  # fmt: skip
TAME = ["Abend", "'t Hooft", "'", "''", " x", "a=b", "1-2", "0521-123", '"ja"', "12:30", "", " "]


@pytest.mark.parametrize("value", LIVE)
def test_live_values_are_written_behind_an_apostrophe(value: str) -> None:
    assert escape(value) == "'" + value
    assert unescape(escape(value)) == value
    assert rows(written({"name": value})) == [{"name": value}]


@pytest.mark.parametrize("value", TAME)
def test_other_values_are_left_alone(value: str) -> None:
    assert escape(value) == value
    assert unescape(value) == value


def test_a_negative_number_in_a_column_of_numbers_is_no_formula() -> None:
    assert written({"betrag": "-5.25"}, header=False) == b",,-5.25\r\n"
    assert rows(written({"betrag": "-5.25"})) == [{"betrag": "-5.25"}]


def test_a_phone_number_in_a_column_of_text_is_escaped() -> None:
    assert written({"plz": "+49 5241 99"}, header=False) == b",'+49 5241 99,\r\n"


def test_headers_are_escaped_too() -> None:
    data = written({"name": "Knoop", "+=1+1": "x"})
    assert data.startswith(b"Name,PLZ,Betrag,'=1+1")
    assert rows(data) == [{"name": "Knoop", "+=1+1": "x"}]


def test_an_escape_by_another_program_is_taken_off() -> None:
    assert rows("Name,PLZ,Betrag\n'+49 5241 99,'t,1\n") == [{"name": "+49 5241 99", "plz": "'t", "betrag": "1"}]


def test_a_long_run_of_blanks_and_apostrophes_is_looked_at_once() -> None:
    assert not is_live("' " * 200_000 + "x")
