"""Every resource type of R4: nothing of it is shown unless released, and no element of it leads to the withheld."""

from collections.abc import Iterator
from typing import Any

import pytest

from gateway.consent.project import project
from gateway.consent.vocabulary import ORIGIN, UNDER_203
from gateway.fhir.elements import properties, resource_types
from tests.consent.people import office

Resource = dict[str, Any]
SECRET = {"resourceType": "Condition", "id": "geheim", "code": {"text": "Demenz"}}
TO_IT = {"reference": "Condition/geheim", "display": "Demenz"}
TYPES = sorted(resource_types() - {"Bundle", "Condition", "Parameters"})
"""A Bundle and Parameters are envelopes; `tests/consent/test_project.py` has Bundles."""
NAME = {"div": "<div xmlns='http://www.w3.org/1999/xhtml'>Demenz</div>", "status": "generated"}


def leading(kind: str) -> Iterator[tuple[str, Any]]:
    """Elements of a type that can refer, on the first floor and the second, each leading to the withheld."""
    for name, said in (properties(kind) or {}).items():
        if said.type == "Reference":
            yield name, TO_IT
        for inner, below in (properties(said.type) or {}).items() if said.type != "Reference" else ():
            if below.type == "Reference":
                yield name, {inner: TO_IT, "id": "1"}


def full(kind: str) -> Resource:
    """A resource of a type that says its text, and refers to the withheld wherever it can."""
    refers = {name: [value] for name, value in leading(kind)}
    inside = {"extension": [{"url": "urn:x", "valueReference": TO_IT}], "contained": [{**SECRET, "id": "innen"}]}
    return {"resourceType": kind, "id": "1", "status": "active", "language": "de", "text": NAME, **refers, **inside}


@pytest.mark.parametrize("kind", TYPES)
def test_nothing_of_a_type_is_shown_that_nothing_releases(kind: str) -> None:
    made = office({"other": "Bundle", "some": "Parameters"}, release=("other", "some"))
    assert project({kind: [full(kind)]}, made).tree == {}


@pytest.mark.parametrize("kind", TYPES)
def test_no_element_of_a_type_leads_to_the_withheld(kind: str) -> None:
    made = office({"all": "*", "health": "Condition"}, release=("all",), never=("health",))
    shown = project({kind: [full(kind)], "Condition": [SECRET]}, made).tree
    assert shown[kind][0]["language"] == "de"
    assert "geheim" not in str(shown)
    assert "Demenz" not in str(shown)


@pytest.mark.parametrize("kind", TYPES)
def test_no_element_of_a_type_leads_to_a_single_thing_that_is_withheld_though_its_type_is_shown(kind: str) -> None:
    made = office({"all": "*"}, release=("all",))
    secret = {**SECRET, "meta": {"security": [{"system": ORIGIN, "code": UNDER_203}]}}
    referring = {key: value for key, value in full(kind).items() if key != "contained"}
    shown = project({kind: [referring], "Condition": [secret]}, made).tree
    assert shown[kind][0]["language"] == "de"
    assert "geheim" not in str(shown)


@pytest.mark.parametrize("kind", TYPES)
def test_no_entry_of_a_bundle_of_any_type_leads_to_the_withheld(kind: str) -> None:
    made = office({"all": "*", "health": "Condition"}, release=("all",), never=("health",))
    entries = [{"fullUrl": f"urn:uuid:{r['id']}", "resource": r} for r in (SECRET, full(kind))]
    found = project({"Bundle": [{"resourceType": "Bundle", "type": "collection", "entry": entries}]}, made)
    (bundle,) = found.tree["Bundle"]
    assert [entry["resource"]["resourceType"] for entry in bundle["entry"]] == [kind]
    assert "geheim" not in str(bundle)
    assert "never" in {fate.reason for fate in found.withheld if "Condition" in fate.path}


def test_most_types_can_refer() -> None:
    assert len([kind for kind in TYPES if any(leading(kind))]) > 100
