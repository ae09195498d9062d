"""Too large is refused quickly and says so; no input costs more than its length."""

import time

import pytest

from tests.adapters.delimited.tables import rows, said

HEAD = "Name,PLZ,Betrag\n"
UNITS = [
    '"',
    '""',
    '",',
    '"\n',
    '"a\n',
    'a"b,',
    '"a"b\n',
    ",",
    "\n",
    ",\n",
    '"""\n',
    '"",',
    "'",
    "' ",
    '"a\n"b',
    '"a\n"",',
]


@pytest.mark.parametrize(
    ("text", "limit", "found"),
    [
        (HEAD + "a,b,1\n", {"bytes": 10}, ("delimited.limit.bytes", "file")),
        (HEAD + "a,b,1\n" * 4, {"rows": 3}, ("delimited.limit.rows", "line 5")),
        (HEAD + "abcdef,b,1\n", {"cell": 5}, ("delimited.limit.cell", "line 2")),
        (HEAD + '"abcdef"x,b,1\n', {"cell": 5}, ("delimited.limit.cell", "line 2")),
        (HEAD + "a," * 200_000 + "\n", {}, ("delimited.limit.columns", "line 2")),
        (HEAD + '"' + "ab" * 60_000 + "\n", {}, ("delimited.limit.cell", "line 2")),
        (HEAD + '"' + "a\n" * 60_000 + '",1,2\n', {}, ("delimited.limit.cell", "line 2")),
    ],
)
def test_limits_are_a_problem_with_a_line_and_leave_no_tree(
    text: str, limit: dict[str, int], found: tuple[str, str]
) -> None:
    assert found in said(text, limits=limit)
    assert rows(text, limits=limit) == []


@pytest.mark.parametrize(
    "unit",
    UNITS,
)
def test_no_pattern_of_marks_makes_reading_slow(unit: str) -> None:
    limits = {"columns": 2_000_000, "cell": 2_000_000}
    text = unit * (400_000 // len(unit))
    start = time.perf_counter()
    said(HEAD + text, limits=limits)
    assert time.perf_counter() - start < 6
