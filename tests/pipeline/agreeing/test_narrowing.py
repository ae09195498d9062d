"""A recipient loses a part of what it was shown: its work comes anew without it, and what it had is called back."""

import json

import pytest

from gateway.consent.vocabulary import DATA_CLASS
from tests.pipeline.agreeing.agreed import CENTRE, VOLUNTEERS, after, arrive, consent, recalls, with_office
from tests.pipeline.line.world import WOHNBERATUNG, World, bundle, measure

TO = ("wohnberatung",)


def narrowed(world: World) -> list[str]:
    """The street may not be shown any more; what is sent then."""
    return after(world, world.sends("stelle-senne", bundle(consent(world, to=TO, of=("last-name",)))), "wohnberatung")


@pytest.fixture
def world() -> World:
    return with_office(VOLUNTEERS, "last-name", "street")


def test_its_work_comes_anew_without_it_and_goes_on(world: World) -> None:
    assert "Föhrenweg" in world.outbox("wohnberatung")[-1].data.decode()
    recall, work = narrowed(world)
    assert "Grünewälder" in work
    assert "Föhrenweg" not in recall + work
    assert world.stand("A-4") == "received delivered"


def test_the_recall_names_what_is_to_be_deleted(world: World) -> None:
    narrowed(world)
    (recall,) = recalls(world)
    assert recall["description"].endswith(
        "was Sie zu A-4 erhalten haben: Straße und Postleitzahl. Bestätigen Sie es bitte."
    )
    codes = [i["valueCoding"] for i in recall["input"] if "valueCoding" in i]
    assert codes == [{"system": DATA_CLASS, "code": "street"}]
    views = [i["valueReference"]["reference"] for i in recall["input"] if "valueReference" in i]
    assert views
    assert all(world.store.read("Provenance", name.partition("/")[2]) for name in views)


def test_nothing_is_called_back_that_was_never_shown() -> None:
    world = with_office(CENTRE, "care-level")
    world.sends("stelle-senne", bundle(consent(world, "inactive", to=TO, of=("care-level",))))
    assert (recalls(world), world.stand("A-4")) == ([], "received delivered")


def test_what_the_law_shows_stays() -> None:
    world = with_office(CENTRE, "relatives")
    world.sends("stelle-senne", bundle(consent(world, "inactive", to=TO, of=("relatives",))))
    assert "Grünewälder" in world.outbox("wohnberatung")[-1].data.decode()


def test_what_waits_is_replaced_by_what_may_be_shown(world: World) -> None:
    world.sends("stelle-senne", world.plan(measure("A-4", WOHNBERATUNG), measure("A-6", WOHNBERATUNG)))
    (waiting,) = [d for d in world.outbox("wohnberatung") if d.standing == "waiting"]
    assert "Föhrenweg" in waiting.data.decode()
    narrowed(world)
    assert world.store.delivery(waiting.id).standing == "dropped"
    left = [d for d in world.outbox("wohnberatung") if d.standing == "waiting"]
    assert sorted(d.about for d in left) == ["measures", "measures", "recall"]
    assert "Föhrenweg" not in "".join(d.data.decode() for d in left)


def test_more_consent_sends_the_work_with_more_in_it_and_calls_nothing_back(world: World) -> None:
    narrowed(world)
    arrive(world)
    message = world.sends("stelle-senne", bundle(consent(world, to=TO, of=("last-name", "street"))))
    (text,) = after(world, message, "wohnberatung")
    assert "Föhrenweg" in text
    assert len(recalls(world)) == 1


def test_the_first_consent_of_a_person_calls_nothing_back() -> None:
    world = World()
    world.referred()
    world.sends("stelle-senne", bundle(consent(world, to=("elsey",))))
    assert recalls(world) == []


def test_the_recall_shows_no_provenance_and_no_person(world: World) -> None:
    narrowed(world)
    (sent,) = world.outbox("wohnberatung", "recall")
    found = [entry["resource"] for entry in json.loads(sent.data)["entry"]]
    (task,) = [one for one in found if "description" in one]
    assert task["description"].startswith("Einwilligung widerrufen oder eingeschränkt.")
    assert not {"input", "for"} & set(task)
    assert "Patient" not in [one["resourceType"] for one in found]
