"""A measure for somebody who may see nothing without a consent waits for it, and then goes out by itself."""

from typing import Any

import pytest

from gateway.consent.vocabulary import PURPOSE
from tests.pipeline.line.world import ELSEY, WOHNBERATUNG, World, answer, bundle, measure

HTTP = {"road": "http", "format": "fhir", "url": "http://127.0.0.1:1"}


@pytest.fixture
def world() -> World:
    made = World()
    made.change("wohnberatung", receives=[HTTP], role="seniorenbuero_quartier_ehrenamt")
    return made


def consent(world: World, party: str = "wohnberatung", **more: Any) -> dict[str, Any]:
    """The person consents that a party is told."""
    provision = {
        "type": "permit",
        "actor": [{"role": {"text": "Empfänger"}, "reference": {"reference": f"Organization/{party}"}}],
        "purpose": [{"system": PURPOSE, "code": "CAREMGT"}],
    }
    return {"resourceType": "Consent", "id": "agreed", "status": "active", "patient": world.case()["for"],
            "scope": {"text": "Weitergabe"}, "category": [{"text": "Weitergabe"}],
            "policyRule": {"text": "Einwilligung"}, "provision": provision, **more}  # fmt: skip


def planned(world: World, *more: dict[str, Any]) -> Any:
    """A plan with a measure of somebody who needs a consent, and one of somebody who does not."""
    world.referred()
    world.sends("stelle-senne", answer(world.case(), "accepted"))
    plan = world.plan(measure("A-1", WOHNBERATUNG), measure("A-2", ELSEY))
    plan["entry"] += [entry for each in more for entry in bundle(each)["entry"]]
    return world.sends("stelle-senne", plan)


def test_it_waits_as_a_draft_and_nothing_is_sent(world: World) -> None:
    message = planned(world)
    assert world.stand("A-1") == "draft awaiting-consent"
    assert world.outbox("wohnberatung") == []
    assert (message.stopped, "disclose.consent" in {p.code for p in message.problems}) == ("", True)


def test_its_site_hears_that_it_waits(world: World) -> None:
    planned(world)
    (told,) = (d for d in world.outbox("stelle-senne") if d.about == "task waiting")
    assert "awaiting-consent" in told.data.decode()


def test_what_needs_no_consent_does_not_wait(world: World) -> None:
    planned(world)
    assert world.stand("A-2") == "requested dispatched"


def test_a_consent_that_comes_with_the_plan_is_heard(world: World) -> None:
    world.referred()
    message = planned(world, consent(world))
    assert world.stand("A-1") == "requested dispatched"
    assert "disclose.consent" not in {p.code for p in message.problems}


def test_it_goes_out_when_the_consent_comes(world: World) -> None:
    planned(world)
    world.sends("stelle-senne", bundle(consent(world)))
    assert world.stand("A-1") == "requested dispatched"
    assert [delivery.about for delivery in world.outbox("wohnberatung")] == ["measures"]


def test_a_consent_for_somebody_else_lets_nothing_out(world: World) -> None:
    planned(world)
    world.sends("stelle-senne", bundle(consent(world, "ravensberg")))
    assert world.stand("A-1") == "draft awaiting-consent"
    assert world.outbox("wohnberatung") == []


def test_a_consent_without_a_recipient_lets_nothing_out(world: World) -> None:
    planned(world)
    provision = {key: value for key, value in consent(world)["provision"].items() if key != "actor"}
    world.sends("stelle-senne", bundle(consent(world, provision=provision)))
    assert world.stand("A-1") == "draft awaiting-consent"


def test_the_site_may_give_it_up_before(world: World) -> None:
    planned(world)
    world.sends("stelle-senne", world.plan(measure("A-1", WOHNBERATUNG, status="revoked"), measure("A-2", ELSEY)))
    assert world.stand("A-1") == "cancelled withdrawn-by-requester"
    assert world.outbox("wohnberatung") == []


def test_the_same_consent_again_sends_nothing_again(world: World) -> None:
    planned(world)
    world.sends("stelle-senne", bundle(consent(world)))
    world.sends("stelle-senne", bundle(consent(world, dateTime="2026-03-12")))
    assert len(world.outbox("wohnberatung")) == 1
