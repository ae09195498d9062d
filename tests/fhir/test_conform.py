"""What breaks R4 is found, at its place, and what does not is let through."""

from typing import Any

import pytest

from gateway.fhir.conform import check, check_resource
from gateway.fhir.json import loads
from tests.fhir.corpus import files, needs_data

TASK = {"resourceType": "Task", "status": "draft", "intent": "order"}
STRANGE = {"DeviceUseStatement-example", "MedicationRequest-medrx0301", "Observation-clinical-gender"}
"""Official examples whose references point to types that R4 does not allow there."""


def found(value: dict[str, Any]) -> list[tuple[str, str]]:
    return [(p.code, p.place) for p in check_resource(value)]


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ({"statsu": "draft"}, "fhir.element.unknown", "Task.statsu"),
        ({"Frau Öztürk": 1}, "fhir.element.unknown", "Task.?"),
        ({"status": "open"}, "fhir.code", "Task.status"),
        ({"status": 5}, "fhir.value", "Task.status"),
        ({"status": None}, "fhir.value", "Task.status"),
        ({"identifier": {}}, "fhir.json.array", "Task.identifier"),
        ({"identifier": []}, "fhir.json.array", "Task.identifier"),
        ({"identifier": ["x"]}, "fhir.json.type", "Task.identifier[0]"),
        ({"code": [{"text": "x"}]}, "fhir.json.array", "Task.code"),
        ({"authoredOn": "20.11.2026"}, "fhir.value", "Task.authoredOn"),
        ({"_authoredOn": {}}, "fhir.element.missing", "Task.authoredOn"),
        ({"_code": {"id": "x"}}, "fhir.element.unknown", "Task.code"),
        ({"owner": {"reference": "Goal/1"}}, "fhir.reference.target", "Task.owner"),
        ({"input": [{"type": {}, "valueInteger": 1, "valueCode": "x"}]}, "fhir.choice", "Task.input[0]"),
        ({"input": [{"type": {}}]}, "fhir.element.missing", "Task.input[0].value[x]"),
        ({"contained": [{"resourceType": "Gaol"}]}, "fhir.resource.type", "Task.contained[0].resourceType"),
        ({"contained": [{"resourceType": "Goal", "x": 1}]}, "fhir.element.unknown", "Task.contained[0].x"),
    ],
)
def test_a_fault_is_found_at_its_place(change: dict[str, Any], code: str, place: str) -> None:
    assert (code, place) in found({**TASK, **change})


def test_all_faults_are_found_not_the_first() -> None:
    assert found({"resourceType": "Task", "for": []}) == [
        ("fhir.json.array", "Task.for"),
        ("fhir.element.missing", "Task.status"),
        ("fhir.element.missing", "Task.intent"),
    ]


def test_an_extension_satisfies_a_required_primitive() -> None:
    absent = {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
    assert found({"resourceType": "Task", "_status": {"extension": [absent]}, "intent": "order"}) == []


def test_a_coding_of_a_required_value_set_is_demanded_of_concepts_too() -> None:
    concept = {"coding": [{"system": "http://example.org", "code": "active"}]}
    resource = {"resourceType": "Condition", "subject": {"display": "x"}, "clinicalStatus": concept}
    assert found(resource) == [("fhir.code", "Condition.clinicalStatus")]


def test_references_are_followed_inside_a_tree() -> None:
    url = "urn:uuid:0b0f6c5e-6f0e-4a3a-9f0e-3d8f2f3c1a01"
    tree = {"Goal": [{"fullUrl": url}], "Task": [{**TASK, "owner": {"reference": url}}]}
    assert ("fhir.reference.target", "Task[0].owner") in [(p.code, p.place) for p in check(tree, {})]


def test_no_value_of_the_message_stands_in_a_problem() -> None:
    value = {"resourceType": "Patient", "gender": "Zauberfee", "birthDate": "Kanarienvogel", "name": "Kanarienvogel"}
    assert "Kanarienvogel" not in "".join(map(str, check_resource(value)))
    assert "Zauberfee" not in "".join(map(str, check_resource(value)))


@needs_data
def test_official_examples_are_accepted() -> None:
    wrong = {path.stem for path in files("fhir-r4/examples/*.json") if check_resource(loads(path.read_bytes())[0])}
    assert wrong == STRANGE
