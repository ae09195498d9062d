"""Lines about the rights of a person and about emergencies as AuditEvents: others find them by codes they know."""

from datetime import UTC, datetime

import pytest

from gateway.domain.ledger import Audit
from gateway.fhir.audit_event import audit_event
from gateway.pipeline.validate import findings

AT = datetime(2026, 3, 12, 11, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("action", "outcome", "code", "said"),
    [
        ("emergency", "opened", "110127", "0"),
        ("emergency", "refused", "110127", "4"),
        ("emergency", "shown", "110127", "0"),
        ("restrict", "done", "hold", "0"),
        ("release", "done", "unhold", "0"),
        ("suspend", "done", "hold", "0"),
        ("resume", "done", "unhold", "0"),
        ("erase", "done", "destroy", "0"),
        ("export", "shown", "extract", "0"),
        ("policy", "shown", "access", "0"),
        ("disclose", "sent", "disclose", "0"),
        ("move", "accepted", "amend", "0"),
        ("token", "refused", "110122", "4"),
    ],
)
def test_a_line_is_coded_with_what_came_of_it(action: str, outcome: str, code: str, said: str) -> None:
    made = audit_event(Audit(AT, "ravensberg", action, "Patient/p", outcome, "", 7, "0" * 64))
    assert code in {made["type"]["code"], *(each["code"] for each in made["subtype"])}
    assert (made["outcome"], made["entity"][0]["what"]["reference"]) == (said, "Patient/p")
    assert findings(made) == []


def test_a_message_that_is_released_by_hand_was_under_no_legal_hold() -> None:
    made = audit_event(Audit(AT, "operator sander", "release", "m-1", "done", "", 7, "0" * 64))
    assert made["type"]["code"] == "110100"
