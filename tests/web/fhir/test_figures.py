"""What is measured and logged of every interaction: words of the tables, never what was asked for or sent."""

import logging
from pathlib import Path

import pytest

from gateway.web.metrics import Metrics
from tests.web.fhir.interface import PATIENT, opened


def test_every_interaction_is_counted_by_type_and_word(tmp_path: Path) -> None:
    metrics = Metrics(dict)
    with opened(tmp_path, took=metrics.asked) as fhir:
        made = fhir.created(PATIENT)
        fhir.get(f"Patient/{made['id']}")
        fhir.ask("HEAD", f"Patient/{made['id']}")
        fhir.get("Patient/niemand")
        fhir.get("Patient?family=Gr%C3%BCnew%C3%A4lder")
        fhir.get(f"Patient/{made['id']}/$explain")
        fhir.get("metadata")
        fhir.get("Unknown/Gruenewaelder")
        fhir.ask("DELETE", f"Patient/{made['id']}")
    page = metrics.page().decode()
    for kind, word, count in (
        ("Patient", "create", 1), ("Patient", "read", 3), ("Patient", "search-type", 1), ("Patient", "$explain", 1),
        ("", "capabilities", 1), ("", "other", 1), ("Patient", "other", 1),
    ):  # fmt: skip
        assert f'gateway_fhir_seconds_count{{interaction="{word}",type="{kind}"}} {count}.0' in page
    assert "Gr" not in page.replace("Gauge", "")
    assert made["id"] not in page


def test_a_refusal_is_a_line_of_codes_without_what_was_sent(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with opened(tmp_path) as fhir, caplog.at_level(logging.INFO, "gateway.web.fhir"):
        fhir.ask("POST", "Patient", {**PATIENT, "gender": "Grünewälder"})
        fhir.get("Patient/Gruenewaelder")
        fhir.get("Nichts/Gruenewaelder")
    lines = [vars(record) for record in caplog.records if record.message == "fhir.refused"]
    assert [(line["status"], line["type"], line["interaction"], line["code"]) for line in lines] == [
        (422, "Patient", "create", "fhir.code"),
        (404, "Patient", "read", "fhir.http.unknown"),
        (404, "", "other", "fhir.http.type-unknown"),
    ]
    assert {line["partner"] for line in lines} == {"desk"}
    assert "ewälder" not in str(lines)
    assert "ewaelder" not in str(lines)
