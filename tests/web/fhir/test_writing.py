"""create, update, patch and their conditional forms, by the line's own rules (chapters 3.1.0.4 to 3.1.0.8)."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.web.fhir.interface import FHIR, OBSERVATION, PARTNER, PATCH, PATIENT, XML, Interface, opened

LOCATION = {"resourceType": "Location", "name": "Kümmererstelle Senne", "status": "active"}


def numbered(value: str, **more: Any) -> dict[str, Any]:
    """A Location with a number of its own."""
    return {**LOCATION, "identifier": [{"system": "urn:example:ort", "value": value}], **more}


def test_a_create_says_where_the_resource_is(fhir: Interface) -> None:
    answer = fhir.ask("POST", "Patient", PATIENT)
    made = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (201, 'W/"1"')
    assert answer.headers["location"] == f"{fhir.base}/Patient/{made['id']}/_history/1"
    assert fhir.session.get(answer.headers["location"], timeout=10).json() == made


def test_xml_is_taken_as_json_is(fhir: Interface) -> None:
    body = b'<Location xmlns="http://hl7.org/fhir"><status value="active"/><name value="Senne"/></Location>'
    answer = fhir.ask("POST", "Location", body, Content_Type=XML, Accept=XML)
    assert answer.status_code == 201
    assert b'<name value="Senne"/>' in answer.content


def test_a_decimal_keeps_its_last_zero(fhir: Interface) -> None:
    made = fhir.ask("POST", "Observation", OBSERVATION)
    assert made.status_code == 201
    assert '"value":72.50' in fhir.get(f"Observation/{made.json()['id']}").text


def test_an_update_is_a_new_version(fhir: Interface) -> None:
    made = fhir.created(LOCATION)
    answer = fhir.ask("PUT", f"Location/{made['id']}", {**made, "name": "Neu"}, If_Match='W/"1"')
    assert (answer.status_code, answer.headers["etag"], answer.json()["name"]) == (200, 'W/"2"', "Neu")
    assert answer.headers["location"].endswith("/_history/2")


def test_an_update_creates_under_the_clients_id(fhir: Interface) -> None:
    answer = fhir.ask("PUT", "Location/senne", {**LOCATION, "id": "senne"})
    assert (answer.status_code, answer.json()["id"]) == (201, "senne")


def test_who_read_an_older_version_is_told_412(fhir: Interface) -> None:
    made = fhir.created(LOCATION)
    for name, status in (("eins", 200), ("zwei", 412)):
        answer = fhir.ask("PUT", f"Location/{made['id']}", {**made, "name": name}, If_Match='W/"1"')
        assert answer.status_code == status
    assert fhir.get(f"Location/{made['id']}").json()["name"] == "eins"


@pytest.mark.parametrize(
    ("wish", "kind"),
    [("return=minimal", ""), ("return=representation", "Location"), ("return=OperationOutcome", "OperationOutcome")],
)
def test_a_client_chooses_what_it_is_told(fhir: Interface, wish: str, kind: str) -> None:
    answer = fhir.ask("POST", "Location", LOCATION, Prefer=f"respond-async, {wish}")
    assert (answer.status_code, "location" in answer.headers) == (201, True)
    assert (answer.json()["resourceType"] if answer.content else "") == kind


def test_a_json_patch_changes_a_part(fhir: Interface) -> None:
    made = fhir.created(LOCATION)
    steps = json.dumps([{"op": "replace", "path": "/name", "value": "Brackwede"}])
    answer = fhir.ask("PATCH", f"Location/{made['id']}", steps, Content_Type=PATCH, If_Match='W/"1"')
    assert (answer.status_code, answer.json()["name"], answer.headers["etag"]) == (200, "Brackwede", 'W/"2"')


def test_a_create_that_finds_one_changes_nothing(fhir: Interface) -> None:
    made = fhir.created(numbered("4711"))
    query = "identifier=urn:example:ort|4711"
    for said in (query, f"?{query}", f"Location?{query}", f"{fhir.base}/Location?{query}"):
        answer = fhir.ask("POST", "Location", numbered("4711"), If_None_Exist=said)
        assert (answer.status_code, answer.json()["id"], answer.headers["etag"]) == (200, made["id"], 'W/"1"')


def test_a_create_whose_query_stands_in_the_url_is_a_conditional_one_too(fhir: Interface) -> None:
    made = fhir.created(numbered("4712"))
    answer = fhir.ask("POST", "Location?identifier=urn:example:ort|4712", numbered("4712"))
    assert (answer.status_code, answer.json()["id"]) == (200, made["id"])


def test_an_update_by_query_finds_its_resource(fhir: Interface) -> None:
    where = "Location?identifier=urn:example:ort|4713"
    first = fhir.ask("PUT", where, numbered("4713"))
    again = fhir.ask("PUT", where, numbered("4713", name="Neu"))
    assert (first.status_code, again.status_code) == (201, 200)
    assert (again.json()["id"], again.headers["etag"]) == (first.json()["id"], 'W/"2"')


def test_a_patch_by_query_finds_its_resource(fhir: Interface) -> None:
    made = fhir.created(numbered("4714"))
    steps = json.dumps([{"op": "add", "path": "/description", "value": "x"}])
    answer = fhir.ask("PATCH", "Location?identifier=urn:example:ort|4714", steps, Content_Type=PATCH)
    assert (answer.status_code, answer.json()["id"], answer.json()["description"]) == (200, made["id"], "x")


def test_a_query_that_finds_several_is_refused(fhir: Interface) -> None:
    for _ in range(2):
        fhir.created(numbered("4715"))
    assert fhir.ask("PUT", "Location?identifier=urn:example:ort|4715", numbered("4715")).status_code == 412


def test_what_breaks_r4_is_refused_with_its_element(fhir: Interface) -> None:
    answer = fhir.ask("POST", "Location", {**LOCATION, "status": "closed", "nmae": "x"})
    assert answer.status_code == 422
    assert {tuple(issue["expression"]) for issue in fhir.issues(answer)} == {("Location.status",), ("Location.nmae",)}


def test_what_a_partner_writes_is_marked_as_its_own(fhir: Interface) -> None:
    made = fhir.created(LOCATION, **PARTNER)
    assert made["meta"]["source"] == "urn:kuemmerer:partner:senneklinik"


def test_a_binary_comes_back_as_it_was(fhir: Interface) -> None:
    data = base64.b64encode(b"\x00\xff").decode()
    made = fhir.created({"resourceType": "Binary", "contentType": "application/octet-stream", "data": data})
    assert fhir.get(f"Binary/{made['id']}").json()["data"] == data


# --- Tasks -----------------------------------------------------------------------------------------------------------


def referral(fhir: Interface) -> dict[str, Any]:
    """The Task of a referral that has just come in."""
    fhir.world.referred()
    task: dict[str, Any] = fhir.get(f"Task/{fhir.world.case()['id']}").json()
    return task


def test_a_legal_move_is_made_and_an_illegal_one_is_told_what_is_legal(fhir: Interface) -> None:
    task = referral(fhir)
    tag = f'W/"{task["meta"]["versionId"]}"'
    wrong = fhir.ask("PUT", f"Task/{task['id']}", {**task, "status": "completed"}, If_Match=tag)
    assert wrong.status_code == 422
    actions = [issue for issue in fhir.issues(wrong) if issue["severity"] == "information"]
    assert "Task.status may become accepted." in [issue["details"]["text"] for issue in actions]
    assert all(f"GET Task/{task['id']}/$actions" in issue["diagnostics"] for issue in actions)
    assert fhir.get(f"Task/{task['id']}").json() == task
    plain = {key: value for key, value in task.items() if key != "businessStatus"}
    right = fhir.ask("PUT", f"Task/{task['id']}", {**plain, "status": "received"}, If_Match=tag)
    assert (right.status_code, right.json()["status"]) == (200, "received")


def test_a_task_is_not_updated_unread(fhir: Interface) -> None:
    task = referral(fhir)
    answer = fhir.ask("PUT", f"Task/{task['id']}", {**task, "status": "accepted"})
    assert answer.status_code == 412
    assert f'W/"{task["meta"]["versionId"]}"' in fhir.issues(answer)[0]["diagnostics"]


def test_the_next_actions_of_a_task_are_listed(fhir: Interface) -> None:
    task = referral(fhir)
    listed = fhir.get(f"Task/{task['id']}/$actions").json()["parameter"]
    first = {part["name"]: part for part in listed[0]["part"]}
    assert {"status", "actor", "reason", "display"} <= first.keys()
    statuses = {part["valueCode"] for one in listed for part in one["part"] if part["name"] == "status"}
    assert "accepted" in statuses or "received" in statuses
    assert fhir.get("Task/nobody/$actions").status_code == 404


def test_of_many_writers_who_read_the_same_version_one_wins(tmp_path: Path) -> None:
    with opened(tmp_path) as fhir:
        task = referral(fhir)
        plain = {key: value for key, value in task.items() if key != "businessStatus"}
        headers = {"Content-Type": FHIR, "If-Match": f'W/"{task["meta"]["versionId"]}"'}

        def put(number: int) -> int:
            body = json.dumps({**plain, "status": "received", "description": f"von {number}"})
            return requests.put(f"{fhir.base}/Task/{task['id']}", body, headers=headers, timeout=20).status_code

        with ThreadPoolExecutor(8) as pool:
            statuses = sorted(pool.map(put, range(16)))
        assert statuses == [200, *[412] * 15]
        versions = [entry["resource"]["status"] for entry in fhir.get(f"Task/{task['id']}/_history").json()["entry"]]
        assert versions == ["received", "requested", "draft"]
