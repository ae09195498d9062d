"""What the line sends passes the policy: withheld fields are noted; a party that may see nothing is sent nothing."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.consent.vocabulary import PURPOSE
from gateway.domain.ledger import Save
from gateway.pipeline.policies.load import standard
from gateway.pipeline.stored.terms import terms
from tests.pipeline.line.world import ELSEY, WOHNBERATUNG, World, measure

HTTP = {"road": "http", "format": "fhir", "url": "http://127.0.0.1:1"}
VOLUNTEERS = "seniorenbuero_quartier_ehrenamt"


@pytest.fixture
def world() -> World:
    made = World()
    made.change("wohnberatung", receives=[HTTP])
    return made


def consent(world: World, party: str, **more: Any) -> None:
    """The person of the last referral consents that a party is told."""
    provision = {
        "type": "permit",
        "actor": [{"reference": {"reference": f"Organization/{party}"}}],
        "purpose": [{"system": PURPOSE, "code": "CAREMGT"}],
        **more,
    }
    given = {"resourceType": "Consent", "id": "c", "status": "active", "patient": world.case()["for"],
             "provision": provision}  # fmt: skip
    world.store.commit([Save(given, 0, terms(given, ""), world.now(), "m")]).result()


def planned(world: World) -> Any:
    """A plan with a measure of the office, once the referral is there."""
    return world.sends("stelle-senne", world.plan(measure("A-1", WOHNBERATUNG)))


def test_a_party_is_sent_what_its_role_may_see(world: World) -> None:
    world.referred()
    planned(world)
    (person,) = world.sent("wohnberatung", "Patient")
    assert person["name"][0]["family"] == "Grünewälder"
    assert "G405718932" not in world.outbox("wohnberatung")[-1].data.decode()


def test_what_was_withheld_is_noted_with_the_reason_and_without_values(world: World) -> None:
    world.change("wohnberatung", role="pflegestuetzpunkt_7c_sgb11")
    world.referred()
    message = planned(world)
    noted = message.outcome["withheld"]["wohnberatung"]
    assert {"path": "Patient.birthDate", "reason": "default"} in noted["paths"]
    assert noted["policy"] == f"standard {standard().hash}"
    assert "birthDate" not in world.sent("wohnberatung", "Patient")[0]
    assert "1938" not in str(noted)


def test_whoever_needs_consent_and_has_none_is_sent_nothing(world: World) -> None:
    world.change("wohnberatung", role=VOLUNTEERS)
    world.referred()
    message = planned(world)
    assert world.outbox("wohnberatung") == []
    assert "disclose.consent" in {problem.code for problem in message.problems}


def test_whoever_has_no_role_that_the_policy_knows_is_sent_nothing_and_a_person_decides(world: World) -> None:
    world.change("wohnberatung", role="nobody-knows")
    world.referred()
    message = planned(world)
    assert world.outbox("wohnberatung") == []
    assert ("disclose.nothing", "encode") in [(p.code, message.stopped) for p in message.problems]
    assert {"path": "Patient", "reason": "role"} in message.outcome["withheld"]["wohnberatung"]["paths"]


def test_with_consent_for_it_a_volunteer_is_told_first_name_and_town(world: World) -> None:
    world.change("wohnberatung", role=VOLUNTEERS)
    world.referred()
    consent(world, "wohnberatung")
    message = planned(world)
    (person,) = world.sent("wohnberatung", "Patient")
    assert [set(name) for name in person["name"]] == [{"use", "given"}]
    assert [set(address) for address in person["address"]] == [{"city"}]
    assert message.outcome["withheld"]["wohnberatung"]["consents"] == ["Consent/c"]
    text = world.outbox("wohnberatung")[-1].data.decode()
    assert "Grünewälder" not in text
    assert "1938" not in text


def test_a_refusal_stops_what_the_policy_would_show(world: World) -> None:
    world.referred()
    consent(world, "wohnberatung", type="deny")
    planned(world)
    assert world.outbox("wohnberatung") == []


def test_the_others_are_told_all_the_same(world: World) -> None:
    world.change("wohnberatung", role=VOLUNTEERS)
    world.referred()
    world.sends("stelle-senne", world.plan(measure("A-1", WOHNBERATUNG), measure("A-2", ELSEY)))
    assert [delivery.partner for delivery in world.outbox() if delivery.about == "measures"] == ["elsey"]


def test_a_view_says_by_which_policy_it_was_made(world: World) -> None:
    world.referred()
    found = [proof["policy"] for proof in world.all("Provenance") if "policy" in proof]
    assert found == [[f"urn:kuemmerer:policy:standard:{standard().hash}"]]


def test_a_policy_of_ones_own_is_followed(world: World) -> None:
    world.rooms.policy = replace(standard(), name="none", roles={})
    world.referred()
    assert world.outbox("stelle-senne") == []
