"""What the pages say of policies is what the code does."""

import json

import jsonschema
import pytest
import yaml

from gateway.pipeline.policies.load import shipped
from tests.house.source import ROOT
from tests.house.test_docs import tool

FOLDER = ROOT / "docs/reference/schemas"


def test_the_pages_of_policies_are_up_to_date() -> None:
    made = tool("policy_reference")
    assert made.REFERENCE.read_text(encoding="utf-8") == made.reference()
    assert made.GERMAN.read_text(encoding="utf-8") == made.german()


def test_the_shipped_policy_is_what_its_schema_asks_for() -> None:
    schema = json.loads((FOLDER / "policy.schema.json").read_bytes())
    policy = yaml.safe_load(shipped().read_text(encoding="utf-8"))
    jsonschema.validate(policy, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**policy, "rules": []}, schema)
