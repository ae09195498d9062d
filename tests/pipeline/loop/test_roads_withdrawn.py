"""A source takes its referral back, by every road: at once before work begins, as a wish to stop afterwards (8)."""

import pytest

from tests.pipeline.line.world import ELSEY, RAVENSBERG, World, answer, discharge, measure
from tests.pipeline.loop.roads import (
    ALL,
    DISCHARGE,
    FHIR,
    OF_EACH_FORMAT,
    Road,
    as_it_stands,
    by_task,
    heard,
    kinds,
    request,
    site,
    site_says,
)
from tests.pipeline.rest.client import Client

every_road = pytest.mark.parametrize("road", ALL, ids=str)
every_format = pytest.mark.parametrize("road", OF_EACH_FORMAT, ids=str)

REFUSED = "Ihre Bitte zu beenden wurde abgelehnt, die Hilfe geht weiter: Pflege ist nötig"


def begun(road: Road) -> World:
    """A referral whose site has accepted it and planned a measure."""
    world = road.world()
    site_says(world, "accepted")
    world.sends(site(world), world.plan(measure("A-1", ELSEY)))
    return world


@every_road
@pytest.mark.parametrize("before", ["requested", "accepted"])
def test_what_has_not_begun_is_cancelled_and_its_site_hears_why(road: Road, before: str) -> None:
    world = road.world()
    if before == "accepted":
        site_says(world, "accepted")
    message = road.withdraw(world)
    assert world.stand() == "cancelled withdrawn-by-requester"
    assert world.told(message) == [(site(world), "referral")]
    (task,) = world.sent(site(world), "Task")
    assert (task["status"], task["statusReason"]["text"]) == ("cancelled", world.case()["statusReason"]["text"])
    assert "not stated" not in task["statusReason"]["text"]


@every_road
def test_once_work_has_begun_the_site_is_asked_to_stop(road: Road) -> None:
    world = begun(road)
    message = road.withdraw(world)
    assert world.stand() == "in-progress cancellation-requested"
    assert (site(world), "abort") in world.told(message)
    (stop,) = kinds(world, "abort")
    assert stop["requester"] == {"reference": "Organization/senneklinik"}
    assert stop["description"].startswith("Bitte beenden: ")
    assert "not stated" not in stop["description"]


@every_road
def test_run_again_it_asks_nobody_twice(road: Road) -> None:
    world = begun(road)
    message = road.withdraw(world)
    before = as_it_stands(world)
    world.again(message)
    assert as_it_stands(world) == before


@every_road
def test_nor_is_a_case_that_ended_ended_again(road: Road) -> None:
    world = road.world()
    message = road.withdraw(world)
    before = as_it_stands(world)
    world.again(message)
    assert as_it_stands(world) == before


@every_format
def test_a_site_that_goes_on_says_why_to_the_source_in_its_own_format(road: Road) -> None:
    world = begun(road)
    road.withdraw(world)
    message = world.sends(site(world), answer(kinds(world, "abort")[0], "rejected", "", "Pflege ist nötig"))
    assert world.stand() == "in-progress active-support"
    assert ("senneklinik", "abort declined") in world.told(message)
    told = heard(world)
    assert (REFUSED in told) == (road is not FHIR)
    assert "Pflege ist nötig" in told


@every_format
def test_a_site_that_stops_says_so_and_the_source_hears_the_end(road: Road) -> None:
    world = begun(road)
    road.withdraw(world)
    message = world.sends(site(world), answer(kinds(world, "abort")[0], "completed"))
    assert ("senneklinik", "abort completed") in world.told(message)
    (decision,) = kinds(world, "decision")
    assert (decision["owner"]["reference"], decision["status"]) == (f"Organization/{site(world)}", "requested")
    assert decision["description"].startswith("Die Begleitung abschließen")
    assert ("Ihrer Bitte zu beenden wird entsprochen" in heard(world)) == (road is not FHIR)
    world.sends(site(world), world.plan(measure("A-1", ELSEY, status="revoked")))
    assert world.stand("A-1") == "cancelled withdrawn-by-requester"
    last = site_says(world, "failed", "aborted-on-request", "vom Krankenhaus zurückgenommen")
    assert (last.stopped, world.stand()) == ("", "failed aborted-on-request")
    assert ("senneklinik", "answer completed") in world.told(last)
    assert "vom Krankenhaus zurückgenommen" in heard(world)


@every_format
def test_the_answer_to_the_wish_run_again_is_told_once(road: Road) -> None:
    world = begun(road)
    road.withdraw(world)
    message = world.sends(site(world), answer(kinds(world, "abort")[0], "rejected", "", "Pflege ist nötig"))
    before = as_it_stands(world)
    world.again(message)
    assert as_it_stands(world) == before


