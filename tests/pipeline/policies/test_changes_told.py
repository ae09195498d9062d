"""A change reaches those who may see it: what is withheld from a party may change without a word to it."""

import pytest

from gateway.domain.ledger import Save
from gateway.domain.message import Message
from gateway.pipeline.given import CONSENTS
from gateway.pipeline.policies.asked import decided
from gateway.pipeline.policies.load import standard
from gateway.pipeline.rights.restriction import Asked, release, restrict
from gateway.pipeline.stored.terms import terms
from tests.pipeline.line.world import ELSEY, WOHNBERATUNG, World, answer, discharge, measure

HTTP = {"road": "http", "format": "fhir", "url": "http://127.0.0.1:1"}
OFFICE, SOCIAL = "office", "sozialamt_sgb12"


@pytest.fixture
def world() -> World:
    made = World()
    made.change("wohnberatung", receives=[HTTP])
    return made


def bound(world: World, role: str) -> None:
    """The office has accepted its measure."""
    world.change("wohnberatung", role=role)
    world.planned(measure("A-1", WOHNBERATUNG))
    world.sends("wohnberatung", answer(world.task("A-1"), "accepted"), format="fhir")


def instructed(world: World, text: str) -> list[tuple[str, str]]:
    """Whom it reaches that the measure is to be done otherwise."""
    return world.told(world.sends("stelle-senne", world.plan(measure("A-1", WOHNBERATUNG, patientInstruction=text))))


def test_a_changed_instruction_is_offered_to_whoever_is_shown_instructions(world: World) -> None:
    bound(world, OFFICE)
    assert instructed(world, "vormittags") == [("wohnberatung", "change")]


def test_a_changed_instruction_is_no_word_to_whoever_is_shown_none(world: World) -> None:
    bound(world, SOCIAL)
    before = len(world.all("Task"))
    assert instructed(world, "vormittags") == []
    assert len(world.all("Task")) == before


def test_before_it_is_accepted_it_is_no_word_either(world: World) -> None:
    world.change("wohnberatung", role=SOCIAL)
    world.planned(measure("A-1", WOHNBERATUNG))
    assert instructed(world, "vormittags") == []
    world.change("wohnberatung", role=OFFICE)
    assert instructed(world, "nachmittags") == [("wohnberatung", "measures")]


def born(world: World, day: str) -> Message:
    """The hospital corrects the date of birth."""
    return world.sends("senneklinik", discharge(f"SK-{day}", event="A08", disposition="", born=day))


def test_a_changed_date_of_birth_reaches_only_those_who_are_shown_it(world: World) -> None:
    world.planned(measure("A-1", WOHNBERATUNG), measure("A-2", ELSEY))
    assert {to for to, _ in world.told(born(world, "19380904"))} == {"wohnberatung", "elsey", "stelle-senne"}
    world.change("wohnberatung", role="pflegestuetzpunkt_7c_sgb11")
    assert {to for to, _ in world.told(born(world, "19380905"))} == {"elsey", "stelle-senne"}


# --- what is answered ------------------------------------------------------------------------------------------------


def accepted(world: World) -> Message:
    """The site accepts the referral; the hospital is to hear it."""
    world.referred()
    return world.sends("stelle-senne", answer(world.case(), "accepted"))


def test_an_answer_passes_the_policy_as_a_measure_does(world: World) -> None:
    world.change("senneklinik", role=SOCIAL)
    message = accepted(world)
    assert [delivery.about for delivery in world.outbox("senneklinik")] == ["answer accepted"]
    paths = {one["path"] for one in message.outcome["withheld"]["senneklinik"]["paths"]}
    assert "Patient.gender" in paths


def test_whoever_may_see_nothing_gets_no_answer_and_a_person_decides(world: World) -> None:
    world.change("senneklinik", role="nobody-knows")
    message = accepted(world)
    assert world.outbox("senneklinik") == []
    assert "disclose.nothing" in {problem.code for problem in message.problems}


def test_every_part_that_goes_out_names_the_policy(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    world.sends("elsey", answer(world.task("A-1"), "accepted"))
    views = [proof for proof in world.all("Provenance") if proof["target"][0]["reference"].startswith("Communication/")]
    assert len(views) >= len(world.outbox())
    assert [proof for proof in views if not proof.get("policy")] == []


# --- restricted ------------------------------------------------------------------------------------------------------


def test_while_restricted_only_the_site_of_the_case_is_shown_anything(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    person = world.case()["for"]["reference"]
    asked = Asked(person, "site lead", "die Person bestreitet die Angaben")
    world.store.commit(restrict(asked, world.rooms).changes).result()
    message = world.sends("stelle-senne", world.plan(measure("A-1", ELSEY, patientInstruction="neu")))
    assert world.told(message) == []
    message = born(world, "19380904")
    assert {to for to, _ in world.told(message)} <= {"stelle-senne"}
    world.store.commit(release(asked, world.rooms).changes).result()
    assert {to for to, _ in world.told(born(world, "19380905"))} == {"stelle-senne", "elsey"}


def test_another_site_is_shown_nothing_of_a_restricted_person(world: World) -> None:
    world.referred()
    person = world.case()["for"]["reference"]
    world.store.commit(restrict(Asked(person, "site lead", "x"), world.rooms).changes).result()
    closed = {}
    for name in ("stelle-senne", "stelle-mitte", "senneklinik", "elsey"):
        party = world.rooms.directory.get(name)
        assert party is not None
        closed[name] = decided(standard(), party, person, world.rooms).closed
    others = ("stelle-mitte", "senneklinik", "elsey")
    assert closed == {"stelle-senne": "", **dict.fromkeys(others, "restricted")}


def test_a_person_with_too_many_consents_is_shown_to_nobody_for_a_refusal_may_be_among_them(world: World) -> None:
    world.referred()
    person = world.case()["for"]["reference"]
    party = world.rooms.directory.get("elsey")
    assert party is not None
    given = {"resourceType": "Consent", "status": "active", "patient": {"reference": person}, "provision": {}}

    def kept(first: int, count: int) -> str:
        fresh = [{**given, "id": f"c{number}"} for number in range(first, first + count)]
        world.store.commit([Save(each, 0, terms(each, ""), world.now(), "m") for each in fresh]).result()
        return decided(standard(), party, person, world.rooms).closed

    assert (kept(0, CONSENTS), kept(CONSENTS, 1)) == ("", "restricted")
