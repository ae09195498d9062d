"""The end: nothing open, every goal assessed, and the source has heard how it ended (workflow.md, phase 11)."""

from typing import Any

import pytest

from tests.pipeline.line.world import ELSEY, World, answer, bundle, measure, url

ACHIEVEMENT = "http://terminology.hl7.org/CodeSystem/goal-achievement"


def close(world: World, status: str = "completed", business: str = "outcome-helped", **more: Any) -> Any:
    return world.sends("stelle-senne", answer(world.case(), status, business, **more))


def worked(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    world.sends("elsey", answer(world.task("A-1"), "in-progress"))


def done(world: World) -> None:
    worked(world)
    world.sends("elsey", answer(world.task("A-1"), "completed", "outcome-helped"))


def goal(world: World, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Goal", "id": "goal", "lifecycleStatus": "active", "description": {"text": "zu Hause leben"},
        "subject": {"reference": world.case()["for"]["reference"]}, **more,
    }  # fmt: skip


def with_goal(world: World, **more: Any) -> None:
    """The plan has a goal now."""
    said = world.plan(measure("A-1", ELSEY), goal=[{"reference": url("goal")}])
    said["entry"] += bundle(goal(world, **more))["entry"]
    world.sends("stelle-senne", said)


def codes(message: Any) -> list[str]:
    return [problem.code for problem in message.problems]


def test_while_a_measure_is_open_the_referral_is_not_closed_and_a_person_is_told_why(world: World) -> None:
    worked(world)
    message = close(world)
    assert (message.stopped, codes(message)) == ("record", ["closure.measure"])
    assert world.stand() == "in-progress active-support"


def test_without_a_word_how_it_ended_it_is_not_closed(world: World) -> None:
    done(world)
    assert codes(close(world, business="")) == ["closure.outcome"]
    told = close(world, business="", output=[{"type": {"text": "Ergebnis"}, "valueString": "kommt zurecht"}])
    assert (codes(told), world.case()["status"]) == ([], "completed")


def test_once_all_has_ended_it_is_closed_and_the_source_hears_the_outcome(world: World) -> None:
    done(world)
    message = close(world)
    assert (message.stopped, world.stand()) == ("", "completed outcome-helped")
    assert world.told(message) == [("senneklinik", "answer completed")]


def test_the_report_that_went_out_and_came_is_said_of_the_task_and_the_outcome_stays(world: World) -> None:
    done(world)
    close(world)
    world.arrives(world.outbox("senneklinik", "answer completed")[-1], grade="E2")
    assert world.stand() == "completed outcome-acknowledged"
    assert world.case()["statusReason"]["coding"][0]["code"] == "outcome-helped"
    last = world.store.history("Task", world.case()["id"])[:3]
    stands = [version.resource["businessStatus"]["coding"][0]["code"] for version in last]
    assert stands == ["outcome-acknowledged", "outcome-sent", "outcome-helped"]


def test_a_report_that_was_only_handed_over_is_sent_and_not_yet_acknowledged(world: World) -> None:
    done(world)
    close(world)
    world.arrives(world.outbox("senneklinik", "answer completed")[-1], grade="E1")
    assert world.stand() == "completed outcome-sent"


def test_the_source_may_acknowledge_by_its_own_message(world: World) -> None:
    world.change("senneklinik", sends=[], receives=[{"road": "http", "format": "fhir", "url": "http://127.0.0.1:1"}],
                 answers={"as": "Task"})  # fmt: skip
    done(world)
    close(world)
    world.arrives(world.outbox("senneklinik", "answer completed")[-1], grade="E1")
    world.sends("senneklinik", answer(world.case(), "completed", "outcome-acknowledged"), format="fhir")
    assert world.stand() == "completed outcome-acknowledged"


@pytest.mark.parametrize(("achieved", "found"), [("", ["closure.goal"]), ("achieved", []), ("not-attainable", [])])
def test_every_goal_has_to_be_assessed(world: World, achieved: str, found: list[str]) -> None:
    world.planned(measure("A-1", ELSEY))
    said = {"achievementStatus": {"coding": [{"system": ACHIEVEMENT, "code": achieved}]}} if achieved else {}
    with_goal(world, **said)
    world.sends("elsey", answer(world.task("A-1"), "completed", "outcome-helped"))
    assert codes(close(world)) == found


def test_whose_person_wants_no_more_has_no_goal_to_assess(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    with_goal(world)
    world.sends("elsey", answer(world.task("A-1"), "completed", "outcome-helped"))
    world.sends("stelle-senne", answer(world.case(), "failed", "client-declined", "Möchte keine Hilfe mehr."))
    assert world.stand() == "failed client-declined"


def test_an_open_question_keeps_it_open(world: World) -> None:
    done(world)
    kind = {"coding": [{"system": "https://kuemmerer-gateway.de/fhir/CodeSystem/task-kind", "code": "question"}]}
    case = {"reference": f"Task/{world.case()['id']}"}
    asked = {
        "resourceType": "Task", "id": "q", "status": "requested", "intent": "order", "code": kind, "partOf": [case],
        "focus": world.case()["focus"], "for": world.case()["for"], "description": "Wer ist Hausarzt?",
    }  # fmt: skip
    world.sends("stelle-senne", bundle(asked))
    assert codes(close(world)) == ["closure.question"]


def test_two_persons_may_close_it_all_the_same_and_the_obstacles_stay_as_warnings(world: World) -> None:
    worked(world)
    case, kind = world.case(), "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
    agents = [
        {"type": {"coding": [{"system": kind, "code": code}]}, "who": {"display": who, "identifier": {"value": who}}}
        for code, who in (("performer", "Kümmerin Sander"), ("verifier", "Leitung Brand"))
    ]
    override = {
        "resourceType": "Provenance", "id": "p", "target": [{"reference": f"Task/{case['id']}"}], "agent": agents,
        "recorded": "2026-03-20T10:00:00+01:00", "reason": [{"text": "Person ist verzogen"}],
    }  # fmt: skip
    said = answer(case, "completed", "no-longer-needed")
    said["entry"] += bundle(override)["entry"]
    message = world.sends("stelle-senne", said)
    assert world.stand() == "completed no-longer-needed"
    assert [(p.code, p.severity) for p in message.problems] == [("closure.measure", "warning")]


def test_a_municipal_no_is_an_outcome_and_no_rejection(world: World) -> None:
    worked(world)
    message = world.sends("elsey", answer(world.task("A-1"), "completed", "application-denied"))
    assert world.stand("A-1") == "completed application-denied"
    assert ("stelle-senne", "decision") not in world.told(message)
