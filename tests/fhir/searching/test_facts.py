"""The facts of the search parameters and their page are what the generator makes of the definitions."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SHARED = Path(os.environ.get("GATEWAY_SHARED", ROOT.parent / "shared"))


@pytest.mark.skipif(not (SHARED / "data" / "fhir-r4").is_dir(), reason="the definitions of R4 are not there")
def test_facts_and_page_are_up_to_date() -> None:
    tool = [sys.executable, str(ROOT / "tools" / "search_parameters.py"), "--check"]
    done = subprocess.run(
        tool, capture_output=True, text=True, check=False, env={**os.environ, "GATEWAY_SHARED": str(SHARED)}
    )
    assert (done.returncode, done.stdout) == (0, "")
