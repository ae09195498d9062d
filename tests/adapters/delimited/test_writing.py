"""Writing is exact (RFC 4180 chapter 2), or it is refused with the place of the reason."""

from typing import Any

from gateway.adapters.delimited import codec
from tests.adapters.delimited.tables import COLUMNS, refused, rows, spec, table, written


def test_header_and_line_ends_are_written() -> None:
    assert written({"name": "Knoop", "betrag": "1"}) == b"Name,PLZ,Betrag\r\nKnoop,,1\r\n"


def test_delimiter_newline_and_missing_header_follow_the_options() -> None:
    assert written({"name": "Knoop", "plz": "1"}, delimiter="\t", newline="LF", header=False) == b"Knoop\t1\t\n"


def test_only_cells_that_need_it_are_quoted() -> None:
    assert written({"name": 'Knoop, "Jo"', "plz": "a b"}, header=False) == b'"Knoop, ""Jo""",a b,\r\n'


def test_all_cells_are_quoted_where_the_format_says_so() -> None:
    assert written({"name": "Knoop"}, header=False, quoting="all") == b'"Knoop","",""\r\n'


def test_line_ends_inside_a_value_come_back() -> None:
    assert rows(written({"name": "a\r\nb\rc\nd"})) == [{"name": "a\r\nb\rc\nd"}]


def test_a_value_that_needs_quoting_is_refused_where_there_is_none() -> None:
    assert refused({"name": "a,b"}, quote="") == [("delimited.cell.fit", "row 1, column name")]


def test_undeclared_columns_stand_behind_the_declared_ones() -> None:
    data = written({"name": "Knoop", "+Rest": "x"}, {"name": "Droste", "+7": "y"})
    assert data.splitlines()[0] == b"Name,PLZ,Betrag,Rest,7"
    assert rows(data) == [{"name": "Knoop", "+Rest": "x"}, {"name": "Droste", "+7": "y"}]


MORE = [*COLUMNS, {"name": "frage", "optional": True}, {"name": "antwort", "optional": True}]


def test_optional_columns_are_written_together_where_a_row_has_one() -> None:
    assert written({"name": "Knoop"}, columns=MORE) == b"Name,PLZ,Betrag\r\nKnoop,,\r\n"
    data = written({"name": "Knoop"}, {"name": "Droste", "frage": "Wann?"}, columns=MORE)
    assert data.splitlines()[0] == b"Name,PLZ,Betrag,frage,antwort"


def test_a_file_without_optional_columns_lacks_nothing() -> None:
    assert codec.decode(written({"name": "Knoop"}, columns=MORE), spec(columns=MORE)).problems == []


def test_without_header_an_undeclared_cell_has_its_position() -> None:
    assert written({"name": "Knoop", "+5": "x"}, header=False) == b"Knoop,,,,x\r\n"
    assert refused({"+Rest": "x"}, header=False)[-1] == ("delimited.column.place", "row 1, column +Rest")
    assert refused({"+2": "x"}, header=False)[-1] == ("delimited.column.place", "row 1, column +2")


def test_a_column_whose_header_would_be_read_as_another_is_refused() -> None:
    assert refused({"+plz": "x"})[-1] == ("delimited.column.place", "row 1, column +plz")


def test_values_a_reader_would_not_take_are_refused_all_at_once() -> None:
    columns = [
        *COLUMNS,
        {"name": "art", "values": ["neu"]},
        {"name": "kurz", "max": 2},
        {"name": "muss", "required": True},
    ]
    assert refused({"betrag": "viel", "art": "alt", "kurz": "abc"}, columns=columns) == [
        ("delimited.value.required", "row 1, column muss"),
        ("delimited.value.type", "row 1, column betrag"),
        ("delimited.value.unlisted", "row 1, column art"),
        ("delimited.value.long", "row 1, column kurz"),
    ]


def test_what_is_no_table_is_refused() -> None:
    tree: dict[str, Any]
    for tree in ({"row": "x"}, {"row": [3]}, {"row": [{"name": 3}]}, {"zeile": []}):
        done = codec.encode([tree], spec())
        assert done.data == b""
        assert done.problems[0].code == "delimited.shape"


def test_nothing_is_not_written() -> None:
    assert [problem.code for problem in codec.encode([], spec()).problems] == ["delimited.empty"]


def test_the_rows_of_several_trees_make_one_file() -> None:
    trees = [table({"name": "Knoop"}), table({"name": "Droste"})]
    assert codec.encode(trees, spec(header=False)).data == b"Knoop,,\r\nDroste,,\r\n"
