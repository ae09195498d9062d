"""Over FHIR too nobody is asked of whom nothing may be shown yet."""

from gateway.consent.vocabulary import PURPOSE
from gateway.domain.system import BUSINESS_STATUS
from tests.pipeline.line.world import HTTP
from tests.pipeline.rest.client import Client, Resource, codes, task

VOLUNTEERS = "seniorenbuero_quartier_ehrenamt"
WAITS = {"status": "draft", "businessStatus": {"coding": [{"system": BUSINESS_STATUS, "code": "awaiting-consent"}]}}


def wanted(desk: Client, **more: object) -> Resource:
    """A measure for somebody who needs a consent."""
    desk.world.change("wohnberatung", role=VOLUNTEERS, receives=[HTTP])
    case, _ = desk.planned()
    person = desk.stored({"resourceType": "Patient", "id": case["for"]["reference"].partition("/")[2]})
    request = desk.request(person, intent="filler-order", code={"text": "Besuch"})
    return task(request, part=case, owner={"reference": "Organization/wohnberatung"}, **more)


def consent(of: Resource) -> Resource:
    return {
        "resourceType": "Consent", "status": "active", "patient": of["for"],
        "scope": {"text": "Weitergabe"}, "category": [{"text": "Weitergabe"}], "policyRule": {"text": "Einwilligung"},
        "provision": {
            "type": "permit", "purpose": [{"system": PURPOSE, "code": "CAREMGT"}],
            "actor": [{"role": {"text": "Empfänger"}, "reference": {"reference": "Organization/wohnberatung"}}],
        },
    }  # fmt: skip


def test_it_is_refused_to_send_it(desk: Client) -> None:
    told = desk.create(wanted(desk))
    assert (told.status, codes(told)) == (422, ["rest.task.consent"])


def test_as_a_draft_it_waits_and_goes_out_with_the_consent(desk: Client) -> None:
    made = desk.made(wanted(desk, **WAITS))
    desk.made(consent(made))
    assert desk.stand(made) == "requested dispatched"
    assert [delivery.partner for delivery in desk.world.outbox("wohnberatung")] == ["wohnberatung"]


def test_a_draft_that_waits_is_not_sent_by_hand(desk: Client) -> None:
    made = desk.made(wanted(desk, **WAITS))
    told = desk.move(made, "requested", "dispatched")
    assert (told.status, codes(told)) == (422, ["rest.task.consent"])
    assert desk.stand(made) == "draft awaiting-consent"
