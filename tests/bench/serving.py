"""The whole process under load: MLLP intake acknowledged after the full commit, and referrals from end to end."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.bench import peers
from tests.bench.measure import Row
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
LOAD = Path(os.environ.get("GATEWAY_SHARED") or ROOT.parent / "shared") / "tools" / "mllp_load.py"
SECONDS = 5
GOALS = {1: 3_000, 10: 10_000}
"""Messages a second by connections, each acknowledged after the commit (design: reliability)."""
REFERRALS = 300
DISCHARGE = ROOT / "docker" / "demo" / "standins" / "messages" / "01-discharge.hl7"
SETTINGS = """
name: bench
store: {{url: "sqlite:///gateway.db"}}
http: {{listen: "127.0.0.1:{http}"}}
fhir: {{listen: ""}}
mllp: [{{listen: "127.0.0.1:{mllp}"}}]
mappings: [mappings]
routing: {{fallback: stelle}}
logging: {{level: error}}
"""
KLINIK = """
partner: klinik
title: Klinik
kind: hospital
sends: [{road: mllp, format: hl7v2-de, from: [127.0.0.1/32]}]
"""
STELLE = """
partner: stelle
title: Stelle
kind: site
catchment: {{postcodes: ["01000-99999"]}}
receives: [{{road: folder, format: fhir, path: {out}}}]
"""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@contextmanager
def gateway() -> Iterator[tuple[int, Path]]:
    """A gateway with one clinic and one site: its MLLP port, and the site's folder."""
    http, mllp = free_port(), free_port()
    with tempfile.TemporaryDirectory() as name:
        folder, out = Path(name), Path(name) / "out"
        out.mkdir()
        for partner, text in (("klinik", KLINIK), ("stelle", STELLE.format(out=out))):
            (folder / "mappings" / "partners" / partner).mkdir(parents=True)
            (folder / "mappings" / "partners" / partner / "partner.yaml").write_text(text, encoding="utf-8")
        (folder / "gateway.yaml").write_text(SETTINGS.format(http=http, mllp=mllp), encoding="utf-8")
        command = [sys.executable, "-c", "from gateway.cli.main import main; main()", "serve"]
        with peers.running(command, folder, mllp):
            yield mllp, out


def load(port: int, connections: int) -> dict[str, Any]:
    """What the shared load generator says of a server."""
    command = [sys.executable, str(LOAD), "127.0.0.1", str(port), str(connections), str(SECONDS)]
    found = subprocess.run(command, capture_output=True, text=True, check=True, timeout=SECONDS + 60)
    result: dict[str, Any] = json.loads(found.stdout)
    if result["errors"]:
        raise RuntimeError(found.stdout)
    return result


def intake(connections: int) -> list[Row]:
    """Seconds a message at a number of connections that each wait for their answers; one row per peer."""
    with gateway() as (port, _):
        ours = load(port, connections)
    with peers.messagefoundry(deliver=False) as (port, _):
        engine = load(port, connections)
    with peers.bridge() as port:
        bridge = load(port, connections)
    what = f"MLLP intake, kept in SQLite, {connections} connection{'s' if connections > 1 else ''}"
    goal = 1 / GOALS[connections]
    return [
        Row(what, 1 / ours["per_second"], goal, name, 1 / theirs["per_second"], said(ours, theirs))
        for name, theirs in (("messagefoundry", engine), ("hl7v2-fhir-bridge", bridge))
    ]


def said(ours: dict[str, Any], theirs: dict[str, Any]) -> str:
    """Rates and the slowest hundredth of answers."""
    rates = [f"{found['per_second']:,}/s, p99 {found['p99_ms']} ms" for found in (ours, theirs)]
    return "; theirs ".join(rates)


def discharges(count: int) -> list[bytes]:
    """Discharges of as many invented people; in UTF-8, as the peer refuses 8859/1."""
    text = DISCHARGE.read_bytes().decode("latin-1").replace("8859/1", "UNICODE UTF-8").encode()
    made = []
    for number in range(count):
        name = "".join(LETTERS[byte % 26] for byte in sha256(str(number).encode()).digest()[:8]).capitalize()
        born = f"19{30 + number % 60:02}{1 + number % 12:02}{1 + number // 12 % 28:02}".encode()
        own = f"{600000 + number}".encode()
        message = text.replace(b"SK-7001", b"B-" + own).replace(b"471188", own).replace(b"2604788", b"9" + own)
        message = message.replace(b"~G405718932^^^GKV^GKV", b"").replace(b"19380903", born)
        made.append(message.replace("Grünewälder".encode(), name.encode()))
    return made


def delivered(port: int, out: Path, messages: list[bytes]) -> float:
    """Seconds a message, from the first byte sent until the last one's file is there."""
    start = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        for message in messages:
            connection.sendall(b"\x0b" + message + b"\x1c\r")
            answer = b""
            while not answer.endswith(b"\x1c\r"):
                answer += connection.recv(65536)
    end = time.monotonic() + 120
    while sum(1 for _ in out.iterdir()) < len(messages) and time.monotonic() < end:
        time.sleep(0.05)
    if sum(1 for _ in out.iterdir()) < len(messages):
        raise RuntimeError("not everything arrived")
    return (time.perf_counter() - start) / len(messages)


def from_end_to_end() -> Row:
    """A discharge by MLLP until the site has it as FHIR in its folder; the peer hands the message on as it is."""
    messages = discharges(REFERRALS)
    with gateway() as (port, out):
        ours = delivered(port, out, messages)
    with peers.messagefoundry(deliver=True) as (port, out):
        theirs = delivered(port, out, messages)
    note = f"{1 / ours:,.0f}/s; theirs {1 / theirs:,.0f}/s, which matches nobody and translates nothing"
    return Row(f"{REFERRALS} discharges in, FHIR referrals out in a folder", ours, None, "messagefoundry", theirs, note)


def measured() -> list[Row]:
    """Intake at one and ten connections, then the whole way."""
    return [*intake(1), *intake(10), from_end_to_end()]
