"""What professionals under § 203 StGB send of a person's health carries its origin, and needs a release of its own."""

from typing import Any

import pytest

from gateway.consent.vocabulary import CONSENT_KIND, DATA_CLASS, PURPOSE, SECRECY_RELEASE
from gateway.consent.walk import is_secret
from gateway.directory.party import Party
from gateway.domain.ledger import Save
from gateway.pipeline.policies.asked import decided
from gateway.pipeline.policies.load import standard
from gateway.pipeline.policies.table import table
from gateway.pipeline.rest.asked import Asked, Caller
from gateway.pipeline.rest.perform import perform
from gateway.pipeline.stored.terms import terms
from tests.pipeline.line.world import World, bundle

Resource = dict[str, Any]
CARE_LEVEL = {"coding": [{"system": "http://loinc.org", "code": "80391-6"}]}


def observed(world: World, sender: str, **more: Any) -> Resource:
    """A care level of the person of the last referral, sent by a partner."""
    person = world.all("Patient")[-1]
    made = {"resourceType": "Observation", "id": "o", "status": "final", "code": CARE_LEVEL,
            "subject": {"reference": f"Patient/{person['id']}"}, "valueInteger": 3}  # fmt: skip
    (told,) = perform(
        [Asked("create", "Observation", resource={**made, **more})], Caller(sender), world.rooms, whole=False
    )
    assert told.version is not None, told.problems
    return dict(told.version.resource)


@pytest.mark.parametrize(
    ("kind", "secrecy", "sworn"),
    [("hospital", "", True), ("practice", "", True), ("care-service", "", True), ("office", "", False),
     ("site", "", False), ("relatives", "", False), ("office", "203", True), ("hospital", "none", False)],
)  # fmt: skip
def test_it_depends_on_the_kind_of_partner_or_on_what_its_file_says(kind: str, secrecy: str, sworn: bool) -> None:  # noqa: FBT001 - a table
    assert Party.model_validate({"partner": "x", "kind": kind, "secrecy": secrecy}).sworn is sworn


def test_what_a_care_service_writes_over_fhir_is_marked_and_what_an_office_writes_is_not() -> None:
    world = World()
    world.referred()
    assert is_secret(observed(world, "elsey"))
    assert not is_secret(observed(world, "wohnberatung"))


def test_what_comes_by_the_line_is_marked_too_the_person_and_the_order_are_not() -> None:
    world = World()
    condition = {
        "resourceType": "Condition",
        "id": "k",
        "code": {"text": "Sturz"},
        "subject": {"reference": "Patient/x"},
    }
    person = {"resourceType": "Patient", "id": "x", "name": [{"family": "Grünewälder"}], "birthDate": "1938-09-03"}
    order = {"resourceType": "ServiceRequest", "id": "s", "status": "active", "intent": "order",
             "subject": {"reference": "Patient/x"}, "code": {"text": "Hilfe"}}  # fmt: skip
    world.sends("senneklinik", bundle(person, condition, order), format="fhir")
    assert [is_secret(one) for one in world.all("Condition")] == [True]
    assert [is_secret(one) for kind in ("Patient", "ServiceRequest") for one in world.all(kind)] == [False, False]


def test_whoever_writes_next_does_not_take_the_mark_off() -> None:
    world = World()
    world.referred()
    made = observed(world, "elsey")
    bare = {**made, "meta": {}, "valueInteger": 4}
    (told,) = perform([Asked("update", "Observation", made["id"], bare)], Caller(), world.rooms, whole=False)
    assert told.version is not None
    assert told.version.resource["valueInteger"] == 4
    assert is_secret(dict(told.version.resource))


def shows(world: World, *categories: Resource) -> set[str]:
    """The reasons why an office that a Consent names is shown the care level or not."""
    person = world.case()["for"]
    provision = {
        "actor": [{"reference": {"reference": "Organization/wohnberatung"}}],
        "purpose": [{"system": PURPOSE, "code": "CAREMGT"}],
        "class": [{"system": DATA_CLASS, "code": "care-level"}],
    }
    given: Resource = {"resourceType": "Consent", "id": "c", "status": "active", "patient": person,
                       "provision": provision, "category": list(categories)}  # fmt: skip
    world.store.commit([Save(given, None, terms(given, ""), world.now(), "m")]).result()
    office = world.rooms.directory.get("wohnberatung")
    assert office is not None
    decision = decided(standard(), office, person["reference"], world.rooms)
    fields = {"Observation", "Observation.valueInteger"}
    return {row.reason for row in table(world.case()["id"], decision, world.rooms) if row.field in fields}


def test_an_office_is_shown_it_with_a_release_from_secrecy_and_not_with_a_consent_alone() -> None:
    world = World()
    world.referred()
    observed(world, "elsey")
    assert shows(world) == {"secrecy"}
    assert shows(world, {"coding": [{"system": CONSENT_KIND, "code": SECRECY_RELEASE}]}) == {"consent"}
