"""Whatever is wrong, the answer is an OperationOutcome with place and repair, and the audit has a line."""

import json
import logging
import socket
from typing import Any

import pytest

from gateway.store.port import UnavailableError
from tests.web.fhir.interface import FHIR, PARTNER, PATCH, PATIENT, XML, Interface

CANARY = "Kanarienvogel"
WRONG = {
    "a type that is not served": ("GET", "Medication/1", None, {}, 404, "fhir.http.type-unknown"),
    "a path that is none": ("GET", "Patient/a_b", None, {}, 404, "fhir.http.path"),
    "an operation that is none": ("POST", "Patient/$merge", PATIENT, {}, 404, "fhir.http.path"),
    "a method that is not done": ("DELETE", "Patient/1", None, {}, 405, "fhir.http.method"),
    "a preflight of a browser": ("OPTIONS", "Patient/1", None, {}, 405, "fhir.http.method"),
    "a method nobody knows": ("TRACE", "Patient/1", None, {}, 405, "fhir.http.method"),
    "a path with a line's end": ("GET", "Patient/a%0Ab", None, {}, 404, "fhir.http.path"),
    "a syntax nobody writes": ("GET", "Patient/1", None, {"Accept": "text/turtle"}, 406, "fhir.http.accept"),
    "a format nobody writes": ("GET", "Patient/1?_format=ttl", None, {}, 406, "fhir.http.accept"),
    "another version of FHIR": ("GET", "metadata", None, {"Accept": f"{FHIR}; fhirVersion=3.0"}, 406,
                                "fhir.http.accept"),
    "a body of no syntax": ("POST", "Patient", CANARY, {"Content-Type": "text/plain"}, 415, "fhir.http.content-type"),
    "a body of another charset": ("POST", "Patient", "{}", {"Content-Type": f"{FHIR}; charset=latin1"}, 415,
                                  "fhir.http.charset"),
    "a body that is packed": ("POST", "Patient", "{}", {"Content-Encoding": "gzip"}, 415, "http.encoding"),
    "no body": ("POST", "Patient", "", {}, 400, "http.empty"),
    "a body that is no JSON": ("POST", "Patient", f'{{"{CANARY}"', {}, 400, "json.syntax"),
    "a body that is no XML": ("POST", "Patient", f"<Patient>{CANARY}", {"Content-Type": XML}, 400, "xml.syntax"),
    "a DOCTYPE": ("POST", "Patient", "<!DOCTYPE x><Patient/>", {"Content-Type": XML}, 400, "xml.doctype"),
    "JSON that is no resource": ("POST", "Patient", [CANARY], {}, 400, "fhir.http.resource"),
    "another type than the path": ("POST", "Goal", PATIENT, {}, 400, "fhir.http.type"),
    "another id than the path": ("PUT", "Patient/1", {**PATIENT, "id": CANARY}, {}, 400, "fhir.http.id"),
    "no id at all": ("PUT", "Patient/1", PATIENT, {}, 400, "fhir.http.id"),
    "an update of nobody in particular": ("PUT", "Patient", PATIENT, {}, 400, "fhir.http.which"),
    "a tag that is none": ("PUT", "Patient/1", {**PATIENT, "id": "1"}, {"If-Match": CANARY}, 400, "fhir.http.etag"),
    "a merge patch": ("PATCH", "Patient/1", {}, {"Content-Type": "application/merge-patch+json"}, 415,
                      "fhir.http.patch"),
    "a FHIRPath Patch": ("PATCH", "Patient/1", {"resourceType": "Parameters"}, {}, 415, "fhir.http.patch"),
    "a patch that is no list": ("PATCH", "Patient/1", {"op": "add"}, {"Content-Type": PATCH}, 400,
                                "fhir.http.patch.step"),
    "a patch with a step that is none": ("PATCH", "Patient/1", [{"op": CANARY}], {"Content-Type": PATCH}, 400,
                                         "fhir.http.patch.step"),
    "a Provenance that is none": ("GET", "Patient/1", None, {"X-Provenance": CANARY}, 400, "fhir.http.provenance"),
    "something else than a Bundle": ("POST", "", PATIENT, {}, 400, "fhir.http.bundle"),
    "a Bundle for nothing": ("POST", "", {"resourceType": "Bundle", "type": "collection"}, {}, 422,
                             "fhir.http.bundle.type"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_it_is_said_with_status_place_and_repair(fhir: Interface, name: str, caplog: pytest.LogCaptureFixture) -> None:
    method, path, body, headers, status, code = WRONG[name]
    caplog.set_level(logging.DEBUG)
    answer = fhir.session.request(
        method,
        f"{fhir.base}/{path}".rstrip("/"),
        data=body if isinstance(body, str) else None if body is None else json.dumps(body),
        headers={"Content-Type": FHIR, **headers},
        timeout=10,
    )
    assert (answer.status_code, fhir.codes(answer)[:1]) == (status, [code])
    issue = fhir.issues(answer)[0]
    assert issue["severity"] == "error"
    assert issue["details"]["text"]
    assert issue["diagnostics"]
    assert issue.get("expression") or issue.get("location")
    audit = fhir.house.audits[-1]
    assert (audit.actor, audit.action, audit.outcome, audit.detail) == ("desk", f"fhir {method}", "refused", code)
    assert CANARY not in answer.text + caplog.text + repr(fhir.house.audits)


def test_a_refusal_is_written_as_it_was_asked(fhir: Interface) -> None:
    answer = fhir.get("Patient/nobody", Accept=XML)
    assert answer.headers["content-type"].startswith(XML)
    assert b'<OperationOutcome xmlns="http://hl7.org/fhir">' in answer.content


def test_what_may_be_done_instead_is_told(fhir: Interface) -> None:
    answer = fhir.ask("DELETE", "Patient/1")
    assert answer.headers["allow"] == "GET, HEAD, PATCH, PUT"
    assert "entered-in-error" in fhir.issues(answer)[0]["diagnostics"]


@pytest.mark.parametrize(
    ("path", "body", "kinds"),
    [
        ("Goal", {"resourceType": "Goal", "lifecycleStatus": "active"}, {"required"}),
        ("Patient", {**PATIENT, "gender": "x"}, {"code-invalid"}),
        ("Patient", {**PATIENT, "birthDate": "gestern"}, {"value"}),
        ("Patient", {**PATIENT, "colour": "blue"}, {"structure"}),
        ("Patient", b"{", {"structure"}),
    ],
)
def test_a_client_reads_the_kind_of_a_fault_from_its_issue(
    fhir: Interface, path: str, body: Any, kinds: set[str]
) -> None:
    assert {issue["code"] for issue in fhir.issues(fhir.ask("POST", path, body))} == kinds


def test_an_unknown_parameter_is_an_issue_of_what_is_not_supported(fhir: Interface) -> None:
    answer = fhir.get("Patient?colour=blue", Prefer="handling=strict")
    assert [issue["code"] for issue in fhir.issues(answer)] == ["not-supported"]


def test_a_wrong_token_is_refused_and_noted(fhir: Interface) -> None:
    answer = fhir.get("metadata", Authorization="Bearer falsch")
    assert (answer.status_code, fhir.codes(answer)) == (401, ["http.credentials"])
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert fhir.house.audits[-1].outcome == "refused"


def test_a_partners_token_is_taken(fhir: Interface) -> None:
    assert fhir.get("metadata", **PARTNER).status_code == 200
    refused = fhir.get("Patient/nobody", **PARTNER)
    assert (refused.status_code, fhir.house.audits[-1].actor) == (404, "senneklinik")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", ""])
def test_a_page_in_a_browser_cannot_speak_under_its_own_name(fhir: Interface, host: str) -> None:
    with socket.create_connection((fhir.door.host, fhir.door.port), 5) as line:
        line.sendall(f"GET /fhir/metadata HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        assert line.recv(65536).startswith(b"HTTP/1.1 421 ")


def test_a_body_over_the_cap_is_refused(fhir: Interface) -> None:
    answer = fhir.ask("POST", "Patient", b" " * (51 * 1024 * 1024))
    assert (answer.status_code, fhir.codes(answer)) == (413, ["http.large"])


def test_outside_the_interface_there_is_nothing(fhir: Interface) -> None:
    answer = fhir.session.get(fhir.door.url("/intake/x"), timeout=10)
    assert (answer.status_code, fhir.codes(answer)) == (404, ["fhir.http.base"])


def test_a_store_that_cannot_be_asked_is_a_503(fhir: Interface, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object) -> None:
        raise UnavailableError(CANARY)

    monkeypatch.setattr(fhir.world.store, "read", closed)
    answer = fhir.get("Patient/1")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert CANARY not in answer.text


def test_a_defect_of_ours_is_a_500_without_its_words(
    fhir: Interface, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(fhir.world.store, "read", broken)
    answer = fhir.get("Patient/1")
    assert (answer.status_code, fhir.codes(answer)) == (500, ["http.defect"])
    assert CANARY not in answer.text + caplog.text


def test_a_change_that_meets_a_defect_of_ours_is_noted_too(fhir: Interface, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr("gateway.pipeline.rest.perform.laid", broken)
    answer = fhir.ask("POST", "Patient", PATIENT)
    assert (answer.status_code, fhir.codes(answer)) == (500, ["line.fault"])
    assert (fhir.house.audits[-1].action, fhir.house.audits[-1].detail) == ("fhir POST", "line.fault")
    assert CANARY not in answer.text
