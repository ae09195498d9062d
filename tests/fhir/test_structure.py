"""StructureDefinitions are read as they are published: differentials, slices, bindings, invariants."""

from typing import Any

import pytest

from gateway.fhir import packages, structure
from gateway.fhir.validate import check_profiles, validate
from tests.fhir.corpus import DATA, ROOT, files, needs_data

URL = "https://example.org/StructureDefinition/probe"
SYSTEM = "https://example.org/CodeSystem/farbe"
LOINC = {"system": "http://loinc.org", "code": "80391-6"}


def profile(*elements: dict[str, Any], base: str = "") -> structure.Profile:
    listed = [{"path": e["id"].split(":")[0], **e} for e in elements]
    definition = {"url": URL, "type": "Observation", "baseDefinition": base, "differential": {"element": listed}}
    colours = {"resourceType": "CodeSystem", "url": SYSTEM, "concept": [{"code": "rot", "concept": [{"code": "rosa"}]}]}
    value_set = {
        "resourceType": "ValueSet",
        "url": "https://example.org/vs",
        "compose": {"include": [{"system": SYSTEM}]},
    }
    return structure.profile(definition, structure.value_sets([colours, value_set]))


def found(given: structure.Profile, observation: dict[str, Any]) -> list[tuple[str, str]]:
    resource = {"resourceType": "Observation", "meta": {"profile": [URL]}, **observation}
    return [(p.code, p.place) for p in check_profiles(resource, {URL: given})]


def sliced(kind: str, path: str, rules: str = "closed") -> dict[str, Any]:
    return {"slicing": {"discriminator": [{"type": kind, "path": path}], "rules": rules}}


def test_cardinality_fixed_values_and_length_of_a_differential_are_judged() -> None:
    given = profile(
        {"id": "Observation.note", "min": 1},
        {"id": "Observation.status", "fixedCode": "final"},
        {"id": "Observation.note.text", "maxLength": 3},
        {"id": "Observation.method", "max": "0"},
    )
    assert found(given, {"status": "final", "note": [{"text": "abc"}]}) == []
    assert found(given, {"status": "draft", "method": {}}) == [
        ("profile.missing", "Observation.note"),
        ("profile.fixed", "Observation.status"),
        ("profile.forbidden", "Observation.method"),
    ]


@pytest.mark.parametrize(
    ("coding", "codes"),
    [(LOINC, []), ({**LOINC, "display": "Pflegegrad"}, []), ({"code": "x"}, ["profile.missing", "profile.slice"])],
)
def test_closed_slices_by_pattern_know_their_items(coding: dict[str, str], codes: list[str]) -> None:
    given = profile(
        {"id": "Observation.code.coding", **sliced("pattern", "$this")},
        {"id": "Observation.code.coding:loinc", "min": 1, "patternCoding": LOINC},
    )
    assert [code for code, _ in found(given, {"code": {"coding": [coding]}})] == codes


def test_slices_of_extensions_are_told_by_their_profile() -> None:
    given = profile(
        {"id": "Observation.extension", **sliced("value", "url")},
        {
            "id": "Observation.extension:A",
            "min": 1,
            "type": [{"code": "Extension", "profile": ["https://example.org/a"]}],
        },
    )
    assert found(given, {"extension": [{"url": "https://example.org/a"}]}) == []
    assert found(given, {"extension": [{"url": "https://example.org/b"}]}) == [
        ("profile.missing", "Observation.extension:A"),
        ("profile.slice", "Observation.extension[0]"),
    ]


def test_slices_by_value_by_type_and_by_existence_are_told() -> None:
    given = profile(
        {"id": "Observation.identifier", **sliced("value", "system")},
        {"id": "Observation.identifier:x", "min": 1},
        {"id": "Observation.identifier:x.system", "fixedUri": "urn:x"},
        {"id": "Observation.value[x]", **sliced("type", "$this")},
        {"id": "Observation.value[x]:valueString"},
        {"id": "Observation.component", **sliced("exists", "valueCodeableConcept")},
        {"id": "Observation.component:none", "max": "0"},
        {"id": "Observation.component:none.valueCodeableConcept", "max": "0"},
    )
    assert found(given, {"identifier": [{"system": "urn:x"}], "valueString": "a"}) == []
    assert found(given, {"valueInteger": 1, "component": [{}]}) == [
        ("profile.slice", "Observation.valueInteger"),
        ("profile.forbidden", "Observation.component:none"),
    ]


def test_a_slice_that_nothing_tells_apart_is_not_judged() -> None:
    given = profile({"id": "Observation.note", "slicing": {"rules": "closed"}}, {"id": "Observation.note:a", "min": 1})
    assert found(given, {"note": [{"text": "x"}]}) == []


def test_a_choice_is_narrowed_to_its_types() -> None:
    given = profile({"id": "Observation.value[x]", "min": 1, "type": [{"code": "Quantity"}]})
    assert found(given, {"valueQuantity": {}}) == []
    assert found(given, {"valueString": "x"}) == [("profile.type", "Observation.valueString")]
    assert found(given, {}) == [("profile.missing", "Observation.value[x]")]


def test_required_bindings_are_judged_where_the_codes_are_known() -> None:
    binding = {"strength": "required", "valueSet": "https://example.org/vs|1.0"}
    given = profile({"id": "Observation.method", "binding": binding})
    assert found(given, {"method": {"coding": [{"system": SYSTEM, "code": "rosa"}]}}) == []
    assert found(given, {"method": {"text": "rosa"}}) == [("profile.code", "Observation.method")]


def test_invariants_are_judged_by_fhirpath() -> None:
    pytest.importorskip("fhirpathpy")
    rule = {"key": "k-1", "severity": "error", "human": "Ein Wert ist da", "expression": "note.exists()"}
    odd = {"key": "k-2", "severity": "error", "human": "x", "expression": "note.where("}
    given = profile({"id": "Observation", "constraint": [rule, odd]})
    assert found(given, {"note": [{"text": "x"}]}) == []
    assert found(given, {}) == [("profile.rule", "Observation")]


def test_a_profile_brings_what_it_builds_on() -> None:
    base = profile({"id": "Observation.note", "min": 1})
    derived = profile({"id": "Observation.method", "min": 1}, base="https://example.org/base")
    resource = {"resourceType": "Observation", "meta": {"profile": [URL]}}
    problems = check_profiles(resource, {URL: derived, "https://example.org/base": base})
    assert [p.place for p in problems] == ["Observation.method", "Observation.note"]


def test_our_own_profiles_are_loaded_with_those_of_the_formats() -> None:
    loaded = packages.load()
    assert "https://kuemmerer-gateway.de/fhir/StructureDefinition/kuemmerer-need" in loaded
    assert packages.load("evp").keys() <= loaded.keys()
    assert packages.load("../evp") == packages.load("no-such-folder") == {}
    assert packages.root() == ROOT / "profiles"


@needs_data
def test_the_published_corrections_of_the_evp_accept_its_valid_files() -> None:
    loaded = packages.profiles(DATA / "de" / "evp" / "patches")
    assert len(loaded) == 6
    for path in files("de/evp/test-files/valid/*.json"):
        value, _ = packages.json.loads(path.read_bytes())
        assert (path.name, validate(value, loaded)) == (path.name, [])
