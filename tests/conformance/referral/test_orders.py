"""Where the examples of a guide are the stations of one Task, they replay: each published Task as its party sends it.

What a party cannot know before it has our Task is put in: the id of it, its request, its person. All else stays.
"""

import json
from typing import Any

import pytest

from gateway.domain.message import Message
from tests.conformance.referral.corpus import CORPUS, needs_corpus
from tests.pipeline.foreign.stage import Stage, codes
from tests.pipeline.line.world import answer, bundle

pytestmark = needs_corpus
Resource = dict[str, Any]


def published(file: str) -> Resource:
    found: Resource = json.loads((CORPUS / file).read_text(encoding="utf-8"))
    return found


def sent(stage: Stage, sender: str, file: str, **known: Any) -> Message:
    """A published Task from one of our parties, about our Task unless `known` says otherwise (None: it is left out)."""
    task = stage.task
    ours = {"id": task["id"], "focus": task["focus"], "for": task["for"], "partOf": task["partOf"], **known}
    said = {key: value for key, value in {**published(file), **ours}.items() if value}
    return stage.world.sends(sender, bundle(said))


@pytest.mark.parametrize(
    ("system", "stations"),
    [
        ("umzhconnect", [
            ("umzhconnect/Task-TaskReferralOrthopedicSurgery.json", "requested/dispatched"),
            ("umzhconnect/Task-TaskReferralOrthopedicSurgeryUpdated.json", "in-progress"),
            ("umzhconnect/Task-TaskReferralOrthopedicSurgeryCompleted.json", "completed"),
        ]),
        ("", [
            ("gravity-sdohcc/Task-SDOHCC-TaskReferralManagementOrderFulfillmentAcceptedExample.json", "accepted"),
            ("gravity-sdohcc/Task-SDOHCC-TaskReferralManagementOrderFulfillmentCompletedExample.json", "completed"),
        ]),
        ("fhir-r4", [
            ("gravity-sdohcc/Task-SDOHCC-TaskReferralManagementOrderSubtaskAcceptedExample.json", "accepted"),
            ("gravity-sdohcc/Task-SDOHCC-TaskReferralManagementOrderSubtaskCompletedExample.json", "completed"),
        ]),
        ("bser", [("bser/Task-task-bser-referral-task.json", "completed")]),
        ("", [("bser/Task-task-referral-task.json", "completed")]),
        ("cow", [("cow/Task-cow-coordination-task-example.json", "in-progress")]),
        ("", [
            ("r4-core/Task-example2.json", "accepted"),
            ("r4-core/Task-example1.json", "in-progress"),
            ("r4-core/Task-example5.json", "in-progress"),
            ("r4-core/Task-example6.json", "completed"),
        ]),
    ],
    ids=["umzh", "gravity order", "gravity subtask", "bser", "bser unannounced", "cow", "r4 lipid panel"],
)  # fmt: skip
def test_the_stations_of_a_task_replay(system: str, stations: list[tuple[str, str]]) -> None:
    stage = Stage(system).planned()
    for file, place in stations:
        message = sent(stage, "elsey", file)
        assert (codes(message), stage.stand()) == ([], place), file


def test_the_questionnaire_of_umzh_is_a_question_to_who_asked_and_its_output_stays() -> None:
    stage = Stage("umzhconnect").planned()
    sent(stage, "elsey", "umzhconnect/Task-TaskReferralOrthopedicSurgeryUpdated.json")
    (question,) = stage.opened("question")
    assert question["owner"]["reference"] == "Organization/stelle-senne"
    assert stage.task["output"][0]["type"]["coding"][0]["code"] == "273510007"
    assert stage.theirs() == ["in-progress", "awaiting-information"]


def test_the_cancellation_of_cow_asks_who_has_begun_to_stop_and_who_stops_has_failed() -> None:
    stage = Stage("cow").planned()
    sent(stage, "elsey", "cow/Task-cow-coordination-task-example.json")
    ours = {"reference": f"Task/{stage.task['id']}"}
    message = sent(stage, "stelle-senne", "cow/Task-cow-cancellation-task-example.json", id="stop", focus=ours)
    assert codes(message) == []
    (stop,) = stage.opened("abort")
    stage.world.sends("elsey", answer(stop, "completed"))
    assert stage.stand() == "failed/aborted-on-request"


def test_the_report_of_bser_closes_no_referral_before_its_measures_have_ended() -> None:
    stage = Stage("bser").planned()
    case = stage.world.case()
    known = {"id": case["id"], "focus": case["focus"], "partOf": None}
    message = sent(stage, "stelle-senne", "bser/Task-task-bser-referral-task.json", **known)
    assert "closure.measure" in codes(message)
