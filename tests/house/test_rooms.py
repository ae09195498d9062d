"""Each room looks like its neighbours and rests on the floors below."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import gateway
from tests.house.source import GATEWAY, ROOT, name

CODEC_FILES = {"__init__.py", "codec.py", "model.py", "README.md"}
ONLY_WRITTEN = {"pdf": {"__init__.py", "render.py", "README.md"}}
"""What is made for people and never read back has no codec."""
ADAPTERS = sorted(path.parent for path in GATEWAY.glob("adapters/*/__init__.py"))
ROOMS = {path.parent.name for path in GATEWAY.glob("*/__init__.py")}


@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda path: path.name)
def test_every_adapter_has_the_same_files(adapter: Path) -> None:
    files = ONLY_WRITTEN.get(adapter.name, CODEC_FILES)
    assert sorted(files - {path.name for path in adapter.iterdir()}) == []


@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda path: path.name)
def test_every_adapter_has_tests_of_the_same_name(adapter: Path) -> None:
    assert list((ROOT / "tests" / "adapters" / adapter.name).glob("test_*.py"))


def test_every_room_is_on_the_picture_of_the_house() -> None:
    picture = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert sorted(room for room in ROOMS if not re.search(rf"^{room}\b", picture, re.MULTILINE)) == []


def test_no_room_is_empty() -> None:
    assert (
        sorted(room for room in ROOMS if not any(path.stem != "__init__" for path in (GATEWAY / room).rglob("*.py")))
        == []
    )


def test_every_folder_with_code_is_a_package() -> None:
    folders = {path.parent for path in GATEWAY.rglob("*.py")}
    assert sorted(name(folder) for folder in folders if not (folder / "__init__.py").exists()) == []


def test_rooms_import_only_from_lower_floors() -> None:
    judge = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    done = subprocess.run(  # in a process of its own: it sets up logging for everybody
        [sys.executable, "-c", judge], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout


def test_versions_agree() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\S+)", changes, re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert newest is not None
    assert newest.group(1) == gateway.__version__
    assert project["tool"]["hatch"]["version"]["path"] == "gateway/__init__.py"
