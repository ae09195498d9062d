"""Several referrals in one message, what counts as a referral at all, and a discharge that is cancelled."""

import json
from typing import Any

import pytest

from gateway.domain.system import REFERRAL
from tests.pipeline.line.world import ELSEY, Resource, World, answer, bundle, discharge, measure, url

OTHER = {"person": "600", "kvnr": "", "born": "19410203", "name": "Lage^Uwe", "visit": "2604999"}


@pytest.fixture
def practice(world: World) -> World:
    world.parties = (*world.parties, {"partner": "praxis", "kind": "practice", "sends": [], "receives": []})
    world.change("praxis")
    return world


def patient(name: str, given: str, born: str, plz: str) -> Resource:
    return {
        "resourceType": "Patient", "id": name, "name": [{"family": "Lage", "given": [given]}], "birthDate": born,
        "identifier": [{"system": "urn:praxis:patient", "value": name}], "address": [{"postalCode": plz}],
    }  # fmt: skip


UWE, ADA = patient("uwe", "Uwe", "1941-02-03", "33689"), patient("ada", "Ada", "1939-11-30", "33602")


def request(number: str, person: Resource, **more: Any) -> Resource:
    return {
        "resourceType": "ServiceRequest", "id": number, "status": "active", "intent": "order",
        "identifier": [{"system": "urn:praxis", "value": number}], "subject": {"reference": url(person["id"])}, **more,
    }  # fmt: skip


def cases(world: World) -> list[Resource]:
    return [task for task in world.all("Task") if "partOf" not in task]


def focus(world: World, partner: str) -> list[str]:
    """The referral in every message a site was sent."""
    sent = [json.loads(d.data) for d in world.outbox(partner)]
    tasks = [e["resource"] for one in sent for e in one["entry"] if e["resource"]["resourceType"] == "Task"]
    return [task["id"] for task in tasks]


# --- several in one message ------------------------------------------------------------------------------------------


def test_two_discharges_in_one_file_are_two_referrals_each_at_its_site(world: World) -> None:
    message = world.sends("senneklinik", discharge() + discharge("SK-2", plz="33602", **OTHER))
    assert message.stopped == ""
    owners = [case["owner"]["reference"].partition("/")[2] for case in cases(world)]
    assert owners == ["stelle-senne", "stelle-mitte"]
    assert world.told(message) == [("stelle-mitte", "referral"), ("stelle-senne", "referral")]
    outcome = world.entry(message).outcome
    assert [said["site"] for said in outcome["cases"]] == owners
    assert (outcome["site"], world.entry(message).case) == ("stelle-senne", f"Task/{cases(world)[0]['id']}")


def test_a_bundle_with_two_people_is_two_referrals(practice: World) -> None:
    message = practice.sends("praxis", bundle(UWE, ADA, request("R-1", UWE), request("R-2", ADA)))
    assert practice.told(message) == [("stelle-mitte", "referral"), ("stelle-senne", "referral")]
    (asked,) = practice.sent("stelle-senne", "Patient")
    assert asked["name"][0]["given"] == ["Uwe"]


def test_two_requests_for_one_person_are_two_referrals(practice: World) -> None:
    message = practice.sends("praxis", bundle(UWE, request("R-1", UWE), request("R-2", UWE)))
    assert practice.told(message) == [("stelle-senne", "referral")] * 2
    assert focus(practice, "stelle-senne") == [case["id"] for case in cases(practice)]
    assert {case["status"] for case in cases(practice)} == {"requested"}


def test_what_is_known_is_not_told_again_because_something_new_comes_with_it(practice: World) -> None:
    practice.sends("praxis", bundle(UWE, ADA, request("R-1", UWE), request("R-2", ADA)))
    message = practice.sends("praxis", bundle(UWE, ADA, request("R-1", UWE, priority="urgent"), request("R-3", ADA)))
    assert practice.told(message) == [("stelle-mitte", "referral"), ("stelle-senne", "referral")]
    again = practice.sends("praxis", bundle(UWE, ADA, request("R-1", UWE, priority="urgent"), request("R-4", ADA)))
    assert practice.told(again) == [("stelle-mitte", "referral")]


def test_one_of_two_is_taken_back_and_the_other_stays(practice: World) -> None:
    practice.sends("praxis", bundle(UWE, ADA, request("R-1", UWE), request("R-2", ADA)))
    message = practice.sends("praxis", bundle(UWE, ADA, request("R-1", UWE, status="revoked"), request("R-2", ADA)))
    assert [case["status"] for case in cases(practice)] == ["cancelled", "requested"]
    assert practice.told(message) == [("stelle-senne", "referral")]


def test_a_batch_sent_again_sends_nothing_again(world: World) -> None:
    message = world.sends("senneklinik", discharge() + discharge("SK-2", plz="33602", **OTHER))
    count = len(world.outbox())
    world.again(message)
    assert (len(world.outbox()), len(cases(world))) == (count, 2)


# --- what is a referral ----------------------------------------------------------------------------------------------


def order(kind: str = "OML^O21", status: str = "SC") -> bytes:
    """A laboratory order about the person of `discharge`."""
    head, _, who, where, _ = discharge("SK-O").decode("iso8859-1").rstrip("\r").split("\r")
    lines = [
        head.replace("ADT^A03", kind),
        who,
        where,
        f"ORC|NW|L-1^KIS|||{status}",
        "OBR|1|L-1^KIS||BB^Blutbild^L",
        "",
    ]
    return "\r".join(lines).encode("iso8859-1")


