"""The model knows rows and columns; options that make no sense are problems with their place."""

from typing import Any

import pytest

from gateway.adapters.delimited import codec
from gateway.adapters.delimited.dialect import Dialect
from gateway.domain.codec import Codec, Element
from tests.adapters.delimited.tables import COLUMNS, spec, table

GERMAN: dict[str, Any] = {"dates": ["DD.MM.YYYY", "DD.MM.YYYY hh:mm"], "decimal": ",", "booleans": ["ja", "nein"]}
TYPED = [{"name": kind, "type": kind} for kind in ("string", "date", "dateTime", "integer", "decimal", "boolean")]


def test_the_codec_fits_the_contract() -> None:
    held: Codec = codec
    assert (held.name, held.extension, held.media_type) == ("delimited", ".csv", "text/csv")


def test_paths_go_from_the_table_over_its_rows_to_the_columns() -> None:
    model = codec.model(spec())
    assert model.root == "table"
    assert model.element("table", "row") == (Element("row", "row", listed=True, repeats=True),)
    assert model.element("row", "betrag") == (Element("betrag", "decimal", primitive=True),)
    assert model.parts("table") == ("row",)
    assert model.parts("row") == ("name", "plz", "betrag")


@pytest.mark.parametrize(("scope", "part"), [("row", "strasse"), ("row", "+4"), ("table", "name"), ("string", "x")])
def test_other_paths_do_not_exist(scope: str, part: str) -> None:
    assert codec.model(spec()).element(scope, part) is None


def test_places_are_rows_and_columns() -> None:
    model = codec.model(spec())
    places = [model.place(path) for path in (("row", 6, "plz"), ("row", 0), ("row",), ())]
    assert places == ["row 7, column plz", "row 1", "rows", "table"]


@pytest.mark.parametrize("kind", [column["name"] for column in TYPED])
def test_samples_of_each_type_pass_the_check_and_come_back(kind: str) -> None:
    options = {"columns": TYPED, **GERMAN}
    samples = codec.model(options).samples(kind)
    assert samples
    tree = table(*({kind: str(sample)} for sample in samples))
    assert codec.model(options).check(tree, options) == []
    assert codec.decode(codec.encode([tree], options).data, options).trees == [tree]


def test_the_samples_of_a_column_with_values_are_its_values() -> None:
    model = codec.model({"columns": [{"name": "art", "values": ["neu", "alt"]}]})
    (element,) = model.element("row", "art") or ()
    assert model.samples(element.type) == ("neu", "alt")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("date", "31.02.2026"),
        ("date", "2026-02-01"),
        ("date", "01.02.2026 10:00"),
        ("dateTime", "morgen"),
        ("integer", "3.0"),
        ("decimal", "3.0"),
        ("boolean", "vielleicht"),
    ],
)
def test_values_in_another_notation_are_named(kind: str, value: str) -> None:
    options = {"columns": TYPED, **GERMAN}
    found = codec.model(options).check(table({kind: value}), options)
    assert [(problem.code, problem.place) for problem in found] == [("delimited.value.type", f"row 1, column {kind}")]


def test_undeclared_columns_are_a_warning_of_the_check() -> None:
    found = codec.model(spec()).check(table({"name": "Knoop", "+Rest": "x"}), spec())
    assert [(problem.code, problem.severity) for problem in found] == [("delimited.column.unknown", "warning")]


def test_canonical_levels_only_what_is_declared() -> None:
    one, other = table({"name": "b"}, {"name": " a "}), table({"name": "a"}, {"name": "b"})
    model = codec.model(spec())
    declared = spec(canonical=["order", "trim"])
    assert model.canonical(one, spec()) != model.canonical(other, spec())
    assert model.canonical(one, declared) == model.canonical(other, declared)
    assert model.canonical(table({"name": " "}), declared) == {}


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({}, "options.columns"),
        ({"columns": []}, "options.columns"),
        ({"columns": COLUMNS, "delimeter": ";"}, "options.delimeter"),
        ({"columns": COLUMNS, "delimiter": ";;"}, "options.delimiter"),
        ({"columns": COLUMNS, "delimiter": "x"}, "options.delimiter"),
        ({"columns": COLUMNS, "delimiter": "|", "quote": "|"}, "options"),
        ({"columns": COLUMNS, "charset": "klingon"}, "options.charset"),
        ({"columns": COLUMNS, "zone": "Europe/Lemgo"}, "options.zone"),
        ({"columns": COLUMNS, "dates": "DD.DD.YYYY"}, "options.dates"),
        ({"columns": [{"name": "a", "type": "text"}]}, "options.columns.0.type"),
        ({"columns": [{"name": "a"}, {"name": "a"}]}, "options"),
        ({"columns": [{"name": "a"}, {"name": "b", "aliases": [" A "]}]}, "options"),
        ({"columns": COLUMNS, "limits": {"rows": "many"}}, "options.limits.rows"),
        ({"columns": 3}, "options.columns"),
    ],
)
def test_options_that_make_no_sense_are_named_with_their_place(options: dict[str, Any], place: str) -> None:
    for found in (codec.decode(b"x", options).problems, codec.encode([], options).problems):
        assert [(problem.code, problem.place) for problem in found] == [("delimited.options", place)]
    assert codec.model(options).parts("row") == ()
    assert codec.model(options).samples("string") == ()


def test_the_options_have_a_schema() -> None:
    schema = Dialect.model_json_schema()
    assert schema["additionalProperties"] is False
    assert {"delimiter", "columns", "limits", "charset"} <= set(schema["properties"])
