"""The account of a person's own data: what was shown to whom, and no private names of others."""

from datetime import timedelta
from typing import Any

import pytest

from gateway.consent.vocabulary import CONSENT_KIND, EMERGENCY
from gateway.domain.ledger import Audit, Conclude, Note, Save
from gateway.fhir import json
from gateway.pipeline.policies.restricted import ARTICLE
from gateway.pipeline.rights.account import account, who
from gateway.pipeline.rights.documents import account_pdf, in_german
from gateway.pipeline.rights.words import kind_in_words, period_in_words
from gateway.pipeline.stored.terms import terms
from tests.pipeline.line.world import LUTTERBACH, RAVENSBERG, World, discharge, measure


def planned() -> World:
    world = World()
    world.planned(measure("M-1", RAVENSBERG), measure("M-2", LUTTERBACH))
    return world


def said(world: World) -> dict[str, Any]:
    return account(world.case()["for"]["reference"], {"cases": 1095, "links": 0}, world.rooms)


def written(world: World, resource: dict[str, Any]) -> None:
    world.store.commit([Save(resource, None, terms(resource, ""), world.now())]).result()


def test_each_disclosure_says_when_to_whom_which_data_and_by_which_law() -> None:
    world = planned()
    found = said(world)["disclosures"]
    referral = next(one for one in found if one["to"] == "Kümmererstelle Senne")
    assert referral["about"] == "Auftrag an die Kümmererstelle"
    assert kind_in_words("Patient") in referral["data"]
    assert referral["law"] != []
    assert referral["policy"].startswith("urn:kuemmerer:policy:")
    assert referral["state"] == "noch nicht gesendet"


def test_each_disclosure_says_when_it_was_queued_and_once_it_arrived_when_that_was() -> None:
    world = planned()
    kept = {delivery.created.isoformat() for delivery in world.outbox()}
    assert {one["at"] for one in said(world)["disclosures"]} <= kept
    first, arrived = world.outbox()[0], world.now()
    world.store.commit([Conclude(first.id, {"standing": "delivered", "settled": arrived})]).result()
    assert arrived.isoformat() in [one["at"] for one in said(world)["disclosures"]]


def test_where_the_data_came_from_is_told() -> None:
    came = [one["from"] for one in said(planned())["received"]]
    assert came == ["Senneklinik", "Kümmererstelle Senne", "Kümmererstelle Senne"]


def test_nothing_of_others_is_in_it() -> None:
    world = planned()
    world.sends("senneklinik", discharge(key="SK-9", person="880011", name="Grundmann^Karla", kvnr="", visit="2"))
    other = world.case()["for"]["reference"]
    first = next(p for p in world.all("Patient") if p["name"][0]["family"] == "Grünewälder")
    text = json.dumps(account(f"Patient/{first['id']}", {}, world.rooms)).decode()
    assert "Grünewälder" in text
    assert "Grundmann" not in text
    assert other not in text


def test_names_of_those_who_worked_with_it_are_left_out_and_organisations_stay() -> None:
    world = planned()
    person = world.case()["for"]["reference"]
    written(world, {
        "resourceType": "Communication", "id": "call", "status": "completed", "subject": {"reference": person},
        "sender": {"display": "Frau Lohmann, Fahrdienst"}, "recipient": [{"display": "Sander, Kümmerin"}],
        "note": [{"authorString": "Sander", "text": "geht in Ordnung"}],
    })  # fmt: skip
    written(world, {
        "resourceType": "Encounter", "id": "e", "status": "finished", "subject": {"reference": person},
        "participant": [{"individual": {"reference": "Practitioner/1", "display": "Dr. Uphoff"}}],
        "serviceProvider": {"reference": "Organization/1", "display": "Senneklinik"},
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP", "display": "stationär"},
    })  # fmt: skip
    text = json.dumps(said(world)).decode()
    for name in ("Lohmann", "Sander", "Uphoff"):
        assert name not in text
    for kept in ("geht in Ordnung", "Senneklinik", "stationär"):
        assert kept in text


