"""Instances of others: a valid one is taken, an invalid one refused, as their folder says."""

import os
from pathlib import Path

import pytest

from gateway import wiring
from gateway.domain.problem import worst
from gateway.pipeline.translate import translate

SHARED = Path(os.environ.get("GATEWAY_SHARED", Path(__file__).resolve().parents[4] / "shared"))
FILES = sorted((SHARED / "data" / "de" / "evp" / "test-files").glob("*/*.json"))


@pytest.mark.skipif(not FILES, reason="GATEWAY_SHARED holds no EVP instances")
def test_the_folder_of_others_has_instances_of_both_kinds() -> None:
    assert {path.parent.name for path in FILES} == {"valid", "invalid"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_an_instance_is_taken_or_refused_as_its_folder_says(path: Path) -> None:
    shelf = wiring.shelf()
    evp, fhir = shelf.get("evp"), shelf.get("fhir")
    assert evp
    assert fhir
    done = translate(path.read_bytes(), evp, fhir)
    assert (worst(done.problems) == "error") is (path.parent.name == "invalid")
    assert bool(done.data) is (path.parent.name == "valid")
