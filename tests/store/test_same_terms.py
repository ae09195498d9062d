"""What the line finds a resource by and what R4's parameters find it by is written once where it means the same."""

from gateway.fhir.searching.entries import entries
from gateway.pipeline.stored.terms import LINKS, terms

ALONE = {("CarePlan", "supportingInfo")}
"""Links of the line for which R4 has no parameter."""


def test_each_link_of_the_line_is_a_term_of_the_interface_too() -> None:
    for kind, links in LINKS.items():
        for name, path in links:
            resource: object = "draft" if path == "status" else "Type/1"
            for step in reversed(path.split(".")):
                resource = {step: resource}
            assert isinstance(resource, dict)
            made = {"resourceType": kind, **resource}
            found = set(entries(made)[0])
            assert set(terms(made, "")) <= found or (kind, name) in ALONE, (kind, name)


def test_an_identifier_is_the_same_term_for_both() -> None:
    task = {"resourceType": "Task", "identifier": [{"system": "urn:s", "value": "1"}]}
    assert set(terms(task, "klinik")) - {("source", "klinik")} <= set(entries(task)[0])
