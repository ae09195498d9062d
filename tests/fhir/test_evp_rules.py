"""Our rules of the EVP judge public instances as their folders say."""

from pathlib import Path

import pytest

from gateway.fhir import packages
from gateway.fhir.json import loads
from gateway.fhir.validate import validate
from tests.fhir.corpus import files, needs_data

REFUSED = {
    "betreuer-missing-patient": ("profile.missing", "RelatedPerson.patient"),
    "bundle-missing-timestamp": ("profile.missing", "Bundle.timestamp"),
    "careplan-missing-description": ("profile.missing", "CarePlan.description"),
    "fehlernachricht-missing-issue": ("profile.missing", "OperationOutcome.issue"),
    "pflegeberater-invalid-identifier": ("profile.forbidden", "Practitioner.identifier"),
    "pflegekasse-missing-identifier": ("profile.missing", "Organization.identifier"),
    "pflegeorganisation-missing-name": ("profile.missing", "Organization.name"),
}


def judged(path: Path) -> list[tuple[str, str]]:
    return [(p.code, p.place) for p in validate(loads(path.read_bytes())[0], packages.load("evp"))]


@needs_data
def test_all_valid_files_are_accepted() -> None:
    judgements = {path.stem: judged(path) for path in files("de/evp/test-files/valid/*.json")}
    assert len(judgements) == 12
    assert {name: found for name, found in judgements.items() if found} == {}


@needs_data
@pytest.mark.parametrize("path", files("de/evp/test-files/invalid/*.json"), ids=lambda path: path.stem)
def test_an_invalid_file_is_refused_for_the_element_it_is_named_after(path: Path) -> None:
    assert REFUSED[path.stem] in judged(path)


def test_every_kind_of_resource_an_evp_has_is_ruled() -> None:
    kinds = {profile.type for profile in packages.load("evp").values()}
    assert kinds == {
        "Bundle", "CarePlan", "Composition", "Observation", "OperationOutcome", "Organization", "Patient",
        "Practitioner", "RelatedPerson", "ServiceRequest",
    }  # fmt: skip
