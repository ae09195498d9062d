"""Who hears of what: topics, filters and searches, matched with the change itself; what cannot be served is said."""

from typing import Any

import pytest

from gateway.domain.ledger import Announce, Save
from gateway.pipeline.announcing.announce import announcements
from gateway.pipeline.subscribing.check import findings
from gateway.store.port import ConflictError
from tests.pipeline.subscribing.world import TOPIC, Resource, World, classic, clock, subscription, task
from tests.stopwatch import seconds

HERE = "http://127.0.0.1:1/hook"
MEASURE = task("m", partOf=[{"reference": "Task/0"}])
PLAN: Resource = {
    "resourceType": "CarePlan", "id": "1", "status": "active", "intent": "plan", "subject": {"reference": "Patient/1"},
}  # fmt: skip


def focuses(world: World, *resources: Resource) -> list[str]:
    return [change.focus for change in world.save(*resources) if isinstance(change, Announce)]


@pytest.mark.parametrize(
    ("topic", "heard"),
    [
        ("task-changed", ["Task/1", "Task/m"]),
        ("referral-changed", ["Task/1"]),
        ("plan-changed", ["CarePlan/1"]),
        ("plan-changed|1.0", ["CarePlan/1"]),
    ],
)
def test_a_topic_is_about_its_own_resources(world: World, topic: str, heard: list[str]) -> None:
    world.save(subscription(HERE, criteria=f"{TOPIC}/{topic}"))
    assert focuses(world, task("1"), MEASURE, PLAN, {"resourceType": "Patient", "id": "1"}) == heard


@pytest.mark.parametrize(
    ("filters", "heard"),
    [
        (["Task?owner=Organization/lutterbach"], ["Task/1", "Task/2"]),
        (["owner=lutterbach"], ["Task/1", "Task/2"]),
        (["Task?owner=Organization/lutterbach", "Task?status=accepted"], ["Task/2"]),
        (["Task?owner=Organization/lutterbach&status=accepted"], ["Task/2"]),
        (["Task?status=accepted,completed"], ["Task/2", "Task/3"]),
        (["Task?status:not=accepted"], ["Task/1", "Task/3"]),
        (["Task?authored-on=ge2026-11-01"], ["Task/3"]),
        (["Task?owner:missing=true"], []),
        (["Task?_id=2"], ["Task/2"]),
        ([], ["Task/1", "Task/2", "Task/3"]),
    ],
)
def test_filters_narrow_a_topic(world: World, filters: list[str], heard: list[str]) -> None:
    world.save(subscription(HERE, filters=filters))
    other = task("3", "completed", owner="Organization/other", authoredOn="2026-11-20")
    assert focuses(world, task("1"), task("2", "accepted"), other) == heard


@pytest.mark.parametrize("status", ["requested", "active", "error"])
def test_events_count_from_the_beginning_until_it_is_off(world: World, status: str) -> None:
    world.save(subscription(HERE, status=status))
    world.save(task())
    world.save(subscription(HERE, status="off"))
    world.save(task())
    assert world.numbers() == [1]


def test_each_subscriber_has_numbers_of_its_own(world: World) -> None:
    world.save(subscription(HERE, "a"), subscription(HERE, "b", filters=["status=accepted"]))
    world.save(task("1"), task("2", "accepted"))
    assert (world.numbers("a"), world.numbers("b")) == ([1, 2], [1])


def test_an_event_is_about_the_version_it_announces(world: World) -> None:
    world.save(subscription(HERE))
    for version in range(3):
        world.save(task(), expected=version)
    assert [event.version for event in world.store.announced("s")] == [1, 2, 3]


def test_what_is_refused_is_not_announced(world: World) -> None:
    world.save(subscription(HERE))
    with pytest.raises(ConflictError):
        world.save(task(), expected=4)
    assert world.numbers() == []


def test_nobody_hears_of_subscriptions_of_others(world: World) -> None:
    world.save(classic(HERE, "Subscription?status=requested", "spy"))
    world.save(subscription(HERE, header=["Authorization: Bearer s3cret"]))
    assert world.numbers("spy") == []


def test_where_nobody_listens_a_commit_pays_next_to_nothing(world: World) -> None:
    changes = [Save(task(str(number)), 0, (), clock()) for number in range(10)]
    announcements(changes, world.rooms)

    def thousand() -> None:
        for _ in range(1000):
            announcements(changes, world.rooms)

    assert seconds(thousand) < 0.5  # ten times what it takes, for a busy machine


# --- what is refused -------------------------------------------------------------------------------------------------


def codes(resource: Resource) -> list[str]:
    return [problem.code for problem in findings(resource)]


def test_a_sound_subscription_has_no_findings() -> None:
    assert codes(subscription(HERE, filters=["Task?owner=Organization/1"], header=["Authorization: Bearer x"])) == []
    assert codes(classic(HERE, "Task?status=requested")) == []
    assert codes(classic(HERE, "Task")) == []


CHANNEL: Resource = {"type": "rest-hook", "endpoint": HERE, "payload": "application/fhir+json"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": "active"}, "subscription.status"),
        ({"criteria": f"{TOPIC}/weather-changed"}, "subscription.topic"),
        ({"criteria": ""}, "subscription.topic"),
        ({"criteria": "Subscription?status=active"}, "subscription.type"),
        ({"criteria": "Task?focus:ServiceRequest.status=active"}, "subscription.search"),
        ({"criteria": "Task?_lastUpdated=gt2026-01-01"}, "subscription.search"),
        ({"criteria": "Task?status"}, "subscription.search"),
        ({"filters": ["CarePlan?status=active"]}, "subscription.filter"),
        ({"content": "everything"}, "subscription.content"),
        ({"payload": "text/plain"}, "subscription.payload"),
        ({"header": ["Host: elsewhere"]}, "subscription.header"),
        ({"header": ["no header"]}, "subscription.unclear"),
        ({"end": "soon"}, "subscription.unclear"),
        ({"channel": {**CHANNEL, "type": "email"}}, "subscription.channel"),
        ({"channel": {**CHANNEL, "endpoint": "ftp://example.org"}}, "subscription.endpoint"),
        ({"channel": {**CHANNEL, "endpoint": "https://user:pw@example.org/"}}, "subscription.endpoint"),
        ({"channel": {**CHANNEL, "endpoint": "https://example.org:99999/"}}, "subscription.endpoint"),
    ],
)
def test_what_cannot_be_served_is_named(change: dict[str, Any], code: str) -> None:
    assert codes(subscription(HERE, **change)) == [code]


def test_an_unknown_parameter_is_named_as_search_names_it() -> None:
    found = findings(subscription(HERE, filters=["Task?weather=fine"]))
    assert [problem.code.partition(".")[0] for problem in found] == ["search"]


def test_all_that_is_wrong_is_said_at_once() -> None:
    wrong = subscription("nowhere", status="active", criteria="Task?status", content="all", payload="text/plain")
    assert len(codes(wrong)) == 5


@pytest.mark.parametrize("shape", [{}, {"channel": []}, {"channel": {"header": "x", "_payload": 3}}, {"criteria": 7}])
def test_a_subscription_of_any_shape_is_looked_at_without_a_fault(shape: Resource) -> None:
    assert codes({"resourceType": "Subscription", "id": "s", **shape})
