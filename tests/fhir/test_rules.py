"""A rules file says what a format demands; a resource that breaks it is told where."""

from typing import Any

import pytest
import yaml

from gateway.fhir import rules
from gateway.fhir.shape import Profiles
from gateway.fhir.validate import check_profiles

URL = "https://example.org/StructureDefinition/probe"
ABSENT = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]}


def profiles(text: str) -> Profiles:
    document = yaml.safe_load(
        f"names: {{sid: 'https://example.org/sid/'}}\nprofiles:\n  {URL}:\n    resource: Patient\n"
    )
    document["profiles"][URL] |= yaml.safe_load(text)
    return {profile.url: profile for profile in rules.read(document)}


def found(text: str, patient: dict[str, Any]) -> list[tuple[str, str]]:
    resource = {"resourceType": "Patient", "meta": {"profile": [f"{URL}|1.0"]}, **patient}
    return [(p.code, p.place) for p in check_profiles(resource, profiles(text))]


BROKEN: list[tuple[str, dict[str, Any], tuple[str, str]]] = [
    ("required: [name.family]", {"name": [{"family": "A"}, {}]}, ("profile.missing", "Patient.name[1].family")),
    ("forbidden: [gender]", {"gender": "other"}, ("profile.forbidden", "Patient.gender")),
    ("forbidden: [gender]", {"_gender": {"id": "a"}}, ("profile.forbidden", "Patient.gender")),
    ("many: {name: 1..1}", {"name": [{}, {}]}, ("profile.many", "Patient.name")),
    ("only: {name: family}", {"name": [{"text": "A"}]}, ("profile.forbidden", "Patient.name[0].text")),
    ("fixed: {gender: other}", {"gender": "male"}, ("profile.fixed", "Patient.gender")),
    (
        "pattern: {maritalStatus: {text: x}}",
        {"maritalStatus": {"text": "y"}},
        ("profile.fixed", "Patient.maritalStatus"),
    ),
    ("length: {name.given: 3}", {"name": [{"given": ["Ada", "Anna"]}]}, ("profile.length", "Patient.name[0].given[1]")),
    ("form: {id: '[a-z]+'}", {"id": "a1"}, ("profile.form", "Patient.id")),
    (
        "codes: {maritalStatus: {$sid:m: 'L, V'}}",
        {"maritalStatus": {"coding": [{"system": "https://example.org/sid/m", "code": "X"}]}},
        ("profile.code", "Patient.maritalStatus"),
    ),
    ("masked: [birthDate]", {"birthDate": "1941"}, ("profile.masked", "Patient.birthDate")),
    ("masked: [birthDate]", {}, ("profile.missing", "Patient.birthDate")),
    ("one: {name: {use: official}}", {"name": [{"use": "official"}] * 2}, ("profile.one", "Patient.name")),
    (
        "closed: {telecom: {by: system, phone: 0..1}}",
        {"telecom": [{"system": "fax"}]},
        ("profile.slice", "Patient.telecom[0]"),
    ),
    (
        "closed: {telecom: {by: system, phone: 0..1}}",
        {"telecom": [{"system": "phone"}] * 2},
        ("profile.many", "Patient.telecom:system=phone"),
    ),
    (
        "length: {'telecom[system=phone].value': 2}",
        {"telecom": [{"system": "fax", "value": "123"}, {"system": "phone", "value": "123"}]},
        ("profile.length", "Patient.telecom[1].value"),
    ),
]
KEPT: list[tuple[str, dict[str, Any]]] = [
    ("required: [name.family]", {}),
    ("many: {name: 0..2}", {"name": [{}, {}]}),
    ("only: {.: 'meta, birthDate'}", {"id": "a", "_birthDate": ABSENT}),
    ("codes: {gender: {'': other}}", {"gender": "other"}),
    (
        "codes: {maritalStatus: {$sid:m: ''}}",
        {"maritalStatus": {"coding": [{"system": "https://example.org/sid/m", "code": "X"}]}},
    ),
    ("masked: [birthDate]", {"_birthDate": ABSENT}),
    ("open: {telecom: {by: system, phone: 0..1}}", {"telecom": [{"system": "fax"}]}),
    ("refers: {managingOrganization: Organization}", {"managingOrganization": {"reference": "Organization/1"}}),
]


@pytest.mark.parametrize(("text", "patient", "expected"), BROKEN)
def test_a_broken_rule_is_a_problem_at_its_place(text: str, patient: dict[str, Any], expected: tuple[str, str]) -> None:
    assert found(text, patient) == [expected]


@pytest.mark.parametrize(("text", "patient"), KEPT)
def test_a_kept_rule_says_nothing(text: str, patient: dict[str, Any]) -> None:
    assert found(text, patient) == []


def test_a_reference_is_judged_by_what_the_bundle_has() -> None:
    given = profiles("refers: {managingOrganization: Organization}")
    patient = {"resourceType": "Patient", "meta": {"profile": [URL]}, "managingOrganization": {"reference": "urn:x"}}
    entries = [{"resource": patient}, {"fullUrl": "urn:x", "resource": {"resourceType": "Location"}}]
    problems = check_profiles({"resourceType": "Bundle", "entry": entries}, given)
    assert [(p.code, p.place) for p in problems] == [
        ("profile.target", "Bundle.entry[0].resource.managingOrganization")
    ]


def test_a_profile_claimed_by_another_type_is_a_problem() -> None:
    problems = check_profiles({"resourceType": "Goal", "meta": {"profile": [URL]}}, profiles("{}"))
    assert [p.code for p in problems] == ["profile.resource"]


def test_resources_that_claim_no_profile_are_not_judged() -> None:
    assert check_profiles({"resourceType": "Patient"}, profiles("required: [name]")) == []


@pytest.mark.parametrize("odd", [None, 7, "x", [], [None], {"profile": 3}, {"profile": [3]}])
def test_odd_shapes_are_no_exceptions(odd: Any) -> None:
    given = profiles("{required: [name.family], closed: {telecom: {by: system, phone: 1..1}}, only: {name: family}}")
    patient = {"resourceType": "Patient", "meta": {"profile": [URL]}, "name": odd, "telecom": odd, "identifier": odd}
    check_profiles(patient, given)
    check_profiles({"resourceType": "Bundle", "meta": odd, "entry": odd}, given)


def test_an_extension_that_is_no_array_is_no_data_absent_reason() -> None:
    expected = [("profile.masked", "Patient.birthDate")]
    assert found("masked: [birthDate]", {"_birthDate": {"extension": True}}) == expected