def test_who_looked_is_told_by_role_and_refusals_are_no_looks() -> None:
    world = planned()
    name = f"Task/{world.case()['id']}"
    lines = [
        Audit(world.now(), "operator pohl", "show", name, "shown"),
        Audit(world.now(), "wohnberatung", "fhir read", name, "200"),
        Audit(world.now(), "ravensberg", "fhir read", name, "404"),
        Audit(world.now(), "gateway", "move", name, "received"),
    ]
    world.store.commit([Note(line) for line in lines]).result()
    assert [one["who"] for one in said(world)["accesses"]] == ["Betrieb des Gateways", "Wohnberatung"]


def test_a_look_at_a_consent_a_page_or_a_message_is_one_too() -> None:
    world = planned()
    case, message = world.case(), world.store.entries({}, 0, 1)[0]
    lines = [
        Audit(world.now(), "operator pohl", "consent", case["for"]["reference"], "shown"),
        Audit(world.now(), "operator pohl", "consent", case["for"]["reference"], "active"),
        Audit(world.now(), "staff:4f0c", "staff seen", f"Task/{case['id']}", "shown"),
        Audit(world.now(), "operator pohl", "show", message.id, "shown"),
    ]
    world.store.commit([Note(line) for line in lines]).result()
    assert [(one["who"], one["what"]) for one in said(world)["accesses"]] == [
        ("Betrieb des Gateways", kind_in_words("Patient")),
        ("Mitarbeitende", kind_in_words("Task")),
        ("Betrieb des Gateways", "Nachrichten, wie sie kamen"),
    ]


def test_staff_is_told_by_its_role() -> None:
    world = World()
    written(world, {"resourceType": "StaffAccount", "id": "a", "login": "k.brandt", "role": "lead"})
    assert who("staff:a", world.rooms) == "Mitarbeitende: Leitung der Kümmererstelle"
    assert who("staff:gone", world.rooms) == "Mitarbeitende"


def test_emergencies_and_recalls_are_told() -> None:
    world = planned()
    person, at = world.case()["for"]["reference"], world.now()
    party = {"reference": {"reference": "Organization/wohnberatung"}}
    period = {"start": at.isoformat(), "end": (at + timedelta(days=1)).isoformat()}
    kind = {"system": CONSENT_KIND, "code": EMERGENCY}
    written(world, {
        "resourceType": "Consent", "id": "urgent", "status": "active", "patient": {"reference": person},
        "dateTime": at.isoformat(), "category": [{"coding": [kind]}],
        "policyRule": {"text": "Sturz in der Wohnung"}, "provision": {"actor": [party], "period": period},
    })  # fmt: skip
    code = {"coding": [{"system": "https://kuemmerer-gateway.de/fhir/CodeSystem/task-kind", "code": "recall"}]}
    written(world, {
        "resourceType": "Task", "id": "recall", "status": "completed", "for": {"reference": person}, "code": code,
        "owner": {"reference": "Organization/ravensberg"}, "partOf": [{"reference": "Task/x"}],
        "authoredOn": "2026-03-12",
    })  # fmt: skip
    found = said(world)
    assert [(one["to"], one["reason"]) for one in found["emergencies"]] == [("Wohnberatung", "Sturz in der Wohnung")]
    assert [(one["to"], one["confirmed"]) for one in found["recalls"]] == [("Fahrdienst Ravensberg", True)]
    assert account_pdf(found) == account_pdf(found)


def test_periods_that_never_end_are_not_told() -> None:
    assert said(planned())["periods"] == {"cases": 1095}
    assert period_in_words("cases", 1095)["length"] == "3 Jahre"
    assert period_in_words("bodies", 90)["length"] == "90 Tage"
    assert ARTICLE == "dsgvo-18"


@pytest.mark.parametrize("said", ["", "bald", "9999-12-31T23:59:59Z"])
def test_what_is_no_moment_of_here_stays_as_it_is(said: str) -> None:
    assert in_german(said) == said
