"""Messages of others: every leaf explained, every Bundle with what R4 requires."""

from typing import Any

import pytest

from tests.formats.hl7v2.messages import SHARED, example, form, message, needs_shared, one, shared_messages

REQUIRED = {
    "Encounter": ("status", "class"),
    "Condition": ("subject",),
    "DocumentReference": ("status", "content"),
    "RelatedPerson": ("patient",),
    "Coverage": ("status", "beneficiary", "payor"),
    "AllergyIntolerance": ("patient",),
    "Observation": ("status", "code"),
    "Task": ("status", "intent"),
    "ServiceRequest": ("status", "intent", "subject"),
    "Provenance": ("target", "agent"),
    "Appointment": ("status", "participant"),
}


def lacking(resource: dict[str, Any]) -> list[str]:
    return [
        name
        for name in REQUIRED.get(resource["resourceType"], ())
        if name not in resource and f"_{name}" not in resource
    ]


@needs_shared
@pytest.mark.parametrize("path", sorted(shared_messages()), ids=lambda path: path.stem)
def test_no_leaf_of_a_german_message_is_unexplained(path: Any) -> None:
    decoded = form().codec.decode(path.read_bytes(), form().spec)
    assert [leaf.path for tree in decoded.trees for leaf in form().to_fhir(tree, "test").unmapped] == []


@needs_shared
@pytest.mark.parametrize("kind", ["ADT", "MDM", "OR", "OML", "BAR", "VXU", "LAB", "IZ"])
def test_foreign_messages_give_resources_with_all_that_is_required(kind: str) -> None:
    international = form("hl7v2")
    for path in sorted((SHARED / "v2-to-fhir" / "microsoft").glob(f"{kind}*.hl7")):
        for tree in international.codec.decode(path.read_bytes(), international.spec).trees:
            found = international.to_fhir(tree, "test").tree
            assert [(path.name, lacking(item)) for items in found.values() for item in items if lacking(item)] == []


def test_a_segment_nobody_knows_is_named_and_not_lost() -> None:
    assert {leaf.path[0] for leaf in example("11").unmapped} == {"ZKM"}


def test_the_values_of_a_laboratory_result_are_observations() -> None:
    segments = ("PID|||4711^^^HAUS^PI", "OBR|1|||24323-8^Klinische Chemie^LN", "OBX|1|NM|2345-7^Glucose^LN||98|mg/dL")
    value = one(message("ORU^R01", *segments), "Observation")["valueQuantity"]
    assert (value["value"], value["unit"]) == (98, "mg/dL")


def test_a_result_that_is_deleted_has_no_value_and_says_so() -> None:
    tree = message("ADT^A08", "PID|||4711^^^HAUS^PI", 'OBX|1|ST|5778-6^Farbe^LN||""||||||D')
    found = one(tree, "Observation")
    assert (found["status"], "valueString" in found) == ("entered-in-error", False)
    assert found["dataAbsentReason"]["coding"][0]["code"] == "unknown"
