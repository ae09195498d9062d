"""A gateway as a process of its own in a folder of its own, to be killed, stopped and started again."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from tests.faults.hospital import Line

ROOT = Path(__file__).resolve().parents[2]
LAUNCHER = "tests.faults.launcher"
DOOR = re.compile(r"(?<!fhir )(http|mllp)://127\.0\.0\.1:(\d+)")
PATIENCE = 40.0
"""Seconds to wait for something that takes a moment on an idle machine."""
COUNT = re.compile(r'^gateway_(messages|deliveries)\{\w+="(\w+)"\} ([\d.]+)$', re.MULTILINE)

SETTINGS: Mapping[str, Any] = {
    "name": "faults",
    "store": {"url": "sqlite:///gateway.db"},
    "http": {"listen": "127.0.0.1:0"},
    "fhir": {"listen": ""},
    "mllp": [{"listen": "127.0.0.1:0"}],
    "folders": {"interval": 0.2},
    "mappings": ["mappings"],
    "routing": {"fallback": "site-senne"},
    "delivery": {"lease": 0.4, "retry": {"waits": [0.2, 0.5]}, "circuit": {"failures": 1000}},
    "logging": {"format": "json"},
    "shutdown": {"grace": 10},
}
TOKEN = "ein-langes-wort-nur-fuer-diese-tests"  # noqa: S105 - of a test


def until(holds: Callable[[], object], what: str, seconds: float = PATIENCE, pause: float = 0.01) -> None:
    """Wait for a condition."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"after {seconds:g} seconds still not so: {what}"
        time.sleep(pause)


class Running:
    """One deployment: its folder, its partners, and the process if there is one."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.config, self.log = folder / "gateway.yaml", folder / "gateway.log"
        self.http = self.mllp = 0
        self.process: subprocess.Popen[str] | None = None
        (folder / "mappings" / "partners").mkdir(parents=True)
        self.config.write_text(yaml.safe_dump({**SETTINGS, **settings}), encoding="utf-8")

    # --- partners ----------------------------------------------------------------------------------------------------

    def partner(self, name: str, **said: Any) -> Path:
        """Write a partner.yaml."""
        file = self.folder / "mappings" / "partners" / name / "partner.yaml"
        file.parent.mkdir(exist_ok=True)
        for road in (*said.get("sends", ()), *said.get("receives", ())):
            if road["road"] == "folder":
                (self.folder / road["path"]).mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump({"partner": name, "title": name.title(), **said}), encoding="utf-8")
        return file

    # --- the process -------------------------------------------------------------------------------------------------

    def start(self, **faults: str) -> "Running":
        """Start, and wait until it is ready."""
        self.launch(**faults)
        assert self.process
        assert self.process.stdout
        said = self.process.stdout.readline()
        assert said, self.log.read_text(encoding="utf-8")
        doors = dict(DOOR.findall(said))
        self.http, self.mllp = int(doors["http"]), int(doors["mllp"])
        return self

    def launch(self, **faults: str) -> None:
        """Start, and do not wait."""
        self.end()
        command = [sys.executable, "-m", LAUNCHER, "serve", "--config", str(self.config)]
        with self.log.open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT, env=os.environ | faults
            )

    def kill(self) -> None:
        """kill -9."""
        assert self.process
        self.mllp = self.http = 0
        self.process.kill()
        assert self.process.wait(PATIENCE) == -signal.SIGKILL
        self.end()

    def died(self) -> None:
        """Wait until it has killed itself."""
        assert self.process
        assert self.process.wait(PATIENCE) == -signal.SIGKILL
        self.mllp = self.http = 0
        self.end()

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self.process
        self.process.terminate()
        code = self.process.wait(PATIENCE)
        self.end()
        return code

    def end(self) -> None:
        """Whatever runs, ends."""
        if self.process:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            if self.process.stdout:
                self.process.stdout.close()
            self.process = None

    # --- what it says ------------------------------------------------------------------------------------------------

    def get(self, path: str) -> tuple[int, bytes]:
        """GET, status and body."""
        return self.ask(urllib.request.Request(f"http://127.0.0.1:{self.http}{path}"))

    def hand_in(self, partner: str, data: bytes, key: str) -> tuple[int, bytes]:
        """POST to the intake, status and body."""
        headers = {
            "Authorization": f"Bearer {TOKEN}",
            "Content-Type": "x-application/hl7-v2+er7",
            "Idempotency-Key": key,
        }
        url = f"http://127.0.0.1:{self.http}/intake/{partner}"
        return self.ask(urllib.request.Request(url, data, headers))

    def ask(self, request: urllib.request.Request) -> tuple[int, bytes]:
        """One request."""
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - our own
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read()

    def counts(self) -> dict[str, int]:
        """Messages and deliveries by state, as /metrics says: `messages.done`, `deliveries.waiting`."""
        found = COUNT.findall(self.get("/metrics")[1].decode())
        return {f"{what}.{state}": int(float(number)) for what, state, number in found if float(number)}

    def quiet(self) -> dict[str, int]:
        """Wait until nothing is under way any more; how all stand then."""
        moving = {"messages.received", "deliveries.waiting", "deliveries.sending"}
        until(lambda: not moving & set(self.counts()), "nothing is under way", pause=0.05)
        return self.counts()

    def line(self) -> Line:
        """An MLLP connection to it."""
        return Line(self.mllp)

    def verb(self, *words: str) -> str:
        """A verb of the command line; what it prints."""
        command = [sys.executable, "-m", LAUNCHER, *words, "--config", str(self.config)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def listed(self, *words: str) -> list[dict[str, str]]:
        """`gateway messages list`."""
        rows: list[dict[str, str]] = json.loads(self.verb("messages", "list", "--json", "--limit", "1000", *words))
        return rows

    def logged(self) -> list[dict[str, Any]]:
        """The log's JSON lines."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]


@contextmanager
def running(folder: Path, **settings: Any) -> Iterator[Running]:
    """A deployment without partners, not started; ends in any case."""
    folder.mkdir(exist_ok=True)
    made = Running(folder, **settings)
    try:
        yield made
    finally:
        made.end()
