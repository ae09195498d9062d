"""A site says no, gives back what it had accepted, or waits: the source hears it in words, in its own format."""

import pytest

from tests.pipeline.line.world import ELSEY, World, answer, measure
from tests.pipeline.loop.roads import (
    DISCHARGE,
    LIST,
    OF_EACH_FORMAT,
    ORDER,
    Road,
    as_it_stands,
    heard,
    kinds,
    site_says,
)

every_format = pytest.mark.parametrize("road", OF_EACH_FORMAT, ids=str)
FULL = ("rejected", "no-capacity", "bis Januar voll")
GIVEN_BACK = ("cancelled", "owner-withdrew", "zwei Kräfte sind krank")


def row(world: World) -> dict[str, str]:
    """The last row of the source's list."""
    return world.rows("senneklinik")[0]


@every_format
def test_a_site_that_declines_says_why_and_another_is_looked_for(road: Road) -> None:
    world = road.world()
    message = site_says(world, *FULL)
    assert ("senneklinik", "answer declined") in world.told(message)
    assert "bis Januar voll" in heard(world)
    (decision,) = kinds(world, "decision")
    assert decision["description"] == "Wer übernimmt es stattdessen? bis Januar voll"


@every_format
def test_a_site_that_gives_back_what_it_accepted_says_why(road: Road) -> None:
    world = road.world()
    site_says(world, "accepted")
    message = site_says(world, *GIVEN_BACK)
    assert world.stand() == "cancelled owner-withdrew"
    assert ("senneklinik", "answer declined") in world.told(message)
    assert "zwei Kräfte sind krank" in heard(world)
    assert [task["status"] for task in kinds(world, "decision")] == ["requested"]


@every_format
@pytest.mark.parametrize("said", [FULL, GIVEN_BACK], ids=["declined", "given-back"])
def test_said_twice_and_run_again_it_is_told_once(road: Road, said: tuple[str, str, str]) -> None:
    world = road.world()
    if said is GIVEN_BACK:
        site_says(world, "accepted")
    message = site_says(world, *said)
    before = as_it_stands(world)
    world.again(message)
    assert as_it_stands(world) == before
    site_says(world, *said)
    assert as_it_stands(world) == before


def test_an_answer_to_a_referral_says_no_by_its_status_and_in_words() -> None:
    world = ORDER.world()
    site_says(world, *FULL)
    lines = heard(world).split("\r")
    assert next(line for line in lines if line.startswith("RF1")).startswith("RF1|R^Rejected^HL70283|")
    assert [line for line in lines if line.startswith("NTE")] == [
        "NTE|1||Zurzeit ist kein Platz frei.",
        "NTE|2||Grund: bis Januar voll",
    ]


def test_and_what_is_given_back_has_expired() -> None:
    world = ORDER.world()
    site_says(world, "accepted")
    site_says(world, *GIVEN_BACK)
    lines = heard(world).split("\r")
    assert next(line for line in lines if line.startswith("RF1")).startswith("RF1|E^Expired^HL70283|")
    assert "NTE|1||Die annehmende Stelle hat die Anfrage zurückgegeben." in lines


def test_a_list_says_it_in_a_row() -> None:
    world = LIST.world()
    site_says(world, *FULL)
    assert (row(world)["Stand"], row(world)["Näheres"], row(world)["Grund"]) == (
        "abgelehnt",
        "Keine Kapazität",
        "bis Januar voll",
    )
    assert row(world)["Vorgang"] == world.case()["id"]


def test_and_what_is_given_back_is_said_to_be_so() -> None:
    world = LIST.world()
    site_says(world, "accepted")
    site_says(world, *GIVEN_BACK)
    assert (row(world)["Stand"], row(world)["Näheres"]) == ("zurückgezogen", "Vom Ausführenden zurückgegeben")


# --- on hold ---------------------------------------------------------------------------------------------------------


def paused(world: World) -> None:
    """The only measure of a case is on hold: its owner cannot reach the person."""
    site_says(world, "accepted")
    world.sends("stelle-senne", world.plan(measure("A-1", ELSEY)))
    world.sends("elsey", answer(world.task("A-1"), "in-progress"))
    world.sends("elsey", answer(world.task("A-1"), "on-hold", "client-unreachable", "seit Montag nicht da"))


def test_who_asked_for_a_measure_hears_that_it_rests_and_goes_on() -> None:
    world = DISCHARGE.world()
    paused(world)
    assert world.outbox("stelle-senne")[-1].about == "task paused"
    (task,) = world.sent("stelle-senne", "Task")
    assert (task["status"], task["statusReason"]["text"]) == ("on-hold", "seit Montag nicht da")
    assert world.stand() == "on-hold client-unreachable"
    world.sends("elsey", answer(world.task("A-1"), "in-progress", "active-support"))
    assert world.outbox("stelle-senne")[-1].about == "task resumed"
    assert world.stand() == "in-progress active-support"


def test_a_source_hears_it_only_if_it_wants_to() -> None:
    world = DISCHARGE.world()
    before = len(world.outbox("senneklinik"))
    paused(world)
    assert [d.about for d in world.outbox("senneklinik")][before:] == ["answer accepted"]


def test_a_source_that_wants_to_reads_why() -> None:
    world = DISCHARGE.world()
    world.change("senneklinik", answers={"as": "MDM^T02", "tell": ["paused"]})
    paused(world)
    assert world.outbox("senneklinik")[-1].about == "answer paused"
    assert "Stand der Anfrage: ruht" in heard(world)
    assert "Die Person ist zurzeit nicht erreichbar." in heard(world)
    world.sends("elsey", answer(world.task("A-1"), "in-progress", "active-support"))
    assert world.outbox("senneklinik")[-1].about == "answer resumed"
    assert "Stand der Anfrage: in Bearbeitung" in heard(world)
