"""Paths as a policy writes them."""

import pytest

from gateway.consent.paths import Step, leaves, path


@pytest.mark.parametrize(
    "text",
    ["", "patient", "Patient.", ".name", "Patient..name", "Patient.*", "Patient[x=1", "Patient.name[]", "*x", "P a"],
)
def test_what_is_no_path_is_refused(text: str) -> None:
    assert path(text) is None


def test_a_path_is_read_with_its_conditions() -> None:
    found = path("Patient.identifier[type.coding.code=GKV][system=http://fhir.de/sid/gkv/kvid-10].value[x]")
    assert found is not None
    assert found.steps == (
        Step("Patient"),
        Step(
            "identifier", where=((("type", "coding", "code"), "GKV"), (("system",), "http://fhir.de/sid/gkv/kvid-10"))
        ),
        Step("value", choice=True),
    )


def test_every_type_is_a_star() -> None:
    found = path("*.status")
    assert found is not None
    assert found.steps[0].name == "*"


def test_a_choice_is_meant_with_any_type() -> None:
    step = Step("value", choice=True)
    assert [step.names(key) for key in ("valueString", "value", "values", "other")] == [True, False, False, False]


def test_values_are_found_through_lists() -> None:
    assert leaves({"a": [{"b": ["1", 2]}, {"c": 3}, "x"]}, ("a", "b")) == {"1", "2"}
    assert leaves({"a": {"b": {"c": 1}}}, ("a", "b")) == set()
