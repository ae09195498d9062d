"""What is told of R4's own definitions is what they say."""

import importlib.util
import os
from pathlib import Path

import pytest

from gateway.fhir.elements import properties
from gateway.fhir.partial import _summaries, definitions
from gateway.web.fhir.tables import TYPES

ROOT = Path(__file__).parents[3]
FOLDER = Path(os.environ.get("GATEWAY_SHARED") or ROOT.parent / "shared") / "data" / "fhir-r4" / "definitions"


def test_every_type_has_a_summary_of_its_own_elements() -> None:
    assert tuple(_summaries()) == TYPES
    for kind, names in _summaries().items():
        assert names <= set(properties(kind) or {})


@pytest.mark.skipif(not FOLDER.is_dir(), reason="HL7's definitions are not there (GATEWAY_SHARED)")
def test_summaries_and_addresses_are_those_of_hl7() -> None:
    spec = importlib.util.spec_from_file_location("r4_interface", ROOT / "tools" / "r4_interface.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    found = {r["id"]: r for r in tool.resources(FOLDER / "profiles-resources.json.gz") if r.get("id") in TYPES}
    assert {kind: frozenset(tool.summary(found[kind])) for kind in TYPES} == _summaries()
    assert tool.definitions(tool.resources(FOLDER / "search-parameters.json.gz")) == definitions()
