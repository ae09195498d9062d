"""A subscriber on a real socket: greeted, told in order, told again until it has heard, never told what it may not."""

from dataclasses import replace

import pytest

from gateway.delivery.notify_address import circle
from gateway.delivery.notify_words import Manner
from gateway.delivery.retry import Policy
from gateway.store.port import Store
from tests.pipeline.subscribing.world import (
    BASE,
    BRISK,
    QUICK,
    TOPIC,
    Receiver,
    World,
    classic,
    events,
    said,
    soon,
    subscription,
    task,
)


def test_a_new_subscriber_is_greeted_and_then_active(world: World, receiver: Receiver) -> None:
    world.save(subscription(receiver.url))
    with world.notifying():
        soon(lambda: world.status() == "active")
    assert receiver.kinds() == ["handshake"]
    greeting = receiver.heard[0]
    assert (greeting["type"], said(greeting, "status")) == ("history", "requested")
    assert said(greeting, "subscription") == {"reference": f"{BASE}Subscription/s"}
    assert greeting["entry"][0]["request"] == {"method": "GET", "url": f"{BASE}Subscription/s/$status"}


def test_events_arrive_in_order_with_their_numbers(world: World, receiver: Receiver) -> None:
    world.save(subscription(receiver.url))
    with world.notifying() as notifier:
        soon(lambda: world.status() == "active")
        for number in range(20):
            world.save(task(str(number)))
            notifier.wake()
        soon(lambda: len(receiver.numbers()) == 20)
    assert receiver.numbers() == list(range(1, 21))
    assert world.store.behind() == {}
    last = receiver.heard[-1]
    assert (said(last, "topic"), said(last, "status")) == (f"{TOPIC}/task-changed", "active")
    assert said(last, "events-since-subscription-start") == "20"


def test_several_events_share_a_notification_up_to_the_number_wanted(world: World, receiver: Receiver) -> None:
    world.save(subscription(receiver.url, most=3))
    world.save(*(task(str(number)) for number in range(7)))
    with world.notifying():
        soon(lambda: len(receiver.numbers()) == 7)
    assert [events(bundle) for bundle in receiver.heard[1:]] == [["1", "2", "3"], ["4", "5", "6"], ["7"]]


@pytest.mark.parametrize(("content", "ids"), [("empty", []), ("id-only", [None]), ("full-resource", ["7"])])
def test_a_notification_says_as_much_as_was_asked_for(
    world: World, receiver: Receiver, content: str, ids: list[str | None]
) -> None:
    world.save(subscription(receiver.url, content=content))
    world.save(task("7"))
    with world.notifying():
        soon(lambda: receiver.numbers() == [1])
    bundle = receiver.heard[-1]
    found = bundle["entry"][1:]
    assert [entry.get("resource", {}).get("id") for entry in found] == ids
    assert (said(bundle, "topic") is None) is (content == "empty")
    assert ("Task/7" in str(bundle)) is (content != "empty")


def test_a_full_resource_is_the_version_of_then(world: World, receiver: Receiver) -> None:
    world.save(subscription(receiver.url, content="full-resource"))
    world.save(task(status="requested"))
    world.save(task(status="received"))
    with world.notifying():
        soon(lambda: receiver.numbers() == [1, 2])
    entries = receiver.heard[-1]["entry"][1:]
    assert [entry["resource"]["status"] for entry in entries] == ["requested", "received"]
    assert [entry["resource"]["meta"]["versionId"] for entry in entries] == ["1", "2"]
    assert [entry["request"]["method"] for entry in entries] == ["POST", "PUT"]


def test_a_search_of_r4_itself_is_answered_alike(world: World, receiver: Receiver) -> None:
    world.save(classic(receiver.url, "Task?status=requested", payload="application/fhir+json"))
    world.save(task("1", "accepted"), task("2", "requested"))
    with world.notifying():
        soon(lambda: receiver.numbers() == [1])
    assert receiver.heard[-1]["entry"][1]["resource"]["id"] == "2"


def test_headers_of_the_subscriber_come_along(world: World, receiver: Receiver) -> None:
    world.save(subscription(receiver.url, header=["Authorization: Bearer s3cret", "X-Site: Senne"]))
    with world.notifying():
        soon(lambda: world.status() == "active")
    assert (receiver.headers[0]["Authorization"], receiver.headers[0]["X-Site"]) == ("Bearer s3cret", "Senne")


def test_a_receiver_that_was_down_hears_everything_once_it_is_back(world: World, receiver: Receiver) -> None:
    world.save(subscription(receiver.url))
    with world.notifying() as notifier:
        soon(lambda: world.status() == "active")
        receiver.answers = [503, 500, 404, 503]
        for number in range(10):
            world.save(task(str(number)))
            notifier.wake()
        soon(lambda: len(set(receiver.numbers())) == 10)
    assert receiver.calls > len(receiver.heard)
    assert sorted(set(receiver.numbers())) == list(range(1, 11))
    assert receiver.numbers() == sorted(receiver.numbers())


def test_what_was_not_told_before_a_restart_is_told_after_it(world: World, receiver: Receiver) -> None:
    world.save(subscription(receiver.url))
    with world.notifying():
        soon(lambda: world.status() == "active")
        world.save(task("1"))
        soon(lambda: receiver.numbers() == [1])
    world.save(task("2"), task("3"))
    with world.notifying():
        soon(lambda: receiver.numbers() == [1, 2, 3])
    assert receiver.kinds()[0] == "handshake"
    assert receiver.kinds().count("handshake") == 1


