"""What is sent and shown is R4, whatever the Subscription looks like; and it is told again after a fault of ours."""

from typing import Any

import pytest

from gateway.domain.ledger import Announced
from gateway.fhir.conform import check_resource
from gateway.fhir.notification import Happening, Notice, bundle, statuses
from gateway.fhir.subscription import Content, wanted
from gateway.pipeline.subscribing.topics import shown
from tests.pipeline.subscribing.world import BASE, classic, clock, events, subscription, task

EVENTS = tuple(Announced("s", number, f"Task/{number}", number, clock()) for number in (1, 2))


def notice(content: Content = "full-resource", **more: Any) -> Notice:
    happenings = tuple(Happening(event, task(str(event.number))) for event in EVENTS)
    plain: dict[str, Any] = {"kind": "event-notification", "happenings": happenings, "content": content}
    return Notice(wanted=wanted(subscription("http://h/")), last=2, at=clock(), base=BASE, **{**plain, **more})


@pytest.mark.parametrize("content", ["empty", "id-only", "full-resource"])
def test_a_notification_is_a_sound_bundle(content: Content) -> None:
    made = bundle(notice(content))
    assert check_resource(made) == []
    assert events(made) == ["1", "2"]


def test_a_status_is_a_sound_searchset() -> None:
    made = statuses([notice(kind="query-status", happenings=(), error="Given up.")])
    assert check_resource(made) == []


@pytest.mark.parametrize("topic", shown(), ids=lambda topic: topic["id"])
def test_a_topic_is_a_sound_basic(topic: dict[str, Any]) -> None:
    assert check_resource(topic) == []


def test_the_first_version_was_created_and_the_others_updated() -> None:
    entries = bundle(notice())["entry"][1:]
    assert [(entry["request"]["method"], entry["response"]["status"]) for entry in entries] == [
        ("POST", "201"),
        ("PUT", "200"),
    ]
    assert [entry["response"]["etag"] for entry in entries] == ['W/"1"', 'W/"2"']


@pytest.mark.parametrize(
    ("resource", "content"),
    [
        (classic("http://h/", "Task?status=requested"), "empty"),
        (classic("http://h/", "Task?status=requested", payload="application/fhir+json"), "full-resource"),
        (subscription("http://h/", content="id-only"), "id-only"),
        (subscription("http://h/", content="whatever"), None),
    ],
)
def test_how_much_is_told_is_what_was_asked_for_or_what_r4_means(resource: dict[str, Any], content: Content) -> None:
    assert wanted(resource).content == content


def test_an_end_is_read_in_any_zone_and_not_without_one() -> None:
    assert str(wanted({"end": "2026-11-22T10:00:00+01:00"}).end) == "2026-11-22 09:00:00+00:00"
    assert wanted({"end": "2026-11-22T10:00:00"}).unclear == ("end",)
    assert wanted({"end": "9999-12-31T23:59:59-01:00"}).unclear == ("end",), "no calendar has it"
