"""The demo deployment on loopback: a gateway in a process of its own, and everybody it talks to."""

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Collection
from contextlib import suppress
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
USUAL = {"http": 8080, "fhir": 8081, "link": 8082, "staff": 8083, "mllp": 2575}
FOLDERS = ("ravensberg", "wohnberatung")
NOTICES = ("nachbarschaftshilfe", "seniorenbuero", "besuchsdienst")
PATIENCE = 30.0


def free(wished: int = 0, given: Collection[int] = ()) -> int:
    """A port that nobody has: the one that is wished for, else any below those that the kernel gives away."""
    for port in (*filter(None, [wished]), *random.sample(range(16_000, 32_000), 100)):
        with socket.socket() as taken, suppress(OSError):
            taken.bind(("127.0.0.1", port))
            if port not in given:
                return port
    sys.exit("there is no free port")


def doors() -> dict[str, int]:
    """The ports of the gateway: any, or with GATEWAY_DEMO_PORTS=usual those of gateway.yaml that nobody has."""
    usual = os.environ.get("GATEWAY_DEMO_PORTS") == "usual"
    found: dict[str, int] = {}
    for name, port in USUAL.items():
        found[name] = free(port if usual else 0, found.values())
    return found


class Deployment:
    """Starts everybody; `hospital`, `site`, `lutterbach`, `elsey`, `ravensberg`, `wohnberatung` are the stand-ins."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.ports = doors()
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
        return self.door("http")

    @property
    def mllp(self) -> tuple[str, int]:
        """The gateway's MLLP door."""
        return ("127.0.0.1", self.ports["mllp"])

    def door(self, name: str) -> str:
        """The address of `http`, `fhir`, `link` or `staff`."""
        return f"http://127.0.0.1:{self.ports[name]}"

    def intake(self, partner: str) -> Intake:
        """How a partner reaches the gateway."""
        return Intake(self.url, partner, (HERE / "tokens" / partner).read_text(encoding="utf-8").strip())

    def place(self, partner: str) -> Place:
        """A free port, and the token that the gateway has to show there."""
        return Place(0, secret=(HERE / "secrets" / f"to-{partner}").read_text(encoding="utf-8").strip())

    def environment(self) -> dict[str, str]:
        """What the gateway and its verbs have to know: ports and the data folder."""
        listening = {f"GATEWAY__{name.upper()}__LISTEN": f"127.0.0.1:{port}" for name, port in self.ports.items()}
        listening["GATEWAY__MLLP__0__LISTEN"] = listening.pop("GATEWAY__MLLP__LISTEN")
        return {
            **os.environ,
            **listening,
            "GATEWAY__FOLDERS__INTERVAL": "0.2",
            "GATEWAY_DEMO_DATA": str(self.data),
            "GATEWAY_DEMO_HOSPITAL_PORT": str(self.hospital.port),
            "GATEWAY_DEMO_SITE": host(self.site.url),
            "GATEWAY_DEMO_LUTTERBACH": host(self.lutterbach.url),
            "GATEWAY_DEMO_ELSEY": host(self.elsey.url),
        }

    def seal(self) -> None:
        """Keys for the store, made now: the gateway's and the site's."""
        self.verb("keys", "new")
        self.verb("keys", "new", "--site", SITE)

    def start(self) -> str:
        """The gateway, over a store with keys of its own, until it says it is ready; what it said."""
        if not (self.data / "keys").exists():
            self.seal()
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
        with opener.open(f"{self.door('fhir')}/fhir/{path}", timeout=PATIENCE) as answer:
            return json.load(answer)

    def verb(self, *words: str, typed: str = "") -> str:
        """A verb of the gateway, as an operator types it, with what is typed after it; what it prints."""
        done = self.tried(*words, typed=typed)
        if done.returncode:
            sys.stderr.write(done.stderr)
            self.stop()
            sys.exit(f"gateway {' '.join(words)} ended with {done.returncode}")
        return done.stdout

    def tried(self, *words: str, typed: str = "", **other: str) -> subprocess.CompletedProcess[str]:
        """A verb with other settings, which may fail."""
        command, env = [*GATEWAY, *words, "--config", str(HERE / "gateway.yaml")], self.environment() | other
        return subprocess.run(
            command, input=typed, capture_output=True, text=True, cwd=ROOT, env=env, check=False, timeout=PATIENCE
        )

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


def data() -> Path:
    """Where everything of the demo lies."""
    return Path(os.environ.get("GATEWAY_DEMO_DATA") or ROOT / "var" / "demo")


def fresh(data: Path) -> Path:
    """An empty data folder; an earlier one is put aside once."""
    if data.exists():
        before = data.with_name(data.name + ".before")
        shutil.rmtree(before, ignore_errors=True)
        data.rename(before)
    data.mkdir(parents=True)
    return data
