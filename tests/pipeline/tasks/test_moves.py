"""A Task that moves says so: status, business status with its German name, reason, moment."""

from datetime import UTC, datetime

from gateway.domain.system import BUSINESS_STATUS
from gateway.fhir.conform import check_resource
from gateway.pipeline.tasks.moves import moved

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
TASK = {
    "resourceType": "Task",
    "id": "t0",
    "status": "requested",
    "intent": "order",
    "businessStatus": {"coding": [{"system": BUSINESS_STATUS, "code": "dispatched"}], "text": "Versandt"},
}


def test_a_move_says_status_business_status_reason_and_moment() -> None:
    task = moved(TASK, "rejected", "no-capacity", reason="Bis Januar belegt", at=AT)
    assert task["status"] == "rejected"
    coding = {"system": BUSINESS_STATUS, "code": "no-capacity", "display": "Keine Kapazität"}
    assert task["businessStatus"] == {"coding": [coding], "text": "Keine Kapazität"}
    assert task["statusReason"] == {"text": "Bis Januar belegt"}
    assert task["lastModified"] == "2026-11-22T09:30:00.000+00:00"
    assert check_resource(task, "Task") == []


def test_the_business_status_of_the_old_status_goes_with_it() -> None:
    assert "businessStatus" not in moved(TASK, "received", "", reason="", at=AT)


def test_the_reason_stays_while_the_status_stays_and_goes_with_it() -> None:
    held = moved(TASK, "on-hold", "client-in-hospital", reason="Klinikaufenthalt", at=AT)
    assert moved(held, "on-hold", "client-unreachable", reason="", at=AT)["statusReason"] == held["statusReason"]
    assert "statusReason" not in moved(held, "in-progress", "active-support", reason="", at=AT)


def test_the_task_before_the_move_is_left_as_it_was() -> None:
    before = {**TASK}
    moved(TASK, "accepted", "", reason="", at=AT)
    assert before == TASK


def test_a_business_status_without_a_name_is_only_a_code() -> None:
    assert moved(TASK, "accepted", "fremd", reason="", at=AT)["businessStatus"] == {
        "coding": [{"system": BUSINESS_STATUS, "code": "fremd"}]
    }
