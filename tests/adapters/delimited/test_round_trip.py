"""decode(encode(tree)) == tree for everything that is written; nothing escapes as an exception."""

import random
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.adapters.delimited import codec
from gateway.domain.codec import Tree
from tests.adapters.delimited.tables import FOLDER, spec, table

ODD = st.text(st.sampled_from("a=+-@\"'`,;|\t\r\n \u00a0\ufeffü€\0＝7."), min_size=1, max_size=6)
VALUE = ODD | st.text(min_size=1, max_size=12)
NOISE = [b"", b'"', b"\0", b"\r", b"\n", b"\xff", b"\xef\xbb\xbf", b";"]
BY_POSITION = st.sampled_from(["name", "plz", "betrag", "+4", "+5", "+7"])
BY_HEADER = st.sampled_from(["name", "plz", "betrag", "+Rest", "+5", "+7", "++7", "+=1", "+'1", "+a\nb", '+"', "+ü"])


def lines(keys: st.SearchStrategy[str]) -> st.SearchStrategy[list[dict[str, str]]]:
    """Rows with such keys."""
    return st.lists(st.dictionaries(keys, VALUE, min_size=1, max_size=4), min_size=1, max_size=4)


OPTIONS = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from(",;\t|"),
        "quote": st.sampled_from(['"', "'"]),
        "quoting": st.sampled_from(["needed", "all"]),
        "charset": st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "iso-8859-1", "iso-8859-15", "cp437"]),
        "newline": st.sampled_from(["CRLF", "LF", "CR"]),
        "bom": st.booleans(),
    }
)


@settings(max_examples=100, deadline=None)
@given(lines(BY_HEADER), OPTIONS)
def test_what_is_written_with_a_header_is_read_again(rows: list[dict[str, str]], options: dict[str, Any]) -> None:
    assert comes_back(rows, options)


@settings(max_examples=100, deadline=None)
@given(lines(BY_POSITION), OPTIONS)
@example([{"name": "sep=;"}], {})
@example([{"name": "ÿþ"}], {"charset": "iso-8859-1"})
def test_what_is_written_by_position_is_read_again(rows: list[dict[str, str]], options: dict[str, Any]) -> None:
    assert comes_back(rows, {**options, "header": False})


@settings(max_examples=50, deadline=None)
@given(lines(BY_POSITION), OPTIONS)
def test_what_is_written_without_quoting_is_read_again(rows: list[dict[str, str]], options: dict[str, Any]) -> None:
    assert comes_back(rows, {**options, "quote": ""})


def comes_back(rows: list[dict[str, str]], options: dict[str, Any]) -> bool:
    """Whether rows are read again as they are, or are refused with an error."""
    told = {**options, "columns": [{"name": "name", "header": "Name"}, {"name": "plz"}, {"name": "betrag"}]}
    done = codec.encode([table(*rows)], told)
    if any(problem.severity == "error" for problem in done.problems):
        return not done.data
    return codec.decode(done.data, told).trees == [table(*rows)]


@settings(max_examples=100, deadline=None)
@given(lines(st.sampled_from(["a", "b", "c", "+8", "+12"])))
def test_fixed_lines_that_are_written_are_read_again(rows: list[dict[str, str]]) -> None:
    columns = [
        {"name": "a", "width": 5},
        {"name": "b", "width": 2, "align": "right"},
        {"name": "c", "at": 9, "width": 3, "align": "right", "pad": "0"},
    ]
    told = {"layout": "fixed", "columns": columns}
    done = codec.encode([table(*rows)], told)
    assert (codec.decode(done.data, told).trees == [table(*rows)]) == bool(done.data)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), OPTIONS)
def test_any_bytes_are_answered(data: bytes, options: dict[str, Any]) -> None:
    told = spec(**options)
    for tree in codec.decode(data, told).trees:
        assert shape(tree)


def test_a_thousand_mutations_are_answered_with_a_tree_or_a_problem() -> None:
    dice = random.Random(7)
    files = sorted(path for path in FOLDER.iterdir() if path.suffix != ".json")
    for _ in range(1000):
        data = bytearray(dice.choice(files).read_bytes())
        for _ in range(dice.randint(1, 6)):
            place = dice.randrange(len(data))
            data[place : place + dice.randint(0, 2)] = dice.choice(NOISE)
        done = codec.decode(bytes(data), spec(delimiter=dice.choice(",;\t"), fallback=dice.choice([None, "cp1252"])))
        assert done.trees or done.problems
        assert all(shape(tree) for tree in done.trees)


def shape(tree: Tree) -> bool:
    """Whether a tree keeps to the contract: rows of texts, none of them empty."""
    cells = [cell for row in tree["row"] for cell in row.values()]
    return bool(cells) and all(tree["row"]) and all(isinstance(cell, str) and cell for cell in cells)
