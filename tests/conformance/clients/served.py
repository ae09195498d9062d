"""A real gateway for clients of others: its own process, folder, database and sockets, with a site and a service."""

import json
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.bench import peers
from tests.ports import free_port

SETTINGS = """
name: clients
store: {{url: "sqlite:///gateway.db"}}
http: {{listen: "127.0.0.1:{http}"}}
fhir: {{listen: "127.0.0.1:{fhir}"}}
mappings: [mappings]
routing: {{fallback: stelle}}
logging: {{level: warning}}
"""
STELLE = """
partner: stelle
title: Stelle
kind: site
role: kuemmerer
catchment: {{postcodes: ["01000-99999"]}}
sends: [{{road: http, format: fhir, token: "sha256:{token}"}}]
receives: [{{road: folder, format: fhir, path: {out}}}]
"""
TOKEN = "token-of-an-invented-site"  # noqa: S105 - of a partner that lives as long as the test
COMMAND = [sys.executable, "-c", "from gateway.cli.main import main; main()", "serve"]


@dataclass(frozen=True, slots=True)
class Served:
    """A gateway that answers: the base of its FHIR API, its folder, and the token of its site."""

    base: str
    folder: Path
    token: str = TOKEN

    @property
    def log(self) -> str:
        """What it told on standard error so far."""
        return (self.folder / "log").read_text(encoding="utf-8")


@contextmanager
def gateway() -> Iterator[Served]:
    """`gateway serve` in a folder of its own, as soon as it answers."""
    http, fhir = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="clients-") as name:
        folder = Path(name)
        partner = folder / "mappings" / "partners" / "stelle"
        for made in (partner, folder / "out"):
            made.mkdir(parents=True)
        stelle = STELLE.format(token=sha256(TOKEN.encode()).hexdigest(), out=folder / "out")
        (partner / "partner.yaml").write_text(stelle, encoding="utf-8")
        (folder / "gateway.yaml").write_text(SETTINGS.format(http=http, fhir=fhir), encoding="utf-8")
        with peers.running(COMMAND, folder, fhir):
            served = Served(f"http://127.0.0.1:{fhir}/fhir", folder)
            until_it_is_ready(f"http://127.0.0.1:{http}/health/ready")
            yield served


def until_it_is_ready(address: str) -> None:
    """Until the health page says so; a listening socket is a moment earlier."""
    end = time.monotonic() + peers.PATIENCE
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=1):  # noqa: S310 - an address of this module
                return
        except (OSError, urllib.error.HTTPError):
            time.sleep(0.05)
    raise RuntimeError("the gateway is not ready")


def ask(method: str, address: str, body: Any = None, **headers: str) -> tuple[int, dict[str, Any], dict[str, str]]:
    """One plain request with JSON: status, body, headers in lower case; for what needs no client of others."""
    told = {"Content-Type": "application/fhir+json", "Accept": "application/fhir+json"}
    told |= {key.replace("_", "-"): value for key, value in headers.items()}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data, told, method=method)  # noqa: S310 - as above
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
            return answer.status, parsed(answer.read()), lowered(answer.headers)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, parsed(refused.read()), lowered(refused.headers)


def parsed(data: bytes) -> dict[str, Any]:
    """A body; {} where there is none."""
    found: dict[str, Any] = json.loads(data) if data else {}
    return found


def lowered(headers: Any) -> dict[str, str]:
    """Headers by their names in lower case."""
    return {key.lower(): value for key, value in headers.items()}