def test_silence_is_broken_by_a_heartbeat(world: World, receiver: Receiver) -> None:
    world.save(subscription(receiver.url, heartbeat=1))
    with world.notifying():
        soon(lambda: "heartbeat" in receiver.kinds())
    beat = receiver.heard[receiver.kinds().index("heartbeat")]
    assert (said(beat, "events-since-subscription-start"), events(beat), len(beat["entry"])) == ("0", [], 1)


def test_a_receiver_that_never_answers_its_greeting_is_in_error(world: World, receiver: Receiver) -> None:
    receiver.answers = [500] * 100
    world.save(subscription(receiver.url))
    with world.notifying():
        soon(lambda: world.status() == "error")
    assert receiver.calls == 5
    assert world.error() == "Given up after 5 attempts; the last ended with HTTP 500."


def test_who_was_in_error_and_asks_again_has_missed_nothing(world: World, receiver: Receiver) -> None:
    world.save(subscription(receiver.url))
    receiver.answers = [200] + [500] * 3
    with world.notifying(replace(BRISK, policy=replace(QUICK, attempts=3))):
        soon(lambda: world.status() == "active")
        world.save(task("1"))
        soon(lambda: world.status() == "error")
        world.save(task("2"))
        world.save(subscription(receiver.url))
        soon(lambda: receiver.numbers() == [1, 2])
    assert (world.status(), world.error()) == ("active", "")


def test_a_receiver_that_is_gone_is_turned_off(world: World, receiver: Receiver) -> None:
    world.save(subscription(receiver.url))
    with world.notifying() as notifier:
        soon(lambda: world.status() == "active")
        receiver.answers = [410]
        world.save(task("1"))
        notifier.wake()
        soon(lambda: world.status() == "off")
        world.save(task("2"))
    assert (world.numbers(), world.error()) == ([1], "The receiver said HTTP 410.")


def test_a_subscription_that_its_owner_ends_hears_no_more(world: World, receiver: Receiver) -> None:
    world.save(subscription(receiver.url))
    with world.notifying() as notifier:
        soon(lambda: world.status() == "active")
        world.save(subscription(receiver.url, status="off"))
        world.save(task("1"))
        notifier.wake()
        world.save(subscription(receiver.url, "other"))
        soon(lambda: world.status("other") == "active")
    assert (receiver.numbers(), world.numbers()) == ([], [])


def test_a_subscription_ends_when_its_time_is_over(world: World, receiver: Receiver) -> None:
    world.save(subscription(receiver.url, end="2020-01-01T00:00:00Z"))
    with world.notifying():
        soon(lambda: world.status() == "off")
    assert (receiver.calls, world.error()) == (0, "The time for which it was asked is over.")


def test_an_endpoint_in_a_private_network_is_not_called(world: World, receiver: Receiver) -> None:
    world.save(subscription(receiver.url))
    with world.notifying(replace(BRISK, manner=Manner(BASE, circle(["10.0.0.0/8"])))):
        soon(lambda: world.status() == "error")
    assert receiver.calls == 0
    assert "fhir.subscribers" in world.error()


def test_a_subscription_that_cannot_be_served_says_why(world: World, receiver: Receiver) -> None:
    world.save(subscription(receiver.url, criteria=f"{TOPIC}/weather-changed"))
    with world.notifying():
        soon(lambda: world.status() == "error")
    assert receiver.calls == 0
    assert "there is no such topic" in world.error()


def test_a_slow_receiver_holds_up_nobody_else(world: World, receiver: Receiver) -> None:
    deaf = "http://127.0.0.1:1/nobody"
    for number in range(6):
        world.save(subscription(deaf, f"deaf-{number}"))
    world.save(subscription(receiver.url, "quick"))
    with world.notifying(replace(BRISK, handshake=Policy(waits=(0.01,), attempts=100_000, shortest=0.001))):
        soon(lambda: world.status("quick") == "active")
        world.save(task("1"))
        soon(lambda: receiver.numbers() == [1])
        assert world.status("deaf-1") == "requested"


def test_each_step_is_a_version_and_a_line_of_the_audit(world: World, receiver: Receiver, store: Store) -> None:
    world.save(subscription(receiver.url))
    with world.notifying():
        soon(lambda: world.status() == "active")
    assert [version.resource["status"] for version in store.history("Subscription", "s")] == ["active", "requested"]
    assert [line.outcome for line in store.audit(object="Subscription/s")] == ["active", "delivered"]


def test_a_notification_is_xml_where_that_was_asked_for(world: World, receiver: Receiver) -> None:
    world.save(subscription(receiver.url, payload="application/fhir+xml"))
    world.save(task("7"))
    with world.notifying():
        soon(lambda: world.store.last_event("s") == 1 and world.store.behind() == {})
    assert receiver.headers[-1]["Content-Type"] == "application/fhir+xml"
    assert f'<reference value="{BASE}Task/7/_history/1"/>'.encode() in receiver.bodies[-1]


def test_nothing_is_said_twice_and_nothing_empty_while_much_is_written(world: World, receiver: Receiver) -> None:
    world.save(subscription(receiver.url))
    with world.notifying(replace(BRISK, poll=0.001)) as notifier:
        for number in range(100):
            world.save(task(str(number)))
            notifier.wake()
        soon(lambda: len(receiver.numbers()) >= 100)
    assert receiver.numbers() == list(range(1, 101))
    assert receiver.kinds().count("handshake") == 1
    assert all(events(bundle) for bundle in receiver.heard[1:])
