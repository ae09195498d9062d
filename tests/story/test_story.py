"""The story of `make run`, from the hospital's message to the care service's list, as a user runs it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_story_is_told_to_its_end_and_every_step_is_verified() -> None:
    told = subprocess.run(
        [sys.executable, "docker/demo/story.py"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "Every step was verified" in told.stdout
    assert "✗" not in told.stdout
    assert told.stdout.count("✓") == 10
