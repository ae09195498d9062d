"""A service without any system: it is called by telephone, and nothing waits for a road that it does not have."""

import pytest

from tests.pipeline.line.world import ELSEY, RAVENSBERG, World, answer, measure
from tests.pipeline.loop.test_admission import admission


@pytest.fixture
def phoned(world: World) -> World:
    world.change("ravensberg", receives=[], phone="0521 5550170")
    return world


def test_its_measure_is_planned_and_the_site_hears_at_once_that_it_has_to_call(phoned: World) -> None:
    message = phoned.planned(measure("A-1", RAVENSBERG), measure("A-2", ELSEY))
    assert phoned.entry(message).state == "done"
    assert phoned.stand("A-1") == "requested dispatch-failed"
    assert phoned.told(message) == [("elsey", "measures"), ("stelle-senne", "task undeliverable")]


def test_nobody_elses_message_is_parked_because_of_it(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    world.sends("elsey", answer(world.task("A-1"), "in-progress"))
    world.change("elsey", receives=[], phone="0521 5550170")
    message = world.sends("senneklinik", admission())
    told = [(p.code, p.severity, p.place) for p in world.entry(message).problems]
    assert (world.entry(message).state, told) == ("done", [("encode.called", "warning", "elsey: measures")])


def test_who_only_looks_into_the_fhir_interface_is_told_nothing_either(world: World) -> None:
    token = "sha256:" + "0" * 64
    world.change("ravensberg", receives=[], sends=[{"road": "http", "format": "fhir", "token": token}])
    assert world.entry(world.planned(measure("A-1", RAVENSBERG))).state == "done"


def test_a_site_without_a_road_is_a_mistake_that_waits_for_a_person(world: World) -> None:
    world.change("stelle-senne", receives=[], phone="0521 5550110", answers={})
    message = world.referred()
    assert (world.entry(message).state, world.entry(message).step) == ("parked", "encode")
