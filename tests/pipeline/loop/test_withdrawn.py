"""The person does not want it, takes the consent back, or has died: who is told what, in which format (8, 10)."""

from typing import Any

import pytest

from gateway.domain.message import Message
from tests.pipeline.line.world import (
    ELSEY,
    LUTTERBACH,
    RAVENSBERG,
    Resource,
    World,
    answer,
    back,
    bundle,
    discharge,
    measure,
)
from tests.pipeline.loop.roads import DISCHARGE, FHIR, OF_EACH_FORMAT, Road, as_it_stands, heard, kinds, request, site
from tests.pipeline.rest.client import Client

SCOPE = {"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}
NO_MORE = "Person möchte nicht mehr"


def under_way() -> World:
    """One measure has begun at a service that speaks FHIR, one at a service with lists, one has not."""
    world = World()
    world.planned(measure("A-1", ELSEY), measure("A-2", RAVENSBERG), measure("A-3", ELSEY))
    world.sends("elsey", answer(world.task("A-1"), "in-progress"))
    world.sends("ravensberg", back(world.rows("ravensberg"), Stand="ruht"))
    return world


def consent(world: World, status: str) -> Resource:
    """The person's consent to the case being worked on."""
    return bundle({
        "resourceType": "Consent", "id": "consent", "status": status, "scope": {"coding": [SCOPE]},
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}], "patient": world.case()["for"],
        "policyRule": {"text": "schriftlich"}, "dateTime": "2026-03-12",
    })  # fmt: skip


def withdraw(world: World) -> Message:
    """It was given, and is withdrawn."""
    world.sends("stelle-senne", consent(world, "active"))
    return world.sends("stelle-senne", consent(world, "inactive"))


def stop_for(world: World, number: str) -> Resource:
    """The wish to stop a measure."""
    (found,) = [t for t in kinds(world, "abort") if t["focus"] == {"reference": f"Task/{world.task(number)['id']}"}]
    return found


def client_says_no(world: World, number: str) -> Message:
    return world.sends("stelle-senne", answer(world.task(number), "cancelled", "withdrawn-by-client", NO_MORE))


# --- by the client ---------------------------------------------------------------------------------------------------


def test_what_the_person_does_not_want_any_more_and_nobody_began_ends_with_that_reason() -> None:
    world = under_way()
    message = client_says_no(world, "A-3")
    assert world.stand("A-3") == "cancelled withdrawn-by-client"
    assert world.told(message) == [("elsey", "measures")]
    assert world.sent("elsey", "Task")[0]["statusReason"]["text"] == NO_MORE


def test_who_has_begun_is_asked_to_stop_and_reads_why() -> None:
    world = under_way()
    message = client_says_no(world, "A-1")
    assert world.told(message) == [("elsey", "abort"), ("elsey", "measures")]
    assert stop_for(world, "A-1")["description"] == f"Bitte beenden: {NO_MORE}"


def test_who_has_it_on_hold_in_a_list_finds_the_row_taken_back() -> None:
    world = under_way()
    message = client_says_no(world, "A-2")
    assert world.told(message) == [("ravensberg", "measures")]
    assert world.rows("ravensberg")[0]["Stand"] == "entfällt"


def test_run_again_and_said_by_plan_too_it_asks_once() -> None:
    world = under_way()
    message = client_says_no(world, "A-1")
    before = as_it_stands(world)
    world.again(message)
    assert as_it_stands(world) == before
    world.sends("stelle-senne", world.plan(measure("A-1", ELSEY, status="revoked")))
    assert as_it_stands(world)[0] == before[0]


# --- rows that answer a wish to stop ---------------------------------------------------------------------------------


def test_a_row_taken_off_the_list_stops_the_work_and_the_site_hears_it() -> None:
    world = under_way()
    client_says_no(world, "A-2")
    message = world.sends("ravensberg", back(world.rows("ravensberg")))
    assert (world.stand("A-2"), stop_for(world, "A-2")["status"]) == ("failed aborted-on-request", "completed")
    assert world.told(message) == [("stelle-senne", "abort completed"), ("stelle-senne", "task completed")]


def test_a_row_under_way_with_a_remark_refuses_and_the_remark_is_the_reason() -> None:
    world = under_way()
    client_says_no(world, "A-2")
    row = back(world.rows("ravensberg"), Stand="läuft", Bemerkung="Fahrt morgen ist zugesagt")
    message = world.sends("ravensberg", row)
    assert stop_for(world, "A-2")["statusReason"]["text"] == "Fahrt morgen ist zugesagt"
    assert ("stelle-senne", "abort declined") in world.told(message)
    assert world.stand("A-2") == "in-progress"
    before = as_it_stands(world)
    world.again(message)
    assert as_it_stands(world) == before


def test_a_row_under_way_without_a_remark_may_have_crossed_with_the_wish_and_says_nothing_to_it() -> None:
    world = under_way()
    client_says_no(world, "A-2")
    world.sends("ravensberg", back(world.rows("ravensberg"), Stand="läuft"))
    assert stop_for(world, "A-2")["status"] == "requested"


