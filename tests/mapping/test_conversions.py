"""Conversions: the fixed list behind `|`, to FHIR and back, and what the types ask for by themselves."""

import pytest

from gateway.fhir.json import Number
from gateway.mapping.convert import BY_TYPE, WORDS, Surroundings
from tests.mapping.shelves import Desk, both_ways, codes, one, rows

AROUND = Surroundings()
COMMA = Surroundings({"decimal": ","})
PAIRS = [
    ("oid", "1.2.276.0.76", "urn:oid:1.2.276.0.76"),
    ("prefix Station-", "12", "Station-12"),
    ("without DE", "DE123", "123"),
    ("words", "Ilse Marie", ["Ilse", "Marie"]),
    ("list", "a, b", ["a", "b"]),
    ("list ;", "a; b", ["a", "b"]),
    ("list newline", "a\nb", ["a", "b"]),
    ("list blank", "a b", ["a", "b"]),
    ("list /", "a/b", ["a", "b"]),
    ("text 3", "abc", "abc"),
    ("base64", "Höxter", "SMO2eHRlcg=="),
    ("integer", "12", 12),
    ("decimal", "1.50", Number("1.50")),
    ("boolean J N", "J", True),
    ("boolean J N", "N", False),
    ("boolean", "true", True),
    ("as code", "x", "x"),
]
UNREADABLE = [
    ("oid", "eins.zwei"),
    ("oid", "1.02"),
    ("without DE", "AT123"),
    ("without DE", "DE"),
    ("text 3", "abcd"),
    ("integer", "zwölf"),
    ("integer", "1" * 19),
    ("decimal", "1.000,5"),
    ("decimal", "01"),
    ("boolean J N", "j"),
    ("boolean J N", "vielleicht"),
    ("date", "gestern"),
    ("time", "25:00"),
]
LOST = [
    ("oid", "1.2.3"),
    ("prefix Station-", "12"),
    ("prefix Station-", "Station-"),
    ("base64", "###"),
    ("base64", "/w=="),
    ("text 3", "abcd"),
]


def change(text: str, around: Surroundings = AROUND):  # noqa: ANN201 - a pair of callables
    word, *arguments = text.split()
    return WORDS[word](tuple(arguments), around)


@pytest.mark.parametrize(("words", "theirs", "ours"), PAIRS)
def test_a_conversion_goes_there_and_back(words: str, theirs: str, ours: object) -> None:
    pair = change(words)
    assert pair.to_fhir(theirs) == ours
    assert pair.from_fhir(ours) == theirs


@pytest.mark.parametrize(("words", "theirs"), UNREADABLE)
def test_what_a_conversion_cannot_read_is_none(words: str, theirs: str) -> None:
    assert change(words).to_fhir(theirs) is None


@pytest.mark.parametrize(("words", "ours"), LOST)
def test_what_a_conversion_cannot_write_is_none(words: str, ours: str) -> None:
    assert change(words).from_fhir(ours) is None


def test_a_decimal_comma_is_a_matter_of_options() -> None:
    pair = change("decimal", COMMA)
    assert pair.to_fhir("3,50") == Number("3.50")
    assert pair.from_fhir(Number("3.50")) == "3,50"


def test_a_plus_sign_is_no_part_of_a_fhir_number() -> None:
    assert change("decimal").to_fhir("+1.5") == Number("1.5")
    assert change("integer").to_fhir("+3") == 3


def test_lists_leave_empty_items_out() -> None:
    assert change("list ,").to_fhir("a,, b ,") == ["a", "b"]


def test_first_and_last_take_characters_one_way() -> None:
    assert change("first 2").to_fhir("0123") == "01"
    assert change("last 2").to_fhir("0123") == "23"
    assert change("last 2").from_fhir is None


def test_a_conversion_that_goes_one_way_writes_nothing_back(desk: Desk) -> None:
    form = desk.table("- a <-> name.text | last 1\n- b <-> gender").load()
    assert one(form, {"a": "xyz"}) == {"name": [{"text": "z"}]}
    assert both_ways(form, rows({"a": "xyz", "b": "male"})) == rows({"b": "male"})


