"""Invariants in FHIRPath: judged once for values that say the same, anew where what is looked at differs."""

import pytest

from gateway.fhir import invariants
from gateway.fhir.json import loads

INTENT = "intent = 'order' or intent = 'proposal'"
REASON = "(status = 'rejected' or status = 'failed') implies statusReason.exists()"

pytest.importorskip("fhirpathpy")


def broken(expression: str, value: object) -> bool:
    noted: list[str] = []
    invariants.check(value, [("k-1", "it must be", expression)], "Task", lambda code, *_: noted.append(code))
    return noted == ["profile.rule"]


def test_a_rule_is_judged_by_the_value_at_hand() -> None:
    answers = [broken(INTENT, {"resourceType": "ServiceRequest", "intent": intent}) for intent in ("order", "plan") * 2]
    assert answers == [False, True, False, True]


def test_a_rule_about_two_elements_sees_both() -> None:
    refused = {"resourceType": "Task", "status": "rejected"}
    assert broken(REASON, refused)
    assert not broken(REASON, refused | {"statusReason": {"text": "kein Platz"}})
    assert broken(REASON, refused | {"note": [{"text": "kein Platz"}]})


def test_a_choice_of_types_is_found_under_its_own_name() -> None:
    said = {"resourceType": "Observation", "status": "final"}
    assert broken("value.exists()", said)
    assert not broken("value.exists()", said | {"valueString": "3"})


def test_a_rule_that_looks_everywhere_is_judged_every_time() -> None:
    everywhere = "descendants().where($this = 'x').exists()"
    assert broken(everywhere, {"resourceType": "Task", "status": "y"})
    assert not broken(everywhere, {"resourceType": "Task", "status": "y", "description": "x"})


def test_a_long_value_is_judged_too() -> None:
    assert broken("status = 'x'", {"resourceType": "Task", "status": "y" * 1000})


def test_numbers_as_they_came_can_be_looked_at() -> None:
    value, _ = loads(b'{"resourceType": "Observation", "valueInteger": 3.10}')
    assert not broken("value.exists()", value)
