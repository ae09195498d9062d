"""Lines of fixed width are described by width, place, side and padding of each column."""

from typing import Any

from gateway.adapters.delimited import codec
from tests.adapters.delimited.tables import problems, refused, rows, said, written

LIST: list[dict[str, Any]] = [
    {"name": "nr", "width": 4, "align": "right", "pad": "0", "type": "integer"},
    {"name": "name", "width": 8, "header": "Name"},
    {"name": "ort", "at": 15, "width": 6},
]
FIXED: dict[str, Any] = {"layout": "fixed", "columns": LIST, "newline": "LF"}


def test_columns_are_cut_at_their_places() -> None:
    assert rows("0007Knoop     Lemgo \n", **FIXED) == [{"nr": "7", "name": "Knoop", "ort": "Lemgo"}]


def test_short_lines_end_in_empty_cells() -> None:
    assert rows("0007Kno\n", **FIXED) == [{"nr": "7", "name": "Kno"}]
    assert said("0007Kno\n", **FIXED) == []


def test_padding_of_blanks_alone_is_no_value_and_of_zeros_alone_is_zero() -> None:
    assert rows("    Knoop\n0000Droste\n   5Hage\n", **FIXED) == [
        {"name": "Knoop"},
        {"nr": "0", "name": "Droste"},
        {"nr": "5", "name": "Hage"},
    ]


def test_text_between_and_behind_the_columns_is_kept_under_its_place() -> None:
    row = {"nr": "7", "name": "Knoop", "+13": "x", "ort": "Lemgo", "+21": "Rest"}
    assert rows("0007Knoop   x Lemgo Rest\n", **FIXED) == [row]
    assert written(row, **FIXED) == b"0007Knoop   x Lemgo Rest\n"


def test_values_are_padded_on_their_side() -> None:
    assert written({"nr": "7", "ort": "Lemgo"}, **FIXED) == b"0007          Lemgo \n"
    assert written({"name": "Knoop"}, **FIXED) == b"    Knoop           \n"


def test_what_does_not_fit_or_would_come_back_otherwise_is_refused() -> None:
    for row in ({"name": "Königsfeld"}, {"name": "x "}, {"nr": "07"}, {"name": "a\nb"}, {"name": "=1234567"}):
        assert [code for code, _ in refused(row, **FIXED)] == ["delimited.cell.fit"]


def test_formulas_are_escaped_here_too() -> None:
    assert written({"name": "=1+1"}, **FIXED)[4:10] == b"'=1+1 "
    assert rows(written({"name": "=1+1"}, **FIXED), **FIXED) == [{"name": "=1+1"}]


def test_a_header_line_is_written_and_left_out_on_reading() -> None:
    options = {**FIXED, "header": True}
    data = written({"name": "Knoop"}, **options)
    assert data.splitlines()[0] == b"nr  Name      ort   "
    assert rows(data, **options) == [{"name": "Knoop"}]


def test_a_mark_inside_is_taken_off_and_named() -> None:
    assert rows("0001Knoop\n\ufeff0002Droste\n", **FIXED)[1] == {"nr": "2", "name": "Droste"}
    assert said("0001Knoop\n\ufeff0002Droste\n", **FIXED) == [("delimited.mark", "line 2")]


def test_a_value_that_starts_with_a_mark_is_refused() -> None:
    assert [code for code, _ in refused({"name": "\ufeffx"}, **FIXED)] == ["delimited.cell.fit"]


def test_columns_without_width_or_out_of_order_are_named() -> None:
    for columns in ([{"name": "a"}], [{"name": "a", "width": 3}, {"name": "b", "at": 2, "width": 1}]):
        found = codec.decode(b"x", {"layout": "fixed", "columns": columns}).problems
        assert [(problem.code, problem.place) for problem in found] == [("delimited.options", "options")]
        assert "column" in found[0].sentence


def test_lines_of_blanks_are_left_out() -> None:
    assert [problem.severity for problem in problems("0001Knoop\n      \n", **FIXED)] == ["information"]
