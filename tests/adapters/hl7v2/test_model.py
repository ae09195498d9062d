"""Which paths exist, and how places are written."""

import time

import pytest

from gateway.adapters.hl7v2 import codec, facts
from gateway.domain.codec import Element

MODEL = codec.model({})
CX = Element("3", "CX", listed=True, repeats=True, value="1")


@pytest.mark.parametrize(
    ("type_name", "part", "steps"),
    [
        ("message", "PID", (Element("PID", "PID", listed=True, repeats=True),)),
        ("message", "PID-3", (Element("PID", "PID", listed=True, repeats=True), CX)),
        ("PID", "PID-3", (CX,)),
        ("PID", "3", (CX,)),
        ("CX", "4", (Element("4", "HD", value="1"),)),
        ("CX", "CX.4", (Element("4", "HD", value="1"),)),
        ("HD", "1", (Element("1", "IS", primitive=True),)),
        ("PID", "8", (Element("8", "CWE", listed=True, value="1"),)),
        ("PID", "7", (Element("7", "DTM", listed=True, value="1"),)),
        ("DTM", "1", (Element("1", "DTM", primitive=True),)),
        ("DTM", "2", (Element("2", "ID", primitive=True),)),
        ("XPN", "1", (Element("1", "FN", value="1"),)),
        ("PID", "5", (Element("5", "XPN", listed=True, repeats=True),)),
        ("message", "ZBE-1", (Element("ZBE", "ZBE", listed=True, repeats=True),
                              Element("1", "EI", listed=True, repeats=True, value="1"))),
        ("message", "ZXY-5", (Element("ZXY", "Z", listed=True, repeats=True),
                              Element("5", "varies", listed=True, repeats=True, value="1"))),
        ("Z", "ZXY-5", (Element("5", "varies", listed=True, repeats=True, value="1"),)),
        ("varies", "9", (Element("9", "ST", primitive=True),)),
    ],
)  # fmt: skip
def test_a_part_of_a_path_means_these_steps(type_name: str, part: str, steps: tuple[Element, ...]) -> None:
    assert MODEL.element(type_name, part) == steps


def test_a_segment_of_a_group_is_found_below_its_lead() -> None:
    steps = MODEL.element("IN1", "IN2-5")
    assert steps is not None
    assert [(s.key, s.type) for s in steps] == [("IN2", "IN2"), ("5", "CWE")]


@pytest.mark.parametrize(
    ("type_name", "part"),
    [
        ("message", "QQQ"), ("message", "pid"), ("message", "PID-99"), ("message", "PID-x"),
        ("PID", "0"), ("PID", "IN2"),
        ("PID", "PV1-99"), ("CX", "99"), ("CX", "x"), ("CX", "0"), ("ST", "2"), ("NOPE", "1"), ("message", "Zx"),
    ],
)  # fmt: skip
def test_what_no_version_has_does_not_exist(type_name: str, part: str) -> None:
    assert MODEL.element(type_name, part) is None


def test_every_part_that_a_type_lists_exists() -> None:
    types = ["message", *facts.segments(), *facts.datatypes()]
    assert [(t, p) for t in types for p in MODEL.parts(t) if MODEL.element(t, p) is None] == []


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("PID", 0, "3", 1, "4", "2"), "PID-3[2].4.2"),
        (("IN1", 1, "IN2", 0, "3", 0, "1"), "IN1[2]/IN2-3.1"),
        (("PID", 0), "PID"),
        (("OBX", 2, "5", 0, "1.2"), "OBX[3]-5.1.2"),
        ((), "MSH"),
    ],
)
def test_a_place_is_written_as_in_the_standard(path: tuple[str | int, ...], place: str) -> None:
    assert MODEL.place(path) == place


def test_samples_pass_the_check_of_their_own_type() -> None:
    for number, cell in enumerate(facts.segments()["OBX"], 1):
        type_name = cell.rstrip("*")
        if type_name in facts.datatypes():
            continue
        for sample in MODEL.samples(type_name):
            tree = {"MSH": [{}], "OBX": [{str(number): [{"1": sample}]}]}
            assert MODEL.check(tree, {}) == []


def test_facts_are_read_in_less_than_30_milliseconds() -> None:
    def seconds() -> float:
        for cached in (facts.segments, facts.datatypes, facts.nested, facts.shapes):
            cached.cache_clear()
        start = time.perf_counter()
        facts.shapes()
        return time.perf_counter() - start

    assert min(seconds() for _ in range(5)) < 0.03
