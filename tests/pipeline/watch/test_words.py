"""Every timer has words for people, and a code of its own."""

import json
from pathlib import Path

from gateway.domain.timers import timers
from gateway.pipeline.watch.words import ROLES, TIMERS, what

CODES = Path(__file__).resolve().parents[3] / "profiles" / "CodeSystem-timer.json"


def test_every_timer_and_every_party_of_a_clock_is_said_in_both_languages() -> None:
    assert {timer.name for timer in timers()} == set(TIMERS)
    assert {role for timer in timers() for role in (timer.clock, *timer.tells)} <= set(ROLES)
    assert all(word.de and word.en for word in TIMERS.values())


def test_every_timer_is_a_code_with_the_same_words() -> None:
    listed = json.loads(CODES.read_text(encoding="utf-8"))["concept"]
    assert {c["code"]: c["display"] for c in listed if c["code"] != "overdue"} == {n: w.de for n, w in TIMERS.items()}


def test_a_timer_without_words_is_called_by_its_name() -> None:
    assert what("tea-time").de == "tea-time"
