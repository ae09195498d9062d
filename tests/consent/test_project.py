"""The projection: only what is released, and no way to the rest."""

from typing import Any

import pytest

from gateway.consent.decide import Decision
from gateway.consent.project import Projected, project
from gateway.consent.vocabulary import ABSENT, ORIGIN, UNDER_203
from tests.consent.people import asking, given, named, office

PATIENT = {"resourceType": "Patient", "id": "k", "name": [{"family": "Föhrmann", "given": ["Käthe"]}],
           "birthDate": "1938-09-03", "_birthDate": {"extension": [{"url": "x", "valueString": "about"}]}}  # fmt: skip
REQUEST = {"resourceType": "ServiceRequest", "id": "r", "status": "active", "code": {"text": "Fahrdienst"},
           "subject": {"reference": "Patient/k", "display": "Käthe Föhrmann"}}  # fmt: skip
MASKED = {"extension": [{"url": ABSENT, "valueCode": "masked"}]}
Resource = dict[str, Any]


def shown(paths: str, *resources: Resource, **role: Any) -> Projected:
    """What is left of some resources where some paths are released."""
    made = office({"some": paths, "denied": role.pop("never", "Nothing")}, release=("some",), never=("denied",), **role)
    return project(tree(*resources), made)


def tree(*resources: Resource) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for resource in resources:
        found.setdefault(resource["resourceType"], []).append(resource)
    return found


def one(paths: str, *resources: Resource, **role: Any) -> Any:
    """The first resource as it is shown, None where it is not."""
    found = shown(paths, *resources, **role)
    return next(iter(found.tree.get(resources[0]["resourceType"], ())), None)


def fates(found: Projected) -> set[tuple[str, str]]:
    return {(fate.path, fate.reason) for fate in found.withheld}


def test_only_what_is_released_is_left_and_the_rest_is_named_without_its_values() -> None:
    found = shown("Patient.name.given", PATIENT)
    assert found.tree == {"Patient": [{"resourceType": "Patient", "id": "k", "name": [{"given": ["Käthe"]}]}]}
    assert fates(found) == {("Patient.name.family", "default"), ("Patient.birthDate", "default")}


def test_a_resource_of_which_only_the_frame_would_be_left_is_withheld_whole() -> None:
    found = shown("Patient", REQUEST)
    assert (found.tree, fates(found)) == ({}, {("ServiceRequest", "default")})


def test_a_released_resource_keeps_its_frame() -> None:
    made = one("ServiceRequest.code Patient", REQUEST, PATIENT)
    assert made == REQUEST


def test_what_one_rule_withholds_no_other_releases() -> None:
    found = shown("Patient", PATIENT, never="Patient.birthDate")
    assert "birthDate" not in found.tree["Patient"][0]
    assert "_birthDate" not in found.tree["Patient"][0]
    assert fates(found) == {("Patient.birthDate", "never")}


def test_a_closed_decision_shows_nothing_and_says_why() -> None:
    found = project(tree(PATIENT), office({}, asked=asking(restricted=True)))
    assert (found.tree, fates(found)) == ({}, {("Patient", "restricted")})


def test_a_condition_in_a_path_chooses_among_items() -> None:
    ours, theirs = {"system": "urn:ours", "value": "1"}, {"system": "urn:kvnr", "value": "G4"}
    person = {**PATIENT, "identifier": [ours, theirs]}
    assert one("Patient.identifier[system=urn:ours]", person)["identifier"] == [ours]
    assert one("Patient", person, never="Patient.identifier[system=urn:kvnr]")["identifier"] == [ours]


def test_a_condition_at_a_type_chooses_among_resources() -> None:
    level = {"resourceType": "Observation", "id": "1", "code": {"coding": [{"code": "80391-6"}]}}
    other = {"resourceType": "Observation", "id": "2", "code": {"coding": [{"code": "8867-4"}]}}
    assert shown("Observation[code.coding.code=80391-6]", level, other).tree == {"Observation": [level]}


