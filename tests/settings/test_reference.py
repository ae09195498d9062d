"""Pages and schemas are those of the models, and say of a file what the check says."""

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from gateway.directory.party import IDENTIFIERS, Party
from gateway.mapping.keys import PARTNER
from gateway.mapping.typed import described, fields
from gateway.settings import Settings
from tests.directory.test_findings import BAD as BAD_PARTNERS
from tests.settings.test_load import BAD as BAD_SETTINGS

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"
DEMO = sorted((ROOT / "docker/demo").rglob("partner.yaml"))
LOADERS = (yaml.BaseLoader, yaml.SafeLoader)
SEEN_BY_A_SCHEMA = {"config.key", "config.missing", "config.value", "config.type", "config.range"}


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def models(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every key at every depth."""
    for key, _ in fields(model):
        yield path, key
        yield from below(model, (*path, key))


def below(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    for key in described(model, path):
        yield path, key
        yield from below(model, (*path, key))


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((REFERENCE / "schemas" / name).read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", ["settings_reference", "schemas"])
def test_pages_and_schemas_are_up_to_date(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", [name, "--check"])
    assert tool(name).main() == 0


@pytest.mark.parametrize(("model", "page"), [(Settings, "settings.md"), (Party, "partners.md")])
def test_every_key_says_what_it_is_for_and_stands_on_its_page(model: type[BaseModel], page: str) -> None:
    text = (REFERENCE / page).read_text(encoding="utf-8")
    for path, key in models(model):
        section = f"## `{'.'.join(path)}`\n" if path else f"## {'gateway' if model is Settings else 'partner'}.yaml\n"
        _, _, rest = text.partition(section)
        assert f"| `{key}` |" in rest.partition("\n## ")[0], (path, key)
        assert described(model, path)[key], (path, key)


def test_every_identifier_and_every_key_of_a_format_stands_on_the_page_of_partners() -> None:
    text = (REFERENCE / "partners.md").read_text(encoding="utf-8")
    assert [word for word in (*PARTNER, *IDENTIFIERS) if f"`{word}`" not in text] == []


@pytest.mark.parametrize("name", ["gateway.schema.json", "partner.schema.json"])
def test_a_schema_follows_its_own_standard(name: str) -> None:
    Draft202012Validator.check_schema(validator(name).schema)


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("path", [ROOT / "docker/demo/gateway.yaml", *DEMO], ids=lambda path: path.parent.name)
def test_the_demo_fits_the_schemas(path: Path, loader: Any) -> None:
    name = "gateway.schema.json" if path.name == "gateway.yaml" else "partner.schema.json"
    value = yaml.load(path.read_text(encoding="utf-8"), loader)  # noqa: S506 - the safe loaders only
    assert [error.message for error in validator(name).iter_errors(value)] == []


@pytest.mark.parametrize("name", [name for name, (_, code, *_) in BAD_PARTNERS.items() if code in SEEN_BY_A_SCHEMA])
def test_a_mistake_in_a_partner_is_seen_by_the_schema(name: str) -> None:
    value = yaml.load("partner: praxis\n" + BAD_PARTNERS[name][0], yaml.BaseLoader)  # noqa: S506 - gives texts only
    if BAD_PARTNERS[name][1] != "config.range":
        assert not validator("partner.schema.json").is_valid(value)


@pytest.mark.parametrize("name", [name for name, (_, code, *_) in BAD_SETTINGS.items() if code in SEEN_BY_A_SCHEMA])
def test_a_mistake_in_the_settings_is_seen_by_the_schema(name: str) -> None:
    value = yaml.safe_load(BAD_SETTINGS[name][0])
    assert not validator("gateway.schema.json").is_valid(value)
