"""Foreign framing cases against the process as it is run (reliability, R8)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.conftest import Town

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(os.environ.get("GATEWAY_SHARED", ROOT.parent / "shared")) / "tools" / "mllp_framing.py"


@pytest.mark.skipif(not CASES.is_file(), reason="needs tools/mllp_framing.py below GATEWAY_SHARED")
def test_twelve_of_twelve_framing_cases_hold_against_the_running_gateway(town: Town) -> None:
    gateway = town.gateway.start()
    command = [sys.executable, str(CASES), "127.0.0.1", str(gateway.mllp), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    held = json.loads(done.stdout)
    assert [name for name, good in held.items() if not good] == []
    assert len(held) == 12
    assert gateway.stop() == 0
