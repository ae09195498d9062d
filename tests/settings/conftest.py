"""gateway.yaml in a folder of its own, and an environment without overrides."""

import os
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from gateway.domain.problem import Problem
from gateway.settings import Settings, load

Read = Callable[[str], tuple[Settings | None, list[Problem]]]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """The settings of a text."""
    for name in [name for name in os.environ if name.startswith("GATEWAY_")]:
        monkeypatch.delenv(name)

    def read(text: str) -> tuple[Settings | None, list[Problem]]:
        file = tmp_path / "gateway.yaml"
        file.write_text(dedent(text), encoding="utf-8")
        return load(file, tmp_path)

    return read
