"""A measure that waits for the person's consent is not forgotten."""

import pytest

from tests.pipeline.agreeing.agreed import consent
from tests.pipeline.line.world import HTTP, WOHNBERATUNG, answer, bundle, measure
from tests.pipeline.watch.clock import Watched, berlin

SITE, LEAD = "stelle-senne", "stelle-mitte"
WORDS = "Einwilligung der Person steht aus"


@pytest.fixture
def world() -> Watched:
    made = Watched(moment=berlin("2026-03-12T12:00"))
    made.change("wohnberatung", receives=[HTTP], role="seniorenbuero_quartier_ehrenamt")
    made.referred()
    made.sends(SITE, answer(made.case(), "accepted"))
    made.sends(SITE, made.plan(measure("A-1", WOHNBERATUNG)))
    made.taken()
    made.settle_down()
    return made


def reminded(world: Watched) -> list[str]:
    """Who was told that it still waits."""
    return [d.partner for d in world.outbox() if WORDS in d.data.decode()]


def test_its_site_is_reminded_after_two_working_days_and_the_lead_a_day_later(world: Watched) -> None:
    world.set(berlin("2026-03-16T11:59"))
    assert reminded(world) == []
    world.set(berlin("2026-03-16T12:00"))
    assert ("consent-given" in world.flags(), reminded(world)) == (True, [SITE])
    world.set(berlin("2026-03-17T12:00"))
    assert reminded(world) == [SITE, LEAD]


def test_its_flag_says_what_it_waits_for(world: Watched) -> None:
    world.set(berlin("2026-03-16T12:00"))
    assert world.flag("consent-given")["code"]["text"] == WORDS
    assert "draft-settled" not in world.flags()


def test_nobody_is_reminded_once_the_consent_is_there(world: Watched) -> None:
    world.sends(SITE, bundle(consent(world, to=("wohnberatung",))))
    assert world.stand("A-1") == "requested dispatched"
    world.set(berlin("2026-03-16T12:00"))
    assert "consent-given" not in world.flags()


def test_a_reminder_ends_with_the_consent(world: Watched) -> None:
    world.set(berlin("2026-03-16T12:00"))
    world.sends(SITE, bundle(consent(world, to=("wohnberatung",))))
    world.settle_down()
    assert "consent-given" in world.flags("inactive")
