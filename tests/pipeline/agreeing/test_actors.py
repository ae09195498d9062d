"""A Consent counts for the party that it means, however its sender names it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.pipeline.agreeing import actors
from gateway.pipeline.rest.asked import Asked
from tests.pipeline.agreeing.agreed import consent
from tests.pipeline.line.world import ELSEY, HTTP, IK, WOHNBERATUNG, Resource, World, answer, bundle, measure, url
from tests.pipeline.rest.client import Client, codes

NUMBER = {"system": IK, "value": WOHNBERATUNG}
OFFICE: Resource = {
    "resourceType": "Organization",
    "id": "their-office",
    "name": "Wohnberatung",
    "identifier": [NUMBER],
}


@pytest.fixture
def world() -> World:
    """A measure waits for the person's consent."""
    made = World()
    made.change("wohnberatung", receives=[HTTP], role="seniorenbuero_quartier_ehrenamt")
    made.referred()
    made.sends("stelle-senne", answer(made.case(), "accepted"))
    made.sends("stelle-senne", made.plan(measure("A-1", WOHNBERATUNG), measure("A-2", ELSEY)))
    assert made.stand("A-1") == "draft awaiting-consent"
    return made


def naming(world: World, reference: Resource, **more: Any) -> Resource:
    """A Consent that names its recipient so."""
    said = consent(world, to=("x",), **more)
    said["provision"]["actor"][0]["reference"] = reference
    return said


def recipient(world: World) -> Resource:
    """The recipient of the only Consent, as it is stored."""
    (stored,) = world.all("Consent")
    (actor,) = stored["provision"]["actor"]
    found: Resource = actor["reference"]
    return found


WAYS: tuple[tuple[Resource, tuple[Resource, ...]], ...] = (
    ({"identifier": NUMBER}, ()),
    ({"reference": url("their-office")}, (OFFICE,)),
)


@pytest.mark.parametrize(("reference", "also"), WAYS, ids=["by its number", "by an Organization with its number"])
def test_a_message_of_the_site_lets_go_what_waited(
    world: World, reference: Resource, also: tuple[Resource, ...]
) -> None:
    message = world.sends("stelle-senne", bundle(naming(world, reference), *also))
    assert recipient(world)["reference"] == "Organization/wohnberatung"
    assert world.stand("A-1") == "requested dispatched"
    assert "consent.actor" not in {problem.code for problem in message.problems}


@pytest.mark.parametrize("party", ["stelle-senne", "senneklinik", ""])
def test_so_does_one_over_fhir_by_a_number(world: World, party: str) -> None:
    told = Client(world, party).create(naming(world, {"identifier": NUMBER, "display": "Wohnberatung"}))
    assert told.status == 201
    wanted = {"reference": "Organization/wohnberatung", "identifier": NUMBER, "display": "Wohnberatung"}
    assert recipient(world) == wanted
    assert world.stand("A-1") == "requested dispatched"


def test_so_does_a_transaction_with_an_organization_of_its_own(world: World) -> None:
    said = naming(world, {"reference": url("their-office")})
    asked = [Asked("create", r["resourceType"], resource=r, full_url=url(r["id"])) for r in (said, OFFICE)]
    assert [told.status for told in Client(world, "senneklinik").asks(*asked)] == [201, 201]
    assert recipient(world) == {"reference": "Organization/wohnberatung", "identifier": NUMBER}
    assert world.stand("A-1") == "requested dispatched"


def test_so_does_an_organization_that_was_stored_before(world: World) -> None:
    client = Client(world, "senneklinik")
    told = client.create(OFFICE)
    assert told.version is not None
    client.create(naming(world, {"reference": f"Organization/{told.version.id}"}))
    assert recipient(world)["reference"] == "Organization/wohnberatung"


def test_so_does_one_inside_the_consent_which_is_not_kept_twice(world: World) -> None:
    said = {**naming(world, {"reference": "#o"}), "contained": [{**OFFICE, "id": "o"}]}
    assert Client(world, "stelle-senne").create(said).status == 201
    (stored,) = world.all("Consent")
    assert "contained" not in stored
    assert recipient(world)["identifier"] == NUMBER


def test_the_same_consent_again_changes_nothing(world: World) -> None:
    client = Client(world, "stelle-senne")
    told = client.create(naming(world, {"identifier": NUMBER}))
    assert told.version is not None
    again = client.update({**naming(world, {"identifier": NUMBER}), "id": told.version.id})
    assert (again.status, again.version and again.version.version) == (200, 1)


def test_an_exception_inside_a_provision_is_named_too(world: World) -> None:
    said = naming(world, {"identifier": NUMBER})
    inner = {"type": "deny", "actor": said["provision"]["actor"]}
    said["provision"] = {"type": "permit", "provision": [inner]}
    Client(world, "stelle-senne").create(said)
    (stored,) = world.all("Consent")
    (actor,) = stored["provision"]["provision"][0]["actor"]
    assert actor["reference"]["reference"] == "Organization/wohnberatung"


def test_a_refusal_by_number_takes_back_what_was_open(world: World) -> None:
    said = naming(world, {"identifier": {"system": IK, "value": ELSEY}}, type="deny")
    world.sends("stelle-senne", bundle(said))
    assert world.stand("A-2") == "cancelled consent-withdrawn"


def test_a_party_that_is_named_by_its_id_stays_whatever_number_stands_beside_it(world: World) -> None:
    Client(world, "stelle-senne").create(naming(world, {"reference": "Organization/elsey", "identifier": NUMBER}))
    assert recipient(world)["reference"] == "Organization/elsey"


@pytest.mark.parametrize(
    "reference", [{"identifier": {"system": IK, "value": "109999996"}}, {"reference": "Organization/nobody"}]
)
def test_of_a_recipient_that_nobody_knows_the_sender_hears(world: World, reference: Resource) -> None:
    told = Client(world, "stelle-senne").create(naming(world, reference))
    message = world.sends("stelle-senne", bundle(naming(world, reference, key="other")))
    assert "consent.actor" in codes(told)
    assert "consent.actor" in {problem.code for problem in message.problems}
    assert world.stand("A-1") == "draft awaiting-consent"


WORDS = st.sampled_from(["actor", "reference", "provision", "identifier", "contained"])
JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=3),
    lambda below: (
        st.lists(below, max_size=2)
        | st.dictionaries(
            st.sampled_from(["actor", "reference", "provision", "identifier", "contained"]), below, max_size=3
        )
    ),
    max_leaves=12,
)


@given(provision=JSON, contained=JSON)
def test_whatever_stands_there_nothing_breaks(provision: Any, contained: Any) -> None:
    said = {"resourceType": "Consent", "provision": provision, "contained": contained}
    directory = World().rooms.directory
    assert actors.named(said, lambda _: {}, directory) == said
    actors.strangers(said, directory)
