"""The story of `make run`, from the hospital's message to the hospital's answer, as a user runs it."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("the ports of the demo")
ROOT = Path(__file__).resolve().parents[2]
STORY = [sys.executable, "docker/demo/story.py"]
STEPS = 60


@dataclass(frozen=True)
class Told:
    """What a telling left behind; with the log at its most talkative."""

    code: int
    said: str
    errors: str
    log: str


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    data = tmp_path_factory.mktemp("told") / "demo"
    more = {"ONESHOT": "1", "GATEWAY_DEMO_DATA": str(data), "GATEWAY__LOGGING__LEVEL": "debug"}
    done = subprocess.run(
        STORY, cwd=ROOT, env=os.environ | more, capture_output=True, text=True, check=False, timeout=180
    )
    log = data / "gateway.log"
    return Told(done.returncode, done.stdout, done.stderr, log.read_text(encoding="utf-8") if log.exists() else "")


def test_the_story_is_told_to_its_end_and_every_step_is_verified(told: Told) -> None:
    assert told.code == 0, told.said + told.errors
    assert f"Every step was verified: {STEPS} of {STEPS}" in told.said
    assert "✗" not in told.said
    assert told.said.count("✓") == STEPS


def test_without_oneshot_it_keeps_serving_until_it_is_told_to_end(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "ONESHOT"}
    environment["GATEWAY_DEMO_DATA"] = str(tmp_path / "demo")
    with subprocess.Popen(STORY, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as story:
        try:
            assert story.stdout is not None
            said = next(line for line in story.stdout if "keeps serving" in line)
            url = re.search(r"http://\S+/health/ready", said)
            assert url is not None
            with urllib.request.urlopen(url[0], timeout=10) as answer:  # noqa: S310 - the gateway's own address
                assert answer.status == 200
        finally:
            story.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 30
        while story.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        assert story.returncode == 0


def test_what_was_told_in_the_logs_names_nobody(told: Told) -> None:
    assert "ready" in told.log
    for word in ("Grünewälder", "Käthe", "Föhrenweg", "G405718932", "471188", "19380903", "1938-09-03"):
        assert word not in told.log
