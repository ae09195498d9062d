"""The CapabilityStatement and the OpenAPI document are true: all they name is there, and nothing else."""

from typing import Any

import jsonschema
import pytest

from gateway.fhir.conform import check_resource
from gateway.web.fhir.routes import resolved, routes
from gateway.web.fhir.tables import KEPT, TYPES
from gateway.web.refusal import RefusedError
from tests.web.fhir.interface import FHIR, PATIENT, XML, Interface


@pytest.fixture(scope="module")
def rest(fhir: Interface) -> dict[str, Any]:
    found: dict[str, Any] = fhir.get("metadata").json()["rest"][0]
    return found


def test_it_is_sound_r4_in_both_syntaxes(fhir: Interface) -> None:
    answer = fhir.get("metadata")
    assert (answer.status_code, check_resource(answer.json())) == (200, [])
    assert answer.json()["implementation"]["url"] == fhir.base
    assert fhir.get("metadata", Accept=XML).status_code == 200


def test_it_names_the_types_of_the_issue(rest: dict[str, Any]) -> None:
    named = [resource["type"] for resource in rest["resource"]]
    assert sorted(named) == sorted([*TYPES, "Basic"])
    assert len(TYPES) == 24


PATHS = {
    "read": ("GET", "/x"),
    "vread": ("GET", "/x/_history/1"),
    "update": ("PUT", "/x"),
    "patch": ("PATCH", "/x"),
    "history-instance": ("GET", "/x/_history"),
    "history-type": ("GET", "/_history"),
    "create": ("POST", ""),
    "search-type": ("GET", ""),
}


def test_every_interaction_it_names_is_answered_and_no_other(rest: dict[str, Any]) -> None:
    for resource in rest["resource"]:
        named = {one["code"] for one in resource["interaction"]}
        for code, (method, path) in PATHS.items():
            try:
                resolved(method, resource["type"] + path)
            except RefusedError:
                assert code not in named
            else:
                assert code in named


def test_every_search_parameter_and_include_it_names_is_answered(fhir: Interface, rest: dict[str, Any]) -> None:
    example = {"token": "x", "reference": "Patient/x", "string": "x", "date": "2026", "uri": "urn:x",
               "quantity": "1", "number": "1"}  # fmt: skip
    for resource in (one for one in rest["resource"] if one["type"] != "Basic"):
        pairs = [(one["name"], example[one["type"]]) for one in resource["searchParam"]]
        included = [("_include", value) for value in resource.get("searchInclude", ())]
        included += [("_revinclude", value) for value in resource.get("searchRevInclude", ())]
        for asked in (pairs, *(included[start : start + 20] for start in range(0, len(included), 20))):
            answer = fhir.session.get(
                f"{fhir.base}/{resource['type']}", params=asked, headers={"Prefer": "handling=strict"}, timeout=20
            )
            assert answer.status_code == 200, answer.text


def test_every_operation_it_names_is_there(rest: dict[str, Any]) -> None:
    named = {one["name"] for one in rest["operation"]}
    named |= {one["name"] for resource in rest["resource"] for one in resource.get("operation", ())}
    offered = {route.template.partition("$")[2] for route in routes() if "$" in route.template}
    assert named == offered


def test_the_formats_it_names_are_answered(fhir: Interface) -> None:
    statement = fhir.get("metadata").json()
    assert statement["format"] == [FHIR, XML, "json", "xml"]
    for name in statement["format"]:
        answer = fhir.session.get(f"{fhir.base}/metadata", params={"_format": name}, timeout=10)
        assert answer.headers["content-type"].partition(";")[0] == (XML if "xml" in name else FHIR)
    assert statement["patchFormat"] == ["application/json-patch+json"]


