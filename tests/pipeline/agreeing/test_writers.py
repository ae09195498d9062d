"""Who writes down what a person consents to."""

import pytest

from gateway.directory.parties import Directory, Party
from tests.pipeline.agreeing.agreed import consent, under_way
from tests.pipeline.line.world import World, bundle
from tests.pipeline.rest.client import Client


@pytest.fixture
def world() -> World:
    return under_way()


@pytest.mark.parametrize(("party", "status"), [("stelle-senne", 201), ("senneklinik", 201), ("", 201), ("elsey", 422)])
def test_the_site_the_source_and_the_desk_do_and_no_recipient(world: World, party: str, status: int) -> None:
    told = Client(world, party).create(consent(world, to=("wohnberatung",)))
    assert told.status == status
    assert [p.code for p in told.problems if p.severity == "error"] == (["consent.writer"] if status == 422 else [])


@pytest.mark.parametrize("kind", ["other", "relatives", "office", "care-service"])
def test_whoever_is_only_shown_something_writes_none_down_whatever_it_is(world: World, kind: str) -> None:
    helper = {"partner": "nachbarn", "kind": kind, "receives": [], "phone": "0521 1"}
    world.rooms.directory = Directory.of([*world.rooms.directory.parties, Party.model_validate(helper)])
    told = Client(world, "nachbarn").create(consent(world, to=("nachbarn",)))
    assert [p.code for p in told.problems if p.severity == "error"] == ["consent.writer"]
    assert world.all("Consent") == []


def test_a_clinic_that_is_asked_to_help_is_a_recipient_until_it_refers_the_person_itself(world: World) -> None:
    world.change("elsey", kind="hospital")
    told = Client(world, "elsey").create(consent(world, to=("elsey",)))
    assert [p.code for p in told.problems if p.severity == "error"] == ["consent.writer"]
    message = world.sends("elsey", bundle(consent(world, to=("elsey",))))
    assert "consent.writer" in [problem.code for problem in message.problems]
    assert world.all("Consent") == []


def test_a_recipient_cannot_open_itself_by_a_message_either(world: World) -> None:
    message = world.sends("elsey", bundle(consent(world, to=("elsey",))))
    assert "consent.writer" in [problem.code for problem in message.problems]
    assert world.all("Consent") == []


def test_the_site_of_the_case_withdraws_what_the_hospital_wrote(world: World) -> None:
    told = Client(world, "senneklinik").create(consent(world, to=("elsey",)))
    assert told.version is not None
    stored = told.version.resource
    told = Client(world, "stelle-senne").update({**stored, "status": "inactive"})
    assert (told.status, world.stand("A-3")) == (200, "cancelled consent-withdrawn")


def test_another_site_does_not(world: World) -> None:
    told = Client(world, "senneklinik").create(consent(world, to=("elsey",)))
    assert told.version is not None
    told = Client(world, "stelle-mitte").update({**told.version.resource, "status": "inactive"})
    assert told.status == 422
