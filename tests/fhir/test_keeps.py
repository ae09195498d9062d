"""What keeps.py lets pass has no finding in validate.py; what it does for keeping profiles it really judges."""

import pytest
import yaml

from gateway.fhir import rules
from gateway.fhir.json import Number
from gateway.fhir.keeps import keeps
from gateway.fhir.shape import Shape

URL = "https://example.org/StructureDefinition/P"
ABSENT = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]}
PHONE = {"system": "phone", "value": "05231 4711"}


def shape(text: str) -> Shape:
    """The shape of a profile of one rule."""
    return rules.read(yaml.safe_load(f"profiles: {{'{URL}': {{resource: Patient, {text}}}}}"))[0].shape


@pytest.mark.parametrize(
    ("rule", "resource"),
    [
        ("required: [birthDate]", {"birthDate": "1941"}),
        ("many: {name: 1..2}", {"name": [{}, {}]}),
        ("forbidden: [gender]", {"name": [{"text": "A"}]}),
        ("fixed: {gender: female}", {"gender": "female"}),
        ("length: {name.family: 3}", {"name": [{"family": "Abc"}]}),
        ("masked: [birthDate]", {"_birthDate": ABSENT}),
        ("codes: {maritalStatus: {s: 'M, W'}}", {"maritalStatus": {"coding": [{"system": "s", "code": "W"}]}}),
        ("closed: {telecom: {by: system, phone: 0..1}}", {"telecom": [PHONE]}),
    ],
)
def test_what_keeps_the_rule_needs_no_closer_look(rule: str, resource: dict[str, object]) -> None:
    assert keeps(resource, shape(rule), {})


@pytest.mark.parametrize(
    ("rule", "resource"),
    [
        ("required: [birthDate]", {"birthDate": None}),
        ("required: [name]", {"name": []}),
        ("many: {name: 1..1}", {"name": [{}, {}]}),
        ("forbidden: [gender]", {"_gender": ABSENT}),
        ("length: {name.family: 3}", {"name": [{"family": Number("12.50")}]}),
        ("masked: [birthDate]", {"birthDate": "1941", "_birthDate": ABSENT}),
        ("codes: {maritalStatus: {s: 'M, W'}}", {"maritalStatus": {"coding": [{"system": "s"}]}}),
        ("codes: {maritalStatus: {s: ''}}", {"maritalStatus": {"coding": [{"system": "s"}]}}),
        ("closed: {telecom: {by: system, phone: 0..1}}", {"telecom": [PHONE, PHONE]}),
        ("closed: {telecom: {by: system, phone: 0..1}}", {"telecom": [{"system": ["phone"]}]}),
        ("closed: {telecom: {by: system, phone: 0..1}}", {"telecom": [{"system": "phone", "_system": [ABSENT]}]}),
        ("fixed: {name.given: Anna}", {"name": [{"given": ["Anna"], "_given": ABSENT}]}),
    ],
)
def test_what_may_break_the_rule_takes_a_closer_look(rule: str, resource: dict[str, object]) -> None:
    assert not keeps(resource, shape(rule), {})
