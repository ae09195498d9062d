"""The story of `make run`, from the hospital's message to the hospital's answer, as a user runs it."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

pytestmark = pytest.mark.xdist_group("the ports of the demo")
ROOT = Path(__file__).resolve().parents[2]
STORY = [sys.executable, "docker/demo/story.py"]
STEPS = 75


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


@dataclass(frozen=True)
class Served:
    """A story that goes on: where its files are, and what it said after its end."""

    data: Path
    lines: list[str]

    def login(self) -> str:
        """What `make login` says."""
        command = [sys.executable, "docker/demo/login.py"]
        environment = os.environ | {"GATEWAY_DEMO_DATA": str(self.data)}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        return done.stdout or done.stderr


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    environment = {key: value for key, value in os.environ.items() if key != "ONESHOT"}
    data = tmp_path_factory.mktemp("served") / "demo"
    environment["GATEWAY_DEMO_DATA"] = str(data)
    with subprocess.Popen(STORY, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as story:
        try:
            assert story.stdout is not None
            lines = iter(story.stdout)
            yield Served(data, list(iter(lambda: next(lines), "Ctrl-C ends it.\n")))
        finally:
            story.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 30
        while story.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        assert story.returncode == 0


def test_without_oneshot_it_keeps_serving_until_it_is_told_to_end(served: Served) -> None:
    url = re.search(r"http://\S+/health/ready", "".join(served.lines))
    assert url is not None
    with urllib.request.urlopen(url[0], timeout=10) as answer:  # noqa: S310 - the gateway's own address
        assert answer.status == 200


@pytest.mark.parametrize(
    ("login", "sees"), [("j.ostermann", "Wöhrmann"), ("h.upmeier", "Seniorenbüro Brackwede")], ids=["case", "ledger"]
)
def test_a_visitor_comes_in_with_what_is_printed_and_a_code_by_command(served: Served, login: str, sees: str) -> None:
    said = "".join(served.lines)
    address = re.search(r"as one of those who work here: (\S+)", said)
    password = re.search(rf"{login} +(\S+)", said)
    assert address is not None
    assert password is not None
    assert password[1] not in " ".join(path.read_text("utf-8") for path in (ROOT / "docker/demo").glob("*.py"))
    code = re.search(rf"{login} .*code (\d{{6}})", served.login())
    assert code is not None
    with requests.Session() as browser:
        form = {"login": login, "password": password[1], "code": code[1]}
        assert sees in browser.post(f"{address[1]}login", data=form, timeout=30).text


def test_keys_and_logins_are_for_nobody_else_on_the_machine(served: Served) -> None:
    files = [served.data / "logins.json", *(served.data / "keys").rglob("*.key")]
    assert len(files) == 4
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_without_a_story_there_is_nobody_to_log_in(tmp_path: Path) -> None:
    assert "make run" in Served(tmp_path, []).login()


def test_what_was_told_in_the_logs_names_nobody(told: Told) -> None:
    assert "ready" in told.log
    for word in ("Grünewälder", "Käthe", "Föhrenweg", "G405718932", "471188", "19380903", "1938-09-03"):
        assert word not in told.log
