"""Inputs that the measurements make themselves; every person in them is invented."""

import json
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FILLER = "NTE|{n}||Bemerkung {n}: Hilfe im Haushalt und beim Einkauf besprochen, Angehörige sind informiert"
SIZE = 2048


@cache
def discharge(size: int = SIZE) -> bytes:
    """A German ADT^A03 of about `size` bytes, in ISO 8859-1 as its MSH-18 says."""
    lines, number = (HERE / "discharge.hl7").read_text(encoding="utf-8").splitlines(), 0
    while len("\r".join(lines)) < size - len(FILLER):
        number += 1
        lines.append(FILLER.format(n=number))
    return ("\r".join(lines) + "\r").encode("iso-8859-1")


@cache
def update_for_peer() -> bytes:
    """The same message as ADT^A08 in UTF-8 with an OID as authority, as hl7v2-fhir-bridge 0.1.0 takes it."""
    text = discharge().decode("iso-8859-1").replace("A03", "A08").replace("8859/1", "UNICODE UTF-8")
    return text.replace("^^^Klinikum Lippe^", "^^^KL&1.2.276.0.76.3.1&ISO^").encode()


def referral() -> bytes:
    """A foreign platform's Bundle: a person and a request."""
    patient: dict[str, Any] = {
        "resourceType": "Patient",
        "id": "p",
        "name": [{"family": "Brüggemeier", "given": ["Änne"]}],
        "birthDate": "1941-05-17",
    }
    request: dict[str, Any] = {
        "resourceType": "ServiceRequest",
        "id": "r",
        "status": "active",
        "intent": "order",
        "code": {"text": "Hilfe im Haushalt"},
        "subject": {"reference": "Patient/p"},
        "authoredOn": "2026-03-11T09:30:00+01:00",
        "note": [{"text": "Rückruf erbeten"}],
    }
    entries = [
        {"fullUrl": f"https://example.org/{r['resourceType']}/{r['id']}", "resource": r} for r in (patient, request)
    ]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}, ensure_ascii=False).encode()


@cache
def rows(leaves: int) -> bytes:
    """A list with ten cells a line, `leaves` cells in all; read by tests/bench/formats/rows."""
    head = ";".join(f"c{column}" for column in range(10))
    lines = (";".join(f"v{row}-{column}" for column in range(10)) for row in range(leaves // 10))
    return "\n".join([head, *lines, ""]).encode()
