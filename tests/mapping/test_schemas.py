"""The published JSON Schemas are those of the parser, and say of a file what the parser says."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from gateway.mapping.keys import SCHEMAS, schema
from tests.mapping.shelves import ROOT, Desk

FOLDER = ROOT / "docs" / "reference" / "schemas"
FILES = sorted((ROOT / "mappings").rglob("*.yaml"))
KIND = {"format.yaml": "format.schema.json", "partner.yaml": "partner.schema.json"}
RIGHT = {
    "format.schema.json": "{format: x, codec: hl7v2, codes: {a: {no match: keep}}, options: {zone: z}, roots: [a]}",
    "partner.schema.json": "{partner: x, extends: y, unmapped: error}",
    "map.schema.json": "{map: x, rules: ['a <-> b', {'a <-> b': ['c <-> d']}, {when: [a], rules: ['a <-> b']}]}",
}
WRONG = {
    "format.schema.json": ["{}", "{format: x, titel: y}", "{format: x, unmapped: never}",
                           "{format: x, codes: {a: {x: y}}}"],
    "partner.schema.json": ["{format: x}", "{partner: x, direction: sideways}"],
    "map.schema.json": ["{rules: []}", "{map: x, rules: x}", "{map: x, rule: []}", "{map: x, rules: [{when: a}]}",
                        "{map: x, rules: [7]}", "{map: x, ignore: [a]}"],
}  # fmt: skip


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((FOLDER / name).read_text(encoding="utf-8")))


def kind(path: Path) -> str:
    return KIND.get(path.name, "map.schema.json")


def read(path: Path) -> Any:
    """A file as an editor sees it: texts stay texts."""
    return yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 - gives texts only


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_published_schema_is_that_of_the_parser(name: str) -> None:
    title, keys = SCHEMAS[name]
    published = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    expected = json.loads(json.dumps(schema(title, keys)))
    ours = {key: value for key, value in expected["properties"].items() if keys[key].kind != "directory"}
    assert published["properties"].keys() == expected["properties"].keys()
    assert {key: published["properties"][key] for key in ours} == ours
    assert {key: published[key] for key in ("title", "type", "required", "additionalProperties")} == {
        key: expected[key] for key in ("title", "type", "required", "additionalProperties")
    }


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_follows_its_own_standard(name: str) -> None:
    Draft202012Validator.check_schema(validator(name).schema)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_that_ships_fits_its_schema(path: Path) -> None:
    if path.name == "names.yaml":
        assert all(isinstance(value, str) for value in read(path).values())
        return
    assert [error.message for error in validator(kind(path)).iter_errors(read(path))] == []


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_file_fits(name: str) -> None:
    assert validator(name).is_valid(yaml.safe_load(RIGHT[name]))


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in WRONG.items() for text in texts])
def test_a_wrong_file_does_not_fit(name: str, text: str) -> None:
    assert not validator(name).is_valid(yaml.safe_load(text))


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in WRONG.items() for text in texts])
def test_what_a_schema_refuses_the_check_refuses_too(desk: Desk, name: str, text: str) -> None:
    desk.table("- a <-> gender")
    target = {"format.schema.json": "trial/format.yaml", "partner.schema.json": "partners/trial/partner.yaml"}
    if name == "partner.schema.json":
        (desk.folder / "trial/format.yaml").unlink()
    desk.write(target.get(name, "trial/one.map.yaml"), text)
    assert "error" in {problem.severity for problem in desk.problems()}
