"""What is installed is complete: the code, the formats and the profiles, and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import gateway
from tests.house.source import ROOT, kept, name


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True)
    assert built.returncode == 0, built.stderr
    return zipfile.Path(next(folder.glob("*.whl")))


def files(wheel: zipfile.Path) -> set[str]:
    return set(wheel.root.namelist())


def test_the_wheel_holds_every_module_and_the_facts_beside_it(wheel: zipfile.Path) -> None:
    code = {name(path) for path in kept() if name(path).startswith("gateway/")}
    assert sorted(code - files(wheel)) == []


@pytest.mark.parametrize("folder", ["mappings", "policies", "profiles"])
def test_the_wheel_holds_the_data_of_integrators_and_profiles(wheel: zipfile.Path, folder: str) -> None:
    data = {f"gateway/_data/{name(path)}" for path in kept() if name(path).startswith(f"{folder}/")}
    assert data
    assert sorted(data - files(wheel)) == []


def test_the_wheel_holds_nothing_else(wheel: zipfile.Path) -> None:
    roots = {Path(file).parts[0] for file in files(wheel)}
    assert roots == {"gateway", f"kuemmerer_gateway-{gateway.__version__}.dist-info"}
