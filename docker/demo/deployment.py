"""The demo deployment on loopback: a gateway in a process of its own, and everybody it talks to."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from standins.care_service import CareService
from standins.door import Place
from standins.folder_service import FolderService
from standins.hospital import Hospital
from standins.intake import Intake
from standins.site import Site

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SITE, LUTTERBACH, ELSEY = "kuemmererstelle-bielefeld-senne", "pflegedienst-lutterbach", "sozialstation-elsey"
GATEWAY = [sys.executable, "-c", "from gateway.cli.main import main; main()"]
FOLDERS = ("ravensberg", "wohnberatung")
NOTICES = ("nachbarschaftshilfe", "seniorenbuero", "besuchsdienst")
PATIENCE = 30.0


def free() -> int:
    """A port that nobody has."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Deployment:
    """Starts everybody; `hospital`, `site`, `lutterbach`, `elsey`, `ravensberg`, `wohnberatung` are the stand-ins."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.http, self.mllp, self.fhir, self.link = free(), free(), free(), free()
        for name in FOLDERS:
            for way in ("in", "out"):
                (data / way / name).mkdir(parents=True, exist_ok=True)
        for name in NOTICES:
            (data / "out" / name).mkdir(parents=True, exist_ok=True)
        self.hospital = Hospital(folder=data / "hospital").start()
        self.site = Site(data / "site", self.intake(SITE), self.place(SITE)).start()
        self.lutterbach = CareService(data / "lutterbach", self.intake(LUTTERBACH), self.place(LUTTERBACH)).start()
        self.elsey = CareService(data / "elsey", self.intake(ELSEY), self.place(ELSEY), kind="fhir").start()
        self.ravensberg, self.wohnberatung = (
            FolderService(data / "out" / name, data / "in" / name).start() for name in FOLDERS
        )
        self.process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """The gateway's HTTP door."""
        return f"http://127.0.0.1:{self.http}"

    def intake(self, partner: str) -> Intake:
        """How a partner reaches the gateway."""
        return Intake(self.url, partner, (HERE / "tokens" / partner).read_text(encoding="utf-8").strip())

    def place(self, partner: str) -> Place:
        """A free port, and the token that the gateway has to show there."""
        return Place(0, secret=(HERE / "secrets" / f"to-{partner}").read_text(encoding="utf-8").strip())

    def environment(self) -> dict[str, str]:
        """What the gateway and its verbs have to know: ports and the data folder."""
        return os.environ | {
            "GATEWAY__HTTP__LISTEN": f"127.0.0.1:{self.http}",
            "GATEWAY__FHIR__LISTEN": f"127.0.0.1:{self.fhir}",
            "GATEWAY__LINK__LISTEN": f"127.0.0.1:{self.link}",
            "GATEWAY__MLLP__0__LISTEN": f"127.0.0.1:{self.mllp}",
            "GATEWAY__FOLDERS__INTERVAL": "0.2",
            "GATEWAY_DEMO_DATA": str(self.data),
            "GATEWAY_DEMO_HOSPITAL_PORT": str(self.hospital.port),
            "GATEWAY_DEMO_SITE": host(self.site.url),
            "GATEWAY_DEMO_LUTTERBACH": host(self.lutterbach.url),
            "GATEWAY_DEMO_ELSEY": host(self.elsey.url),
        }

    def start(self) -> str:
        """The gateway, until it says it is ready; what it said."""
        command = [*GATEWAY, "serve", "--config", str(HERE / "gateway.yaml")]
        with (self.data / "gateway.log").open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT, env=self.environment()
            )
        assert self.process.stdout  # noqa: S101 - a pipe was asked for
        said = self.process.stdout.readline().strip()
        if not said:
            self.stop()
            sys.exit(f"the gateway did not start; see {self.data / 'gateway.log'}")
        return said

    def read(self, path: str) -> Any:
        """What the FHIR interface of the gateway says."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{self.fhir}/fhir/{path}", timeout=PATIENCE) as answer:
            return json.load(answer)

    def verb(self, *words: str) -> str:
        """A verb of the gateway, as an operator types it; what it prints."""
        command = [*GATEWAY, *words, "--config", str(HERE / "gateway.yaml")]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=self.environment(), check=False)
        if done.returncode:
            sys.stderr.write(done.stderr)
            self.stop()
            sys.exit(f"gateway {' '.join(words)} ended with {done.returncode}")
        return done.stdout

    def stop(self) -> int | None:
        """Everybody ends; the gateway's exit code."""
        code = None
        if self.process:
            self.process.terminate()
            code = self.process.wait(PATIENCE)
            if self.process.stdout:
                self.process.stdout.close()
        for each in (self.hospital, self.site, self.lutterbach, self.elsey, self.ravensberg, self.wohnberatung):
            each.stop()
        return code


def host(url: str) -> str:
    """`127.0.0.1:8091` of a URL."""
    return url.split("/")[2]


def fresh(data: Path) -> Path:
    """An empty data folder; an earlier one is put aside once."""
    if data.exists():
        before = data.with_name(data.name + ".before")
        shutil.rmtree(before, ignore_errors=True)
        data.rename(before)
    data.mkdir(parents=True)
    return data


def wait(what: object, seconds: float = PATIENCE) -> None:
    """Until a callable holds."""
    end = time.monotonic() + seconds
    while callable(what) and not what() and time.monotonic() < end:
        time.sleep(0.02)
