"""The reason of a status goes with what it was the reason of."""

from datetime import UTC, datetime
from typing import Any

from gateway.pipeline.tasks.moves import concept, moved

NOW = datetime(2026, 3, 12, tzinfo=UTC)


def task(status: str, business: str) -> dict[str, Any]:
    return {"status": status, "businessStatus": concept(business), "statusReason": {"text": "Welche Wunde?"}}


def test_a_settled_question_is_no_reason_any_more() -> None:
    now = moved(task("received", "awaiting-information"), "received", "under-review", reason="", at=NOW)
    assert "statusReason" not in now


def test_what_a_task_still_waits_for_stays_its_reason() -> None:
    now = moved(task("received", "awaiting-information"), "received", "awaiting-information", reason="", at=NOW)
    assert now["statusReason"] == {"text": "Welche Wunde?"}
    rests = moved(task("on-hold", "client-in-hospital"), "on-hold", "waiting-third-party", reason="", at=NOW)
    assert rests["statusReason"] == {"text": "Welche Wunde?"}
