"""A plan changes: only those whose view changes hear of it, who is bound is asked (workflow.md, phase 7)."""

from typing import Any

import pytest

from tests.pipeline.line.world import ELSEY, RAVENSBERG, World, answer, back, discharge, measure


def bound(world: World) -> None:
    """Two measures that were accepted."""
    world.planned(measure("A-1", ELSEY), measure("A-2", RAVENSBERG))
    world.sends("elsey", answer(world.task("A-1"), "accepted"))
    world.sends("ravensberg", back(world.rows("ravensberg"), Stand="offen"))


def amendment(world: World) -> dict[str, Any]:
    return [task for task in world.all("Task") if task["code"]["coding"][0]["code"] == "change"][-1]


def changed(world: World) -> Any:
    """The first measure is to be done three times a day from now on."""
    again = (measure("A-1", ELSEY, patientInstruction="jetzt dreimal am Tag"), measure("A-2", RAVENSBERG))
    return world.sends("stelle-senne", world.plan(*again))


def test_who_is_bound_is_offered_the_change_and_nobody_else_hears_of_it(world: World) -> None:
    bound(world)
    message = changed(world)
    assert world.told(message) == [("elsey", "change")]
    assert amendment(world)["focus"] == {"reference": world.task("A-1")["focus"]["reference"]}
    (shown,) = world.sent("elsey", "ServiceRequest")
    assert shown["patientInstruction"] == "jetzt dreimal am Tag"
    assert amendment(world)["description"] == "Änderung der Maßnahme: Die vereinbarte Maßnahme soll geändert werden"


def test_accepted_the_site_hears_it(world: World) -> None:
    bound(world)
    changed(world)
    message = world.sends("elsey", answer(amendment(world), "completed"))
    assert world.told(message) == [("stelle-senne", "change completed")]


@pytest.mark.parametrize(("how", "heard"), [("rejected", "change declined"), ("failed", "change completed")])
def test_declined_the_site_hears_why_and_decides(world: World, how: str, heard: str) -> None:
    bound(world)
    changed(world)
    if how == "failed":
        world.sends("elsey", answer(amendment(world), "in-progress"))
    message = world.sends("elsey", answer(amendment(world), how, "", "abends keine Fahrt"))
    assert world.told(message) == [("stelle-senne", heard), ("stelle-senne", "decision")]
    assert any(b"abends keine Fahrt" in world.outbox("stelle-senne", about)[-1].data for about in (heard, "decision"))
    assert world.stand("A-1") == "accepted"


def test_before_it_is_accepted_the_changed_measure_takes_its_place(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    message = world.sends("stelle-senne", world.plan(measure("A-1", ELSEY, patientInstruction="neu")))
    assert world.told(message) == [("elsey", "measures")]


def test_who_reads_lists_gets_the_changed_row(world: World) -> None:
    bound(world)
    again = (measure("A-1", ELSEY), measure("A-2", RAVENSBERG, code={"text": "Fahrt mit Begleitung"}))
    message = world.sends("stelle-senne", world.plan(*again))
    assert world.told(message) == [("ravensberg", "measures")]
    assert world.rows("ravensberg")[0]["Maßnahme"] == "Fahrt mit Begleitung"


def test_a_new_address_from_the_hospital_reaches_all_who_are_shown_it(world: World) -> None:
    bound(world)
    moved = discharge("SK-7", event="A08", disposition="").replace("Föhrenweg 7&Föhrenweg&7".encode("latin1"),
                                                                   b"Neuweg 9&Neuweg&9")  # fmt: skip
    message = world.sends("senneklinik", moved)
    assert world.told(message) == [("elsey", "measures"), ("ravensberg", "measures"), ("stelle-senne", "referral")]
    assert world.rows("ravensberg")[0]["Straße, Nr."] == "Neuweg 9"


def test_the_same_said_again_reaches_nobody(world: World) -> None:
    bound(world)
    moved = discharge("SK-7", event="A08", disposition="")
    world.sends("senneklinik", moved)
    assert world.told(world.sends("senneklinik", moved.replace(b"SK-7", b"SK-8"))) == []


def test_a_plan_sent_again_unchanged_offers_nothing(world: World) -> None:
    bound(world)
    assert world.told(world.sends("stelle-senne", world.plan(measure("A-1", ELSEY), measure("A-2", RAVENSBERG)))) == []
