"""The FHIR interface in the name of a person: role x interaction x site, and what the audit and Provenance say."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gateway.pipeline.staff import keeping, session
from gateway.pipeline.staff.account import Account
from gateway.pipeline.staff.session import Times
from gateway.web.fhir.roles import MAY, SCOPES
from gateway.web.staff.opened import given, sits
from tests.pipeline.staff.crew import PASSWORD
from tests.web.smart.place import Place, opened
from tests.web.staff.office import ROLES

TIMES = Times()
ASKED: dict[str, tuple[str, str, Any]] = {
    "own case": ("GET", "Task/t0", None),
    "own person": ("GET", "Patient/p", None),
    "search of cases": ("GET", "Task", None),
    "search of persons": ("GET", "Patient?name=Grünewälder", None),
    "history": ("GET", "Task/t0/_history", None),
    "all versions": ("GET", "_history", None),
    "audit": ("GET", "AuditEvent", None),
    "consents": ("GET", "Consent", None),
    "persons by consents": ("GET", "Consent?_include=Consent:patient", None),
    "consents by persons": ("GET", "Consent?patient.name=Grünewälder", None),
    "persons who have consents": ("GET", "Consent?_has:Provenance:target:agent=x", None),
    "write": ("PUT", "Patient/p", {"resourceType": "Patient", "id": "p"}),
    "create": ("POST", "Observation", {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}),
    "bundle": ("POST", "", {"resourceType": "Bundle", "type": "batch", "entry": []}),
    "what is offered": ("GET", "metadata", None),
    "check of what is sent along": ("POST", "Patient/$validate", {"resourceType": "Patient"}),
    "check of what is stored": ("GET", "Patient/p/$validate", None),
    "origin of what is stored": ("GET", "Task/t0/$explain", None),
    "subscriptions": ("GET", "Subscription", None),
}
SITE = {"own case", "own person", "search of cases", "search of persons", "history", "consents", "write", "create",
        "bundle", "what is offered", "check of what is sent along", "check of what is stored",
        "persons by consents", "consents by persons", "persons who have consents"}  # fmt: skip
MAY_ASK = {
    "kuemmerer": SITE,
    "lead": SITE,
    "integrator": {"what is offered", "check of what is sent along"},
    "officer": {"what is offered", "check of what is sent along", "audit", "consents"},
    "auditor": {"what is offered", "check of what is sent along", "audit"},
}
"""What is answered otherwise than by 403; where a site asks, its own narrowing decides the rest."""


@dataclass
class Staffed:
    """The interface, and people who sit at the pages."""

    place: Place

    @property
    def rooms(self) -> Any:
        return self.place.world.rooms

    def sits(self, role: str, site: str = "stelle-senne") -> tuple[Account, str]:
        """Somebody sits there; the account and a token."""
        site = site if role in {"kuemmerer", "lead"} else ""
        made = keeping.added(
            Account("", role, "", site, f"{role}.{site or 'x1'}"), PASSWORD, "test", self.rooms
        ).account
        assert made
        cookie, changes = session.begun(made, "local", self.rooms)
        self.rooms.store.commit(changes).result()
        who = session.person(cookie, TIMES, self.rooms)
        assert who
        return made, given(who, self.place.access)[0]

    def status(self, token: str, asked: str) -> int:
        method, path, body = ASKED[asked]
        return self.place.call(method, path, token, body).status_code


@contextmanager
def interface(folder: Path) -> Iterator[Staffed]:
    with opened(folder) as place:
        made = Staffed(place)
        place.access.sits = lambda grant: sits(grant, TIMES, made.rooms)
        yield made


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[Staffed]:
    with interface(tmp_path) as made:
        yield made


@pytest.mark.parametrize("role", ROLES)
def test_a_role_does_what_it_may_and_nothing_else(staffed: Staffed, role: str) -> None:
    _, token = staffed.sits(role)
    open_ones = {asked for asked in ASKED if staffed.status(token, asked) != 403}
    assert open_ones == MAY_ASK[role]


def test_every_role_has_its_scopes() -> None:
    assert set(SCOPES) == set(ROLES)
    assert set(MAY) == {"integrator", "officer", "auditor"}


@pytest.mark.parametrize("role", ["kuemmerer", "lead"])
def test_another_sites_case_is_not_there(staffed: Staffed, role: str) -> None:
    _, here = staffed.sits(role)
    _, there = staffed.sits(role, "stelle-mitte")
    for path in ("Task/t0", "Patient/p", "ServiceRequest/sr0"):
        assert (staffed.place.call("GET", path, here).status_code, path) == (200, path)
        assert (staffed.place.call("GET", path, there).status_code, path) == (404, path)
    assert staffed.place.call("GET", "Task?_summary=count", there).json()["total"] == 0


def test_the_audit_has_the_person_and_not_the_site(staffed: Staffed) -> None:
    made, token = staffed.sits("kuemmerer")
    staffed.place.call("GET", "Task/t0", token)
    staffed.place.call("GET", "_history", token)
    lines = [(line.actor, line.action, line.outcome) for line in staffed.rooms.store.audit(limit=3)]
    assert (made.actor, "fhir read", "200") in lines
    refused = [(line.actor, line.action, line.outcome) for line in staffed.place.house.audits]
    assert (made.actor, "fhir GET", "refused") in refused


def test_what_is_changed_has_a_provenance_in_the_persons_name(staffed: Staffed) -> None:
    made, token = staffed.sits("kuemmerer")
    body = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "Gang"},
        "subject": {"reference": "Patient/p"},
    }
    written = staffed.place.call("POST", "Observation", token, body)
    assert written.status_code == 201, written.text
    name = f"Observation/{written.json()['id']}"
    held = [version.resource for version in staffed.rooms.store.find("Provenance", [], 1000)]
    agents = [one["agent"][-1] for one in held if {"reference": name} in one["target"]]
    assert {
        "identifier": {"system": "https://kuemmerer-gateway.de/fhir/sid/staff", "value": made.id},
    } in [agent["who"] for agent in agents]
    line = next(line for line in staffed.rooms.store.audit(limit=5) if line.action == "fhir create")
    assert line.actor == made.actor


def test_an_auditor_sees_what_everybody_did(staffed: Staffed) -> None:
    made, token = staffed.sits("kuemmerer")
    _, other = staffed.sits("auditor")
    staffed.place.call("GET", "Task/t0", token)
    every = staffed.place.call("GET", "AuditEvent", other).json()
    assert {"test", made.actor} < {entry["resource"]["agent"][0]["altId"] for entry in every["entry"]}


def test_a_token_ends_with_the_sitting(staffed: Staffed) -> None:
    made, token = staffed.sits("kuemmerer")
    assert staffed.place.call("GET", "Task/t0", token).status_code == 200
    keeping.out(made, "test", staffed.rooms)
    assert staffed.place.call("GET", "Task/t0", token).status_code == 401


def test_a_token_ends_with_the_account(staffed: Staffed) -> None:
    made, token = staffed.sits("officer")
    keeping.disabled(made, "test", staffed.rooms)
    assert staffed.place.call("GET", "AuditEvent", token).status_code == 401


def test_a_token_counts_for_no_gateway_without_pages(tmp_path: Path) -> None:
    with opened(tmp_path) as place:
        made = Staffed(place)
        _, token = made.sits("auditor")
        assert place.call("GET", "AuditEvent", token).status_code == 401


# --- what a lead alone does ------------------------------------------------------------------------------------------


def handover() -> dict[str, Any]:
    """A Task that proposes that the case changes hands."""
    kind = {"system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "approve"}
    return {
        "resourceType": "Task", "status": "requested", "intent": "order", "code": {"coding": [kind]},
        "focus": {"reference": "Task/t0"}, "partOf": [{"reference": "Task/t0"}],
        "owner": {"reference": "Organization/stelle-mitte"},
    }  # fmt: skip


def refused(answer: Any) -> str:
    """The code of the first finding of a refusal."""
    return str(answer.json()["issue"][0]["details"]["coding"][0]["code"])


def test_a_case_changes_hands_by_its_lead_only(staffed: Staffed) -> None:
    _, kuemmerer = staffed.sits("kuemmerer")
    _, lead = staffed.sits("lead")
    answer = staffed.place.call("POST", "Task", kuemmerer, handover())
    assert (answer.status_code, refused(answer)) == (403, "fhir.staff.lead")
    bundle = {
        "resourceType": "Bundle", "type": "transaction",
        "entry": [{"request": {"method": "POST", "url": "Task"}, "resource": handover()}],
    }  # fmt: skip
    answer = staffed.place.call("POST", "", kuemmerer, bundle)
    assert (answer.status_code, refused(answer)) == (403, "fhir.staff.lead")
    answer = staffed.place.call("POST", "Task", lead, handover())
    assert "fhir.staff.lead" not in answer.text


def test_who_looks_for_a_task_to_patch_might_mean_a_hand_over(staffed: Staffed) -> None:
    _, kuemmerer = staffed.sits("kuemmerer")
    patch = [{"op": "replace", "path": "/status", "value": "completed"}]
    head = {"Content-Type": "application/json-patch+json"}
    answer = staffed.place.call("PATCH", "Task?status=requested", kuemmerer, patch, **head)
    assert (answer.status_code, refused(answer)) == (403, "fhir.staff.lead")
    assert "fhir.staff.lead" not in staffed.place.call("PATCH", "Task/t0", kuemmerer, patch, **head).text


def test_who_looks_for_a_task_to_write_over_might_mean_a_hand_over(staffed: Staffed) -> None:
    _, kuemmerer = staffed.sits("kuemmerer")
    staffed.place.save({**handover(), "id": "h", "meta": {"source": "urn:kuemmerer:partner:stelle-senne"},
                        "identifier": [{"system": "urn:x", "value": "h"}], "for": {"reference": "Patient/p"},
                        "requester": {"reference": "Organization/stelle-senne"}})  # fmt: skip
    bare = {"resourceType": "Task", "id": "h", "status": "cancelled", "intent": "order"}
    answer = staffed.place.call("PUT", "Task?identifier=urn:x|h", kuemmerer, bare, **{"If-Match": 'W/"1"'})
    assert (answer.status_code, refused(answer)) == (403, "fhir.staff.lead")
    held = staffed.rooms.store.read("Task", "h")
    assert held.resource["status"] == "requested"


def verified_by(name: str) -> dict[str, str]:
    """A header in which somebody says that a second person agrees."""
    roles = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
    agents = [
        {"type": {"coding": [{"system": roles, "code": code}]}, "who": {"identifier": {"value": value}}}
        for code, value in (("author", "k.brandt"), ("verifier", name))
    ]
    return {"X-Provenance": json.dumps({"resourceType": "Provenance", "agent": agents})}


def test_the_second_person_is_the_lead_who_sends_it(staffed: Staffed) -> None:
    _, kuemmerer = staffed.sits("kuemmerer")
    made, lead = staffed.sits("lead")
    about = {"subject": {"reference": "Patient/p"}}
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "Gang"}, **about}
    answer = staffed.place.call("POST", "Observation", kuemmerer, body, **verified_by("somebody"))
    assert (answer.status_code, refused(answer)) == (403, "fhir.staff.second")
    answer = staffed.place.call("POST", "Observation", lead, body, **verified_by("somebody"))
    assert answer.status_code == 201
    held = [version.resource for version in staffed.rooms.store.find("Provenance", [], 1000)]
    agents = [agent for one in held for agent in one["agent"] if agent["type"]["coding"][0]["code"] == "verifier"]
    assert [agent["who"]["identifier"]["value"] for agent in agents] == [made.id]


def test_a_proxy_entry_stays_one(staffed: Staffed) -> None:
    """Who enters what somebody said by telephone is named beside, and changes nothing about whose word it is."""
    _, token = staffed.sits("kuemmerer")
    roles = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
    enterer = {"type": {"coding": [{"system": roles, "code": "enterer"}]}, "who": {"display": "Kümmererstelle Senne"}}
    said = {"resourceType": "Provenance", "agent": [{**enterer, "onBehalfOf": {"reference": "Organization/elsey"}}]}
    task = staffed.place.call("GET", "Task/t1", token).json()
    head = {"X-Provenance": json.dumps(said), "If-Match": f'W/"{task["meta"]["versionId"]}"'}
    body = {**task, "status": "in-progress"}
    answer = staffed.place.call("PUT", "Task/t1", token, body, **head)
    assert answer.status_code == 200, answer.text
    moved = [v.resource for v in staffed.rooms.store.find("Provenance", [], 1000) if "activity" in v.resource]
    assert moved[-1]["agent"] == said["agent"]


def test_no_message_comes_in_by_a_persons_token(staffed: Staffed) -> None:
    _, token = staffed.sits("kuemmerer")
    message = {"resourceType": "Bundle", "type": "message", "entry": []}
    for path in ("", "$process-message"):
        assert staffed.place.call("POST", path, token, message).status_code in {400, 403, 422}
    assert staffed.place.house.arrivals == []


def test_the_officer_sees_what_a_party_is_shown_and_a_kuemmerer_that_of_the_own_case(staffed: Staffed) -> None:
    _, officer = staffed.sits("officer")
    _, here = staffed.sits("kuemmerer")
    _, there = staffed.sits("kuemmerer", "stelle-mitte")
    asked = "CarePlan/cp/$disclosed?recipient=elsey"
    assert [staffed.place.call("GET", asked, token).status_code for token in (officer, here, there)] == [200, 200, 404]
