"""What the labels of an EVP permit is one Consent of its plan: given, changed by the next version, open to nobody."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from gateway.pipeline.policies.asked import decided
from gateway.pipeline.policies.load import standard
from tests.house.source import ROOT
from tests.pipeline.line.world import World

EXAMPLE = Path(ROOT / "mappings/evp/examples/03-plan-nach-der-entlassung.back.json")
LABELS = "https://fhir.gkvsv.de/CodeSystem/GKVSV_CS_EVP_Datenweitergabe"
Resource = dict[str, Any]


@pytest.fixture
def world() -> World:
    """The person of the example was referred."""
    made = World()
    made.referred(name="Vahrenkamp^Ilse", kvnr="M730164828")
    return made


def evp(*labels: str, day: int = 1, number: str = "") -> Resource:
    """The plan of the example with some labels, as of a day of December; with another number it is another plan."""
    made: Resource = deepcopy(json.loads(EXAMPLE.read_text(encoding="utf-8")))
    (cover,) = (e["resource"] for e in made["entry"] if e["resource"]["resourceType"] == "Composition")
    cover["meta"]["security"] = [{"system": LABELS, "code": label} for label in labels]
    made["timestamp"] = f"2026-12-{day:02}T10:00:00+01:00"
    made["identifier"]["value"] = number or made["identifier"]["value"]
    return made


def sends(world: World, document: Resource, partner: str = "senneklinik") -> list[str]:
    """What the gateway has to say about a document."""
    return [problem.code for problem in world.sends(partner, document, format="evp").problems]


def labels(world: World) -> list[tuple[str, list[str]]]:
    """Status and labels of each Consent."""
    found = world.all("Consent")
    return [(one["status"], [label["code"] for label in one["provision"]["securityLabel"]]) for one in found]


def test_labels_are_a_consent_of_the_person(world: World) -> None:
    sends(world, evp("2", "3"))
    assert labels(world) == [("active", ["2", "3"])]
    assert world.all("Consent")[0]["patient"] == world.case()["for"]


def test_the_labels_of_the_next_version_take_the_place_of_those_before(world: World) -> None:
    sends(world, evp("2", "3"))
    sends(world, evp("1"))
    assert labels(world) == [("active", ["1"])]
    assert len(world.store.history("Consent", world.all("Consent")[0]["id"])) == 2


def test_the_same_labels_again_change_nothing(world: World) -> None:
    sends(world, evp("2"))
    sends(world, evp("2", day=2))
    assert len(world.store.history("Consent", world.all("Consent")[0]["id"])) == 1


def test_another_plan_has_a_consent_of_its_own(world: World) -> None:
    sends(world, evp("2"))
    sends(world, evp("1", number="VPL_0b5c5e9a-1111-4222-8333-123456789abc"))
    assert sorted(labels(world)) == [("active", ["1"]), ("active", ["2"])]


def test_labels_name_nobody_and_open_nothing_by_themselves(world: World) -> None:
    world.change("wohnberatung", role="seniorenbuero_quartier_ehrenamt")
    party = world.rooms.directory.get("wohnberatung")
    assert party is not None
    sends(world, evp("1", "2", "3"))
    assert decided(standard(), party, world.case()["for"]["reference"], world.rooms).closed == "other-recipient"


def test_a_service_does_not_open_anything_for_itself_by_labels(world: World) -> None:
    assert "consent.writer" in sends(world, evp("1"), "elsey")
    assert world.all("Consent") == []


def test_without_any_label_a_document_is_none(world: World) -> None:
    assert "profile.missing" in sends(world, evp())
    assert world.all("Consent") == []
