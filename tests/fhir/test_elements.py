"""The element table knows R4 4.0.1."""

import pytest

from gateway.fhir import elements
from gateway.fhir.conform import fits
from gateway.fhir.json import loads
from tests.fhir.corpus import files, needs_data


def test_r4_has_146_resources() -> None:
    assert len(elements.resource_types()) == 146
    assert elements.resource_types().isdisjoint({"Resource", "DomainResource", "SubscriptionStatus"})


@pytest.mark.parametrize(
    ("owner", "name", "kind", "listed"),
    [
        ("Patient", "name", "HumanName", True),
        ("Patient", "contact", "Patient.contact", True),
        ("Patient.contact", "modifierExtension", "Extension", True),
        ("Questionnaire.item", "item", "Questionnaire.item", True),
        ("Observation", "valueQuantity", "Quantity", False),
        ("Age", "value", "decimal", False),
        ("Bundle.entry", "resource", "Resource", False),
        ("Bundle.entry.response", "outcome", "Resource", False),
        ("date", "extension", "Extension", True),
        ("Meta", "profile", "canonical", True),
    ],
)
def test_an_element_has_its_type_and_number(owner: str, name: str, kind: str, *, listed: bool) -> None:
    found = (elements.properties(owner) or {})[name]
    assert (found.type, found.listed) == (kind, listed)


def test_what_the_keeper_of_the_source_added_is_not_in_the_table() -> None:
    assert "project" not in (elements.properties("Meta") or {})
    assert "url" not in (elements.properties("Binary") or {})


def test_unknown_types_have_no_elements() -> None:
    assert elements.properties("Patent") is None


def test_references_name_their_targets() -> None:
    found = elements.properties("CarePlan") or {}
    assert found["subject"].targets == ("Patient", "Group")
    assert (elements.properties("Task") or {})["focus"].targets == ("*",)


def test_what_a_type_must_have_names_all_variants_of_a_choice() -> None:
    assert elements.required("Task") == {"status": ("status", "_status"), "intent": ("intent", "_intent")}
    assert "definition[x]" in elements.required("EvidenceVariable.characteristic")


def test_required_codes_are_known_and_open_value_sets_are_not() -> None:
    assert "on-hold" in (elements.codes("task-status") or ())
    assert elements.codes("mimetypes") is None


def test_every_type_that_an_element_names_is_in_the_table() -> None:
    known = {*elements.PRIMITIVES, "Resource"}
    waiting, seen = set(elements.resource_types()), set[str]()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        found = elements.properties(name)
        assert found is not None, name
        waiting |= {p.type for p in found.values()} - known - seen
    assert len(seen) > 600


@needs_data
@pytest.mark.parametrize("kind", ["date", "decimal", "instant", "positive_int", "unsigned_int"])
def test_the_forms_of_primitives_fit_public_valid_values_only(kind: str) -> None:
    words = kind.split("_")
    name = words[0] + "".join(word.title() for word in words[1:])
    for path in files(f"fhir-r4/google-primitives/{kind}.*.ndjson"):
        valid = path.name.split(".")[1] == "valid"
        for line in path.read_bytes().splitlines():
            value, problems = loads(line)
            if value is not None or problems:
                assert (not problems and fits(value, name)) == valid, f"{path.name}: {line!r}"
