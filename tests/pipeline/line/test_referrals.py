"""Record and route, referrals: whom they reach, what belongs to them, and how they are taken back."""

from typing import Any

import pytest

from gateway.domain.system import TASK, TRACKING
from gateway.pipeline.case.candidate import concerns
from gateway.pipeline.line import process
from gateway.pipeline.route import residence
from tests.pipeline.line.world import ELSEY, IK, Resource, World, answer, bundle, discharge, measure, url

NURSE = {
    "partner": "praxis", "kind": "practice", "identifiers": {"bsnr": "123456789"}, "sends": [], "receives": [],
}  # fmt: skip


def codes(message: Any) -> list[str]:
    return [problem.code for problem in message.problems if problem.severity != "information"]


def letter(key: str = "SK-L", text: str = "JVBERi0xLjQK") -> bytes:
    """An MDM^T02 about the same person and visit."""
    head, evn, pid, pv1, _ = discharge(key, event="T02").decode("iso8859-1").rstrip("\r").split("\r")
    txa = "TXA|1|DS^Entlassbrief^L|AP|202603121145||202603121130|||||||DOK-1^KIS||||brief.pdf|LA|U|AV|AC"
    obx = f"OBX|1|ED|18842-5^Entlassbrief^LN||KIS^application^pdf^Base64^{text}||||||F"
    lines = [head.replace("ADT^T02", "MDM^T02"), evn, pid, pv1, txa, obx, ""]
    return "\r".join(lines).encode("iso8859-1")


def request(status: str = "active", **more: Any) -> Resource:
    """A referral as FHIR."""
    person = {
        "resourceType": "Patient", "id": "p", "name": [{"family": "Lage", "given": ["Uwe"]}], "birthDate": "1941-02-03",
        "identifier": [{"system": "http://fhir.de/sid/gkv/kvid-10", "value": "A123456780"}],
        "address": [{"postalCode": "33689", "city": "Bielefeld"}],
    }  # fmt: skip
    asked = {
        "resourceType": "ServiceRequest", "id": "r", "status": status, "intent": "order",
        "identifier": [{"system": "urn:praxis", "value": "R-1"}], "subject": {"reference": url("p")}, **more,
    }  # fmt: skip
    return bundle(person, asked)


@pytest.fixture
def practice(world: World) -> World:
    world.parties = (*world.parties, NURSE)
    world.change("praxis")
    return world


# --- the way to the site ---------------------------------------------------------------------------------------------


def test_a_discharge_becomes_a_referral_to_the_site_of_the_residence(world: World) -> None:
    message = world.referred()
    case = world.case()
    assert world.told(message) == [("stelle-senne", "referral")]
    assert (case["owner"]["reference"], case["requester"]["reference"]) == (
        "Organization/stelle-senne",
        "Organization/senneklinik",
    )
    numbers = {i["system"]: i["value"] for i in case["identifier"] if "system" in i}
    assert (numbers[TASK], numbers[TRACKING]) == (case["id"], message.entry.id)
    assert world.entry(message).outcome["site"] == "stelle-senne"


def test_the_municipality_decides_before_the_postcode(practice: World) -> None:
    key = [{"url": "http://fhir.de/StructureDefinition/destatis/ags", "valueCoding": {"code": "05711000"}}]
    sent = request()
    sent["entry"][0]["resource"]["address"] = [{"city": "B", "postalCode": "33602", "_city": {"extension": key}}]
    message = practice.sends("praxis", sent)
    assert practice.entry(message).outcome["site"] == "stelle-senne"


def test_an_unknown_place_goes_to_the_fallback_with_a_warning_and_never_nowhere(world: World) -> None:
    message = world.referred(plz="99999")
    assert world.told(message) == [("stelle-mitte", "referral")]
    assert codes(message) == ["route.unsure"]
    assert "99999" not in repr(message.problems) + repr(world.entry(message).outcome)


def test_without_any_fallback_it_waits_and_goes_out_once_somebody_is_responsible(world: World) -> None:
    world.fallback = ""
    world.change("stelle-mitte")
    message = world.referred(plz="99999")
    assert (message.stopped, world.stand()) == ("encode", "requested dispatch-failed")
    world.change("stelle-mitte", catchment={"postcodes": ["99999"]})
    again = world.again(message)
    assert (again.stopped, world.stand(), world.told(again)) == (
        "",
        "requested dispatched",
        [("stelle-mitte", "referral")],
    )
    assert world.case()["owner"]["reference"] == "Organization/stelle-mitte"