# --- consent ---------------------------------------------------------------------------------------------------------


def test_a_consent_withdrawn_cancels_what_has_not_begun_and_asks_the_rest_to_stop() -> None:
    world = under_way()
    message = withdraw(world)
    assert [world.stand(n) for n in ("A-1", "A-2", "A-3")] == [
        "in-progress cancellation-requested",
        "on-hold",
        "cancelled consent-withdrawn",
    ]
    assert sorted(partner for partner, about in world.told(message) if about == "measures") == [
        "elsey",
        "elsey",
        "ravensberg",
    ]
    assert ("elsey", "abort") in world.told(message)
    assert world.rows("ravensberg")[0]["Stand"] == "entfällt"
    assert stop_for(world, "A-1")["description"] == "Bitte beenden: Einwilligung widerrufen"
    assert kinds(world, "decision")[0]["description"] == "Die Begleitung abschließen: Einwilligung widerrufen"


def test_withdrawn_again_and_run_again_it_is_one() -> None:
    world = under_way()
    message = withdraw(world)
    before = as_it_stands(world)
    world.again(message)
    world.sends("stelle-senne", consent(world, "inactive"))
    assert as_it_stands(world) == before


@pytest.mark.parametrize("road", OF_EACH_FORMAT, ids=str)
def test_before_work_has_begun_the_source_reads_that_the_consent_is_gone(road: Road) -> None:
    world = road.world()
    world.sends(site(world), consent(world, "active"))
    message = world.sends(site(world), consent(world, "inactive"))
    assert world.stand() == "cancelled consent-withdrawn"
    assert ("senneklinik", "answer declined") in world.told(message)
    assert "Einwilligung widerrufen" in heard(world) or "Die Einwilligung wurde widerrufen." in heard(world)


# --- death -----------------------------------------------------------------------------------------------------------


def dead(key: str = "SK-13") -> bytes:
    """ADT^A08 with PID-30."""
    lines = discharge(key, event="A08", disposition="").split(b"\r")
    pid = next(n for n, line in enumerate(lines) if line.startswith(b"PID"))
    lines[pid] += b"|" * (30 - lines[pid].count(b"|")) + b"Y"
    return b"\r".join(lines)


def died(world: World) -> Message:
    """A source that speaks FHIR reports the day of death."""
    return world.sends("senneklinik", request(person={"deceasedDateTime": "2026-03-14"}), format="fhir")


DEATHS: Any = [(DISCHARGE, lambda w: w.sends("senneklinik", dead())), (FHIR, died)]


@pytest.mark.parametrize(("road", "tell"), DEATHS, ids=["hl7v2", "fhir"])
def test_the_site_hears_that_a_referral_nobody_has_begun_ended_by_death(road: Road, tell: Any) -> None:
    world = road.world()
    message = tell(world)
    assert world.stand() == "cancelled deceased"
    assert (site(world), "referral") in world.told(message)
    (task,) = world.sent(site(world), "Task")
    assert (task["status"], task["statusReason"]["text"]) == ("cancelled", "Person verstorben")
    before = as_it_stands(world)
    world.again(message)
    assert as_it_stands(world) == before


@pytest.mark.parametrize(("road", "tell"), DEATHS, ids=["hl7v2", "fhir"])
def test_a_death_ends_what_has_begun_and_lets_the_kuemmerer_close(road: Road, tell: Any) -> None:
    world = road.world()
    world.sends(site(world), world.plan(measure("A-1", ELSEY), measure("A-2", RAVENSBERG)))
    world.sends("elsey", answer(world.task("A-1"), "in-progress"))
    message = tell(world)
    assert (world.stand("A-1"), world.stand("A-2")) == ("failed ended-by-death", "cancelled deceased")
    assert {p for p, about in world.told(message) if about == "measures"} == {"elsey", "ravensberg"}
    assert world.sent("elsey", "Task")[0]["statusReason"]["text"] == "Durch Tod beendet"
    assert world.rows("ravensberg")[0]["Stand"] == "entfällt"
    assert kinds(world, "decision")[0]["description"] == "Die Begleitung abschließen: Person verstorben"
    before = as_it_stands(world)
    world.again(message)
    assert as_it_stands(world) == before


def test_a_death_told_by_hospital_and_site_ends_a_case_once() -> None:
    world = under_way()
    world.sends("senneklinik", dead())
    before = as_it_stands(world)
    person = {**world.all("Patient")[0], "deceasedBoolean": True}
    world.sends("stelle-senne", bundle(person))
    assert as_it_stands(world)[0] == before[0]


def test_whose_format_has_no_tasks_is_asked_to_stop_by_the_measure_and_nothing_waits_at_encode() -> None:
    world = World()
    world.planned(measure("A-4", LUTTERBACH))
    for status in ("accepted", "in-progress"):
        assert Client(world, "lutterbach").move(world.task("A-4"), status).status == 200
    message = client_says_no(world, "A-4")
    assert [p.about for p in message.parts if p.partner == "lutterbach"] == ["measures"]
    assert stop_for(world, "A-4")["businessStatus"]["coding"][0]["code"] == "dispatched"
