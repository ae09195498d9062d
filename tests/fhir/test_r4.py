"""The typed edge takes what R4 allows and says where it refuses."""

from gateway.fhir.r4 import typed


def test_a_resource_becomes_its_typed_model() -> None:
    model, problems = typed({"resourceType": "Patient", "birthDate": "1941-03-07"})
    assert (str(model.birthDate), problems) == ("1941-03-07", [])


def test_what_the_model_refuses_is_a_problem_with_its_place() -> None:
    model, problems = typed({"resourceType": "Patient", "birthDate": "7.3.1941"})
    assert model is None
    assert [(p.code, p.place) for p in problems] == [("fhir.typed", "Patient.birthDate")]


def test_a_type_without_model_is_a_problem() -> None:
    assert [p.code for p in typed({"resourceType": "Patent"})[1]] == ["fhir.typed"]
