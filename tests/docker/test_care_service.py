"""The care services that are reached over HTTP: one takes care plans, one plain FHIR."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from standins.care_service import CareService
from standins.case import resources

from tests.docker.conftest import Gateway
from tests.docker.test_site import PERSON, REQUEST, TASK, bundle

NUMBER = {"system": "http://gkv-sv.de/fhir/sid/versorgungsplan-id", "value": "VPL_5055f098-160e-5bc9-8771-e4bb18d0eabe"}
COMPOSITION = {"resourceType": "Composition", "id": "plan", "status": "final"}
MEASURE = REQUEST | {"id": "sr1", "code": {"text": "Hilfe beim Waschen"}, "subject": {"reference": "Patient/p1"}}
EVP = bundle(COMPOSITION, PERSON, MEASURE, kind="document") | {"identifier": NUMBER}
ASKED = bundle(PERSON, MEASURE, TASK | {"id": "t1", "focus": {"reference": "ServiceRequest/sr1"}})


@pytest.fixture
def evp(tmp_path: Path, gateway: Gateway) -> Iterator[CareService]:
    running = CareService(tmp_path / "evp", gateway.intake("pflegedienst-lutterbach")).start()
    yield running
    running.stop()


@pytest.fixture
def plain(tmp_path: Path, gateway: Gateway) -> Iterator[CareService]:
    running = CareService(tmp_path / "fhir", gateway.intake("sozialstation-elsey"), kind="fhir").start()
    yield running
    running.stop()


def post(service: CareService, body: Any) -> requests.Response:
    return requests.post(service.url, json=body, headers={"Connection": "close"}, timeout=5)


def test_a_care_plan_is_kept_and_says_where(evp: CareService) -> None:
    answer = post(evp, EVP)
    assert (answer.status_code, answer.headers["Location"]) == (201, "/documents/1")
    (asked,) = evp.received.wait_for(1)
    assert str(asked) == "A-0001: asked for: Hilfe beim Waschen"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(EVP | {"type": "collection"}, id="no document"),
        pytest.param(bundle(PERSON, MEASURE, kind="document") | {"identifier": NUMBER}, id="no Composition first"),
        pytest.param({key: value for key, value in EVP.items() if key != "identifier"}, id="no identifier"),
        pytest.param([], id="no resource"),
    ],
)
def test_what_is_no_care_plan_is_refused_with_an_operation_outcome(evp: CareService, body: Any) -> None:
    answer = post(evp, body)
    assert (answer.status_code, answer.json()["resourceType"]) == (422, "OperationOutcome")
    assert len(evp.received) == 0


def test_a_measure_of_a_care_plan_is_accepted_by_the_id_it_came_with(evp: CareService, gateway: Gateway) -> None:
    post(evp, EVP)
    assert evp.accept(evp.received[0]).tracking == "t1"
    path, headers, sent = gateway.kept[0]
    assert path == "/intake/pflegedienst-lutterbach"
    assert headers["authorization"] == "Bearer ein Wort"
    (task,) = resources(sent, "Task")
    assert (task["status"], task["focus"]["reference"]) == ("accepted", "ServiceRequest/sr1")
    assert task["basedOn"][0]["identifier"] == NUMBER
    assert task["for"]["identifier"]["value"] == "G405718932"
    assert task["owner"]["display"] == "Pflegedienst Lutterbach"
    assert task["identifier"][0]["value"] == "A-0001"


def test_a_refusal_gives_a_reason_in_code_and_words(evp: CareService, gateway: Gateway) -> None:
    post(evp, EVP)
    evp.decline(evp.received[0], "Zu weit weg.")
    (task,) = resources(gateway.kept[0][2], "Task")
    assert (task["status"], task["statusReason"]["text"]) == ("rejected", "Zu weit weg.")
    assert task["statusReason"]["coding"][0]["code"] == "no-capacity"


def test_a_new_version_of_a_plan_is_no_second_order(evp: CareService) -> None:
    post(evp, EVP)
    post(evp, EVP | {"timestamp": "2026-03-13T08:00:00+01:00"})
    assert (len(evp.documents), len(evp.received)) == (2, 1)


def test_who_was_sent_a_task_answers_with_the_same_task(plain: CareService, gateway: Gateway) -> None:
    assert post(plain, ASKED).status_code == 201
    plain.accept(plain.received[0])
    plain.complete(plain.received[0])
    tasks = [resources(sent, "Task")[0] for _, _, sent in gateway.kept]
    assert [(task["id"], task["status"]) for task in tasks] == [("t1", "accepted"), ("t1", "completed")]
    assert tasks[0]["identifier"] == TASK["identifier"]
    assert tasks[1]["businessStatus"]["coding"][0]["code"] == "outcome-helped"


def test_who_was_sent_a_request_without_a_task_can_answer_too(plain: CareService, gateway: Gateway) -> None:
    post(plain, bundle(PERSON, MEASURE) | {"identifier": NUMBER})
    plain.accept(plain.received[0])
    (task,) = resources(gateway.kept[0][2], "Task")
    assert task["focus"]["reference"] == "ServiceRequest/sr1"


def test_a_resource_that_asks_for_nothing_is_refused(plain: CareService) -> None:
    assert post(plain, bundle(PERSON)).status_code == 422


def test_the_orders_can_be_answered_from_outside(evp: CareService, gateway: Gateway) -> None:
    def ask(method: str, path: str, body: Any = None) -> requests.Response:
        headers = {"Connection": "close"}
        return requests.request(method, evp.url.replace("/documents", path), json=body, headers=headers, timeout=5)

    post(evp, EVP)
    assert ask("GET", "/control/orders").json() == [{"number": "A-0001", "text": "Hilfe beim Waschen"}]
    assert ask("POST", "/control/orders/A-0001/decline", {"reason": "Zu weit weg."}).status_code == 202
    assert ask("POST", "/control/orders/A-0001/forget").status_code == 404
    assert ask("POST", "/control/orders/A-0002/accept").status_code == 404
    assert resources(gateway.kept[0][2], "Task")[0]["statusReason"]["text"] == "Zu weit weg."
