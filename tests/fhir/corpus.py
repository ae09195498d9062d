"""Where the shared material lies, and a reason to skip where it does not."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / os.environ.get("GATEWAY_SHARED", "../shared") / "data"
HERE = Path(__file__).resolve().parent


def files(pattern: str) -> list[Path]:
    """The files of the shared material that fit, in order."""
    return sorted(path for path in DATA.glob(pattern) if path.is_file())


needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the shared material is not at $GATEWAY_SHARED")
