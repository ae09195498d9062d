"""A question through the FHIR API: a site waits for information, its source is asked and answers in HL7 v2."""

from tests.pipeline.loop.asking import TEXT, TOLD, document, number, questions
from tests.pipeline.rest.client import Client


def test_a_site_that_waits_by_the_api_asks_the_source() -> None:
    desk = Client()
    desk.world.referred()
    told = desk.partner("stelle-senne").move(desk.world.case(), "received", "awaiting-information", TEXT)
    assert told.status == 200
    (asked,) = questions(desk.world)
    assert asked["description"] == f"Rückfrage: {TEXT}"
    assert "question" in [d.about for d in desk.world.outbox("senneklinik")]


def test_and_the_document_that_answers_sets_it_free() -> None:
    desk = Client()
    desk.world.referred()
    note = [{"text": TEXT}]
    desk.partner("stelle-senne").move(desk.world.case(), "received", "awaiting-information", note=note)
    (asked,) = questions(desk.world)
    assert asked["description"] == f"Rückfrage: {TEXT}"
    desk.world.sends("senneklinik", document("A-1", number(asked)))
    assert desk.stored(asked)["output"][0]["valueString"] == TOLD
    assert desk.world.stand() == "received under-review"
