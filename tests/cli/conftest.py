"""The command `gateway`, called from a folder of its own."""

from pathlib import Path

import pytest

from tests.cli.command import Call, caller


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> Call:
    monkeypatch.chdir(tmp_path)
    return caller(monkeypatch, capsysbinary)