def test_a_choice_of_types_is_one_element() -> None:
    seen = {"resourceType": "Observation", "id": "1", "valueString": "a", "_valueString": {"id": "x"}, "value": "b"}
    assert set(one("Observation.value[x]", seen)) == {"resourceType", "id", "valueString", "_valueString"}


def test_where_nothing_is_withheld_by_name_only_what_is_released_is_shown_all_the_same() -> None:
    made = office({"n": "Patient.name"}, release=("n",), secrecy="bound")
    assert project(tree(PATIENT, REQUEST), made).tree == {
        "Patient": [{key: PATIENT[key] for key in ("resourceType", "id", "name")}]}  # fmt: skip


# --- no way to the withheld ------------------------------------------------------------------------------------------


def test_a_reference_to_the_withheld_goes_and_one_that_must_be_there_says_nothing() -> None:
    found = shown("ServiceRequest", {**REQUEST, "requester": {"reference": "Patient/k"}}, PATIENT)
    (made,) = found.tree["ServiceRequest"]
    assert made["subject"] == MASKED
    assert "requester" not in made
    assert ("ServiceRequest.requester", "reference") in fates(found)


def test_a_reference_repeats_nothing_of_a_target_that_is_shown_in_part() -> None:
    number = {"system": "urn:kvnr", "value": "G405718932"}
    asked = {**REQUEST, "subject": {**REQUEST["subject"], "identifier": number}}  # type: ignore[dict-item]  # R4
    made = one("ServiceRequest Patient.name.given", asked, PATIENT)
    assert made["subject"] == {"reference": "Patient/k"}
    assert one("ServiceRequest Patient", asked, PATIENT)["subject"] == asked["subject"]
    part = one("ServiceRequest Patient", asked, PATIENT, never="Patient.birthDate")
    assert part["subject"] == {"reference": "Patient/k", "identifier": number}


@pytest.mark.parametrize(
    "reference",
    [
        {"reference": "urn:uuid:1"},
        {"reference": "https://elsewhere.example/fhir/Condition/d/_history/2"},
        {"reference": "Condition/outside"},
        {"reference": "Condition?identifier=x"},
        {"type": "Condition", "display": "Demenz"},
        {"type": "http://hl7.org/fhir/StructureDefinition/Condition", "identifier": {"value": "1"}},
        {"reference": "#gone"},
    ],
)
def test_no_kind_of_reference_leads_to_a_withheld_type(reference: Resource) -> None:
    diagnosis = {"resourceType": "Condition", "id": "d", "fullUrl": "urn:uuid:1", "code": {"text": "Demenz"}}
    made = one("ServiceRequest", {**REQUEST, "reasonReference": [reference]}, diagnosis)
    assert "reasonReference" not in made


def test_a_conditional_reference_to_a_type_shown_in_part_goes() -> None:
    asked = {**REQUEST, "requester": {"reference": "Patient?birthdate=1938-09-03"}}
    assert "requester" not in one("ServiceRequest Patient.name", asked, PATIENT)


def test_a_reference_that_does_not_say_to_what_it_leads_stays_as_the_path_says() -> None:
    asked = {**REQUEST, "performer": [{"identifier": {"value": "260550199"}}, {"reference": "#"}]}
    assert one("ServiceRequest", asked)["performer"] == asked["performer"]


def test_an_address_of_something_withheld_goes() -> None:
    attached = [{"url": "Binary/b", "title": "Brief"}, {"url": "http://h/fhir/Binary/b"}]
    content = [{"attachment": one} for one in attached]
    document = {"resourceType": "DocumentReference", "id": "1", "content": content}
    binary = {"resourceType": "Binary", "id": "b", "data": "AAAA"}
    assert one("DocumentReference", document, binary)["content"] == [{"attachment": {"title": "Brief"}}]


