"""`gateway serve` from its first word to its last: doors, reload, signals."""

import hashlib
import http.client
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.cli.command import Answer, Call
from tests.ports import free_port

pytestmark = pytest.mark.usefixtures("_logging_as_it_was")
ROOT = Path(__file__).parents[2]
MAIN = "from gateway.cli.main import main; main()"
ROAD = "receives:\n  - {road: folder, format: evp, path: out}\n"


@pytest.fixture
def port() -> int:
    """A deployment in the folder of the test; the port of its HTTP door."""
    found = free_port()
    partner("amt", ROAD)
    Path("gateway.yaml").write_text(
        f"http: {{listen: '127.0.0.1:{found}'}}\nmllp: [{{listen: '127.0.0.1:0'}}]\nmappings: mappings\n"
        "fhir: {listen: ''}\n"
        "shutdown: {grace: 2}\n",
        "utf-8",
    )
    return found


def partner(name: str, text: str) -> None:
    folder = Path("mappings/partners") / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "partner.yaml").write_text(f"partner: {name}\nkind: office\n{text}", "utf-8")


def ready(port: int) -> int:
    """The status of the door's own health, 0 where nobody answers yet."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", "/health/ready")
        return line.getresponse().status
    except OSError:
        return 0
    finally:
        line.close()


def until(holds: Callable[[], object]) -> bool:
    end = time.monotonic() + 20
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(holds())


@contextmanager
def meanwhile(port: int, *steps: Callable[[], object]) -> Iterator[list[bool]]:
    """What happens while it serves, on a thread of its own; in the end SIGTERM."""
    held: list[bool] = []

    def live() -> None:
        try:
            held.append(until(lambda: ready(port) == 200))
            held.extend(bool(step()) for step in steps)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=live)
    thread.start()
    yield held
    thread.join(20)


def again() -> bool:
    """SIGHUP, and the word that it was followed."""
    followed = threading.Event()

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.getMessage() == "reloaded":
                followed.set()

    ear, log = Ear(), logging.getLogger("gateway.serve")
    log.addHandler(ear)
    try:
        os.kill(os.getpid(), signal.SIGHUP)
        return followed.wait(20)
    finally:
        log.removeHandler(ear)


def served(gateway: Call, port: int, *steps: Callable[[], object]) -> Answer:
    with meanwhile(port, *steps) as held:
        done = gateway("serve")
    assert held == [True] * (len(steps) + 1)
    return done


def test_it_says_ready_with_its_doors_and_ends_by_a_signal(gateway: Call, port: int) -> None:
    done = served(gateway, port)
    assert done.code == 0
    assert done.text.startswith("ready after ")
    assert f": http://127.0.0.1:{port}, mllp://127.0.0.1:" in done.text
    assert done.text.endswith("; 1 partners, 0 of them sites\n")
    assert done.err.count("stopped unfinished=0") == 1
    assert ready(port) == 0


def test_the_fhir_interface_has_a_door_of_its_own(gateway: Call, port: int) -> None:
    own = free_port()
    settings = Path("gateway.yaml")
    settings.write_text(settings.read_text("utf-8").replace("listen: ''", f"listen: '127.0.0.1:{own}'"), "utf-8")

    def created() -> bool:
        line = http.client.HTTPConnection("127.0.0.1", own, timeout=10)
        with closing(line):
            line.request("POST", "/fhir/Location", b'{"resourceType":"Location","name":"Senne"}',
                         {"Content-Type": "application/fhir+json"})  # fmt: skip
            return line.getresponse().status == 201

    assert f"fhir http://127.0.0.1:{own}/fhir (for this machine only)" in served(gateway, port, created).text


def test_watched_folders_are_counted_among_the_doors(gateway: Call, port: int) -> None:
    Path("in").mkdir()
    partner("amt", "sends:\n  - {road: folder, format: evp, path: in}\n")
    assert ", 1 folders; 1 partners" in served(gateway, port).text


def test_a_broken_body_is_refused_over_http_and_stands_in_the_list(gateway: Call, port: int) -> None:
    token = hashlib.sha256(b"nur-fuer-den-test").hexdigest()
    partner("amt", f'sends:\n  - {{road: http, format: fhir, token: ["sha256:{token}"], accept: done}}\n')
    told: list[int] = []

    def hand_in(data: bytes) -> bool:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        with closing(line):
            line.request("POST", "/intake/amt", data, {"Authorization": "Bearer nur-fuer-den-test"})
            told.append(line.getresponse().status)
        return True

    served(gateway, port, lambda: hand_in(b"%PDF-1.7"), lambda: hand_in(b'{"resourceType": "Patient", "id": 7}'))
    assert told == [400, 422]
    listed = gateway("messages", "list").text
    assert "refused" in listed
    assert "json.syntax" in listed


def test_a_signal_reloads_partners(gateway: Call, port: int) -> None:
    done = served(gateway, port, lambda: partner("zweites-amt", ROAD.replace("out", "out2")) is None, again)
    assert "reloaded errors=0 partners=2" in done.err


def test_what_is_broken_is_told_and_the_running_version_stays(gateway: Call, port: int) -> None:
    done = served(gateway, port, lambda: partner("amt", "receives: 7\n") is None, again)
    assert "error   mappings/partners/amt/partner.yaml:3:11: " in done.err
    assert "reloaded errors=1 partners=1" in done.err


def test_settings_that_are_wrong_end_it_before_a_door_opens(gateway: Call) -> None:
    Path("gateway.yaml").write_text("http: {listen: nowhere}\n", "utf-8")
    done = gateway("serve")
    assert (done.code, done.out) == (1, b"")
    assert "gateway.yaml:1:16" in done.err
    assert not Path("gateway.db").exists()


def test_a_port_that_is_taken_is_told_in_a_sentence(gateway: Call, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        done = gateway("serve")
    assert done.code == 2
    assert f"gateway: it cannot start: cannot listen on 127.0.0.1:{port}: another program listens there" in done.err
    assert "Traceback" not in done.err


def test_an_mllp_port_that_is_taken_is_named_too(gateway: Call, port: int) -> None:
    assert port
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = taken.getsockname()[1]
        text = Path("gateway.yaml").read_text("utf-8")
        Path("gateway.yaml").write_text(text.replace("'127.0.0.1:0'", f"'127.0.0.1:{where}'"), "utf-8")
        done = gateway("serve")
    assert f"cannot listen on 127.0.0.1:{where}: another program listens there" in done.err


def test_a_second_gateway_on_the_same_store_is_refused_and_names_the_lock(gateway: Call, port: int) -> None:
    other = Path("other.yaml")
    other.write_text(Path("gateway.yaml").read_text("utf-8").replace(str(port), "0"), "utf-8")
    refused: list[tuple[int, str]] = []

    def second() -> bool:
        ran = subprocess.run(
            [sys.executable, "-c", MAIN, "serve", "--config", "other.yaml"],
            capture_output=True, check=False, timeout=20, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        refused.append((ran.returncode, ran.stderr.decode()))
        return True

    served(gateway, port, second)
    ((code, said),) = refused
    assert code == 2
    assert f"another gateway serves this store and holds {Path.cwd() / 'gateway.db.lock'}" in said
    assert served(gateway, port).code == 0, "the lock goes with its process, its file stays"


def test_a_store_that_cannot_be_had_is_told_in_a_sentence(gateway: Call, port: int) -> None:
    assert port
    Path("gateway.db").write_bytes(b"no database at all" * 100)
    done = gateway("serve")
    assert done.code == 2
    assert "gateway: it cannot start: " in done.err
    assert "Traceback" not in done.err
