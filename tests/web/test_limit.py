"""Who is wrong too often waits; who is right never does."""

import pytest

from gateway.web.auth import Alarm
from gateway.web.limit import KNOWN, Counted, Limit, whence
from tests.web.standing import House


def test_who_is_wrong_too_often_waits_for_the_rest_of_the_minute() -> None:
    now = [0.0]
    limit = Limit(2, lambda: now[0])
    assert [limit.wrong("a"), limit.wrong("a")] == [Counted(), Counted()]
    now[0] = 20.0
    assert limit.wrong("a") == Counted(40, first=True)
    assert limit.wrong("a") == Counted(40)
    assert limit.wrong("b") == Counted()
    now[0] = 60.0
    assert limit.wrong("a") == Counted()


def test_of_too_many_the_one_who_was_wrong_longest_ago_is_forgotten() -> None:
    limit = Limit(1, lambda: 0.0)
    for number in range(KNOWN + 10):
        limit.wrong(f"{number}")
        limit.wrong("always")
    assert len(limit.counts) == KNOWN
    assert "0" not in limit.counts
    assert limit.wrong("always").wait


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::%eth0", "2001:db8:1:2::/64"),
        ("no address", "no address"),
    ],
)
def test_all_addresses_that_one_caller_has_are_one(address: str, network: str) -> None:
    assert whence(address) == network


def test_whoever_goes_on_guessing_hears_429_and_when_to_come_again() -> None:
    alarm = Alarm(House().doors(), Limit(3))
    answers = [alarm.turned_away(f"2001:db8::{number}") for number in range(5)]
    assert [answer.status for answer in answers] == [401, 401, 401, 429, 429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
