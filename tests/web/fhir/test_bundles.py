"""Bundles sent to the base: all or nothing, each for itself, or a message for the line (chapter 3.1.0.11)."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.web.fhir.interface import PARTNER, PATIENT, XML, Interface, opened

LOCATION = {"resourceType": "Location", "name": "Senne"}
URN = "urn:uuid:0a1b2c3d-0001-4000-8000-000000000001"


def entry(method: str, url: str, resource: Any = None, full: str = "", **more: str) -> dict[str, Any]:
    request = {"request": {"method": method, "url": url, **more}}
    return {**({"fullUrl": full} if full else {}), **({"resource": resource} if resource else {}), **request}


def bundle(kind: str, *entries: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def many(fhir: Interface, kind: str) -> int:
    return len(fhir.world.store.find(kind, [], 1000))


def test_a_transaction_does_all_and_its_parts_refer_to_each_other(fhir: Interface) -> None:
    person = {"resourceType": "RelatedPerson", "patient": {"reference": URN}, "name": [{"family": "Grünewälder"}]}
    sent = bundle(
        "transaction", entry("POST", "RelatedPerson", person), entry("POST", "Patient", PATIENT, URN),
        entry("GET", "metadata"),
    )  # fmt: skip
    answer = fhir.ask("POST", "", sent)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["type"], [e["response"]["status"] for e in told["entry"]]) == (
        "transaction-response",
        ["201 Created", "201 Created", "200 OK"],
    )
    related, patient, statement = (e["resource"] for e in told["entry"])
    assert related["patient"]["reference"] == f"Patient/{patient['id']}"
    assert told["entry"][1]["response"]["location"] == f"Patient/{patient['id']}/_history/1"
    assert told["entry"][1]["response"]["etag"] == 'W/"1"'
    assert statement["resourceType"] == "CapabilityStatement"


def test_a_transaction_with_one_fault_does_nothing(fhir: Interface) -> None:
    before = many(fhir, "Location")
    sent = bundle(
        "transaction", entry("POST", "Location", LOCATION), entry("POST", "Location", {**LOCATION, "status": "zu"})
    )
    answer = fhir.ask("POST", "", sent)
    assert (answer.status_code, many(fhir, "Location")) == (422, before)
    (issue,) = fhir.issues(answer)
    assert issue["expression"] == ["Bundle.entry[1].resource.status"]


def test_a_transaction_is_refused_before_anything_is_done_where_an_entry_cannot_be_read(fhir: Interface) -> None:
    before = many(fhir, "Location")
    sent = bundle("transaction", entry("POST", "Location", LOCATION), entry("DELETE", "Location/1"))
    answer = fhir.ask("POST", "", sent)
    assert (answer.status_code, many(fhir, "Location")) == (405, before)
    assert fhir.codes(answer) == ["fhir.http.entry.delete"]


def test_a_batch_does_each_for_itself(fhir: Interface) -> None:
    before = many(fhir, "Location")
    sent = bundle(
        "batch",
        entry("POST", "Location", LOCATION),
        entry("POST", "Location", {**LOCATION, "status": "zu"}),
        entry("DELETE", "Location/1"),
        entry("GET", "Location/niemand"),
        entry("FETCH", "Location"),
        entry("GET", "../intake/x"),
        {},
    )
    told = fhir.ask("POST", "", sent).json()
    statuses = [one["response"]["status"].partition(" ")[0] for one in told["entry"]]
    assert statuses == ["201", "422", "405", "404", "400", "404", "400"]
    assert all("outcome" in one["response"] for one in told["entry"][1:])
    assert many(fhir, "Location") == before + 1


def test_entries_act_in_the_order_of_the_standard(fhir: Interface) -> None:
    made = fhir.created(LOCATION)
    where = f"Location/{made['id']}"
    steps = base64.b64encode(json.dumps([{"op": "add", "path": "/description", "value": "x"}]).encode()).decode()
    patch = {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": steps}
    told = fhir.ask(
        "POST", "", bundle("batch", entry("GET", where), entry("PATCH", where, patch, ifMatch='W/"1"'))
    ).json()
    assert [one["resource"]["meta"]["versionId"] for one in told["entry"]] == ["2", "2"]


def test_the_conditions_of_an_entry_are_heeded(fhir: Interface) -> None:
    numbered = {**LOCATION, "identifier": [{"system": "urn:example:b", "value": "1"}]}
    made = fhir.created(numbered)
    where = f"Location/{made['id']}"
    sent = bundle(
        "batch",
        entry("POST", "Location", numbered, ifNoneExist="identifier=urn:example:b|1"),
        entry("PUT", where, {**made, "name": "Neu"}, ifMatch='W/"7"'),
        entry("GET", where, ifNoneMatch='W/"1"'),
    )
    told = fhir.ask("POST", "", sent).json()
    assert [one["response"]["status"].partition(" ")[0] for one in told["entry"]] == ["200", "412", "304"]


def test_an_entry_is_not_shown_what_has_not_changed_since(fhir: Interface) -> None:
    where = f"Location/{fhir.created(LOCATION)['id']}"
    moments = ("Fri, 01 Jan 2100 00:00:00 GMT", "Thu, 01 Jan 2015 00:00:00 GMT")
    sent = bundle("batch", *(entry("GET", where, ifModifiedSince=moment) for moment in moments))
    told = fhir.ask("POST", "", sent).json()
    assert [one["response"]["status"].partition(" ")[0] for one in told["entry"]] == ["304", "200"]


@pytest.mark.parametrize("kind", ["batch", "transaction"])
def test_an_illegal_move_in_a_bundle_is_told_what_is_legal(fhir: Interface, kind: str) -> None:
    fhir.world.referred()
    task = fhir.get(f"Task/{fhir.world.case()['id']}").json()
    tag = f'W/"{task["meta"]["versionId"]}"'
    sent = bundle(kind, entry("PUT", f"Task/{task['id']}", {**task, "status": "completed"}, ifMatch=tag))
    answer = fhir.ask("POST", "", sent)
    outcome = answer.json()["entry"][0]["response"]["outcome"] if kind == "batch" else answer.json()
    assert answer.status_code == (200 if kind == "batch" else 422)
    next_moves = [issue for issue in outcome["issue"] if issue["severity"] == "information"]
    assert "Task.status may become accepted." in [issue["details"]["text"] for issue in next_moves]
    assert all(f"GET Task/{task['id']}/$actions" in issue["diagnostics"] for issue in next_moves)
    assert fhir.get(f"Task/{task['id']}").json() == task


def test_a_client_may_want_no_resources_back(fhir: Interface) -> None:
    told = fhir.ask("POST", "", bundle("batch", entry("POST", "Location", LOCATION)), Prefer="return=minimal").json()
    assert list(told["entry"][0]) == ["response"]


def test_a_bundle_travels_as_xml_too(fhir: Interface) -> None:
    body = (
        b'<Bundle xmlns="http://hl7.org/fhir"><type value="batch"/><entry><resource><Location><name value="x"/>'
        b'</Location></resource><request><method value="POST"/><url value="Location"/></request></entry></Bundle>'
    )
    answer = fhir.ask("POST", "", body, Content_Type=XML, Accept=XML)
    assert (answer.status_code, b'<status value="201 Created"/>' in answer.content) == (200, True)


def test_an_empty_bundle_gets_an_empty_answer(fhir: Interface) -> None:
    assert "entry" not in fhir.ask("POST", "", bundle("transaction")).json()


# --- messages --------------------------------------------------------------------------------------------------------

MESSAGE = bundle("message", {"resource": {"resourceType": "MessageHeader"}})


def test_a_document_or_message_goes_the_way_of_every_message(fhir: Interface) -> None:
    for kind in ("message", "document"):
        sent = json.dumps({**MESSAGE, "type": kind}).encode()
        answer = fhir.ask("POST", "", sent, **PARTNER)
        tracking = answer.headers["x-tracking-id"]
        assert (answer.status_code, tracking in fhir.issues(answer)[0]["details"]["text"]) == (202, True)
        arrival = fhir.house.arrivals[-1]
        assert (arrival.partner, arrival.road, arrival.format, arrival.data) == ("senneklinik", "http", "fhir", sent)


def test_a_message_that_is_kept_says_in_full_where_to_ask_after_it(tmp_path: Path) -> None:
    with opened(tmp_path, status="https://gateway.example/intake/") as fhir:
        answer = fhir.ask("POST", "", MESSAGE, **PARTNER)
        where = f"https://gateway.example/intake/{answer.headers['x-tracking-id']}"
        assert answer.headers["content-location"] == where
        assert where in fhir.issues(answer)[0]["diagnostics"]


def test_process_message_takes_a_message_bare_or_as_a_parameter(fhir: Interface) -> None:
    wrapped = {"resourceType": "Parameters", "parameter": [{"name": "content", "resource": MESSAGE}]}
    for body in (MESSAGE, wrapped):
        assert fhir.ask("POST", "$process-message", body, **PARTNER).status_code == 202
        assert json.loads(fhir.house.arrivals[-1].data) == MESSAGE
    refused = fhir.ask("POST", "$process-message", PATIENT, **PARTNER)
    assert (refused.status_code, fhir.codes(refused)) == (422, ["fhir.http.message"])


def test_a_message_without_a_sender_is_refused(fhir: Interface) -> None:
    answer = fhir.ask("POST", "", MESSAGE)
    assert (answer.status_code, fhir.codes(answer)) == (422, ["fhir.http.road"])


def test_a_journal_that_keeps_nothing_is_a_503(fhir: Interface) -> None:
    fhir.house.closed = True
    try:
        assert fhir.ask("POST", "", MESSAGE, **PARTNER).status_code == 503
    finally:
        fhir.house.closed = False


def test_a_key_used_for_other_bytes_is_a_conflict(fhir: Interface) -> None:
    for text, status in (("a", 202), ("b", 409)):
        sent = {**MESSAGE, "id": text}
        assert fhir.ask("POST", "", sent, Idempotency_Key="k-1", **PARTNER).status_code == status


# --- hostile ones ----------------------------------------------------------------------------------------------------

HOSTILE: dict[str, Any] = {
    "a type that is none": {"type": ["batch"]},
    "entries that are none": {"type": "batch", "entry": "x"},
    "an entry that is none": {"type": "batch", "entry": [None, 7, []]},
    "a request that is none": {"type": "batch", "entry": [{"request": "GET"}]},
    "a method that is none": {"type": "batch", "entry": [{"request": {"method": {"a": 1}, "url": 7}}]},
    "a URL of another world": {"type": "batch", "entry": [{"request": {"method": "GET", "url": "http://[::1/x"}}]},
    "a URL that turns back": {"type": "batch", "entry": [{"request": {"method": "POST", "url": ""}}]},
    "a condition that is none": {
        "type": "batch",
        "entry": [{"request": {"method": "PUT", "url": "Location/x", "ifMatch": {}}, "resource": LOCATION}],
    },
    "a patch that is none": {
        "type": "batch",
        "entry": [{"request": {"method": "PATCH", "url": "Location/x"}, "resource": {**LOCATION, "data": "%"}}],
    },
    "a type of resource that is none": {
        "type": "transaction",
        "entry": [{"request": {"method": "POST", "url": "Location"}, "resource": {"resourceType": {"a": 1}}}],
    },
    "an id that is none": {
        "type": "transaction",
        "entry": [{"request": {"method": "PUT", "url": "Location/"}, "resource": {**LOCATION, "id": {"a": 1}}}],
    },
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_bundle_breaks_nothing(fhir: Interface, name: str) -> None:
    before = many(fhir, "Location")
    answer = fhir.ask("POST", "", {"resourceType": "Bundle", **HOSTILE[name]})
    assert answer.status_code in {200, 400, 422}, answer.text
    statuses = [entry["response"]["status"] for entry in answer.json().get("entry", [])]
    assert all(status.startswith("4") for status in statuses), statuses
    assert many(fhir, "Location") == before
