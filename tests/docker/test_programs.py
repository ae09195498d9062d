"""Each stand-in is a program of its own, written independently of the gateway."""

import ast
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from standins import letter
from standins.hospital import Hospital

from tests.docker.conftest import ROOT

FOLDER = Path(letter.__file__).parent
PROGRAMS = ["hospital.py", "site.py", "care_service.py", "folder_service.py"]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_no_stand_in_needs_more_than_the_standard_library(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    foreign = {name.split(".")[0] for name in imported} - set(sys.stdlib_module_names)
    assert foreign <= {"standins"}


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_says_how_it_is_started(program: str) -> None:
    command = [sys.executable, "-I", f"docker/demo/standins/{program}", "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=20)
    assert done.returncode == 0, done.stderr
    assert "--folder" in done.stdout


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def test_a_hospital_that_runs_as_a_program_sends_and_receives(tmp_path: Path) -> None:
    gateway = Hospital(tmp_path / "gateway").start()  # anything that speaks MLLP
    port = free_port()
    command = [sys.executable, "docker/demo/standins/hospital.py", "--port", str(port), "--folder", str(tmp_path / "h")]
    command += ["--gateway", f"127.0.0.1:{gateway.port}", str(FOLDER / "messages")]
    running = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"}
    )
    try:
        assert [received.type for received in gateway.received.wait_for(2, 20)] == ["ADT^A03", "MDM^T02"]
        assert gateway.send(b"MSH|^~\\&|||||||RRI^I12|K1\rRF1|A^Accepted\r", ("127.0.0.1", port)).code == "AA"
    finally:
        running.send_signal(signal.SIGINT)
        said, _ = running.communicate(timeout=20)
        gateway.stop()
    lines = said.splitlines()
    assert lines[:2] == ["sent ADT^A03, answered CA", "sent MDM^T02, answered AA"]
    assert lines[2].endswith("RRI^I12  Accepted")


@pytest.mark.parametrize("program", ["site.py", "care_service.py"])
def test_a_party_that_runs_as_a_program_opens_its_door(tmp_path: Path, program: str) -> None:
    (tmp_path / "token").write_text("ein Wort\n", encoding="utf-8")
    port = free_port()
    command = [sys.executable, f"docker/demo/standins/{program}", "--port", str(port), "--folder", str(tmp_path / "f")]
    command += ["--token-file", str(tmp_path / "token")]
    with subprocess.Popen(command, cwd=ROOT) as running:
        try:
            assert reachable(port)
        finally:
            running.send_signal(signal.SIGINT)


def reachable(port: int, seconds: float = 20) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False


def test_a_folder_service_that_runs_as_a_program_answers(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "k1.csv").write_text("Maßnahme-Nr.;Maßnahme;Stand\r\n1;Fahrt;offen\r\n", encoding="utf-8-sig")
    command = [sys.executable, "docker/demo/standins/folder_service.py", "--folder", str(tmp_path / "out")]
    command += ["--answers", str(tmp_path / "in"), "--stand", "entfällt"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as running:
        try:
            answer = tmp_path / "in" / "k1-antwort-1.csv"
            ends = time.monotonic() + 20
            while not answer.exists() and time.monotonic() < ends:
                time.sleep(0.05)
            assert "1;Fahrt;entfällt" in answer.read_text(encoding="utf-8-sig")
        finally:
            running.send_signal(signal.SIGINT)
