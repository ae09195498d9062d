"""The command `gateway`, called from a folder of its own; where a test asks, with a filled deployment in it."""

import logging
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command import Call, caller
from tests.cli.deployed import DEMO, Deployed, filled


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> Call:
    monkeypatch.chdir(tmp_path)
    return caller(monkeypatch, capsysbinary)


@pytest.fixture(scope="session")
def filling(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("filled")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GATEWAY_DEMO_DATA", str(folder))
        return folder, filled(folder)


@pytest.fixture
def deployed(filling: tuple[Path, dict[str, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Deployed:
    """A copy of it for one test, in the folder that `gateway` is called from."""
    monkeypatch.setenv("GATEWAY_DEMO_DATA", str(tmp_path))
    shutil.copytree(filling[0], tmp_path, dirs_exist_ok=True)
    for partner in (DEMO / "mappings/partners").glob("*/partner.yaml"):
        for path in re.findall(r"path: \$\{GATEWAY_DEMO_DATA[^}]*\}/(.+)", partner.read_text("utf-8")):
            (tmp_path / path).mkdir(parents=True, exist_ok=True)
    copy = Deployed(tmp_path)
    copy.known = filling[1]
    return copy


@pytest.fixture
def _logging_as_it_was() -> Iterator[None]:
    """For verbs that set up logging."""
    root, own = logging.getLogger(), logging.getLogger("gateway")
    before, level, own_level = list(root.handlers), root.level, own.level
    yield
    root.handlers[:] = before
    root.setLevel(level)
    own.setLevel(own_level)
