"""The source hears of its referral, the site of its measures; nobody hears what it did itself or did not ask for."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.domain.message import Message
from gateway.pipeline.acknowledge import MILESTONES, acknowledge, answers
from gateway.pipeline.encode import encode
from tests.pipeline.acknowledge.world import (
    CASE,
    HOSPITAL,
    PERFORMING,
    SITE,
    World,
    entry,
    moved,
    replaced,
    with_answers,
)

WHY: dict[str, Any] = {"statusReason": {"text": "weil"}}


@pytest.mark.parametrize(
    ("status", "about"),
    [
        ("received", "answer received"),
        ("accepted", "answer accepted"),
        ("rejected", "answer declined"),
        ("completed", "answer completed"),
        ("failed", "answer completed"),
        ("cancelled", "answer declined"),
    ],
)
def test_the_source_of_a_referral_hears_how_far_it_is(status: str, about: str) -> None:
    (part,) = World().told(moved(CASE, status, **WHY))
    assert (part.partner, part.about, part.person, part.case) == ("senneklinik", about, "Patient/p1", "Task/t0")
    assert part.task == ""


@pytest.mark.parametrize("status", ["draft", "requested", "in-progress", "on-hold", "entered-in-error"])
def test_what_is_no_milestone_is_no_news(status: str) -> None:
    assert World().told(moved(CASE, status, **WHY)) == []


@pytest.mark.parametrize("status", sorted(MILESTONES))
def test_a_source_hears_only_what_it_asked_for(status: str) -> None:
    world = replaced(World(), with_answers(HOSPITAL, tell=["completed"]))
    assert bool(world.told(moved(CASE, status, **WHY))) == (status in {"completed", "failed"})


def test_the_site_hears_of_its_measures() -> None:
    (part,) = World().told(moved(PERFORMING, "accepted"))
    assert (part.partner, part.about, part.case) == ("kuemmererstelle-senne", "task accepted", "Task/t0")


def test_the_site_hears_of_a_measure_by_the_owner_of_the_referral_as_it_is_now() -> None:
    world = World()
    other: dict[str, Any] = {**SITE, "partner": "kuemmererstelle-mitte"}
    world.parties.append(other)
    owned = {**CASE, "owner": {"reference": "Organization/kuemmererstelle-mitte"}}
    message = Message(entry(), moved=(moved(owned, "in-progress"), moved(PERFORMING, "accepted")))
    assert [part.partner for part in acknowledge(message, world.rooms).parts] == ["kuemmererstelle-mitte"]


def test_who_planned_a_measure_hears_of_it_where_the_referral_has_no_owner() -> None:
    world = World()
    world.save({key: value for key, value in CASE.items() if key != "owner"})
    assert [part.partner for part in world.told(moved(PERFORMING, "accepted"))] == ["kuemmererstelle-senne"]


def test_a_measure_that_could_not_be_delivered_is_news_for_the_site_whoever_found_it_out() -> None:
    for actor in ("G", "R"):
        (part,) = World().told(moved(PERFORMING, "requested", "dispatch-failed", actor=actor))
        assert (part.partner, part.about) == ("kuemmererstelle-senne", "task undeliverable")
    assert World().told(moved(CASE, "requested", "dispatch-failed", actor="G")) == []


def test_nobody_is_told_what_it_did_itself() -> None:
    assert World().told(moved(CASE, "cancelled", "withdrawn-by-requester", actor="R", **WHY)) == []
    assert World().told(moved(PERFORMING, "cancelled", "superseded", actor="R", **WHY)) == []


def test_what_became_of_a_report_is_no_news_for_the_one_it_was_for() -> None:
    assert World().told(moved(CASE, "completed", "outcome-sent", before="completed", actor="G")) == []


def test_of_several_moves_in_one_message_the_last_that_is_news_is_told() -> None:
    steps = (moved(CASE, "accepted"), moved(CASE, "in-progress", before="accepted"))
    assert [part.about for part in World().told(*steps)] == ["answer accepted"]
    done = (*steps, moved(CASE, "completed", "outcome-helped", before="in-progress"))
    assert [part.about for part in World().told(*done)] == ["answer completed"]


def test_several_tasks_in_one_message_are_several_answers_with_numbers_of_their_own() -> None:
    second = {**PERFORMING, "id": "t2"}
    parts = World().told(moved(PERFORMING, "accepted"), moved(second, "accepted"))
    assert len({part.tree["Bundle"][0]["identifier"]["value"] for part in parts}) == 2


def test_several_answers_to_one_message_are_several_deliveries() -> None:
    world = World()
    moves = (moved(PERFORMING, "accepted"), moved({**PERFORMING, "id": "t2"}, "accepted"))
    message = encode(acknowledge(Message(entry("track-2"), moved=moves), world.rooms), world.rooms)
    assert len({part.delivery.key for part in message.parts if part.delivery}) == 2


def test_a_source_without_a_manner_of_answers_gets_none() -> None:
    assert replaced(World(), {**HOSPITAL, "answers": {}}).told(moved(CASE, "accepted")) == []


def test_a_site_without_a_road_for_answers_gets_none_unless_it_asks_for_them() -> None:
    mute = {**SITE, "receives": []}
    assert replaced(World(), mute).told(moved(PERFORMING, "accepted")) == []
    assert len(replaced(World(), with_answers(mute, **{"as": "Task"})).told(moved(PERFORMING, "accepted"))) == 1


def test_a_source_that_left_the_directory_gets_no_answer() -> None:
    world = World()
    world.parties = [SITE]
    assert world.told(moved(CASE, "accepted")) == []


def test_an_answer_joins_the_parts_that_are_there() -> None:
    world = World()
    (part,) = world.told(moved(PERFORMING, "accepted"))
    message = replace(Message(entry(), moved=(moved(CASE, "accepted"),)), parts=(part,))
    assert [p.about for p in acknowledge(message, world.rooms).parts] == ["task accepted", "answer accepted"]


def test_a_delivery_is_a_cause_too() -> None:
    made = moved(CASE, "received", "delivered", actor="G", evidence="E2")
    (part,) = answers([made], World().rooms, entry("track-1"))
    assert part.about == "answer received"


def test_the_same_move_run_again_gives_the_same_number_and_another_gives_another() -> None:
    numbers = [
        World().told(moved(CASE, status, business), cause=cause)[0].tree["Bundle"][0]["identifier"]["value"]
        for status, business, cause in (
            ("accepted", "", "track-2"), ("accepted", "", "track-2"), ("accepted", "selected", "track-2"),
            ("accepted", "", "track-3"), ("received", "", "track-2"),
        )
    ]  # fmt: skip
    assert numbers[0] == numbers[1]
    assert len(set(numbers)) == 4
    assert all(len(number) <= 20 and number.isalnum() for number in numbers)
