"""$status, $events and the topics over HTTP: whoever missed something finds it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from gateway.directory.parties import Directory
from gateway.store.sql import open_store
from gateway.web.fhir.api import application
from gateway.web.fhir.call import Desk
from tests.pipeline.subscribing.world import TOPIC, Resource, World, events, said, subscription, task
from tests.web.standing import House, standing

NOWHERE = "http://127.0.0.1:1/nobody"


class Api:
    """The FHIR interface over a world."""

    def __init__(self, world: World, base: str) -> None:
        self.world, self.base, self.session = world, base, requests.Session()

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.session.get(f"{self.base}/{path}", params=query, timeout=20)

    def seen(self, path: str, **query: Any) -> Resource:
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        found: Resource = answer.json()
        return found


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    store = open_store(f"sqlite:///{tmp_path / 'gateway.db'}")
    world = World(store)
    assert isinstance(world.rooms.directory, Directory)
    with standing(application(Desk(House().doors(), world.rooms))) as door:
        made = Api(world, door.url("/fhir"))
        with made.session:
            yield made
    store.close()


def test_events_that_were_missed_are_told_by_number(api: Api) -> None:
    api.world.save(subscription(NOWHERE))
    for number in range(1, 6):
        api.world.save(task(str(number)))
    found = api.seen("Subscription/s/$events", eventsSinceNumber="2", eventsUntilNumber="4")
    assert (found["type"], said(found, "type"), events(found)) == ("history", "query-event", ["2", "3", "4"])
    assert said(found, "events-since-subscription-start") == "5"
    assert [entry["fullUrl"].rpartition("/")[2] for entry in found["entry"][1:]] == ["2", "3", "4"]


@pytest.mark.parametrize(("content", "ids"), [("empty", []), ("id-only", [None]), ("full-resource", ["1"])])
def test_missed_events_say_as_much_as_is_asked_for_now(api: Api, content: str, ids: list[str | None]) -> None:
    api.world.save(subscription(NOWHERE, content="empty"))
    api.world.save(task("1"))
    found = api.seen("Subscription/s/$events", content=content)
    assert [entry.get("resource", {}).get("id") for entry in found["entry"][1:]] == ids


@pytest.mark.parametrize("query", [{"eventsSinceNumber": "two"}, {"eventsUntilNumber": "-1"}, {"content": "all"}])
def test_a_question_that_cannot_be_read_is_refused_with_a_repair(api: Api, query: dict[str, str]) -> None:
    api.world.save(subscription(NOWHERE))
    answer = api.get("Subscription/s/$events", **query)
    assert answer.status_code == 400
    assert answer.json()["issue"][0]["diagnostics"].startswith("write ")


def test_a_status_tells_the_last_number_and_why_it_is_in_error(api: Api) -> None:
    api.world.save(subscription(NOWHERE, status="error", error="Given up."))
    api.world.save(task("1"), task("2"))
    found = api.seen("Subscription/s/$status")
    assert (found["type"], found["total"]) == ("searchset", 1)
    assert (said(found, "status"), said(found, "type")) == ("error", "query-status")
    assert (said(found, "events-since-subscription-start"), said(found, "error")) == ("2", {"text": "Given up."})


def test_the_status_of_many_is_narrowed_by_id_and_status(api: Api) -> None:
    api.world.save(subscription(NOWHERE, "a"), subscription(NOWHERE, "b", status="active"))
    assert api.seen("Subscription/$status")["total"] == 2
    assert api.seen("Subscription/$status", status="active")["total"] == 1
    assert api.seen("Subscription/$status", id=["a", "c"])["total"] == 1


def test_a_status_may_be_asked_for_by_parameters(api: Api) -> None:
    api.world.save(subscription(NOWHERE, "a"), subscription(NOWHERE, "b"))
    body = {"resourceType": "Parameters", "parameter": [{"name": "id", "valueId": "b"}]}
    headers = {"Content-Type": "application/fhir+json"}
    answer = api.session.post(f"{api.base}/Subscription/$status", json=body, headers=headers, timeout=20)
    assert answer.json()["total"] == 1


@pytest.mark.parametrize("path", ["Subscription/x/$status", "Subscription/x/$events", "Basic/x"])
def test_what_is_not_there_is_not_found(api: Api, path: str) -> None:
    assert api.get(path).status_code == 404


def test_the_topics_can_be_read(api: Api) -> None:
    listed = api.seen("Basic")
    urls = [entry["resource"]["extension"][0]["valueUri"] for entry in listed["entry"]]
    assert urls == [f"{TOPIC}/task-changed", f"{TOPIC}/referral-changed", f"{TOPIC}/plan-changed"]
    assert api.seen("Basic/task-changed")["code"]["coding"][0]["code"] == "SubscriptionTopic"


def test_the_capability_statement_names_the_topics(api: Api) -> None:
    resources = api.seen("metadata")["rest"][0]["resource"]
    mine = next(each for each in resources if each["type"] == "Subscription")
    assert f"{TOPIC}/task-changed" in [each["valueCanonical"] for each in mine["extension"]]
    assert {"status", "events"} <= {each["name"] for each in mine["operation"]}
