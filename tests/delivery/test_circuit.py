import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.delivery.circuit import Circuit, Fuse, Health, after, paused, reached
from gateway.domain.road import Sent
from tests.delivery.sample import BUSY, DELIVERED, DOWN, NOON, REFUSED, SILENT, later

FUSE = Fuse(failures=3, first=5, growth=2, longest=15)


def failing(circuit: Circuit, *seconds: float) -> list[bool]:
    return [circuit.record("bünde", DOWN, later(at)) for at in seconds]


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (DELIVERED, True),
        (BUSY, True),
        (REFUSED, True),
        (DOWN, False),
        (SILENT, False),
        (Sent("refused", "E0", "HTTP 404"), True),
        (Sent("retry", "E0", "HTTP 500"), True),
        (Sent("retry", "E0", "HTTP 503", reply=b"busy"), False),
        (Sent("retry", "E0", "HTTP 429"), False),
        (Sent("retry", "E0", "tls"), False),
        (Sent("uncertain", "E1", "garbage", reply=b"?"), True),
        (Sent("refused", "E0", "address"), None),
        (Sent("retry", "E0", "error"), None),
        (Sent("uncertain", "E1", "crash"), None),
    ],
)
def test_an_attempt_says_whether_the_partner_was_reached(sent: Sent, says: bool | None) -> None:  # noqa: FBT001 - a column of the table
    assert reached(sent) is says


def test_a_partner_is_paused_after_some_failures_in_a_row() -> None:
    circuit = Circuit(FUSE)
    assert failing(circuit, 0, 1) == [False, False]
    assert circuit.paused(later(1)) == {}
    assert failing(circuit, 2) == [True]
    assert circuit.paused(later(6.9)) == {"bünde": later(7)}
    assert circuit.paused(later(7)) == {}


def test_an_answer_between_failures_begins_the_count_anew() -> None:
    circuit = Circuit(FUSE)
    failing(circuit, 0, 1)
    circuit.record("bünde", BUSY, later(2))
    failing(circuit, 3, 4)
    assert circuit.paused(later(4)) == {}


def test_a_defect_of_ours_says_nothing_about_the_partner() -> None:
    circuit = Circuit(FUSE)
    failing(circuit, 0, 1)
    assert circuit.record("bünde", Sent("retry", "E0", "error"), later(2)) is False
    assert failing(circuit, 3) == [True]


def test_each_failed_probe_makes_the_pause_longer_up_to_a_bound() -> None:
    circuit = Circuit(FUSE)
    failing(circuit, 0, 0, 0)
    ends = []
    at = 5.0
    for _ in range(3):
        failing(circuit, at)
        ends.append((circuit.paused(later(at))["bünde"] - later(at)).total_seconds())
        at += ends[-1]
    assert ends == [10, 15, 15]


def test_failures_of_attempts_begun_before_the_pause_do_not_lengthen_it() -> None:
    circuit = Circuit(FUSE)
    assert failing(circuit, 0, 0, 0, 1, 2) == [False, False, True, False, False]
    assert circuit.paused(later(2)) == {"bünde": later(5)}


def test_after_the_pause_one_delivery_tries_until_the_partner_answers() -> None:
    circuit = Circuit(FUSE)
    failing(circuit, 0, 0)
    assert not circuit.on_trial("bünde")
    failing(circuit, 0)
    assert circuit.on_trial("bünde")
    circuit.record("bünde", DELIVERED, later(6))
    assert not circuit.on_trial("bünde")
    assert circuit.partners == {}


def test_a_late_answer_ends_the_pause() -> None:
    circuit = Circuit(FUSE)
    failing(circuit, 0, 0, 0)
    circuit.record("bünde", BUSY, later(1))
    assert circuit.paused(later(1)) == {}


def test_one_partner_s_pause_is_not_another_s() -> None:
    circuit = Circuit(FUSE)
    failing(circuit, 0, 0, 0)
    assert "herford" not in circuit.paused(later(1))
    assert not circuit.on_trial("herford")


def test_a_clock_set_back_ends_a_pause_instead_of_making_it_an_hour_longer() -> None:
    health = Health(3, 5, later(5))
    assert paused(health, later(1))
    assert not paused(health, later(-3600))


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 60))))
def test_a_pause_is_never_longer_than_the_longest(facts: list[tuple[bool, float]]) -> None:
    health, now = Health(), NOON
    for came_through, passed in facts:
        now = max(now, later((now - NOON).total_seconds() + passed))
        health = after(health, came_through, now, FUSE)
        assert health.until is None or (health.until - NOON).total_seconds() > 0
        assert health.pause <= FUSE.longest
        assert (health.failures >= FUSE.failures) == (health.until is not None)