def test_a_resource_that_was_nothing_but_a_reference_goes_with_its_target() -> None:
    note = {"resourceType": "List", "id": "1", "entry": [{"item": {"reference": "Patient/k"}}], "note": []}
    assert shown("List.entry", note, PATIENT).tree == {}


def test_a_narrative_does_not_tell_what_is_withheld() -> None:
    told = {**PATIENT, "text": {"status": "generated", "div": "<div>Käthe, 1938</div>"}}
    assert one("Patient", told)["text"] == told["text"]
    found = shown("Patient", told, never="Patient.birthDate")
    assert "text" not in found.tree["Patient"][0]
    assert ("Patient.text", "copy") in fates(found)


def test_what_cannot_be_understood_without_a_withheld_modifier_is_withheld_with_it() -> None:
    odd = {**PATIENT, "modifierExtension": [{"url": "x", "valueBoolean": True}]}
    assert fates(shown("Patient.name", odd)) >= {("Patient", "modifier")}
    assert one("Patient.name", odd) is None
    assert one("Patient", odd) == odd
    contact = {**PATIENT, "contact": [{"name": {"text": "x"}, "modifierExtension": [{"url": "x"}]}]}
    assert "contact" not in one("Patient.name Patient.contact.name", contact)


def test_what_lies_inside_a_resource_is_shown_by_its_own_type() -> None:
    person = {"resourceType": "Patient", "id": "p", "birthDate": "1938-09-03"}
    asked = {**REQUEST, "contained": [person, {"resourceType": "Organization", "id": "o", "name": "Dienst"}],
             "requester": {"reference": "#o"}, "performer": [{"reference": "#p"}]}  # fmt: skip
    made = one("ServiceRequest Organization", asked)
    assert [r["id"] for r in made["contained"]] == ["o"]
    assert made["requester"] == {"reference": "#o"}
    assert "performer" not in made


def test_a_type_that_a_role_never_sees_is_withheld_whole_and_so_is_what_leads_there() -> None:
    found = shown("*", REQUEST, PATIENT, never="Patient")
    assert fates(found) == {("Patient", "never"), ("ServiceRequest.subject", "reference")}


def test_nothing_leads_to_a_type_that_is_never_shown_even_if_it_is_not_there() -> None:
    assert one("*", REQUEST, never="Patient")["subject"] == MASKED


def test_several_conditions_of_one_element_are_told_apart() -> None:
    numbers = [{"system": "urn:a", "value": "1"}, {"system": "urn:b", "value": "2"}, {"system": "urn:c", "value": "3"}]
    paths = "Patient.identifier[system=urn:a] Patient.identifier[system=urn:b]"
    assert one(paths, {**PATIENT, "identifier": numbers})["identifier"] == numbers[:2]


def test_an_element_of_which_something_is_refused_is_named_by_its_parts() -> None:
    found = shown("Patient.birthDate", PATIENT, never="Patient.name.family")
    assert fates(found) == {("Patient.name.family", "never"), ("Patient.name.given", "default")}


# --- secrecy and single items ----------------------------------------------------------------------------------------


def test_items_from_professionals_under_secrecy_are_withheld_without_a_release() -> None:
    secret = {**PATIENT, "meta": {"security": [{"system": ORIGIN, "code": UNDER_203}]}}
    assert fates(shown("Patient", secret)) == {("Patient", "secrecy")}
    assert one("Patient", secret, secrecy="bound") == secret
    assert one("Patient", {**PATIENT, "meta": {"security": "203"}}) is not None
    assert one("Patient", {**PATIENT, "meta": "203"}) is not None


def single(*consents: Resource) -> Decision:
    classes = {"health": "Condition Condition.note", "name": "Patient"}
    return office(classes, *consents, release=("name",), never=("health",))


