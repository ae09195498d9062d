"""Engines by others, in an environment of their own, so that nothing of theirs is near the product."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
HOME = Path(os.environ.get("GATEWAY_PEERS") or ROOT / ".venv-peers")
PACKAGES = ("messagefoundry==0.2.1", "hl7v2-fhir-bridge==0.1.0")
PATIENCE = 20.0

FEED = """
from messagefoundry import File, MLLP, Send, handler, inbound, outbound, router

inbound("IB_ADT", MLLP(port={port}), router="every")
outbound("FILE_OUT", File(directory="{out}", filename="{{MSH-10}}.hl7"))


@router("every")
def every(msg):
    return ["on"] if {deliver} else []


@handler("on")
def on(msg):
    return Send("FILE_OUT", msg)
"""


def python() -> Path:
    """The interpreter that has the peers; RuntimeError with the reason where they cannot be had."""
    found = HOME / "bin" / "python"
    if not found.exists():
        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True, capture_output=True)
    try:
        installed = subprocess.run(
            [found, "-m", "pip", "install", "--quiet", *PACKAGES], capture_output=True, check=False, timeout=300
        )
    except subprocess.TimeoutExpired as late:
        raise RuntimeError("the peers could not be installed in time") from late
    if installed.returncode:
        raise RuntimeError("the peers cannot be installed here")
    return found


@contextmanager
def running(command: Sequence[object], folder: Path, port: int) -> Iterator[None]:
    """A process that listens on a port, as soon as it does."""
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([str(word) for word in command], cwd=folder, stdout=log, stderr=log)
    try:
        until_it_listens(port, process)
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def until_it_listens(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Until somebody answers there."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("a peer did not start")


@contextmanager
def messagefoundry(*, deliver: bool) -> Iterator[tuple[int, Path]]:
    """MessageFoundry with SQLite: its MLLP port, and the folder it delivers to."""
    port, out = free_port(), "out"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config").mkdir()
        (folder / out).mkdir()
        feed = FEED.format(port=port, out=folder / out, deliver=deliver)
        (folder / "config" / "feed.py").write_text(feed, encoding="utf-8")
        command = [python(), "-m", "messagefoundry", "serve", "--config", "config", "--db", "store.db", "--env", "dev"]
        with running([*command, "--port", free_port()], folder, port):
            yield port, folder / out


@contextmanager
def bridge() -> Iterator[int]:
    """hl7v2-fhir-bridge, which converts before it answers: its MLLP port."""
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        command = [python(), "-m", "v2fhir", "serve", "--port", port, "--out", Path(name) / "out"]
        with running(command, Path(name), port):
            yield port