def test_conversions_are_applied_in_turn_and_undone_in_reverse(desk: Desk) -> None:
    form = desk.table("- a <-> name.text | without A- | prefix B-").load()
    assert one(form, {"a": "A-1"}) == {"name": [{"text": "B-1"}]}
    assert both_ways(form, rows({"a": "A-1"})) == rows({"a": "A-1"})


@pytest.mark.parametrize(
    ("path", "target", "text", "value"),
    [
        ("birthDate", "Patient", "09.05.1941", "1941-05-09"),
        ("multipleBirthInteger", "Patient", "2", 2),
        ("active", "Patient", "true", True),
        ("position.longitude", "Location", "8,53", Number("8.53")),
        ("recordedDate", "Condition", "05.1941", "1941-05"),
    ],
)
def test_where_no_conversion_is_written_the_type_decides(
    desk: Desk, path: str, target: str, text: str, value: object
) -> None:
    options = "dates: [DD.MM.YYYY, MM.YYYY]\ndecimal: ','\n"
    form = desk.table(f"- a <-> {path}", target=target, options=options).load()
    found = one(form, {"a": text}, target)
    for part in path.split("."):
        found = found[part]
    assert found == value
    assert both_ways(form, rows({"a": text})) == rows({"a": text})


def test_every_type_that_decides_names_a_conversion_of_the_list() -> None:
    assert set(BY_TYPE.values()) <= set(WORDS)


def test_a_value_that_cannot_be_read_is_a_warning_and_stays_unmapped(desk: Desk) -> None:
    form = desk.table("- a <-> birthDate | date\n- b <-> gender").load()
    result = form.to_fhir(rows({"a": "gestern", "b": "male"}), "s")
    assert [(p.code, p.severity, p.place) for p in result.problems] == [
        ("map.value", "warning", "row 1, column a"),
    ]
    assert len(result.unmapped) == 1
    assert "`date`" in result.problems[0].sentence
    assert "gestern" not in str(result.problems)


def test_the_warning_names_the_type_where_no_conversion_is_written(desk: Desk) -> None:
    form = desk.table("- a <-> birthDate\n- b <-> gender").load()
    found = form.to_fhir(rows({"a": "gestern", "b": "male"}), "s").problems[0]
    assert "`date`" in found.sentence


def test_a_text_that_is_too_long_is_not_written_and_says_so(desk: Desk) -> None:
    form = desk.table("- a <-> name.text | text 3\n- b <-> gender").load()
    result = form.to_fhir(rows({"a": "Brinkmann", "b": "male"}), "s")
    assert codes(result.problems) == ["map.too-long"]
    assert "`text 3`" in result.problems[0].sentence
    back = form.from_fhir({"Patient": [{"name": [{"text": "Brinkmann"}]}]})
    assert back.problems[-1].place == "Patient[0].name[0].text"


def test_a_time_of_day_may_be_asked_for_without_a_warning(desk: Desk) -> None:
    form = desk.table("- a -> onsetDateTime | dateTime timed\n- b <-> code.text", target="Condition").load()
    assert codes(form.to_fhir(rows({"a": "2026-11-20", "b": "x"}), "s").problems) == ["map.unmapped"]


def test_the_conversion_of_several_that_could_not_read_is_named(desk: Desk) -> None:
    form = desk.table("- a <-> name.text | without A- | text 5\n- b <-> gender").load()
    sentences = [form.to_fhir(rows({"a": text, "b": "male"}), "s").problems[0].sentence for text in ("B-1", "A-123456")]
    assert "`without A-`" in sentences[0]
    assert "`text 5`" in sentences[1]


@pytest.mark.parametrize(
    "words",
    ["text", "text many", "text 1 2", "boolean J", "prefix", "without ''", "list ''", "date ISO", "oid x", "first",
     "as", "dateTime soon"],
)  # fmt: skip
def test_a_conversion_with_the_wrong_words_behind_it_is_a_finding(desk: Desk, words: str) -> None:
    assert "map.conversion" in codes(desk.table(f"- a -> name.text | {words}").problems())
