"""Questions as Tasks that their asker opens itself: whose they become, and what is refused."""

import json
from pathlib import Path

import pytest

from gateway.domain.system import CASE, TASK
from tests.pipeline.line.world import ELSEY, LUTTERBACH, Resource, World, answer, bundle, measure
from tests.pipeline.loop.asking import TEXT, codes, question, questions


@pytest.fixture
def planned(world: World) -> World:
    world.planned(measure("A-2", ELSEY), measure("A-4", LUTTERBACH))
    return world


def test_a_question_of_the_site_becomes_a_task_of_the_case(world: World) -> None:
    world.referred()
    message = world.sends("stelle-senne", question(world.case()))
    (asked,) = questions(world)
    assert codes(message) == []
    assert asked["groupIdentifier"] == {"system": CASE, "value": world.case()["id"]}
    assert asked["partOf"] == [{"reference": f"Task/{world.case()['id']}"}]
    assert asked["focus"] == world.case()["focus"]
    assert asked["for"] == world.case()["for"]
    assert asked["requester"] == {"reference": "Organization/stelle-senne"}
    assert (asked["description"], asked["status"]) == (TEXT, "requested")
    assert world.entry(message).case == f"Task/{world.case()['id']}"


def test_it_has_a_number_that_fits_into_a_list(world: World) -> None:
    world.referred()
    world.sends("stelle-senne", question(world.case()))
    (asked,) = questions(world)
    (number,) = (i["value"] for i in asked["identifier"] if i["system"] == TASK)
    assert number == f"Q-{asked['id'][:13].upper()}"


def test_who_must_answer_is_the_other_side_where_nobody_is_named(planned: World) -> None:
    planned.sends("stelle-senne", question(planned.case(), "an die Quelle"))
    planned.sends("stelle-senne", question(planned.task("A-2"), "an den Dienst"))
    planned.sends("elsey", question(planned.task("A-2"), "an die Stelle"))
    planned.sends("senneklinik", question(planned.case(), "Wie weit ist es?"), format="fhir")
    owners = [task["owner"]["reference"].partition("/")[2] for task in questions(planned)]
    assert owners == ["senneklinik", "elsey", "stelle-senne", "stelle-senne"]


def test_the_site_may_ask_any_party_of_the_case_and_nobody_else(planned: World) -> None:
    planned.sends("stelle-senne", question(planned.case(), owner={"reference": "Organization/elsey"}))
    assert questions(planned)[0]["owner"] == {"reference": "Organization/elsey"}
    other = question(planned.case(), "und hier?", owner={"reference": "Organization/wohnberatung"})
    message = planned.sends("stelle-senne", other)
    assert (message.stopped, codes(message)) == ("record", ["record.task.owner"])


def test_who_has_no_part_in_a_task_asks_nothing_about_it(planned: World) -> None:
    for task in (planned.task("A-2"), planned.case()):
        message = planned.sends("lutterbach", question(task), format="fhir")
        assert (message.stopped, codes(message)) == ("record", ["record.task.opener"])
    assert questions(planned) == []


def test_a_question_about_nothing_that_is_known_waits_for_a_person(planned: World) -> None:
    message = planned.sends("elsey", question({"id": "unknown"}))
    assert (message.stopped, codes(message)) == ("record", ["record.task.about"])


def test_nothing_more_is_asked_about_a_task_that_has_ended(planned: World) -> None:
    planned.sends("elsey", answer(planned.task("A-2"), "rejected", "no-capacity", "voll"))
    message = planned.sends("elsey", question(planned.task("A-2")))
    assert (message.stopped, codes(message)) == ("record", ["record.task.ended"])


def test_a_task_that_begins_with_its_answer_is_refused(planned: World) -> None:
    message = planned.sends("senneklinik", question(planned.case(), status="completed"), format="fhir")
    assert (message.stopped, codes(message)) == ("record", ["record.task.begun"])


def test_a_measure_may_be_named_by_its_request_too(planned: World) -> None:
    said: Resource = {"partOf": [], "focus": {"reference": planned.task("A-2")["focus"]["reference"]}}
    planned.sends("elsey", question(planned.task("A-2"), **said))
    assert questions(planned)[0]["partOf"] == [{"reference": f"Task/{planned.task('A-2')['id']}"}]


def test_the_same_question_again_and_its_replay_open_no_second(planned: World) -> None:
    asked = question(planned.task("A-2"))
    message = planned.sends("elsey", asked)
    before = (questions(planned), len(planned.outbox()))
    planned.again(message)
    planned.sends("elsey", asked, key="other")
    assert (questions(planned), len(planned.outbox())) == before


def test_a_second_question_stands_beside_the_first(planned: World) -> None:
    planned.sends("elsey", question(planned.task("A-2")))
    planned.sends("elsey", question(planned.task("A-2"), "Und seit wann?"))
    assert [task["description"] for task in questions(planned)] == [TEXT, "Und seit wann?"]


def test_a_cancelled_question_of_the_source_takes_no_referral_back(world: World) -> None:
    world.referred()
    asked = question(world.case(), focus=world.case()["focus"])
    world.sends("senneklinik", asked, format="fhir")
    (task,) = (entry["resource"] for entry in asked["entry"])
    request = world.store.read("ServiceRequest", world.case()["focus"]["reference"].partition("/")[2]).resource
    world.sends("senneklinik", bundle({**task, "status": "cancelled"}, request), format="fhir")
    assert world.stand() == "requested dispatched"
    assert questions(world)[0]["status"] == "cancelled"


def test_the_example_of_the_page_is_understood(planned: World) -> None:
    page = (Path(__file__).parents[3] / "docs/how-to/answer-by-fhir.md").read_text(encoding="utf-8")
    told = json.loads(page.partition("## Ask")[2].partition("```json")[2].partition("```")[0])
    told["partOf"] = [{"reference": f"Task/{planned.task('A-2')['id']}"}]
    message = planned.sends("elsey", told)
    assert (message.stopped, codes(message)) == ("", [])
    assert (questions(planned)[0]["description"], planned.stand("A-2")) == (TEXT, "received awaiting-information")


def test_the_words_of_a_question_may_be_an_input(planned: World) -> None:
    said = [{"type": {"text": "Frage"}, "valueString": TEXT}]
    asked = question(planned.case(), input=said)
    del asked["entry"][0]["resource"]["description"]
    planned.sends("stelle-senne", asked)
    assert f"Rückfrage: {TEXT}" in planned.outbox("senneklinik", "question")[-1].data.decode()