def test_a_report_about_the_wish_stands_beside_the_earlier_ones_and_replaces_none() -> None:
    world = begun(DISCHARGE)
    DISCHARGE.withdraw(world)
    world.sends(site(world), answer(kinds(world, "abort")[0], "completed"))
    txa = next(line for line in heard(world).split("\r") if line.startswith("TXA")).split("|")
    assert txa[12].endswith("^KUEMMERER")
    assert txa[13] == ""
    assert "Stand der Anfrage: in Bearbeitung" in heard(world)


def test_a_case_is_not_closed_before_the_wish_is_answered() -> None:
    world = begun(DISCHARGE)
    DISCHARGE.withdraw(world)
    world.sends(site(world), world.plan(measure("A-1", ELSEY, status="revoked")))
    message = site_says(world, "failed", "aborted-on-request", "zurückgenommen")
    assert [problem.code for problem in message.problems] == ["closure.abort"]


def test_a_wish_that_ends_with_its_measure_is_no_news_of_its_own() -> None:
    world = begun(DISCHARGE)
    world.sends("elsey", answer(world.task("A-1"), "in-progress"))
    world.sends(site(world), world.plan(measure("A-1", ELSEY, status="revoked")))
    message = world.sends("elsey", answer(world.task("A-1"), "completed", "outcome-helped"))
    assert [about for partner, about in world.told(message) if partner == "stelle-senne"] == ["task completed"]
    assert kinds(world, "abort")[0]["status"] == "cancelled"


@pytest.mark.parametrize("work", [False, True])
def test_the_same_by_two_roads_is_one_withdrawal(work: bool) -> None:  # noqa: FBT001 - a case of the table
    world = begun(FHIR) if work else FHIR.world()
    FHIR.withdraw(world)
    before = as_it_stands(world)
    by_task(world)
    assert as_it_stands(world)[0] == before[0]
    assert len(kinds(world, "abort")) == work


@pytest.mark.parametrize("work", [False, True])
def test_an_admission_cancelled_after_the_discharge_was_takes_nothing_back_twice(work: bool) -> None:  # noqa: FBT001 - a column of the table
    world = begun(DISCHARGE) if work else DISCHARGE.world()
    DISCHARGE.withdraw(world)
    before = as_it_stands(world)
    world.sends("senneklinik", discharge("SK-3", event="A11"))
    assert as_it_stands(world)[0] == before[0]
    assert len(kinds(world, "abort")) == work


def test_the_same_by_the_api_and_by_a_message_is_one_withdrawal() -> None:
    world = begun(FHIR)
    client = Client(world, "senneklinik")
    key = world.case()["focus"]["reference"].partition("/")[2]
    asked = client.stored({"resourceType": "ServiceRequest", "id": key})
    assert client.update({**asked, "status": "revoked"}).status == 200
    before = as_it_stands(world)
    FHIR.withdraw(world)
    by_task(world)
    assert as_it_stands(world)[0] == before[0]
    (stop,) = kinds(world, "abort")
    assert Client(world, site(world)).move(stop, "rejected", reason="Pflege ist nötig").status == 200
    assert "Pflege ist nötig" in heard(world)


@pytest.mark.parametrize("cause", ["withdrawn-by-client", "superseded"])
def test_a_source_may_say_that_the_person_does_not_want_it_or_that_it_asks_anew(cause: str) -> None:
    world = FHIR.world()
    world.sends("senneklinik", answer(world.case(), "cancelled", cause, "Es ist anders gekommen"), format="fhir")
    assert world.stand() == f"cancelled {cause}"
    assert world.sent(site(world), "Task")[0]["statusReason"]["text"] == "Es ist anders gekommen"


@pytest.mark.parametrize("held", [False, True])
def test_a_measure_that_another_replaces_is_asked_to_stop_once_work_has_begun(held: bool) -> None:  # noqa: FBT001 - a column of the table
    world = begun(DISCHARGE)
    world.sends("elsey", answer(world.task("A-1"), "in-progress"))
    if held:
        world.sends("elsey", answer(world.task("A-1"), "on-hold", "client-unreachable", "seit Montag nicht da"))
    old = [{"reference": world.task("A-1")["focus"]["reference"]}]
    message = world.sends(site(world), world.plan(measure("A-2", RAVENSBERG, replaces=old)))
    assert ("elsey", "abort") in world.told(message)
    assert world.stand("A-1") == ("on-hold client-unreachable" if held else "in-progress cancellation-requested")
    (stop,) = kinds(world, "abort")
    assert stop["description"] == "Bitte beenden: durch eine andere Maßnahme ersetzt"
    world.sends("elsey", answer(stop, "completed"))
    assert world.stand("A-1") == "failed aborted-on-request"


def test_a_request_and_its_task_in_one_message_are_one_withdrawal_with_its_reason() -> None:
    world = FHIR.world()
    said = request("revoked")
    said["entry"] += answer(world.case(), "cancelled", "withdrawn-by-client", "Person möchte nicht")["entry"]
    message = world.sends("senneklinik", said, format="fhir")
    assert world.stand() == "cancelled withdrawn-by-client"
    assert world.told(message) == [(site(world), "referral")]