def test_residence_is_the_home_address_in_use() -> None:
    postal = {"type": "postal", "postalCode": "1"}
    addresses = [postal, {"use": "old", "postalCode": "2"}, {"use": "temp", "postalCode": "3"}]
    assert residence({"address": addresses}) == ("3", "")
    assert residence({"address": [*addresses, {"use": "home", "city": "ohne"}, {"postalCode": "4"}]}) == ("4", "")
    assert residence({}) == ("", "")


def test_areas_of_concern_are_those_of_our_code_system() -> None:
    ours = "https://kuemmerer-gateway.de/fhir/CodeSystem/areas-of-concern"
    asked = {"category": [{"coding": [{"system": ours, "code": "housing"}, {"system": "x", "code": "y"}]}]}
    assert concerns({**asked, "code": {"coding": [{"system": ours}]}}) == ["housing"]


# --- what belongs to it ----------------------------------------------------------------------------------------------


def test_a_document_after_the_referral_reaches_the_site_with_it(world: World) -> None:
    world.referred()
    message = world.sends("senneklinik", letter())
    assert world.told(message) == [("stelle-senne", "referral")]
    assert world.entry(message).case == f"Task/{world.case()['id']}"
    assert len(world.sent("stelle-senne", "DocumentReference")) == 1


def test_a_document_before_the_referral_waits_with_the_person_and_comes_along(world: World) -> None:
    message = world.sends("senneklinik", letter())
    assert (world.told(message), world.entry(message).case) == ([], "")
    world.referred()
    assert len(world.sent("stelle-senne", "DocumentReference")) == 1


def test_a_document_of_a_case_that_has_ended_opens_nothing(world: World) -> None:
    world.referred()
    world.sends("stelle-senne", answer(world.case(), "rejected", "no-capacity", "voll"))
    message = world.sends("senneklinik", letter())
    assert (world.told(message), world.entry(message).case) == ([], "")


def test_what_another_hospital_sends_of_the_person_is_not_part_of_the_case(practice: World) -> None:
    practice.referred()
    person = practice.case()["for"]
    said = {"resourceType": "Observation", "id": "o", "status": "final", "subject": person, "code": {"text": "geheim"}}
    practice.sends("praxis", bundle(said))
    practice.sends("senneklinik", letter())
    assert practice.sent("stelle-senne", "Observation") == []


def test_a_referral_cannot_lead_to_what_another_party_keeps(practice: World) -> None:
    practice.referred()
    practice.sends("senneklinik", letter())
    document = practice.all("DocumentReference")[0]["id"]
    practice.sends("praxis", request(supportingInfo=[{"reference": f"DocumentReference/{document}"}]))
    assert practice.sent("stelle-senne", "DocumentReference") == []


def test_a_second_referral_of_the_same_person_is_a_case_of_its_own(world: World) -> None:
    world.referred()
    first = world.case()["id"]
    world.sends("senneklinik", discharge("SK-2", visit="2604999"))
    assert len([task for task in world.all("Task") if "partOf" not in task]) == 2
    assert world.case()["id"] != first
    assert len(world.all("Patient")) == 1
    late = world.entry(world.sends("senneklinik", letter()))
    assert late.case == f"Task/{world.case()['id']}"


def test_a_discharge_home_refers_nobody(world: World) -> None:
    message = world.referred(disposition="011")
    assert (message.stopped, world.told(message), world.all("Task")) == ("", [], [])


def test_news_that_says_nothing_new_is_not_passed_on(world: World) -> None:
    world.referred()
    message = world.sends("senneklinik", discharge("SK-2"))
    assert world.told(message) == []


def test_two_records_made_one_keep_their_case_and_the_site_hears_who_it_is_now(world: World) -> None:
    other = {"person": "600", "kvnr": "", "born": "19380904", "name": "Grün^Kati"}
    world.sends("senneklinik", discharge("SK-0", disposition="011", **other))
    survivor = world.all("Patient")[0]["id"]
    world.referred()
    assert world.case()["for"]["reference"] != f"Patient/{survivor}"
    head, evn, pid, *_ = discharge("SK-M", event="A40", **other).decode("iso8859-1").split("\r")
    merge = f"{head}\r{evn}\r{pid}\rMRG|471188^^^SENNEKLINIK^PI\r"
    message = world.sends("senneklinik", merge.encode("iso8859-1"))
    assert (message.stopped, world.case()["for"]["reference"]) == ("", f"Patient/{survivor}")
    assert world.told(message) == [("stelle-senne", "referral")]
    assert world.outbox("stelle-senne")[-1].lane == f"stelle-senne Patient/{survivor}"


