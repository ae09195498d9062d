"""Lines about staff as AuditEvents: coded as logins, and the person by a number of our own system."""

from datetime import UTC, datetime

import pytest

from gateway.domain.ledger import Audit
from gateway.fhir.audit_event import audit_event
from gateway.pipeline.validate import findings

AT = datetime(2026, 3, 12, 11, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("action", "outcome", "code"),
    [
        ("login", "done", "110122"),
        ("login", "refused", "110122"),
        ("logout", "done", "110123"),
        ("staff disabled", "done", "110137"),
        ("staff seen", "shown", "access"),
        ("audit verify", "shown", "110101"),
    ],
)
def test_a_line_about_staff_is_coded(action: str, outcome: str, code: str) -> None:
    made = audit_event(Audit(AT, "staff:4f0c2a9e31", action, "staff", outcome, "local", 7, "0" * 64))
    assert code in {made["type"]["code"], *(each["code"] for each in made["subtype"])}
    assert findings(made) == []


def test_a_person_is_a_number_of_our_own_system() -> None:
    made = audit_event(Audit(AT, "staff:4f0c2a9e31", "login", "staff", "done", "", 7, "0" * 64))
    who = made["agent"][0]["who"]["identifier"]
    assert (who["system"], who["value"]) == ("https://kuemmerer-gateway.de/fhir/sid/staff", "4f0c2a9e31")
    partner = audit_event(Audit(AT, "senneklinik", "fhir read", "Task/1", "200", "", 8, "0" * 64))
    assert partner["agent"][0]["who"]["identifier"]["system"] == "urn:kuemmerer:partner"