def test_a_single_resource_that_a_consent_names_is_shown_though_its_type_is_not() -> None:
    secret = {"security": [{"system": ORIGIN, "code": UNDER_203}]}
    diagnosis = {"resourceType": "Condition", "id": "1", "meta": secret, "code": {"text": "Demenz"}, "note": "x"}
    found = project(tree(diagnosis, {**diagnosis, "id": "2"}), single(given(**named("Condition/1"))))
    assert found.tree == {"Condition": [{key: value for key, value in diagnosis.items() if key != "note"}]}
    linked = {"resourceType": "Patient", "id": "k", "link": {"reference": "Condition/1"}}
    again = project(tree(diagnosis, linked), single(given(**named("Condition/1"))))
    assert again.tree["Patient"] == [linked]


def test_a_single_resource_that_a_refusal_names_is_withheld() -> None:
    found = project(tree(PATIENT), single(given(type="deny", **named("Patient/k"))))
    assert fates(found) == {("Patient", "refused")}


def test_the_fate_of_what_is_shown_can_be_asked_for_too() -> None:
    found = project(tree(PATIENT), office({"n": "Patient.name"}, release=("n",)), tell=True)
    assert ("Patient.name.family", "law", "n") in {(f.path, f.reason, f.data) for f in found.fates if f.released}


# --- Bundles ---------------------------------------------------------------------------------------------------------


def bundle(*resources: Resource) -> Resource:
    entries = [{"fullUrl": f"http://h/fhir/{r['resourceType']}/{r['id']}", "resource": r} for r in resources]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(entries), "link": [{"url": "?name=x"}],
            "entry": entries}  # fmt: skip


def test_a_bundle_keeps_its_order_and_loses_what_counts_or_links_the_withheld() -> None:
    (made,) = shown("Bundle ServiceRequest", {**bundle(REQUEST, PATIENT), "signature": {"data": "x"}}).tree["Bundle"]
    assert (made["type"], [e["resource"]["id"] for e in made["entry"]]) == ("searchset", ["r"])
    assert {"total", "link", "signature"} & made.keys() == set()


def test_a_bundle_of_which_nothing_is_withheld_stays_as_it_is() -> None:
    whole = bundle(PATIENT, REQUEST)
    assert shown("*", whole).tree["Bundle"] == [whole]
    assert shown("Bundle Patient ServiceRequest", whole).tree["Bundle"] == [whole]


def test_a_bundle_inside_a_bundle_is_projected_too() -> None:
    found = shown("Bundle ServiceRequest", bundle(REQUEST, PATIENT))
    (inner,) = found.tree["Bundle"]
    assert [e["resource"]["id"] for e in inner["entry"]] == ["r"]
    assert inner["entry"][0]["resource"]["subject"] == MASKED


def test_what_is_withheld_inside_a_bundle_is_led_to_by_nothing_outside_of_it() -> None:
    asked = {**REQUEST, "supportingInfo": [{"reference": "http://h/fhir/Patient/k"}, {"reference": "urn:uuid:k"}]}
    inner = bundle(PATIENT)
    inner["entry"][0]["fullUrl"] = "urn:uuid:k"
    found = shown("Bundle ServiceRequest Patient.nothing", asked, {**inner, "id": "b"})
    (made,) = found.tree["ServiceRequest"]
    assert "supportingInfo" not in made
    assert made["subject"] == MASKED


def test_the_envelope_of_a_bundle_says_nothing_of_anybody() -> None:
    envelope = {"resourceType": "Bundle", "identifier": {"value": "1"}}
    assert project({"Bundle": [envelope]}, office({"n": "Patient"}, release=("n",))).tree == {"Bundle": [envelope]}


def test_where_nothing_can_be_withheld_the_tree_stays_as_it_is() -> None:
    made = office({"all": "*"}, release=("all",), secrecy="bound")
    assert project(tree(PATIENT, REQUEST), made).tree == tree(PATIENT, REQUEST)
    refused = office({"all": "*"}, given(type="deny", **named("Patient/k")), release=("all",), secrecy="bound")
    assert set(project(tree(PATIENT, REQUEST), refused).tree) == {"ServiceRequest"}
