"""The audit over FHIR: read and searched as AuditEvents, written by nobody."""

from datetime import UTC, datetime

import pytest

from gateway.domain.ledger import Audit, Note
from gateway.web.fhir import audit
from tests.web.fhir.interface import PARTNER, PATIENT, Interface, Resource

AT = datetime(2025, 3, 12, 11, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def noted(fhir: Interface) -> Interface:
    """Lines of two partners about two Tasks, of one March day."""
    said = [
        Audit(AT, "senneklinik", "move", "Task/1", "accepted", "from requested"),
        Audit(AT, "lippeklinik", "move", "Task/2", "accepted"),
        Audit(AT, "unknown", "authenticate", "partner ?", "refused", "http"),
        Audit(AT, "delivery", "deliver", "d-1", "dead"),
        Audit(AT, "gateway", "disclose", "Task/1", "queued", "referral to lippeklinik: Patient 1"),
    ]
    fhir.world.store.commit([Note(line) for line in said]).result()
    return fhir


def events(fhir: Interface, query: str, **headers: str) -> list[Resource]:
    """What a search in March finds."""
    answer = fhir.get(f"AuditEvent?date=2025-03-12&{query}", **headers)
    assert answer.status_code == 200, answer.text
    return [entry["resource"] for entry in answer.json().get("entry", ())]


def subjects(found: list[Resource]) -> list[tuple[str, str]]:
    """Actor and own word of each."""
    return [(event["agent"][0]["altId"], event["subtype"][-1]["display"]) for event in found]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("entity=Task/1", [("gateway", "disclose"), ("senneklinik", "move")]),
        ("entity=Task/1&action=U", [("senneklinik", "move")]),
        ("altid=lippeklinik", [("lippeklinik", "move")]),
        ("outcome=4", [("unknown", "authenticate")]),
        ("outcome=4,8", [("delivery", "deliver"), ("unknown", "authenticate")]),
        ("action=R&outcome=0", [("gateway", "disclose")]),
        ("type=http://dicom.nema.org/resources/ontology/DCM|110114", [("unknown", "authenticate")]),
        ("entity-name=partner", [("unknown", "authenticate")]),
        ("agent:identifier=urn:kuemmerer:partner|senneklinik", [("senneklinik", "move")]),
        ("entity=Task/9", []),
    ],
)
def test_they_are_found_by_the_parameters_of_r4(noted: Interface, query: str, found: list[tuple[str, str]]) -> None:
    assert subjects(events(noted, query)) == found


def test_days_count_as_in_any_search(noted: Interface) -> None:
    for query, found in (("date=lt2025-03-12", 0), ("date=ge2025-03-12&date=lt2025-03-13", 5), ("date=gt2999", 0)):
        entries = noted.get(f"AuditEvent?{query}").json().get("entry", [])
        assert len(entries) == found, query


def test_one_is_read_with_its_hash_and_known_again(noted: Interface) -> None:
    (event,) = events(noted, "altid=lippeklinik")
    answer = noted.get(f"AuditEvent/{event['id']}")
    assert answer.json() == event
    line = noted.world.store.audit(object="Task/2")[0]
    assert {"type": "hash", "valueString": line.hash} in event["entity"][0]["detail"]
    assert noted.get(f"AuditEvent/{event['id']}", If_None_Match='W/"1"').status_code == 304


@pytest.mark.parametrize("key", ["0", "999999999", "x", "00001", "-1", "9" * 40])
def test_what_is_no_number_of_a_line_is_not_there(noted: Interface, key: str) -> None:
    assert noted.get(f"AuditEvent/{key}").status_code == 404


def test_pages_hold_each_line_once_newest_first(noted: Interface) -> None:
    url, seen = f"{noted.base}/AuditEvent?date=2025-03-12&_count=2", []
    while url:
        page = noted.session.get(url, timeout=10).json()
        seen += [entry["resource"]["id"] for entry in page.get("entry", ())]
        url = next((link["url"] for link in page["link"] if link["relation"] == "next"), "")
    assert seen == sorted(seen, key=int, reverse=True)
    assert len(seen) == 5


def test_a_page_looks_at_no_more_lines_than_it_may_and_says_where_to_go_on(
    noted: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "MOST", 2)
    page = noted.get("AuditEvent?altid=nobody").json()
    assert "entry" not in page
    assert [link["relation"] for link in page["link"]] == ["self", "next"]


def test_they_can_be_counted(noted: Interface) -> None:
    page = noted.get("AuditEvent?date=2025-03-12&_summary=count").json()
    assert (page["total"], "entry" in page) == (5, False)
    assert noted.get("AuditEvent?date=2025-03-12&_total=accurate").json()["total"] == 5


def test_a_partner_finds_what_it_did_itself_and_nothing_else(noted: Interface) -> None:
    assert subjects(events(noted, "", **PARTNER)) == [("senneklinik", "move")]
    (other,) = events(noted, "altid=lippeklinik")
    assert events(noted, "altid=lippeklinik", **PARTNER) == []
    assert noted.get(f"AuditEvent/{other['id']}", **PARTNER).status_code == 404


def test_looking_at_the_audit_is_a_line_of_it(noted: Interface) -> None:
    noted.get("AuditEvent?entity=Task/1")
    line = noted.world.store.audit(limit=1)[0]
    assert (line.action, line.object, line.detail) == ("fhir search", "AuditEvent", "entity")


def test_another_order_than_that_of_the_chain_is_refused(noted: Interface) -> None:
    assert noted.codes(noted.get("AuditEvent?_sort=date")) == ["fhir.http.audit.sort"]
    assert noted.get("AuditEvent?_sort=-date").status_code == 200


EVENT = {"resourceType": "AuditEvent", "id": "1", "type": {"code": "rest"}, "recorded": "2025-03-12T11:05:00Z"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "AuditEvent"), ("PUT", "AuditEvent/1"), ("PUT", "AuditEvent"), ("PATCH", "AuditEvent/1"),
        ("DELETE", "AuditEvent/1"),
    ],
)  # fmt: skip
def test_nobody_writes_one(noted: Interface, method: str, path: str) -> None:
    before = len(noted.world.store.trail(0))
    assert noted.ask(method, path, EVENT).status_code == 405
    assert len(noted.world.store.trail(0)) - before <= 1


@pytest.mark.parametrize("kind", ["transaction", "batch"])
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "AuditEvent"), ("PUT", "AuditEvent/1"), ("PATCH", "AuditEvent/1")]
)
def test_nobody_writes_one_by_a_bundle(noted: Interface, kind: str, method: str, path: str) -> None:
    entries = [{"resource": EVENT, "request": {"method": method, "url": path}}]
    answer = noted.ask("POST", "", {"resourceType": "Bundle", "type": kind, "entry": entries})
    assert "fhir.http.entry.generated" in answer.text
    assert noted.world.store.versions("AuditEvent") == []


def test_the_statement_says_that_they_are_only_read(noted: Interface) -> None:
    named = {one["type"]: one for one in noted.get("metadata").json()["rest"][0]["resource"]}
    assert {one["code"] for one in named["AuditEvent"]["interaction"]} == {"read", "search-type"}
    assert noted.get("AuditEvent/1/_history").status_code == 404
    assert noted.get("?_type=AuditEvent").status_code == 400


def test_a_patient_is_in_none_of_them(noted: Interface) -> None:
    noted.created(PATIENT)
    noted.get("Patient?name=Grünewälder")
    assert "Grünewälder" not in noted.get("AuditEvent?_count=500").text
