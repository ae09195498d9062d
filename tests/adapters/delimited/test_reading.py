"""Reading is tolerant: a tree wherever there is one, and a problem with row, column and line for everything odd."""

from tests.adapters.delimited.tables import problems, rows, said

HEAD = "Name,PLZ,Betrag\n"


def test_cells_stand_under_the_short_names_of_their_columns() -> None:
    assert rows(HEAD + "Brinkmann,33602,3.0\n") == [{"name": "Brinkmann", "plz": "33602", "betrag": "3.0"}]


def test_empty_cells_are_absent() -> None:
    assert rows(HEAD + 'Brinkmann,,""\n') == [{"name": "Brinkmann"}]


def test_values_are_kept_exactly() -> None:
    assert rows(HEAD + ' Brinkmann ,033602,"1 "\n')[0] == {"name": " Brinkmann ", "plz": "033602", "betrag": "1 "}


def test_trim_takes_blanks_off_where_the_format_says_so() -> None:
    assert rows(HEAD + " Brinkmann ,   ,1\n", trim=True) == [{"name": "Brinkmann", "betrag": "1"}]


def test_headers_are_found_in_any_order_case_and_spelling() -> None:
    assert rows("plz; NACHNAME ;betrag\n32049;Droste;1\n", delimiter=";")[0]["name"] == "Droste"
    assert said("plz; NACHNAME ;betrag\n32049;Droste;1\n", delimiter=";") == []


def test_unknown_columns_are_kept_under_their_header() -> None:
    text = "Name,PLZ,Betrag,Bemerkung 2\nDroste,32049,1,kommt Montag\n"
    assert rows(text)[0]["+Bemerkung 2"] == "kommt Montag"
    assert said(text) == [("delimited.header.unknown", "column 4 (line 1)")]


def test_missing_columns_are_named_in_one_problem() -> None:
    (found,) = problems("Name\nDroste\n")
    assert (found.code, found.place, found.severity) == ("delimited.header.missing", "header (line 1)", "warning")
    assert "plz, betrag" in found.sentence


def test_a_missing_required_column_is_an_error() -> None:
    found = problems("PLZ\n32049\n", columns=[{"name": "name", "required": True}, {"name": "plz"}])
    assert [(problem.code, problem.severity) for problem in found] == [("delimited.header.required", "error")]


def test_a_declared_header_that_stands_twice_is_an_error_and_loses_nothing() -> None:
    text = "Name,PLZ,Betrag,Nachname\nDroste,32049,1,Hagemann\n"
    assert said(text) == [("delimited.header.twice", "column 4 (line 1)")]
    assert rows(text)[0]["+4"] == "Hagemann"


def test_an_unknown_header_that_stands_twice_loses_nothing() -> None:
    row = rows("Name,PLZ,Betrag,Rest,Rest,\nDroste,32049,1,a,b,c\n")[0]
    assert (row["+Rest"], row["+5"], row["+6"]) == ("a", "b", "c")


def test_a_file_with_another_delimiter_says_so() -> None:
    assert said("Name;PLZ;Betrag\nDroste;32049;1\n")[1:] == [("delimited.delimiter", "header (line 1)")]


def test_a_file_without_the_headers_of_the_format_says_so() -> None:
    assert ("delimited.header.none", "header (line 1)") in said("Droste,32049,1\n")


def test_a_file_without_headers_leaves_no_tree_so_that_its_first_person_names_no_column() -> None:
    text = "Droste,32049,1\nHagemann,32657,2\n"
    assert (rows(text), said(text)[-1:]) == ([], [("delimited.header.none", "header (line 1)")])


def test_a_first_line_that_names_the_delimiter_is_followed() -> None:
    text = "sep=;\r\nName;PLZ;Betrag\r\nDroste;32049\r\n"
    assert rows(text) == [{"name": "Droste", "plz": "32049"}]
    assert said(text) == [
        ("delimited.delimiter.said", "line 1"),
        ("delimited.row.short", "row 1, column betrag (line 3)"),
    ]


