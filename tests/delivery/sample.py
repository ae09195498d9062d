"""Deliveries and moments for the tests of this room; nobody in them exists."""

from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.domain.ledger import Delivery
from gateway.domain.road import Sent

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

DELIVERED = Sent("delivered", "E2", "AA", reply=b"MSA|AA")
REFUSED = Sent("refused", "E0", "AR", "The receiver does not take this event.", reply=b"MSA|AR")
BUSY = Sent("retry", "E0", "AE", reply=b"MSA|AE")
DOWN = Sent("retry", "E0", "connect", "Nobody listens.")
SILENT = Sent("uncertain", "E1", "timeout", "No answer within 30 s.")


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def delivery(name: str = "d1", partner: str = "lutterbach", person: str = "Patient/1", **fields: Any) -> Delivery:
    given: dict[str, Any] = {
        "road": "http",
        "format": "evp",
        "data": b"{}",
        "media_type": "application/fhir+json",
        "about": "measures",
        "created": NOON,
        "due": NOON,
        "token": 7,
    }
    return Delivery(id=name, key=f"key-{name}", lane=f"{partner} {person}", partner=partner, **(given | fields))
