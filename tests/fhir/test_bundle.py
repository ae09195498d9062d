"""A Bundle becomes a resource tree with references in one form, and leaves as the Bundle a format asks for."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from gateway.fhir import bundle
from gateway.fhir.bundle import Form
from gateway.fhir.json import loads
from tests.fhir.corpus import HERE, files, needs_data

PAIRS = sorted((HERE / "bundles").glob("*.in.json"))
PATIENT = "urn:uuid:0b0f6c5e-6f0e-4a3a-9f0e-3d8f2f3c1a01"
TASK = "urn:uuid:0b0f6c5e-6f0e-4a3a-9f0e-3d8f2f3c1a02"
GOAL = "urn:uuid:0b0f6c5e-6f0e-4a3a-9f0e-3d8f2f3c1a03"
BASE = "https://detmold.example/fhir/"


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def tree() -> dict[str, Any]:
    return {
        "Task": [{"fullUrl": TASK, "for": {"reference": PATIENT}, "status": "draft"}],
        "Goal": [{"fullUrl": GOAL}],
        "Composition": [{"id": "c", "section": [{"entry": [{"reference": GOAL}, {"reference": TASK}]}]}],
        "Patient": [{"active": True, "fullUrl": PATIENT, "meta": {}, "id": "p1"}],
    }


def entry(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources]}


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.name.split(".")[0])
def test_a_bundle_becomes_the_tree_beside_it(path: Path) -> None:
    assert bundle.read(load(path)) == (load(path.with_name(path.name.replace(".in.", ".tree."))), [])


@pytest.mark.parametrize(
    ("reference", "other"),
    [("Patient/9", "Patient/1"), ("urn:uuid:ffffffff-0000-4000-8000-000000000000", "Patient/1")],
)
def test_a_reference_that_finds_nothing_in_the_bundle_is_a_warning_and_stays(reference: str, other: str) -> None:
    patient = {"resourceType": "Patient", "id": other.split("/")[1]}
    found, problems = bundle.read(entry(patient, {"resourceType": "Task", "for": {"reference": reference}}))
    assert found["Task"][0]["for"] == {"reference": reference}
    assert [(p.code, p.severity, p.place) for p in problems] == [
        ("fhir.reference", "warning", "Bundle.entry[1].resource")
    ]


def test_two_entries_of_one_identity_are_a_warning_and_both_are_kept() -> None:
    patient = {"resourceType": "Patient", "id": "1"}
    found, problems = bundle.read(entry(patient, dict(patient)))
    assert len({p["fullUrl"] for p in found["Patient"]}) == 2
    assert [p.code for p in problems] == ["fhir.bundle.twice"]


def test_empty_values_are_left_out_with_a_warning_each() -> None:
    value = {
        "resourceType": "Patient",
        "name": [{"family": "", "given": ["Ada", ""]}, {}],
        "active": False,
        "text": None,
    }
    found, problems = bundle.read(value)
    assert found["Patient"][0]["name"] == [{"given": ["Ada", None]}]
    assert found["Patient"][0]["active"] is False
    assert sorted(p.place for p in problems) == [
        "Patient.name[0].family",
        "Patient.name[0].given[1]",
        "Patient.name[1]",
        "Patient.text",
    ]


def test_null_beside_an_extension_is_no_empty_value() -> None:
    value = {"resourceType": "Patient", "name": [{"given": [None, "B"], "_given": [{"id": "x"}, None]}]}
    assert bundle.read(copy.deepcopy(value))[0]["Patient"][0]["name"] == value["name"]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "fhir.resource"),
        ([], "fhir.resource"),
        ({}, "fhir.resource.type"),
        ({"resourceType": "Patent"}, "fhir.resource.type"),
        ({"resourceType": ["Patient"]}, "fhir.resource.type"),
        ({"resourceType": "Bundle", "entry": {}}, "fhir.bundle.entry"),
        ({"resourceType": "Bundle", "entry": [7]}, "fhir.bundle.entry"),
        ({"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "X"}}]}, "fhir.resource.type"),
    ],
)
def test_what_is_no_resource_is_an_error(value: Any, code: str) -> None:
    assert [(p.code, p.severity) for p in bundle.read(value)[1]] == [(code, "error")]


def test_a_canonical_bundle_has_its_types_in_order_and_its_keys_as_fhir_writes_them() -> None:
    written = bundle.write(tree())
    assert [e["resource"]["resourceType"] for e in written["entry"]] == ["Patient", "Task", "Goal", "Composition"]
    assert list(written["entry"][0]["resource"]) == ["resourceType", "id", "meta", "active"]
    assert [e["fullUrl"] for e in written["entry"]][:3] == [PATIENT, TASK, GOAL]


def test_a_document_begins_with_its_composition_and_goes_on_as_it_refers() -> None:
    written = bundle.write(tree(), Form("document"))
    assert [e["resource"]["resourceType"] for e in written["entry"]] == ["Composition", "Goal", "Task", "Patient"]


def test_with_a_base_references_are_relative_and_ids_are_made_where_none_is() -> None:
    written = bundle.write(tree(), Form(base=BASE))
    key = TASK.removeprefix("urn:uuid:")
    assert written["entry"][1] == {
        "fullUrl": f"{BASE}Task/{key}",
        "resource": {"resourceType": "Task", "id": key, "for": {"reference": "Patient/p1"}, "status": "draft"},
    }


def test_two_resources_of_one_id_do_not_share_an_address() -> None:
    same = {"Patient": [{"id": "1", "fullUrl": PATIENT}, {"id": "1", "fullUrl": TASK}]}
    urls = [e["fullUrl"] for e in bundle.write(same, Form(base=BASE))["entry"]]
    assert urls == [f"{BASE}Patient/1", f"{BASE}Patient/{TASK.removeprefix('urn:uuid:')}"]


def test_what_the_bundle_says_itself_is_written_and_its_type_is_that_of_the_form() -> None:
    own = {
        "timestamp": "2026-11-20T09:00:00Z",
        "identifier": {"value": "7"},
        "type": "searchset",
        "total": 1,
        "id": "b",
    }
    written = bundle.write({"Bundle": [own], **tree()}, Form("document"))
    assert list(written) == ["resourceType", "id", "identifier", "type", "timestamp", "entry"]
    assert written["type"] == "document"


def test_a_single_resource_leaves_without_bundle() -> None:
    assert bundle.write({"Goal": [{"fullUrl": GOAL}]}, Form("single")) == {"resourceType": "Goal"}


def test_writing_leaves_the_tree_as_it_was() -> None:
    given = tree()
    bundle.write(given, Form("document", BASE))
    assert given == tree()


@needs_data
def test_public_bundles_come_back_from_a_tree_with_every_resource_as_it_was() -> None:
    for path in files("fhir-r4/examples/Bundle-*.json"):
        first, _ = bundle.read(loads(path.read_bytes())[0])
        again, _ = bundle.read(bundle.write(copy.deepcopy(first)))
        bare = {name: listed for name, listed in first.items() if name != "Bundle"}
        assert {name: listed for name, listed in again.items() if name != "Bundle"} == bare, path.name
