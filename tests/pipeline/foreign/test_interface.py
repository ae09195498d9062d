"""A partner that moves its Task through the FHIR interface, in the codes it speaks."""

from typing import Any

from gateway.domain.foreign import uri_of
from gateway.pipeline.rest.asked import Asked, Caller
from gateway.pipeline.rest.perform import perform
from tests.pipeline.foreign.stage import Stage


def updated(stage: Stage, status: str, code: str, **more: Any) -> int:
    """The HTTP status of an update by the owner of the measure, with a code of the system."""
    coded = {"businessStatus": {"coding": [{"system": uri_of(stage.system), "code": code}]}}
    said = {**stage.task, "status": status, **coded, **more}
    seen = str(stage.world.store.read("Task", said["id"]).version)
    asked = Asked("update", "Task", said["id"], said, match=seen)
    (told,) = perform([asked], Caller("elsey"), stage.world.rooms, whole=True)
    return told.status


def test_their_code_stays_and_ours_is_put_in_front() -> None:
    stage = Stage("bser").planned("accepted")
    assert updated(stage, "accepted", "5.1.1") == 200
    assert (stage.stand(), stage.theirs()) == ("accepted/scheduled", ["5.1.1"])


def test_the_status_they_wrote_is_the_status_whatever_the_code_says() -> None:
    stage = Stage("bser").planned("accepted")
    assert updated(stage, "in-progress", "7.0") == 200
    assert (stage.stand(), stage.theirs()) == ("in-progress", ["7.0"])
