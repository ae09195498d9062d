"""What may look like the answer to a question and is none: of another party, from before it was asked, of two (2)."""

import pytest

from gateway.domain.system import TASK
from gateway.pipeline.line import process
from tests.pipeline.line.world import Resource, World, answer, bundle, url
from tests.pipeline.loop.asking import TEXT, codes, document, number, question, questions, stand


@pytest.fixture
def asked(world: World) -> World:
    """A referral whose site waits for information."""
    world.referred()
    world.sends("stelle-senne", answer(world.case(), "received", "awaiting-information", TEXT))
    return world


def letter(world: World, named: str) -> Resource:
    """A document in FHIR about the person of the case, with the number of a question."""
    content = [{"attachment": {"contentType": "text/plain", "data": "VWxjdXM="}}]
    return bundle({
        "resourceType": "DocumentReference", "id": "d-1", "status": "current", "content": content,
        "subject": {"reference": world.case()["for"]["reference"]},
        "identifier": [{"system": TASK, "value": named}], "masterIdentifier": {"system": url("x"), "value": "d-1"},
    })  # fmt: skip


def test_a_document_of_another_party_that_names_the_number_answers_nothing(asked: World) -> None:
    (only,) = questions(asked)
    message = asked.sends("elsey", letter(asked, number(only)))
    assert (message.stopped, codes(message)) == ("record", ["record.owner"])
    assert questions(asked) == [only]


def test_a_document_that_waited_until_after_the_question_answers_nothing(world: World) -> None:
    world.referred()
    kept = world.keep("senneklinik", document("A-1"))
    world.sends("stelle-senne", answer(world.case(), "received", "awaiting-information", TEXT))
    message = process(kept, world.rooms)
    assert (message.stopped, [stand(task) for task in questions(world)]) == ("", ["requested dispatched"])


def test_of_two_open_questions_a_document_without_a_number_goes_to_the_case_alone(asked: World) -> None:
    asked.sends("stelle-senne", question(asked.case(), "Und seit wann?"))
    message = asked.sends("senneklinik", document("A-1"))
    assert (message.stopped, codes(message)) == ("", [])
    assert ("stelle-senne", "referral") in asked.told(message)
    assert {stand(task) for task in questions(asked)} == {"requested dispatched"}


def test_who_was_asked_and_could_not_find_out_sets_the_asker_free_too(asked: World) -> None:
    (only,) = questions(asked)
    asked.sends("senneklinik", answer(only, "in-progress"), format="fhir")
    asked.sends("senneklinik", answer(only, "failed", "", "Die Akte ist verloren."), format="fhir")
    assert (questions(asked)[0]["status"], asked.stand()) == ("failed", "received under-review")
    assert b"Die Akte ist verloren." in asked.outbox("stelle-senne")[-1].data
