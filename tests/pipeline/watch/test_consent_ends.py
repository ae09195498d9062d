"""A Consent that runs out by itself: its site hears of it before; at the end what rests on it stops and is recalled."""

from pathlib import Path
from typing import Any

import pytest

from gateway.pipeline.tasks.family import kind_of
from gateway.store.sql import open_store
from tests.pipeline.agreeing.agreed import VOLUNTEERS, arrive, consent, noted, recalls
from tests.pipeline.line.world import ELSEY, HTTP, WOHNBERATUNG, Resource, answer, bundle, measure
from tests.pipeline.watch.clock import Watched, berlin

SITE = "stelle-senne"


def under_way(world: Watched, **more: Any) -> Watched:
    """Volunteers were shown the person by a Consent that ends on 30 March; a care service has a contract."""
    world.change("wohnberatung", receives=[HTTP], role=VOLUNTEERS)
    world.referred()
    world.sends(SITE, answer(world.case(), "accepted"))
    said = {"to": ("wohnberatung",), "period": {"start": "2026-03-12", "end": "2026-03-30"}} | more
    world.sends(SITE, bundle(consent(world, **said)))
    world.sends(SITE, world.plan(measure("A-1", WOHNBERATUNG), measure("A-2", ELSEY)))
    arrive(world)
    world.settle_down()
    return world


@pytest.fixture
def world() -> Watched:
    return under_way(Watched(moment=berlin("2026-03-12T12:00")))


def looks(world: Watched) -> list[Resource]:
    """What the site is asked to look at."""
    return [t for t in world.all("Task") if kind_of(t) == "decision" and "endet am" in t.get("description", "")]


def test_its_site_is_told_a_week_before_and_once(world: Watched) -> None:
    world.set(berlin("2026-03-22T12:00"))
    assert looks(world) == []
    world.set(berlin("2026-03-24T12:00"))
    (task,) = looks(world)
    assert task["owner"] == {"reference": f"Organization/{SITE}"}
    assert "Die Einwilligung für Wohnberatung endet am 2026-03-30" in task["description"]
    world.set(berlin("2026-03-25T12:00"))
    world.restart()
    assert len(looks(world)) == 1
    assert [line.outcome for line in noted(world, "consent ends")] == ["told"]


def test_it_holds_through_its_last_day(world: Watched) -> None:
    world.set(berlin("2026-03-30T12:00"))
    assert (world.stand("A-1"), recalls(world)) == ("received delivered", [])


def test_at_its_end_what_rests_on_it_is_stopped_and_recalled(world: Watched) -> None:
    world.set(berlin("2026-03-31T12:00"))
    assert world.stand("A-1") == "cancelled consent-withdrawn"
    (recall,) = recalls(world)
    assert recall["owner"] == {"reference": "Organization/wohnberatung"}
    (stored,) = world.all("Consent")
    assert stored["status"] == "inactive"


def test_what_rests_on_a_contract_goes_on(world: Watched) -> None:
    world.set(berlin("2026-03-31T12:00"))
    assert world.stand("A-2") == "received delivered"
    assert recalls(world, "elsey") == []


def test_it_is_done_once(world: Watched) -> None:
    world.set(berlin("2026-03-31T12:00"))
    sent = len(world.outbox())
    world.restart()
    world.later(minutes=30)
    assert (len(recalls(world)), len(world.outbox()), len(world.store.history("Consent", stored(world)))) == (
        1,
        sent,
        2,
    )


def stored(world: Watched) -> str:
    (found,) = world.all("Consent")
    return str(found["id"])


def test_a_consent_that_was_prolonged_ends_later(world: Watched) -> None:
    world.set(berlin("2026-03-24T12:00"))
    longer = consent(world, to=("wohnberatung",), period={"start": "2026-03-12", "end": "2026-06-30"})
    world.sends(SITE, bundle(longer))
    world.set(berlin("2026-03-31T12:00"))
    assert (world.stand("A-1"), recalls(world)) == ("received delivered", [])


def test_what_was_done_while_the_gateway_stood_still_is_done_at_the_start(world: Watched) -> None:
    world.moment = berlin("2026-04-02T12:00")
    world.restart()
    assert len(recalls(world)) == 1


def test_one_that_takes_nothing_from_anybody_worries_nobody() -> None:
    world = under_way(Watched(moment=berlin("2026-03-12T12:00")), to=("elsey",))
    world.set(berlin("2026-03-24T12:00"))
    assert looks(world) == []
    world.set(berlin("2026-03-31T12:00"))
    assert (world.stand("A-2"), recalls(world)) == ("received delivered", [])


@pytest.mark.parametrize("more", [{"to": ()}, {"type": "deny"}], ids=["names nobody", "refuses"])
def test_one_that_names_nobody_or_refuses_is_left_as_it_is(more: dict[str, Any]) -> None:
    world = under_way(Watched(moment=berlin("2026-03-12T12:00")), **more)
    world.set(berlin("2026-04-02T12:00"))
    assert [one["status"] for one in world.all("Consent")] == ["active"]
    assert looks(world) == []


def test_of_two_consents_one_that_holds_keeps_it_open(world: Watched) -> None:
    world.sends(SITE, bundle(consent(world, key="other", to=("wohnberatung",))))
    world.set(berlin("2026-03-31T12:00"))
    assert (world.stand("A-1"), recalls(world), looks(world)) == ("received delivered", [], [])


def test_the_tasks_that_are_opened_say_nothing_of_the_person(world: Watched) -> None:
    world.set(berlin("2026-03-24T12:00"))
    assert "Grünewälder" not in str(looks(world))


def test_it_is_found_in_a_database_too(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'gateway.db'}")
    try:
        world = under_way(Watched(store, moment=berlin("2026-03-12T12:00")))
        world.set(berlin("2026-03-24T12:00"))
        assert len(looks(world)) == 1
        world.set(berlin("2026-03-31T12:00"))
        assert len(recalls(world)) == 1
    finally:
        store.close()
