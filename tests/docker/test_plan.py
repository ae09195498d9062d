"""What the Kümmerer's plan says, and that the formats of the demo can carry it."""

import csv
import json
from typing import Any

import pytest
from standins import plan
from standins.case import Case, Order, parties, resources, sample_plan
from standins.site import NAME

from gateway.pipeline.translate import translate
from gateway.wiring import shelf
from tests.docker.test_site import REFERRAL

STAMP = "2026-03-12T15:00:00+01:00"


@pytest.fixture
def case() -> Case:
    return Case("C-1", REFERRAL, [Order(f"C-1-{n}", *each) for n, each in enumerate(sample_plan(), 1)])


@pytest.fixture
def agreed(case: Case) -> dict[str, Any]:
    return plan.agreed(case, parties()[NAME], STAMP)


def by_url(bundle: dict[str, Any]) -> dict[str, Any]:
    return {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}


def test_three_needs_are_part_of_one_plan_and_each_has_a_goal_and_a_measure(agreed: dict[str, Any]) -> None:
    held = by_url(agreed)
    whole, *needs = sorted(resources(agreed, "CarePlan"), key=lambda resource: "partOf" in resource)
    assert len(needs) == 3
    assert {held[need["partOf"][0]["reference"]]["id"] for need in needs} == {whole["id"]}
    areas = {need["category"][1]["coding"][0]["code"] for need in needs}
    assert areas == {"care-at-home", "transport", "home-adaptation"}
    for need in needs:
        assert held[need["goal"][0]["reference"]]["description"]["text"]
        assert held[need["activity"][0]["reference"]["reference"]]["resourceType"] == "ServiceRequest"


def test_each_measure_carries_out_the_referral_and_names_its_recipient_by_ik(agreed: dict[str, Any]) -> None:
    held = by_url(agreed)
    requests = resources(agreed, "ServiceRequest")
    assert [request["basedOn"][0]["reference"] for request in requests] == ["ServiceRequest/sr0"] * 3
    performers = [held[request["performer"][0]["reference"]]["identifier"][0] for request in requests]
    book = parties()
    expected = [
        book[name].ik for name in ("pflegedienst-lutterbach", "fahrdienst-ravensberg", "wohnberatung-bielefeld")
    ]
    assert [(each["system"], each["value"]) for each in performers] == [(plan.IK, ik) for ik in expected]


def test_the_person_keeps_the_id_under_which_the_gateway_knows_them(agreed: dict[str, Any]) -> None:
    assert [person["id"] for person in resources(agreed, "Patient")] == ["p1"]


def test_the_consent_is_in_force_and_the_kuemmerer_has_a_name(agreed: dict[str, Any]) -> None:
    (consent,) = resources(agreed, "Consent")
    assert (consent["status"], consent["provision"]["type"]) == ("active", "permit")
    (role,) = resources(agreed, "PractitionerRole")
    assert by_url(agreed)[role["practitioner"]["reference"]]["name"][0]["family"] == "Ostermann"


def test_no_reference_leads_nowhere_but_the_one_to_the_referral(agreed: dict[str, Any]) -> None:
    text = json.dumps(agreed)
    urls = set(by_url(agreed))
    named = {part.split('"', 1)[0] for part in text.split('"reference": "')[1:]}
    assert named - urls == {"ServiceRequest/sr0"}


def test_told_again_the_plan_is_the_same(case: Case, agreed: dict[str, Any]) -> None:
    assert plan.agreed(case, parties()[NAME], STAMP) == agreed


def test_a_replaced_measure_is_revoked_and_the_new_one_points_to_it(case: Case) -> None:
    first, second, third = case.orders
    revoked = Order(second.number, second.measure, second.recipient, status="revoked")
    new = Order("C-1-4", second.measure, parties()["sozialstation-elsey"], replaces=second.number)
    case.orders = [first, revoked, third, new]
    changed = plan.agreed(case, parties()[NAME], STAMP)
    held = by_url(changed)
    requests = {request["identifier"][0]["value"]: request for request in resources(changed, "ServiceRequest")}
    assert requests["C-1-2"]["status"] == "revoked"
    (replaces,) = requests["C-1-4"]["replaces"]
    assert held[replaces["reference"]] == requests["C-1-2"]
    assert replaces["identifier"] == plan.number(second)
    needs = [resource for resource in resources(changed, "CarePlan") if "partOf" in resource]
    assert len(needs) == 3
    used = {held[need["activity"][0]["reference"]["reference"]]["identifier"][0]["value"] for need in needs}
    assert used == {"C-1-1", "C-1-3", "C-1-4"}


def test_the_plan_can_leave_as_an_evp_whose_measures_keep_their_ids(agreed: dict[str, Any]) -> None:
    formats = shelf()
    done = translate(json.dumps(agreed).encode(), formats.get("fhir"), formats.get("evp"))
    assert [problem.code for problem in done.problems if problem.severity == "error"] == []
    document = json.loads(done.data)
    assert document["type"] == "document"
    kept = {request["id"] for request in resources(document, "ServiceRequest")}
    assert kept == {request["id"] for request in resources(agreed, "ServiceRequest")}


def test_the_plan_can_leave_as_a_list_with_the_numbers_of_its_measures(agreed: dict[str, Any]) -> None:
    formats = shelf()
    done = translate(json.dumps(agreed).encode(), formats.get("fhir"), formats.get("pflegedienst-liste"))
    rows = list(csv.DictReader(done.data.decode("utf-8-sig").splitlines(), delimiter=";"))
    assert [(row["Maßnahme-Nr."], row["Stand"]) for row in rows] == [(f"C-1-{n}", "offen") for n in (1, 2, 3)]
