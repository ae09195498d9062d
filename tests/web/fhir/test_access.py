"""Whoever looks at something stands in the audit before it is shown: who, at what, by which parameters."""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.web.fhir.interface import PARTNER, PATIENT, Interface, opened

CANARY = "Kanarienvogel"


def lines(fhir: Interface) -> list[tuple[str, str, str, str, str]]:
    """What the audit has of looking, the newest first."""
    found = fhir.world.store.audit(limit=50)
    return [(a.actor, a.action, a.object, a.outcome, a.detail) for a in found]


def test_a_read_is_a_line_with_its_actor(fhir: Interface) -> None:
    made = fhir.created(PATIENT)
    fhir.get(f"Patient/{made['id']}")
    assert lines(fhir)[0] == ("desk", "fhir read", f"Patient/{made['id']}", "200", "")
    fhir.get(f"Patient/{made['id']}", If_None_Match='W/"1"', **PARTNER)
    assert lines(fhir)[0] == ("senneklinik", "fhir read", f"Patient/{made['id']}", "304", "")


@pytest.mark.parametrize(
    ("path", "action", "about", "detail"),
    [
        ("Patient?birthdate=1938-09-03&name=Gr&_count=1", "search", "Patient", "birthdate name _count"),
        ("Patient?name:exact=x&general-practitioner.name=x", "search", "Patient", "name general-practitioner"),
        ("?_type=Patient,Task&_count=1", "search", "system", "_type _count"),
        ("Patient/{id}/_history/1", "vread", "Patient/{id}", "version 1"),
        ("Patient/{id}/_history", "history", "Patient/{id}", ""),
        ("Patient/_history?_count=1", "history", "Patient", "_count"),
        ("_history?_count=1", "history", "system", "_count"),
        ("Patient/{id}/$validate", "operation", "Patient/{id}", "$validate"),
    ],
)
def test_every_way_of_looking_is_a_line(fhir: Interface, path: str, action: str, about: str, detail: str) -> None:
    key = fhir.created(PATIENT)["id"]
    answer = fhir.get(path.replace("{id}", key))
    assert answer.status_code == 200, answer.text
    assert lines(fhir)[0] == ("desk", f"fhir {action}", about.replace("{id}", key), "200", detail)


def test_a_head_is_a_read(fhir: Interface) -> None:
    key = fhir.created(PATIENT)["id"]
    fhir.ask("HEAD", f"Patient/{key}")
    assert lines(fhir)[0][1:3] == ("fhir read", f"Patient/{key}")


def test_a_search_by_a_form_is_a_line_too(fhir: Interface) -> None:
    fhir.session.post(f"{fhir.base}/Patient/_search", data={"name": CANARY}, timeout=10)
    assert lines(fhir)[0] == ("desk", "fhir search", "Patient", "200", "name")


def test_each_entry_of_a_batch_that_looks_is_a_line(fhir: Interface) -> None:
    key = fhir.created(PATIENT)["id"]
    before = len(lines(fhir))
    entries = [{"request": {"method": "GET", "url": url}} for url in (f"Patient/{key}", f"Patient?name={CANARY}")]
    fhir.ask("POST", "", {"resourceType": "Bundle", "type": "batch", "entry": entries})
    found = lines(fhir)
    assert len(found) == before + 2
    assert {line[1:4] for line in found[:2]} == {
        ("fhir read", f"Patient/{key}", "200"),
        ("fhir search", "Patient", "200"),
    }


def test_what_is_not_stored_is_no_line(fhir: Interface) -> None:
    before = len(lines(fhir))
    for path in ("metadata", "openapi.json", "Basic"):
        assert fhir.get(path).status_code == 200
    assert fhir.ask("POST", "Patient/$validate", PATIENT).status_code == 200
    assert len(lines(fhir)) == before


def test_no_value_of_a_parameter_and_no_unknown_name_gets_into_the_audit(fhir: Interface) -> None:
    word = quote(CANARY)
    for path in (f"Patient?name={word}", f"Patient?{word}=1", f"Patient?_has:Task:patient:{word}=1",
                 f"Patient?name:{word}=1", f"Patient?_elements={word}"):  # fmt: skip
        fhir.get(path)
    assert CANARY not in repr(fhir.world.store.audit(limit=500))
    assert ("desk", "fhir search", "Patient", "200", "?") in lines(fhir)


def test_where_the_audit_cannot_be_written_nothing_is_shown(tmp_path: Path) -> None:
    with opened(tmp_path) as fhir:
        key = fhir.created(PATIENT)["id"]
        with closing(sqlite3.connect(tmp_path / "gateway.db")) as database, database:
            database.execute("CREATE TRIGGER stop BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END")
        for answer in (
            fhir.get(f"Patient/{key}"),
            fhir.get("Patient"),
            fhir.get("_history"),
            fhir.ask("POST", "", {"resourceType": "Bundle", "type": "batch",
                                  "entry": [{"request": {"method": "GET", "url": f"Patient/{key}"}}]}),
        ):  # fmt: skip
            assert answer.status_code >= 500
            assert "Gr\u00fcnew\u00e4lder" not in answer.text
        assert fhir.get("metadata").status_code == 200
        changed = fhir.ask("PUT", f"Patient/{key}", {**PATIENT, "id": key, "active": True})
        assert changed.status_code >= 400
        assert len(fhir.world.store.history("Patient", key)) == 1
