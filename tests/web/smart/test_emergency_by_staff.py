"""$emergency-access by a person: another site's Kümmerer sees the case for a day, in the person's own name."""

from pathlib import Path

from gateway.domain.question import Inquiry
from tests.web.staff.test_over_fhir import interface

PATH = "Patient/p/$emergency-access"


def test_somebody_of_another_site_opens_it_and_the_audit_has_the_person(tmp_path: Path) -> None:
    with interface(tmp_path) as staffed:
        made, token = staffed.sits("kuemmerer", "stelle-mitte")
        said = {"resourceType": "Parameters", "parameter": [{"name": "reason", "valueString": "Nachtdienst, Sturz"}]}
        assert staffed.place.call("GET", "Patient/p", token).status_code == 404
        assert staffed.place.call("POST", PATH, token, said).status_code == 201
        lines = staffed.rooms.store.inquired(Inquiry(action="emergency"), 0, 10)
        assert {(line.actor, line.outcome) for line in lines} == {(made.actor, "opened"), (made.actor, "shown")}


def test_an_auditor_and_an_integrator_do_not(tmp_path: Path) -> None:
    with interface(tmp_path) as staffed:
        for role in ("auditor", "integrator", "officer"):
            _, token = staffed.sits(role)
            assert staffed.place.call("POST", PATH, token, {"resourceType": "Parameters"}).status_code == 403
