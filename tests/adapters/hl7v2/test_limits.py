"""What a file may cost (`limits` of a format)."""

import time

import pytest

from gateway.adapters.hl7v2 import codec
from gateway.adapters.hl7v2.limits import Limits, limits

HEAD = b"MSH|^~\\&|||||||ADT^A01^ADT_A01|1|P|2.5\r"
HUGE = {
    "hl7v2.limit.bytes": HEAD + b"x" * 70_000_000,
    "hl7v2.limit.segments": HEAD + b"PID|1\r" * 1_000_000,
    "hl7v2.limit.leaves": HEAD + b"PID" + b"|" * 50_000_000,
    "hl7v2.limit.leaf": HEAD + b"PID|1\rOBX|1|TX|||" + b"x" * 50_000_000,
}


@pytest.mark.parametrize("code", HUGE)
def test_what_is_too_large_is_refused_within_seconds(code: str) -> None:
    start = time.perf_counter()
    problems = codec.decode(HUGE[code], {}).problems
    assert [(p.code, p.severity) for p in problems] == [(code, "error")]
    assert time.perf_counter() - start < 5


def test_a_value_that_is_too_long_is_named_with_its_place() -> None:
    decoded = codec.decode(HEAD + b"PID|||1\rPID|||" + b"1" * 20 + b"|1\r", {"limits": {"leaf": 16}})
    assert [p.place for p in decoded.problems] == ["PID[2]-3"]


def test_the_cost_of_a_leaf_does_not_grow_with_the_message() -> None:
    def per_leaf(count: int) -> float:
        data = HEAD + b"OBX|1|ST|a^b||c\r" * count
        seconds = []
        for _ in range(5):
            start = time.perf_counter()
            codec.decode(data, {})
            seconds.append(time.perf_counter() - start)
        return min(seconds) / count

    assert per_leaf(20_000) < 6 * per_leaf(500)


def test_a_format_sets_its_own_limits() -> None:
    assert limits({"limits": {"segments": 5}}) == Limits(segments=5)
    assert limits({"limits": {"segments": "many"}}) == limits({}) == Limits()
