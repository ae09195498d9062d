"""What the image runs, run here without Docker: the same command, health check and signal; only its data is written."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from standins import letter
from standins.hospital import Hospital

from tests.docker.conftest import ROOT
from tests.docker.image import DOCKER, stages
from tests.ports import free_port

COMMAND = next(step.words for step in stages()[-1] if step.word == "CMD")
DEMO = DOCKER / "demo"
MESSAGES = Path(letter.__file__).parent / "messages"


CONFINED = """
mount --make-rprivate / && mount --bind "$1" "$1" && mount -o remount,ro,bind / && shift || exit 99
exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
"""
"""As a container: everything but the data is mounted read-only, and root has no right that others have not."""


def confine(data: Path, command: list[str]) -> list[str]:
    return ["unshare", "--mount", "sh", "-c", CONFINED, "sh", str(data), *command]


def can_confine(data: Path) -> bool:
    """Whether this machine lets a test do so; and then, whether it holds."""
    if not (shutil.which("unshare") and shutil.which("setpriv")):
        return False
    attempt = f"touch '{data}/in' && ! touch '{data}-out'"
    return subprocess.run(confine(data, ["sh", "-c", attempt]), capture_output=True, check=False).returncode == 0


def state(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file below a folder with its size and its time."""
    found = {path: path.stat() for path in folder.rglob("*") if path.is_file()}
    return {str(path): (stat.st_size, stat.st_mtime_ns) for path, stat in found.items()}


class Container:
    """The gateway as its container runs it: `image` holds code and settings, `data` is the only volume."""

    def __init__(self, root: Path, *, confined: bool) -> None:
        self.image, self.data, self.log = root / "image", root / "data", root / "log"
        self.data.mkdir()
        for name in ("gateway", "mappings", "profiles"):
            shutil.copytree(ROOT / name, self.image / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("mappings", "secrets"):
            shutil.copytree(DEMO / name, self.image / "etc" / name)
        shutil.copy(DEMO / "gateway.yaml", self.image / "etc")
        self.before = state(self.image)
        self.http, self.mllp, self.link, self.staff = (free_port() for _ in range(4))
        self.env = {
            "PATH": os.environ["PATH"],
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": str(self.image),
            "HEALTH_URL": f"http://127.0.0.1:{self.http}/health/ready",
            "GATEWAY__HTTP__LISTEN": f"127.0.0.1:{self.http}",
            "GATEWAY__MLLP__0__LISTEN": f"127.0.0.1:{self.mllp}",
            "GATEWAY__FHIR__LISTEN": "127.0.0.1:0",
            "GATEWAY__LINK__LISTEN": f"127.0.0.1:{self.link}",
            "GATEWAY__STAFF__LISTEN": f"127.0.0.1:{self.staff}",
            "GATEWAY_DEMO_DATA": str(self.data),
        }
        self.confined = confined
        assert self.run(["keys", "new", "--config", "/etc/kuemmerer/gateway.yaml"]).wait(60) == 0
        self.process = self.run(COMMAND)

    def run(self, words: list[str]) -> subprocess.Popen[bytes]:
        """A verb in the container."""
        words = [word.replace("/etc/kuemmerer", str(self.image / "etc")) for word in words]
        start = [sys.executable, "-c", "from gateway.cli.main import main; main()", *words]
        start = confine(self.data, start) if self.confined else start
        with self.log.open("ab") as log:
            return subprocess.Popen(start, cwd=self.data, env=self.env, stdout=log, stderr=log)

    def healthy(self) -> bool:
        """What the health check of the image says."""
        check = [sys.executable, DOCKER / "healthcheck.py"]
        return subprocess.run(check, env=self.env, check=False, stderr=subprocess.DEVNULL).returncode == 0

    def wait(self, seconds: float = 20) -> bool:
        """Whether it gets healthy in time."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and self.process.poll() is None:
            if self.healthy():
                return True
            time.sleep(0.1)
        return False


@pytest.fixture(params=[False, True], ids=["as is", "confined"])
def container(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Container]:
    (tmp_path / "probe").mkdir()
    if request.param and not can_confine(tmp_path / "probe"):
        pytest.skip("this machine lets nobody mount a root read-only (unshare, setpriv)")
    running = Container(tmp_path, confined=request.param)
    try:
        yield running
    finally:
        running.process.kill()
        running.process.wait()


def test_the_images_command_gets_healthy_takes_a_message_and_ends_on_sigterm(
    container: Container, tmp_path: Path
) -> None:
    assert container.wait(), container.log.read_text(encoding="utf-8")
    hospital = Hospital(tmp_path / "hospital")
    answer = hospital.send((MESSAGES / "01-discharge.hl7").read_bytes(), ("127.0.0.1", container.mllp))
    hospital.stop()
    assert answer.code == "CA"
    container.process.send_signal(signal.SIGTERM)
    assert container.process.wait(30) == 0
    assert not container.healthy()
    assert state(container.image) == container.before
    assert (container.data / "gateway.db").exists()
