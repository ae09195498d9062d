"""A party with several measures in one browser: each opens with its own key and code, and one leads to the other."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from gateway.pipeline.link import enter, issue
from gateway.pipeline.link.others import others
from gateway.pipeline.link.record import Link, read
from tests.pipeline.line.world import measure
from tests.pipeline.link.behind import IK, Behind


@dataclass
class Two(Behind):
    """Two measures for the same neighbours."""

    def __post_init__(self) -> None:
        self.world.planned(
            measure("M-1", IK, code={"text": "Einkaufen"}), measure("M-3", IK, code={"text": "Vorlesen"})
        )

    def secrets(self, number: str) -> issue.Shown:
        """What the Kümmerer tells of a measure's link."""
        told = issue.shown(self.world.task(number)["id"], 60, "operator sander", self.rooms)
        assert told is not None
        return told

    def of(self, number: str) -> Link:
        found = read(self.world.task(number)["id"], self.rooms)
        assert found is not None
        return found


@pytest.fixture
def two() -> Two:
    return Two()


def both_in(two: Two) -> tuple[str, issue.Shown, issue.Shown]:
    """Both measures redeemed in one browser; gives its cookie and the secrets."""
    first, second = two.secrets("M-1"), two.secrets("M-3")
    cookie = two.enters(first.key, first.code).cookie
    return two.enters(second.key, second.code, cookie).cookie, first, second


def test_a_second_link_in_the_same_browser_does_not_lock_out_the_first(two: Two) -> None:
    cookie, first, _ = both_in(two)
    assert two.enters("", first.code, cookie).refused == ""


def test_each_names_the_other_while_both_are_open(two: Two) -> None:
    both_in(two)
    assert [(other.title, other.is_open) for other in others(two.of("M-3"), two.rooms)] == [("Einkaufen", True)]


def test_of_one_whose_code_was_not_shown_nothing_is_said_but_its_day(two: Two) -> None:
    cookie, _, second = both_in(two)
    two.world.later = timedelta(minutes=40)
    two.enters("", second.code, cookie)
    assert [(other.title, other.is_open) for other in others(two.of("M-3"), two.rooms)] == [("", False)]


def test_the_code_of_one_does_not_open_the_other(two: Two) -> None:
    cookie, _, second = both_in(two)
    two.world.later = timedelta(minutes=40)
    cookie = two.enters("", second.code, cookie).cookie
    assert enter.sitting(cookie, two.rooms, two.of("M-1").id) is None
    assert enter.sitting(cookie, two.rooms, two.of("M-3").id) is not None


def test_what_was_never_redeemed_here_is_not_named(two: Two) -> None:
    first = two.secrets("M-1")
    two.secrets("M-3")
    two.enters(first.key, first.code)
    assert others(two.of("M-1"), two.rooms) == []


def test_wrong_codes_count_at_each_and_a_right_one_is_no_wrong_one_for_the_other(two: Two) -> None:
    cookie, first, _ = both_in(two)
    two.enters("", "2", cookie)
    assert (two.of("M-1").tries, two.of("M-3").tries) == (1, 1)
    two.enters("", first.code, cookie)
    assert (two.of("M-1").tries, two.of("M-3").tries) == (0, 1)


def test_the_page_goes_on_with_the_one_looked_at_last(two: Two) -> None:
    cookie, _, _ = both_in(two)
    assert enter.sitting(cookie, two.rooms) == two.of("M-3")
    enter.seen(two.of("M-1"), two.rooms)
    assert enter.sitting(cookie, two.rooms) == two.of("M-1")


def test_leaving_closes_all_of_them(two: Two) -> None:
    cookie, _, _ = both_in(two)
    enter.left(two.of("M-3"), two.rooms)
    assert enter.sitting(cookie, two.rooms) is None
    assert enter.sitting(cookie, two.rooms, two.of("M-1").id) is None


def test_a_link_of_another_party_is_not_taken_along(two: Two) -> None:
    first = two.secrets("M-1")
    cookie = two.enters(first.key, first.code).cookie
    stranger = Link("x", "elsey", "2026-03-12T11:00:00+00:00", "2027-01-01T00:00:00+00:00", device="d")
    assert not enter.stays(stranger, two.of("M-1"))
    assert enter.sitting(cookie, two.rooms, "x") is None
