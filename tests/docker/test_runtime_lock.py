"""The image gets the part of the lock that the gateway needs to run, and nothing of what its makers need."""

import importlib.util
import re
from types import ModuleType

import pytest

from tests.docker.image import DOCKER, ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
SMALL = '[project]\ndependencies = ["requests>=2"]\n'


@pytest.fixture(scope="module")
def runtime_lock() -> ModuleType:
    spec = importlib.util.spec_from_file_location("runtime_lock", DOCKER / "runtime_lock.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def names(lock: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))


def test_what_is_needed_comes_with_what_that_needs(runtime_lock: ModuleType) -> None:
    assert names(runtime_lock.part(SMALL, LOCK)) == {"certifi", "charset-normalizer", "idna", "requests", "urllib3"}


def test_extras_and_other_platforms_are_followed_only_where_they_are_meant(
    runtime_lock: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {
        "web": ['fast; extra == "full"', 'win; sys_platform == "win32"', "core"],
        "fast": ["web[full]"],
        "core": None,
    }
    monkeypatch.setattr(runtime_lock, "requires", said.get)
    assert runtime_lock.needed(["web"]) == {"web", "core"}
    assert runtime_lock.needed(["web[full]"]) == {"web", "core", "fast"}


def test_a_package_that_is_not_installed_cannot_say_what_it_needs(runtime_lock: ModuleType) -> None:
    with pytest.raises(SystemExit, match="not installed: no-such-package"):
        runtime_lock.needed(["no-such-package"])


def test_the_hashes_are_those_of_the_lock(runtime_lock: ModuleType) -> None:
    found = runtime_lock.part(SMALL, LOCK)
    entries = re.split(r"\n(?=\S)", found.strip())
    assert all(entry in LOCK and "--hash=sha256:" in entry for entry in entries)


def test_what_the_lock_does_not_have_ends_the_build(runtime_lock: ModuleType) -> None:
    with pytest.raises(SystemExit, match="not in the lock: idna, urllib3"):
        runtime_lock.part(SMALL, re.sub(r"(?m)^(idna|urllib3)==", r"other-\1==", LOCK))


def test_no_tool_of_the_makers_is_in_the_image(runtime_lock: ModuleType) -> None:
    found = names(runtime_lock.part(PROJECT, LOCK))
    assert {"fastapi", "lxml", "sqlalchemy", "uvicorn"} <= found
    assert not {"pytest", "mypy", "ruff", "hypothesis", "httpx", "hatchling", "hl7"} & found