def test_types_that_demand_a_version_are_marked(fhir: Interface, rest: dict[str, Any]) -> None:
    marked = {one["type"] for one in rest["resource"] if one.get("versioning") == "versioned-update"}
    assert marked == {"Task", "CarePlan", "ServiceRequest", "Consent", "Goal", "CareTeam"}
    for resource in (one for one in rest["resource"] if one["type"] in {"Location", "Goal"}):
        kind = resource["type"]
        goal = {"lifecycleStatus": "active", "description": {"text": "x"}, "subject": {"display": "x"}}
        made = fhir.created({"resourceType": kind, **(goal if kind == "Goal" else {"name": "x"})})
        answer = fhir.ask("PUT", f"{kind}/{made['id']}", {**made, "language": "de"})
        assert answer.status_code == (412 if resource["versioning"] == "versioned-update" else 200)


@pytest.mark.parametrize("kind", KEPT)
def test_what_it_says_of_conditions_holds_for_every_type(rest: dict[str, Any], kind: str) -> None:
    """What each of them does: test_writing.py, test_reading.py, tests/pipeline/rest/test_interactions.py."""
    (said,) = (one for one in rest["resource"] if one["type"] == kind)
    assert {name: value for name, value in said.items() if name.startswith(("conditional", "update", "readH"))} == {
        "readHistory": True,
        "updateCreate": True,
        "conditionalCreate": True,
        "conditionalRead": "full-support",
        "conditionalUpdate": True,
        "conditionalDelete": "not-supported",
    }


def test_it_names_what_can_be_shown_beside_a_match(rest: dict[str, Any]) -> None:
    (task,) = (one for one in rest["resource"] if one["type"] == "Task")
    assert {"Task:owner", "Task:patient", "Task:part-of", "Task:focus"} <= set(task["searchInclude"])
    assert {"Provenance:target", "Task:part-of", "Communication:part-of"} <= set(task["searchRevInclude"])
    (person,) = (one for one in rest["resource"] if one["type"] == "Patient")
    assert {"Task:patient", "CarePlan:subject", "Coverage:beneficiary"} <= set(person["searchRevInclude"])


def test_it_names_what_is_done_with_a_bundle(rest: dict[str, Any]) -> None:
    codes = [one["code"] for one in rest["interaction"]]
    assert sorted(codes) == ["batch", "history-system", "search-system", "transaction"]


# --- OpenAPI ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def openapi(fhir: Interface) -> dict[str, Any]:
    answer = fhir.get("openapi.json", Accept="application/json")
    assert answer.headers["content-type"] == "application/json"
    found: dict[str, Any] = answer.json()
    return found


def test_every_path_of_the_document_is_answered_and_none_is_missing(openapi: dict[str, Any]) -> None:
    described = set()
    for path, methods in openapi["paths"].items():
        plain = path.removeprefix("/fhir").strip("/").replace("{id}", "x").replace("{version}", "1")
        for method in methods:
            resolved(method.upper(), plain)
            described.add((method.upper(), path.removeprefix("/fhir")))
    offered = {
        (method, route.template.replace("{type}", kind))
        for route in routes()
        for kind in (KEPT if "{type}" in route.template else ("",))
        for method in route.handlers
    }
    assert offered - described == {("GET", "/openapi.json")}


def test_every_operation_of_the_document_has_a_name_of_its_own(openapi: dict[str, Any]) -> None:
    names = [one["operationId"] for methods in openapi["paths"].values() for one in methods.values()]
    assert len(names) == len(set(names))


def test_the_document_describes_what_is_answered(fhir: Interface, openapi: dict[str, Any]) -> None:
    made = fhir.created(PATIENT)
    for path, answer in (
        ("/fhir/Patient/{id}", fhir.get(f"Patient/{made['id']}")),
        ("/fhir/Patient/{id}", fhir.get("Patient/niemand")),
        ("/fhir/Patient", fhir.get("Patient")),
        ("/fhir/metadata", fhir.get("metadata")),
    ):
        schema = openapi["paths"][path]["get"]["responses"][str(answer.status_code)]["content"][FHIR]["schema"]
        jsonschema.validate(answer.json(), {**schema, "components": openapi["components"]})
