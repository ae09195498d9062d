"""The site's case system: what it takes, what it answers, what it tells the gateway."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from standins import plan
from standins.case import Case, resources
from standins.door import Place
from standins.site import Site

from tests.docker.conftest import Gateway

WORD = "geheim"
PERSON = {
    "resourceType": "Patient",
    "id": "p1",
    "identifier": [{"system": "http://fhir.de/sid/gkv/kvid-10", "value": "G405718932"}],
    "name": [{"use": "official", "family": "Grünewälder", "given": ["Käthe"]}],
    "birthDate": "1938-09-03",
    "address": [{"line": ["Föhrenweg 7"], "postalCode": "33659", "city": "Bielefeld"}],
}
REQUEST = {"resourceType": "ServiceRequest", "id": "sr0", "status": "active", "intent": "order"}
TASK = {
    "resourceType": "Task",
    "id": "t0",
    "identifier": [{"system": "https://kuemmerer-gateway.de/fhir/sid/tracking", "value": "0192"}],
    "status": "requested",
    "businessStatus": {"coding": [{"code": "queued"}]},
    "intent": "order",
    "focus": {"reference": "ServiceRequest/sr0"},
    "for": {"reference": "Patient/p1"},
}


def bundle(*held: dict[str, Any], kind: str = "transaction") -> dict[str, Any]:
    entries = [{"fullUrl": f"https://gateway.example/fhir/{r['resourceType']}/{r['id']}", "resource": r} for r in held]
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


REFERRAL = bundle(PERSON, REQUEST, TASK)


@pytest.fixture
def site(tmp_path: Path, gateway: Gateway) -> Iterator[Site]:
    running = Site(tmp_path / "site", gateway.intake("stelle"), Place(secret=WORD)).start()
    yield running
    running.stop()


def post(site: Site, body: Any, key: str = "", shown: str = WORD) -> requests.Response:
    headers = {"Authorization": f"Bearer {shown}", "Connection": "close"} | ({"Idempotency-Key": key} if key else {})
    return requests.post(site.url, json=body, headers=headers, timeout=5)


@pytest.fixture
def case(site: Site) -> Case:
    post(site, REFERRAL)
    return site.cases.wait_for(1)[0]


def test_a_referral_becomes_a_case_and_is_answered_entry_by_entry(site: Site) -> None:
    answer = post(site, REFERRAL)
    assert answer.status_code == 200
    assert answer.json()["type"] == "transaction-response"
    assert [entry["response"]["status"] for entry in answer.json()["entry"]] == ["201 Created"] * 3
    (case,) = site.cases.wait_for(1)
    assert (case.task["id"], case.referral["id"], case.patient["id"]) == ("t0", "sr0", "p1")


def test_a_collection_is_answered_with_its_place(site: Site) -> None:
    answer = post(site, REFERRAL | {"type": "collection"})
    assert (answer.status_code, answer.headers["Location"]) == (201, "/fhir/Bundle/1")


def test_a_repeat_under_the_same_key_is_answered_as_the_first_time(site: Site) -> None:
    first, second = post(site, REFERRAL, "k1"), post(site, REFERRAL, "k1")
    assert first.content == second.content
    assert len(site.cases) == len(site.received) == 1


def test_a_key_that_comes_with_another_body_is_refused(site: Site) -> None:
    post(site, REFERRAL, "k1")
    answer = post(site, bundle(TASK), "k1")
    assert answer.status_code == 422
    assert answer.json()["resourceType"] == "OperationOutcome"


def test_the_same_referral_under_another_key_is_no_second_case(site: Site) -> None:
    post(site, REFERRAL, "k1")
    post(site, REFERRAL, "k2")
    assert len(site.cases) == 1


def test_without_the_token_nothing_is_taken(site: Site) -> None:
    assert post(site, REFERRAL, shown="falsch").status_code == 401
    assert len(site.received) == 0


@pytest.mark.parametrize(("body", "status"), [(b"{", 400), (b"[]", 422), (b'{"resourceType":"Patient"}', 422)])
def test_what_is_no_bundle_is_refused_with_a_reason(site: Site, body: bytes, status: int) -> None:
    answer = requests.post(
        site.url, body, headers={"Authorization": f"Bearer {WORD}", "Connection": "close"}, timeout=5
    )
    assert (answer.status_code, answer.json()["issue"][0]["severity"]) == (status, "error")


def test_accepting_sends_the_same_task_in_its_new_status(site: Site, case: Case, gateway: Gateway) -> None:
    reply = site.accept(case)
    path, headers, sent = gateway.kept[0]
    assert (reply.status, reply.tracking) == (202, "t1")
    assert path == "/intake/stelle"
    assert headers["authorization"] == "Bearer ein Wort"
    assert headers["content-type"] == "application/fhir+json"
    assert headers["idempotency-key"]
    (task,) = resources(sent, "Task")
    assert (task["id"], task["identifier"], task["status"]) == ("t0", TASK["identifier"], "accepted")
    assert "businessStatus" not in task


def test_declining_says_why(site: Site, case: Case, gateway: Gateway) -> None:
    site.decline(case, "Keine Plätze bis Mai.")
    (task,) = resources(gateway.kept[0][2], "Task")
    assert task["status"] == "rejected"
    assert task["statusReason"]["text"] == "Keine Plätze bis Mai."
    assert task["statusReason"]["coding"][0]["code"] == task["businessStatus"]["coding"][0]["code"] == "no-capacity"


def test_completing_says_what_came_of_it(site: Site, case: Case, gateway: Gateway) -> None:
    site.complete(case, "Zu Hause gut versorgt.")
    (task,) = resources(gateway.kept[0][2], "Task")
    assert (task["status"], task["businessStatus"]["coding"][0]["code"]) == ("completed", "outcome-helped")
    assert task["output"][0]["valueString"] == "Zu Hause gut versorgt."


def test_every_message_has_a_number_and_a_key_of_its_own(site: Site, case: Case, gateway: Gateway) -> None:
    site.accept(case)
    site.plan(case)
    assert len({sent["identifier"]["value"] for _, _, sent in gateway.kept}) == 2
    assert len({headers["idempotency-key"] for _, headers, _ in gateway.kept}) == 2


def test_later_tasks_are_news_of_the_order_they_name(site: Site, case: Case) -> None:
    site.plan(case)
    order = case.orders[1]
    task = TASK | {
        "id": "t2",
        "partOf": [{"reference": "Task/t0"}],
        "focus": {"identifier": plan.number(order)},
        "status": "rejected",
        "statusReason": {"text": "Kein Wagen frei."},
    }
    post(site, bundle(task, kind="collection"))
    (news,) = site.news.wait_for(1)
    assert (news.number, news.status, news.reason) == (order.number, "rejected", "Kein Wagen frei.")
    assert len(site.cases) == 1


def test_what_comes_with_the_same_referral_later_is_added_to_its_case(site: Site, case: Case) -> None:
    letter = {"resourceType": "DocumentReference", "id": "d1", "status": "current"}
    post(site, bundle(REQUEST, TASK | {"status": "received"}, letter))
    assert (len(site.cases), len(site.news)) == (1, 0)
    assert [document["id"] for document in case.resources("DocumentReference")] == ["d1"]
    assert (case.task["status"], case.patient) == ("received", PERSON)


def test_a_task_alone_is_news_too(site: Site, case: Case) -> None:
    assert post(site, TASK | {"status": "received"}).status_code == 201
    assert site.news.wait_until(lambda news: news.status == "received").number == case.number


def test_a_site_that_was_restarted_knows_its_cases(site: Site, case: Case, gateway: Gateway, tmp_path: Path) -> None:
    site.plan(case)
    again = Site(tmp_path / "site", gateway.intake("stelle"))
    again.stop()
    assert again.cases[0] == case


def test_the_cases_can_be_run_from_outside(site: Site, gateway: Gateway) -> None:
    def ask(method: str, path: str, body: Any = None) -> requests.Response:
        headers = {"Connection": "close"}
        return requests.request(method, site.url.replace("/fhir", path), json=body, headers=headers, timeout=5)

    post(site, REFERRAL)
    number = ask("GET", "/control/cases").json()[0]["number"]
    assert ask("POST", f"/control/cases/{number}/accept").status_code == 202
    assert ask("POST", f"/control/cases/{number}/plan").status_code == 202
    assert ask("POST", f"/control/cases/{number}/company").status_code == 202
    change = {"declined": f"{number}-1", "instead": "sozialstation-elsey"}
    assert ask("POST", f"/control/cases/{number}/replan", change).status_code == 202
    assert ask("POST", f"/control/cases/{number}/complete").status_code == 202
    assert ask("POST", f"/control/cases/{number}/forget").status_code == 404
    assert ask("POST", "/control/cases/none/accept").status_code == 404
    assert len(gateway.kept) == 5
    assert ask("GET", "/control/cases").json()[0]["orders"][-1] == f"{number}-7"