@pytest.mark.parametrize(("kind", "status"), [("OML^O21", "SC"), ("OML^O21", "IP"), ("ORM^O01", ""), ("ORM^O01", "SC")])
def test_an_order_of_the_house_is_no_referral_and_says_so(world: World, kind: str, status: str) -> None:
    message = world.sends("senneklinik", order(kind, status))
    assert (message.stopped, world.all("Task"), world.told(message)) == ("", [], [])
    assert world.all("ServiceRequest") != []
    assert world.entry(message).outcome["no referral"] != ""


def test_plain_fhir_refers_without_any_profile_unless_its_status_asks_for_nothing(practice: World) -> None:
    for number, status in enumerate(("completed", "unknown", "revoked", "on-hold")):
        message = practice.sends("praxis", bundle(UWE, request(f"N-{number}", UWE, status=status)))
        assert practice.entry(message).outcome["no referral"] == "its status asks for nothing"
    assert practice.all("Task") == []
    practice.sends("praxis", bundle(UWE, request("R-1", UWE)))
    assert len(practice.all("Task")) == 1


# --- a cancelled discharge -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", ["A13", "A11"])
def test_a_cancelled_discharge_takes_its_referral_back_and_the_site_hears_it(world: World, event: str) -> None:
    world.referred()
    message = world.sends("senneklinik", discharge("SK-2", event=event, disposition=""))
    assert world.stand() == "cancelled withdrawn-by-requester"
    assert world.told(message) == [("stelle-senne", "referral")]
    assert [task["status"] for task in world.sent("stelle-senne", "Task")] == ["cancelled"]
    assert [one["status"] for one in world.all("ServiceRequest")] == ["revoked"]


def test_who_is_discharged_after_that_is_referred_anew_and_a_replay_takes_nothing_back(world: World) -> None:
    first = world.referred()
    back = world.sends("senneklinik", discharge("SK-2", event="A13", disposition=""))
    message = world.sends("senneklinik", discharge("SK-3"))
    assert [case["status"] for case in cases(world)] == ["cancelled", "requested"]
    assert world.told(message) == [("stelle-senne", "referral")]
    assert world.all("ServiceRequest")[0]["status"] == "active"
    for old in (first, back, message):
        world.again(old)
    assert [case["status"] for case in cases(world)] == ["cancelled", "requested"]


def test_another_visit_keeps_its_referral(world: World) -> None:
    world.referred()
    world.sends("senneklinik", discharge("SK-2", event="A13", visit="999", disposition=""))
    assert world.stand() == "requested dispatched"


def test_once_work_has_begun_the_site_is_asked_to_stop_with_a_warning(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    message = world.sends("senneklinik", discharge("SK-2", event="A13", disposition=""))
    assert world.stand() == "in-progress cancellation-requested"
    assert ("stelle-senne", "referral") in world.told(message)
    assert [p.code for p in message.problems if p.severity == "warning"] == ["record.visit.cancelled"]


def test_of_a_referral_on_hold_the_site_is_asked_to_stop(world: World) -> None:
    world.referred()
    world.sends("stelle-senne", answer(world.case(), "on-hold", "client-in-hospital", "Klinik"))
    message = world.sends("senneklinik", discharge("SK-2", event="A13", disposition=""))
    assert world.told(message) == [("stelle-senne", "abort"), ("stelle-senne", "referral")]
    assert "record.visit.cancelled" in [p.code for p in message.problems]
    assert b'"status":"revoked"' in world.outbox("stelle-senne", "referral")[-1].data
    world.sends("senneklinik", discharge("SK-3"))
    assert [one["status"] for one in world.sent("stelle-senne", "ServiceRequest")] == ["active"]


def test_a_discharge_cancelled_in_the_same_file_refers_nobody(world: World) -> None:
    back = discharge("SK-2", event="A13", disposition="")
    message = world.sends("senneklinik", discharge() + back)
    assert (message.stopped, world.all("Task")) == ("", [])


def test_of_two_people_in_one_file_only_the_cancelled_one_is_taken_back(world: World) -> None:
    world.referred()
    back = discharge("SK-2", event="A13", disposition="")
    message = world.sends("senneklinik", back + discharge("SK-3", plz="33602", **OTHER))
    assert [case["status"] for case in cases(world)] == ["cancelled", "requested"]
    assert world.told(message) == [("stelle-mitte", "referral"), ("stelle-senne", "referral")]


def test_what_was_asked_for_under_a_number_is_not_taken_back_with_the_visit(world: World) -> None:
    world.referred()
    (stored,) = world.all("ServiceRequest")
    assert stored["meta"]["profile"] == [REFERRAL]
    asked = discharge("SK-R").decode("iso8859-1").rstrip("\r").split("\r")
    rf1 = "RF1|P^^HL70283|R^^HL70280|HHR^^L|||UEB-1^KIS"
    ref = [asked[0].replace("ADT^A03", "REF^I12"), rf1, "PRD|RP^^HL70286|X^Y", asked[2], asked[3], ""]
    sent = world.sends("senneklinik", "\r".join(ref).encode("iso8859-1"))
    assert (sent.stopped, len(cases(world))) == ("", 2)
    world.sends("senneklinik", discharge("SK-2", event="A13", disposition=""))
    assert [case["status"] for case in cases(world)] == ["cancelled", "requested"]
