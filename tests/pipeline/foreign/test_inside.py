"""NHS BaRS has no Task in its messages: the status of the request or of the visit in them says what is meant."""

from typing import Any

import pytest

from gateway.domain.message import Message
from tests.pipeline.foreign.stage import Stage, codes
from tests.pipeline.line.world import Resource, bundle, url

EVENTS = "https://fhir.nhs.uk/CodeSystem/message-events-bars"


def replied(stage: Stage, event: str, **said: Any) -> Message:
    """A message of the owner with an event, the request as it came, and a visit for it where one is said."""
    request = stage.task["focus"]["reference"]
    stored = stage.world.store.read(*request.split("/")).resource
    header = {
        "resourceType": "MessageHeader", "id": "header", "source": {"endpoint": "https://elsey.example"},
        "eventCoding": {"system": EVENTS, "code": event},
    }  # fmt: skip
    visit: Resource = {
        "resourceType": "Encounter", "id": "visit", "class": {"code": "HH"}, "subject": stage.task["for"],
        "basedOn": [{"reference": url(stored["id"])}], "status": said.get("visit", ""),
    }  # fmt: skip
    asked = {key: value for key, value in stored.items() if key != "meta"}
    asked |= {"status": said.get("request", stored["status"])}
    entries = [header, asked, *([visit] if said.get("visit") else [])]
    return stage.world.sends("elsey", bundle(*entries))


@pytest.mark.parametrize(
    ("before", "said", "place"),
    [
        ("requested", {"request": "active"}, "accepted"),
        ("requested", {"request": "active", "visit": "triaged"}, "accepted"),
        ("requested", {"visit": "in-progress"}, "in-progress"),
        ("in-progress", {"visit": "onleave"}, "on-hold"),
        ("in-progress", {"request": "completed"}, "completed"),
        ("in-progress", {"visit": "finished"}, "completed"),
        ("requested", {"visit": "cancelled"}, "rejected"),
        ("requested", {"request": "revoked"}, "rejected"),
        ("in-progress", {"visit": "unknown"}, "in-progress"),
    ],
)
def test_the_status_of_what_is_inside_moves_the_task(before: str, said: dict[str, str], place: str) -> None:
    stage = Stage("nhs-bars").planned(before)
    message = replied(stage, "servicerequest-response", **said)
    assert (codes(message), stage.stand()) == ([], place)


def test_another_event_says_nothing_by_what_is_inside() -> None:
    stage = Stage("nhs-bars").planned()
    replied(stage, "booking-request", visit="in-progress")
    assert stage.stand() == "requested/dispatched"


def test_the_same_answer_run_again_moves_nothing() -> None:
    stage = Stage("nhs-bars").planned()
    message = replied(stage, "servicerequest-response", visit="in-progress")
    versions = len(stage.world.store.history("Task", stage.task["id"]))
    stage.world.again(message)
    assert len(stage.world.store.history("Task", stage.task["id"])) == versions
