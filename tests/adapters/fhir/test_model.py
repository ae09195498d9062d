"""The model of the codec `fhir`: the element table of R4 in the words of the mapping engine."""

import pytest

from gateway.adapters.fhir import codec
from gateway.domain.codec import Element
from gateway.fhir import elements
from gateway.fhir.conform import fits

MODEL = codec.model({})


def test_the_root_holds_a_list_of_every_resource_type() -> None:
    assert MODEL.root == "resources"
    assert MODEL.element("resources", "Patient") == (Element("Patient", "Patient", listed=True, repeats=True),)
    assert len(MODEL.parts("resources")) == 146


@pytest.mark.parametrize(
    ("owner", "part", "expected"),
    [
        ("Patient", "name", Element("name", "HumanName", listed=True, repeats=True)),
        ("HumanName", "family", Element("family", "string", primitive=True, companion="_family")),
        (
            "HumanName",
            "given",
            Element("given", "string", listed=True, repeats=True, primitive=True, companion="_given"),
        ),
        ("Task", "for", Element("for", "Reference", targets=("*",))),
        ("ServiceRequest", "occurrencePeriod", Element("occurrencePeriod", "Period")),
        ("string", "extension", Element("extension", "Extension", listed=True, repeats=True)),
        ("Extension", "url", Element("url", "uri", primitive=True)),
        ("Patient", "fullUrl", Element("fullUrl", "uri", primitive=True)),
        ("Patient", "resourceType", Element("resourceType", "code", primitive=True)),
    ],
)
def test_a_part_is_one_step_in_the_tree(owner: str, part: str, expected: Element) -> None:
    assert MODEL.element(owner, part) == (expected,)


@pytest.mark.parametrize(
    ("owner", "part"), [("Patient", "nmae"), ("Observation", "value[x]"), ("Patent", "name"), ("HumanName", "fullUrl")]
)
def test_what_r4_does_not_have_is_no_part(owner: str, part: str) -> None:
    assert MODEL.element(owner, part) is None


def test_parts_stand_in_the_order_of_the_standard() -> None:
    assert MODEL.parts("Period") == ("id", "extension", "start", "end")


@pytest.mark.parametrize("kind", sorted(elements.PRIMITIVES))
def test_samples_are_valid_values_of_their_type(kind: str) -> None:
    samples = MODEL.samples(kind)
    assert samples
    assert all(fits(sample, kind) for sample in samples)


def test_complex_types_have_no_samples() -> None:
    assert MODEL.samples("HumanName") == ()


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("Patient", 0, "name", 1, "family"), "Patient[0].name[1].family"),
        (("Patient", 0, "_birthDate", "extension", 0, "url"), "Patient[0].birthDate.extension[0].url"),
        ((), ""),
    ],
)
def test_a_place_is_written_like_fhirpath(path: tuple[str | int, ...], place: str) -> None:
    assert MODEL.place(path) == place


def test_check_and_canonical_follow_the_options() -> None:
    tree = {"Goal": [{"resourceType": "Goal", "fullUrl": "urn:uuid:a", "id": "1"}]}
    assert [p.place for p in MODEL.check(tree, {})] == [
        "Goal[0].lifecycleStatus",
        "Goal[0].description",
        "Goal[0].subject",
    ]
    assert MODEL.canonical(tree, {"canonical": ["ids"]}) == {"Goal": [{"resourceType": "Goal", "fullUrl": "Goal/0"}]}
    assert MODEL.canonical(tree, {}) == tree


def test_a_resource_that_r4_does_not_have_is_found() -> None:
    assert [p.code for p in MODEL.check({"Patent": [{}]}, {})] == ["fhir.resource.type"]
