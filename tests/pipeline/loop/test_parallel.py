"""The same person referred twice: two cases, each knowing of the other (workflow.md, phase 1)."""

from typing import Any

from tests.pipeline.line.world import World, answer, bundle, discharge

CONCERNS = "https://kuemmerer-gateway.de/fhir/CodeSystem/areas-of-concern"


def referral(world: World, concern: str) -> Any:
    """A second referral for the person, of a practice that sends FHIR."""
    practice = {"partner": "praxis", "kind": "practice", "identifiers": {"bsnr": "123456789"}}
    world.parties = (*world.parties, practice)
    world.change("praxis")
    person = {
        "resourceType": "Patient", "id": "p", "name": [{"family": "Grünewälder", "given": ["Käthe"]}],
        "birthDate": "1938-09-03", "gender": "female",
        "identifier": [{"system": "http://fhir.de/sid/gkv/kvid-10", "value": "G405718932"}],
        "address": [{"postalCode": "33659", "city": "Bielefeld", "use": "home"}],
    }  # fmt: skip
    asked = {
        "resourceType": "ServiceRequest", "id": "r", "status": "active", "intent": "order",
        "subject": {"reference": bundle(person)["entry"][0]["fullUrl"]}, "code": {"text": "Hilfe zu Hause"},
        "category": [{"coding": [{"system": CONCERNS, "code": concern}]}],
    }  # fmt: skip
    return world.sends("praxis", bundle(person, asked))


def test_a_second_referral_names_the_first_for_whoever_gets_it(world: World) -> None:
    world.referred()
    first = world.case()
    referral(world, "mobility")
    second = world.case()
    assert second["id"] != first["id"]
    assert second["for"] == first["for"]
    assert second["note"] == [{"text": f"Für diese Person ist schon eine Anfrage offen: {first['id'][:8]}"}]
    (named,) = second["relevantHistory"]
    (begun,) = [p for p in world.all("Provenance") if f"Provenance/{p['id']}" == named["reference"]]
    assert begun["target"] == [{"reference": f"Task/{first['id']}/_history/1"}]
    assert world.sent("stelle-senne", "Task")[0]["note"] == second["note"]


def test_of_two_needs_that_both_are_named_only_the_same_one_counts(world: World) -> None:
    referral(world, "housing")
    world.parties = tuple(p for p in world.parties if p["partner"] != "praxis")
    referral(world, "mobility")
    assert ["note" in task for task in world.all("Task")] == [False]


def test_one_that_has_ended_is_history_and_no_link(world: World) -> None:
    world.referred()
    world.sends("stelle-senne", answer(world.case(), "rejected", "no-capacity", "voll"))
    referral(world, "mobility")
    assert "note" not in world.case()


def test_the_same_message_again_is_the_same_referral(world: World) -> None:
    world.sends("senneklinik", discharge())
    world.sends("senneklinik", discharge(key="SK-2"))
    assert ["note" in task for task in world.all("Task")] == [False]
