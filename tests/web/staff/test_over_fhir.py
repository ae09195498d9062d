"""The FHIR interface in the name of a person: role x interaction x site, and what the audit and Provenance say."""

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