# --- taken back ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "stand"),
    [("revoked", "cancelled withdrawn-by-requester"), ("entered-in-error", "entered-in-error")],
)
def test_a_referral_that_is_taken_back_before_work_began_is_cancelled_and_the_site_hears_it(
    practice: World, status: str, stand: str
) -> None:
    practice.sends("praxis", request())
    message = practice.sends("praxis", request(status))
    assert practice.stand() == stand
    assert practice.told(message) == [("stelle-senne", "referral")]
    assert [task["status"] for task in practice.sent("stelle-senne", "Task")] == [stand.split(maxsplit=1)[0]]


def test_or_by_its_task(practice: World) -> None:
    practice.sends("praxis", request())
    sent = request()
    task = {
        "resourceType": "Task", "id": "t", "status": "cancelled", "intent": "order",
        "focus": {"reference": sent["entry"][1]["fullUrl"]}, "statusReason": {"text": "x"},
    }  # fmt: skip
    sent["entry"] += bundle(task)["entry"]
    practice.sends("praxis", sent)
    assert practice.stand() == "cancelled withdrawn-by-requester"


def test_once_work_has_begun_the_site_is_asked_to_stop(practice: World) -> None:
    practice.sends("praxis", request())
    practice.sends("stelle-senne", practice.plan(measure("A-1", ELSEY)))
    message = practice.sends("praxis", request("revoked"))
    assert practice.stand() == "in-progress cancellation-requested"
    assert practice.told(message) == [("stelle-senne", "abort"), ("stelle-senne", "referral")]


def test_while_it_is_on_hold_the_site_is_asked_to_stop_too(practice: World) -> None:
    practice.sends("praxis", request())
    practice.sends("stelle-senne", answer(practice.case(), "on-hold", "client-in-hospital", "Klinik"))
    message = practice.sends("praxis", request("revoked"))
    assert practice.stand() == "on-hold client-in-hospital"
    assert practice.told(message) == [("stelle-senne", "abort"), ("stelle-senne", "referral")]


def test_a_referral_that_has_ended_is_not_taken_back(practice: World) -> None:
    practice.sends("praxis", request())
    practice.sends("stelle-senne", answer(practice.case(), "rejected", "no-capacity", "voll"))
    practice.sends("praxis", request("revoked"))
    assert practice.stand() == "rejected no-capacity"


# --- what it begins with ---------------------------------------------------------------------------------------------


def test_a_draft_becomes_active_with_its_task(practice: World) -> None:
    practice.sends("praxis", request("draft"))
    assert practice.all("ServiceRequest")[0]["status"] == "active"
    assert practice.stand() == "requested dispatched"


def test_a_referral_of_nobody_is_not_begun(practice: World) -> None:
    sent = request(subject={"reference": "Group/g"})
    message = practice.sends("praxis", sent)
    assert (message.stopped, codes(message)[-1]) == ("record", "record.person")


def test_a_plan_of_somebody_who_is_no_site_is_no_referral(practice: World) -> None:
    message = practice.sends("praxis", request(intent="plan"))
    assert (message.stopped, practice.all("Task")) == ("", [])


def test_the_sources_own_task_gives_its_numbers_and_wishes(practice: World) -> None:
    sent = request(encounter={"display": "Besuch"}, authoredOn="2026-03-01")
    task = {
        "resourceType": "Task", "id": "t", "status": "requested", "intent": "order", "priority": "urgent",
        "identifier": [{"system": "urn:praxis", "value": "T-1"}], "focus": {"reference": sent["entry"][1]["fullUrl"]},
    }  # fmt: skip
    sent["entry"] += bundle(task)["entry"]
    practice.sends("praxis", sent)
    case = practice.case()
    assert case["identifier"][0] == {"system": "urn:praxis", "value": "T-1"}
    assert (case["priority"], case["authoredOn"], case["encounter"]) == ("urgent", "2026-03-01", {"display": "Besuch"})


def test_a_sender_that_has_left_the_directory_is_nobody_special(practice: World) -> None:
    entry = practice.keep("gone", request(), format="fhir")
    assert process(entry, practice.rooms).stopped == ""
    assert practice.outbox("stelle-senne")[-1].about == "referral"


def test_two_of_one_number_of_the_same_sender_are_not_guessed_between(practice: World) -> None:
    twice = [{"system": IK, "value": "999999999"}]
    houses = [{"resourceType": "Organization", "id": n, "identifier": twice, "name": n} for n in ("a", "b")]
    practice.sends("praxis", bundle(*houses))
    practice.sends("praxis", bundle({**houses[0], "id": "c"}))
    assert len(practice.all("Organization")) == 3
