"""Each stand-in is a program of its own, written independently of the gateway."""

import ast
import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from standins import letter
from standins.hospital import Hospital

from tests.docker.conftest import ROOT
from tests.ports import free_port

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


@contextlib.contextmanager
def running(*command: object) -> Iterator[subprocess.Popen[str]]:
    """A stand-in as a program; told to stop at the end, as containers are, and it does."""
    with subprocess.Popen(
        [sys.executable, *map(str, command)], cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as program:
        try:
            yield program
            program.terminate()
            assert program.wait(20) == 0
        finally:
            program.kill()


def test_a_hospital_that_runs_as_a_program_sends_and_receives(tmp_path: Path) -> None:
    gateway, port = Hospital(tmp_path / "gateway").start(), free_port()  # anything that speaks MLLP is a gateway here
    command = ["docker/demo/standins/hospital.py", f"--port={port}", f"--folder={tmp_path / 'h'}"]
    with running(*command, f"--gateway=127.0.0.1:{gateway.port}", FOLDER / "messages") as hospital:
        assert [received.type for received in gateway.received.wait_for(2, 20)] == ["ADT^A03", "MDM^T02"]
        assert gateway.send(b"MSH|^~\\&|||||||RRI^I12|K1\rRF1|A^Accepted\r", ("127.0.0.1", port)).code == "AA"
        assert hospital.stdout is not None
        lines = [hospital.stdout.readline().strip() for _ in range(3)]
    gateway.stop()
    assert "sent MDM^T02, answered AA" in lines
    assert [line for line in lines if line.endswith("RRI^I12  Accepted")]


@pytest.mark.parametrize("program", ["site.py", "care_service.py"])
def test_a_party_that_runs_as_a_program_opens_its_door(tmp_path: Path, program: str) -> None:
    (tmp_path / "token").write_text("ein Wort\n", encoding="utf-8")
    port = free_port()
    command = [f"docker/demo/standins/{program}", f"--port={port}", f"--folder={tmp_path / 'f'}"]
    with running(*command, f"--token-file={tmp_path / 'token'}"):
        assert reachable(port)


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
    command = ["docker/demo/standins/folder_service.py", f"--folder={tmp_path / 'out'}", "--stand=entfällt"]
    with running(*command, f"--answers={tmp_path / 'in'}"):
        answer = tmp_path / "in" / "k1-antwort-1.csv"
        ends = time.monotonic() + 20
        while not answer.exists() and time.monotonic() < ends:
            time.sleep(0.05)
        assert "1;Fahrt;entfällt" in answer.read_text(encoding="utf-8-sig")
