"""Differences that a format declares as none."""

from typing import Any

import pytest

from gateway.adapters.hl7v2 import codec
from gateway.adapters.hl7v2.canonical import WORDS

MODEL = codec.model({})


def levelled(tree: dict[str, Any], *words: str, zone: str = "") -> dict[str, Any]:
    return MODEL.canonical(tree, {"canonical": list(words), "zone": zone})


def pid(**fields: str) -> dict[str, Any]:
    return {"PID": [{key[1:]: [{"1": value}] for key, value in fields.items()}]}


@pytest.mark.parametrize(
    ("one", "other", "zone"),
    [
        ("202504011705", "20250401170500", ""),
        ("20250401170000.00", "2025040117", ""),
        ("202504011705", "202504011505+0000", "Europe/Berlin"),
        ("202501011705+0100", "202501011605+0000", ""),
    ],
)
def test_times_of_other_precision_are_the_same_instant(one: str, other: str, zone: str) -> None:
    first, second = (levelled(pid(_7=value), "time-precision", zone=zone) for value in (one, other))
    assert first == second
    assert levelled(pid(_7=one)) == pid(_7=one)


@pytest.mark.parametrize("value", ["20250401", "2025", "209913991299", "morgen", '""'])
def test_dates_and_what_is_no_time_stay_as_they_are(value: str) -> None:
    assert levelled(pid(_7=value), "time-precision", zone="Europe/Berlin") == pid(_7=value)


def test_set_ids_are_left_out() -> None:
    assert levelled(pid(_1="1", _8="W"), "set-ids") == pid(_8="W")
    assert levelled({"EVN": [{"1": [{"1": "A01"}]}]}, "set-ids") == {"EVN": [{"1": [{"1": "A01"}]}]}


def test_delimiters_and_character_set_are_left_out_of_msh() -> None:
    tree = {"MSH": [{"1": [{"1": "|"}], "2": [{"1": "^~\\&"}], "3": [{"1": "KIS"}], "18": [{"1": "8859/1"}]}]}
    assert levelled(tree, "separators", "charset") == {"MSH": [{"3": [{"1": "KIS"}]}]}


def test_empty_parts_at_the_end_are_left_out() -> None:
    tree = {"PID": [{"3": [{"1": "a", "2": ""}, {}], "4": [{}]}]}
    assert levelled(tree, "trailing-empties") == {"PID": [{"3": [{"1": "a"}]}]}


def test_segments_are_sorted_by_name_but_not_among_themselves() -> None:
    tree = {"PV1": [{"2": [{"1": "I"}]}], "DG1": [{"1": [{"1": "2"}]}, {"1": [{"1": "1"}]}]}
    found = levelled(tree, "segment-order")
    assert list(found) == ["DG1", "PV1"]
    assert found == tree


def test_an_unknown_zone_levels_nothing() -> None:
    assert levelled(pid(_7="202504011705"), "time-precision", zone="Nowhere/Land") == pid(_7="20250401170500")


def test_the_words_are_those_of_the_page() -> None:
    assert set(WORDS) == {"trailing-empties", "time-precision", "segment-order", "set-ids", "separators", "charset"}
