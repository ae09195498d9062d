"""$validate, $transform, $explain and Patient/$match."""

import base64
from typing import Any

import pytest

from tests.pipeline.line.world import discharge
from tests.web.fhir.interface import FHIR, PATIENT, XML, Interface

HL7 = "application/hl7-v2"


def parameters(**given: Any) -> dict[str, Any]:
    return {"resourceType": "Parameters", "parameter": [{"name": name, **value} for name, value in given.items()]}


def severities(fhir: Interface, answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [issue["severity"] for issue in fhir.issues(answer)]


# --- $validate -------------------------------------------------------------------------------------------------------


def test_a_sound_resource_is_told_so(fhir: Interface) -> None:
    for body in (PATIENT, parameters(resource={"resource": PATIENT}, mode={"valueCode": "create"})):
        assert severities(fhir, fhir.ask("POST", "Patient/$validate", body)) == ["information"]


def test_every_fault_is_told_with_its_element(fhir: Interface) -> None:
    answer = fhir.ask("POST", "Patient/$validate", {**PATIENT, "gender": "x", "birthDate": "gestern"})
    assert {tuple(issue["expression"]) for issue in fhir.issues(answer)} == {
        ("Patient.gender",),
        ("Patient.birthDate",),
    }
    assert severities(fhir, answer) == ["error", "error"]


def test_what_is_stored_can_be_validated(fhir: Interface) -> None:
    made = fhir.created(PATIENT)
    assert severities(fhir, fhir.get(f"Patient/{made['id']}/$validate")) == ["information"]
    assert fhir.get("Patient/niemand/$validate").status_code == 404


def test_a_profile_can_be_asked_for(fhir: Interface) -> None:
    task = {"resourceType": "Task", "status": "rejected", "intent": "order", "focus": {"display": "x"}}
    known = "https://kuemmerer-gateway.de/fhir/StructureDefinition/kuemmerer-referral-task"
    assert "error" not in severities(fhir, fhir.ask("POST", "Task/$validate", task))
    for url, found in ((known, "error"), ("https://example.org/none", "warning")):
        answer = fhir.ask("POST", f"Task/$validate?profile={url}", task)
        assert found in severities(fhir, answer)


def test_a_profile_that_is_claimed_and_not_known_is_warned_of(fhir: Interface) -> None:
    known = "http://hl7.org/fhir/StructureDefinition/Patient"
    ours = "https://kuemmerer-gateway.de/fhir/StructureDefinition/kuemmerer-patient"
    claimed = {**PATIENT, "meta": {"profile": [ours, "https://example.org/none|1.0"]}}
    (issue,) = fhir.issues(fhir.ask("POST", "Patient/$validate", claimed))
    assert (issue["severity"], issue["expression"]) == ("warning", ["Patient.meta.profile[1]"])
    answer = fhir.ask("POST", "Patient/$validate", {**PATIENT, "meta": {"profile": [known]}})
    assert severities(fhir, answer) == ["information"]


def test_a_claim_that_is_no_list_of_profiles_is_only_an_error(fhir: Interface) -> None:
    for profile in ("x", {"a": 1}, [7]):
        answer = fhir.ask("POST", "Patient/$validate", {**PATIENT, "meta": {"profile": profile}})
        assert answer.status_code == 200
        assert "error" in severities(fhir, answer)


def test_a_delete_is_never_valid_here(fhir: Interface) -> None:
    answer = fhir.ask("POST", "Patient/$validate?mode=delete", PATIENT)
    assert severities(fhir, answer) == ["error"]


@pytest.mark.parametrize(
    ("path", "body"),
    [("Goal/$validate", PATIENT), ("Patient/$validate", parameters()), ("Patient/$validate?mode=x", PATIENT)],
)
def test_validate_asked_wrongly_is_refused(fhir: Interface, path: str, body: Any) -> None:
    assert fhir.ask("POST", path, body).status_code == 400


# --- $transform and $explain -----------------------------------------------------------------------------------------


def test_any_format_becomes_any_other(fhir: Interface) -> None:
    answer = fhir.ask("POST", "$transform?from=hl7v2-de&to=fhir", discharge(), Content_Type=HL7)
    assert (answer.status_code, answer.headers["content-type"]) == (200, FHIR)
    kinds = {entry["resource"]["resourceType"] for entry in answer.json()["entry"]}
    assert {"Patient", "Encounter"} <= kinds
    back = fhir.ask("POST", "$transform?from=fhir&to=hl7v2-de", answer.content)
    assert (back.status_code, back.content[:4]) == (200, b"MSH|"), back.text


def test_content_may_stand_in_parameters(fhir: Interface) -> None:
    data = base64.b64encode(discharge()).decode()
    binary = {"resourceType": "Binary", "contentType": HL7, "data": data}
    for content in ({"resource": binary}, {"valueBase64Binary": data}):
        asked = {"source": {"valueCode": "hl7v2-de"}, "target": {"valueCode": "fhir"}, "content": content}
        answer = fhir.ask("POST", "$transform", parameters(**asked))
        assert (answer.status_code, answer.json()["resourceType"]) == (200, "Bundle")


def test_content_may_be_a_resource(fhir: Interface) -> None:
    asked = {"source": {"valueCode": "fhir"}, "target": {"valueCode": "fhir"}, "content": {"resource": PATIENT}}
    answer = fhir.ask("POST", "$transform", parameters(**asked))
    assert (answer.status_code, "Grünewälder" in answer.text) == (200, True)


def test_who_reads_only_fhir_gets_other_formats_in_a_binary(fhir: Interface) -> None:
    canonical = fhir.ask("POST", "$transform?from=hl7v2-de&to=fhir", discharge(), Content_Type=HL7).content
    answer = fhir.ask("POST", "$transform?from=fhir&to=hl7v2-de", canonical, Accept=FHIR)
    assert answer.json()["resourceType"] == "Binary"
    assert base64.b64decode(answer.json()["data"]).startswith(b"MSH|")


def test_what_cannot_be_translated_is_told(fhir: Interface) -> None:
    answer = fhir.ask("POST", "$transform?from=hl7v2-de&to=fhir", b"MSH|kaputt", Content_Type=HL7, Accept=XML)
    assert (answer.status_code, b"<OperationOutcome" in answer.content) == (422, True)


@pytest.mark.parametrize("held", ["x", 7, None, [None], [{"name": 7}], [{"name": "content", "resource": "x"}]])
@pytest.mark.parametrize(
    "operation", ["$transform", "$explain", "$process-message", "Patient/$match", "Task/$validate"]
)
def test_hostile_parameters_break_nothing(fhir: Interface, operation: str, held: Any) -> None:
    answer = fhir.ask("POST", operation, {"resourceType": "Parameters", "parameter": held})
    assert answer.status_code in {400, 422}, answer.text
    assert answer.json()["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize("operation", ["$transform", "$explain"])
@pytest.mark.parametrize(
    ("query", "body", "code"),
    [("from=x&to=fhir", b"x", "fhir.http.format"), ("from=hl7v2-de&to=fhir", b"", "http.empty")],
)
def test_a_translation_asked_for_wrongly_is_refused(
    fhir: Interface, operation: str, query: str, body: bytes, code: str
) -> None:
    answer = fhir.ask("POST", f"{operation}?{query}", body, Content_Type=HL7)
    assert (answer.status_code, fhir.codes(answer)) == (400, [code])


def test_content_that_is_no_base64_is_refused(fhir: Interface) -> None:
    answer = fhir.ask("POST", "$explain", parameters(content={"valueBase64Binary": "%"}))
    assert (answer.status_code, fhir.codes(answer)) == (400, ["fhir.http.content"])


def test_a_value_is_explained_by_its_rule_and_its_place(fhir: Interface) -> None:
    answer = fhir.ask("POST", "$explain?from=hl7v2-de&path=birthDate", discharge(), Content_Type=HL7)
    assert answer.status_code == 200
    (value,) = answer.json()["parameter"]
    parts = {part["name"]: part["valueString"] for part in value["part"]}
    assert (parts["value"], parts["source"], parts["before"]) == ("1938-09-03", "PID-7.1", "19380903")
    assert parts["rule"]


def test_what_no_rule_used_is_explained_too(fhir: Interface) -> None:
    answer = fhir.ask("POST", "$explain?from=hl7v2-de", discharge(), Content_Type=HL7)
    assert {parameter["name"] for parameter in answer.json()["parameter"]} >= {"value", "ignored"}


def test_what_no_rule_knows_is_explained_with_its_place(fhir: Interface) -> None:
    odd = discharge() + b"ZZZ|1|etwas Eigenes\r"
    found = fhir.ask("POST", "$explain?from=hl7v2-de", odd, Content_Type=HL7).json()["parameter"]
    told = [{part["name"]: part["valueString"] for part in one["part"]} for one in found if one["name"] == "unmapped"]
    assert told == [{"source": "ZZZ-1.1", "before": "1"}, {"source": "ZZZ-2.1", "before": "etwas Eigenes"}]


# --- $match ----------------------------------------------------------------------------------------------------------


def matches(fhir: Interface, patient: Any, **more: Any) -> list[tuple[str, str, float]]:
    answer = fhir.ask("POST", "Patient/$match", parameters(resource={"resource": patient}, **more))
    assert answer.status_code == 200, answer.text
    found = [entry for entry in answer.json().get("entry", []) if entry["search"]["mode"] == "match"]
    return [
        (e["resource"]["id"], e["search"]["extension"][0]["valueCode"], e["search"]["score"]) for e in found
    ]  # fmt: skip


def test_somebody_known_is_matched_with_score_and_grade(fhir: Interface) -> None:
    known = fhir.created({**PATIENT, "name": [{"family": "Elsey", "given": ["Frieda"]}], "birthDate": "1941-02-28"})
    plain = {key: value for key, value in known.items() if key not in {"id", "meta", "identifier"}}
    assert matches(fhir, plain) == [(known["id"], "certain", 1.0)]
    near = {**plain, "address": [{**PATIENT["address"][0], "line": ["Föhrenweg 9"]}]}
    ((who, grade, score),) = matches(fhir, near)
    assert (who, grade) == (known["id"], "probable")
    assert 0.5 < score < 1
    assert matches(fhir, near, onlyCertainMatches={"valueBoolean": True}) == []


def test_somebody_unknown_is_matched_with_nobody(fhir: Interface) -> None:
    name = [{"family": "Unbekannt", "given": ["Ute"]}]
    stranger = {"resourceType": "Patient", "name": name, "birthDate": "1999-01-01"}
    assert matches(fhir, stranger, count={"valueInteger": 3}) == []


def test_match_asked_wrongly_is_refused(fhir: Interface) -> None:
    assert fhir.ask("POST", "Patient/$match", parameters()).status_code == 400
    answer = fhir.ask("POST", "Patient/$match", parameters(resource={"resource": {**PATIENT, "gender": "x"}}))
    assert answer.status_code == 422
    answer = fhir.ask("POST", "Patient/$match", parameters(resource={"resource": PATIENT}, count={"valueInteger": 0}))
    assert (answer.status_code, fhir.codes(answer)) == (400, ["fhir.http.number"])


# --- $explain of what is stored --------------------------------------------------------------------------------------


def origins(answer: Any) -> list[dict[str, Any]]:
    """The values of an explanation, each with its parts by name."""
    assert answer.status_code == 200, answer.text
    found = answer.json().get("parameter", [])
    return [{part["name"]: next(v for k, v in part.items() if k != "name") for part in one["part"]} for one in found]


def test_a_stored_value_is_explained_by_the_message_it_came_from(fhir: Interface) -> None:
    message = fhir.world.referred(name="Otte^Ida", born="19330517", kvnr="", person="815", key="SK-815", visit="815")
    person = fhir.world.entry(message).person
    by_query = fhir.get(f"{person}/$explain?path=birthDate")
    by_body = fhir.ask("POST", f"{person}/$explain", parameters(path={"valueString": "birthDate"}))
    for answer in (by_query, by_body):
        (one,) = origins(answer)
        assert (one["path"], one["value"], one["how"]) == ("Patient.birthDate", "1933-05-17", "message")
        assert (one["source"], one["before"]) == ("PID-7.1", "19330517")
        assert (one["message"], one["sender"], one["format"]) == (message.entry.id, "senneklinik", "hl7v2-de")
        assert one["rule"].startswith("mappings/hl7v2/patient.map.yaml:")
        assert one["mapHash"] == fhir.world.entry(message).map_hash


def test_a_stored_value_is_explained_by_who_entered_it(fhir: Interface) -> None:
    made = fhir.created(PATIENT)
    (one,) = origins(fhir.get(f"Patient/{made['id']}/$explain?path=birthDate"))
    assert (one["how"], one["sender"], one["version"]) == ("entered", "desk", 1)


def test_what_is_not_stored_is_not_explained(fhir: Interface) -> None:
    made = fhir.created(PATIENT)
    assert fhir.get("Patient/niemand/$explain").status_code == 404
    assert origins(fhir.get(f"Patient/{made['id']}/$explain?path=deceased")) == []