def test_columns_go_by_position_where_there_is_no_header() -> None:
    assert rows("Droste,32049,1\n", header=False) == [{"name": "Droste", "plz": "32049", "betrag": "1"}]


def test_surplus_cells_are_kept_under_their_position_and_are_an_error() -> None:
    text = HEAD + "Droste,Anna,32049,1\n"
    assert rows(text)[0]["+4"] == "1"
    assert said(text) == [("delimited.row.long", "row 1, column +4 (line 2)")]


def test_short_rows_are_a_warning_with_the_first_missing_column() -> None:
    assert said(HEAD + "Droste,32049,1\nHagemann\n") == [("delimited.row.short", "row 2, column plz (line 3)")]


def test_empty_lines_and_lone_delimiters_are_left_out_and_not_counted_as_rows() -> None:
    text = HEAD + "\n,,\nDroste\n"
    assert rows(text) == [{"name": "Droste"}]
    assert said(text) == [
        ("delimited.row.empty", "line 2"),
        ("delimited.row.empty", "line 3"),
        ("delimited.row.short", "row 1, column plz (line 4)"),
    ]


def test_a_table_without_rows_is_an_error() -> None:
    assert said(HEAD) == [("delimited.empty", "table")]
    assert ("delimited.empty", "table") in said("")


def test_an_unclosed_quotation_mark_costs_one_cell_only() -> None:
    text = HEAD + 'Droste,"32049,1\nHagemann,33602,2\n'
    assert rows(text) == [{"name": "Droste", "plz": "32049", "betrag": "1"}, rows(HEAD + "Hagemann,33602,2\n")[0]]
    assert said(text) == [("delimited.quote.open", "line 2")]


def test_an_opening_mark_that_meets_another_cell_far_below_costs_one_cell_only() -> None:
    text = HEAD + '"Droste,32049,1\nHagemann,"33602",2\n'
    assert [row["plz"] for row in rows(text)] == ["32049", "33602"]
    assert said(text) == [("delimited.quote.open", "line 2")]


def test_text_behind_a_closing_mark_is_kept_and_named() -> None:
    text = HEAD + '"Droste" Anna,32049,1\n'
    assert rows(text)[0]["name"] == "Droste Anna"
    assert said(text) == [("delimited.quote.rest", "line 2")]


def test_lines_inside_quotation_marks_keep_their_ends_and_count() -> None:
    text = HEAD + '"Droste\r\nAnna",32049,1\nHagemann\n'
    assert rows(text)[0]["name"] == "Droste\r\nAnna"
    assert said(text) == [("delimited.row.short", "row 2, column plz (line 4)")]


def test_mixed_line_ends_are_a_warning() -> None:
    text = "Name,PLZ,Betrag\r\nDroste,1,1\nHagemann,2,2\rKnoop,3,3"
    assert [row["name"] for row in rows(text)] == ["Droste", "Hagemann", "Knoop"]
    assert said(text) == [("delimited.ends", "file")]


def test_nul_and_control_characters_are_named() -> None:
    text = HEAD + "Dro\0ste,320\x0149,1\n"
    assert said(text) == [
        ("delimited.nul", "row 1, column name (line 2)"),
        ("delimited.control", "row 1, column plz (line 2)"),
    ]


def test_a_format_without_quoting_reads_marks_as_text() -> None:
    assert rows(HEAD + 'Droste "Anni",32049,1\n', quote="")[0]["name"] == 'Droste "Anni"'
    assert rows(HEAD + '"Droste,32049,1\n', quote="")[0]["name"] == '"Droste'


def test_problems_are_listed_a_hundred_times_and_then_counted() -> None:
    found = problems(HEAD + "Droste\n" * 250)
    assert len(found) == 101
    assert found[-1].place == "150 more places"


def test_no_problem_repeats_what_a_cell_says() -> None:
    text = 'Name,PLZ,Betrag,Kanari\n"Kanari" x,Kana\0ri,1,2,Kanari\nKanari\n"Kanari'
    assert len(problems(text)) >= 5
    assert "anari" not in " ".join(map(str, problems(text)))
