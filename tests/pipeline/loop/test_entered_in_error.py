"""What was sent by mistake: a referral or a measure that nobody has begun is wiped, work that was done stays (8)."""

import pytest

from tests.pipeline.line.world import ELSEY, RAVENSBERG, World, answer, back, measure
from tests.pipeline.loop.roads import FHIR, as_it_stands, heard, kinds, request, site, site_says
from tests.pipeline.rest.client import Client

WRONG = "entered-in-error"


def wrong(world: World) -> object:
    """The source says that its referral was a mistake."""
    return world.sends("senneklinik", request(WRONG), format="fhir")


def under_way() -> World:
    world = World()
    world.planned(measure("A-1", ELSEY), measure("A-2", RAVENSBERG))
    return world


def mistaken(world: World, *numbers: str) -> object:
    """The site says that measures were a mistake."""
    owners = {"A-1": ELSEY, "A-2": RAVENSBERG}
    return world.sends("stelle-senne", world.plan(*[measure(n, owners[n], status=WRONG) for n in numbers]))


@pytest.mark.parametrize("accepted", [False, True])
def test_a_referral_that_was_a_mistake_is_one_for_its_site_too(accepted: bool) -> None:  # noqa: FBT001 - a column of the table
    world = FHIR.world()
    if accepted:
        site_says(world, "accepted")
    message = wrong(world)
    assert world.stand() == WRONG
    assert world.told(message) == [(site(world), "referral")]  # type: ignore[arg-type]  # it was sent
    assert world.sent(site(world), "ServiceRequest")[0]["status"] == WRONG
    assert world.sent(site(world), "Task")[0]["status"] == WRONG


def test_its_request_alone_says_it_by_the_interface_too() -> None:
    world = FHIR.world()
    client = Client(world, "senneklinik")
    asked = client.stored(
        {"resourceType": "ServiceRequest", "id": world.case()["focus"]["reference"].partition("/")[2]}
    )
    assert client.update({**asked, "status": WRONG}).status == 200
    assert world.stand() == WRONG
    assert world.sent(site(world), "Task")[0]["status"] == WRONG


def test_its_task_alone_says_it_too() -> None:
    world = FHIR.world()
    world.sends("senneklinik", answer(world.case(), WRONG), format="fhir")
    assert world.stand() == WRONG


def test_once_work_has_begun_the_site_is_asked_to_stop_and_its_word_reaches_the_source() -> None:
    world = FHIR.world()
    site_says(world, "accepted")
    world.sends(site(world), world.plan(measure("A-1", ELSEY)))
    wrong(world)
    (stop,) = kinds(world, "abort")
    assert stop["description"] == "Bitte beenden: irrtümlich gesendet"
    world.sends(site(world), answer(stop, "rejected", "", "die Person braucht Hilfe"))
    assert "die Person braucht Hilfe" in heard(world)
    assert world.stand() == "in-progress active-support"


def test_each_recipient_of_a_mistaken_measure_is_told_in_its_own_format() -> None:
    world = under_way()
    message = mistaken(world, "A-1", "A-2")
    assert world.told(message) == [("elsey", "measures"), ("ravensberg", "measures")]  # type: ignore[arg-type]  # it was sent
    assert [item["status"] for kind in ("ServiceRequest", "Task") for item in world.sent("elsey", kind)] == [WRONG] * 2
    assert world.rows("ravensberg")[0]["Stand"] == "irrtümlich"


def test_a_list_that_comes_back_with_it_untouched_says_nothing() -> None:
    world = under_way()
    mistaken(world, "A-2")
    before = as_it_stands(world)
    world.sends("ravensberg", back(world.rows("ravensberg")))
    assert as_it_stands(world) == before


def test_other_measures_of_the_case_go_on() -> None:
    world = under_way()
    mistaken(world, "A-1")
    assert (world.stand("A-1"), world.stand("A-2"), world.stand()) == (
        WRONG,
        "requested dispatched",
        "in-progress active-support",
    )


@pytest.mark.parametrize("held", [False, True])
def test_what_was_begun_by_mistake_is_stopped_and_stays_on_record(held: bool) -> None:  # noqa: FBT001 - a column of the table
    world = under_way()
    world.sends("elsey", answer(world.task("A-1"), "in-progress"))
    if held:
        world.sends("elsey", answer(world.task("A-1"), "on-hold", "client-unreachable", "seit Montag nicht da"))
    mistaken(world, "A-1")
    world.sends("elsey", answer(kinds(world, "abort")[0], "completed"))
    assert world.stand("A-1") == "failed aborted-on-request"


@pytest.mark.parametrize("begun", [False, True])
def test_a_mistake_run_again_or_said_twice_is_one(begun: bool) -> None:  # noqa: FBT001 - a case of the table
    world = under_way()
    if begun:
        world.sends("elsey", answer(world.task("A-1"), "in-progress"))
    message = mistaken(world, "A-1", "A-2")
    before = as_it_stands(world)
    world.again(message)  # type: ignore[arg-type]  # it was sent
    assert as_it_stands(world) == before
    mistaken(world, "A-1", "A-2")
    assert as_it_stands(world) == before
