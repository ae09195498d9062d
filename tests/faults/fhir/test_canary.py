"""A person with a name that stands nowhere else: after the whole story it stands nowhere it should not (S8)."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
NAMES = {
    "Grünewälder": "Kanarienvögel",
    "GRÜNEWÄLDER": "KANARIENVÖGEL",
    "Käthe": "Zitrönchen",
    "Föhrenweg": "Käfigstieg",
}
"""As long as before, so that what counts letters still counts right."""
MARKS = ("kanarien", "zitr", "käfig")
CHARSETS = ("utf-8", "iso8859-1")
SILENT = {
    "journal": ("outcome", "problems", "kind", "key", "person", "case"),
    "audit": ("actor", "action", "object", "outcome", "detail"),
    "evidence": ("outcome", "code", "detail"),
}
"""Tables, and columns of theirs, that are for people who run the gateway, not for those who care."""
RUNS = 90


def renamed(folder: Path) -> None:
    """The person of the story with another name, in every file that names her."""
    for file in folder.rglob("*"):
        if file.is_file():
            data = made = file.read_bytes()
            for old, new in NAMES.items():
                for charset in CHARSETS:
                    made = made.replace(old.encode(charset), new.encode(charset))
            if made != data:
                file.write_bytes(made)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The data folder after the story, and what /metrics said."""
    home = tmp_path_factory.mktemp("canary")
    shutil.copytree(ROOT / "docker", home / "docker", ignore=shutil.ignore_patterns("__pycache__"))
    renamed(home / "docker" / "demo")
    for name in ("gateway", "mappings", "profiles"):
        (home / name).symlink_to(ROOT / name)
    command = [sys.executable, "docker/demo/story.py"]
    environment = os.environ | {"GATEWAY_DEMO_DATA": str(home / "data"), "ONESHOT": "0", "PYTHONPATH": str(home)}
    with subprocess.Popen(command, cwd=home, env=environment, stdout=subprocess.PIPE, text=True) as story:
        assert story.stdout
        told = []
        page = ""
        try:
            for line in story.stdout:
                told.append(line)
                if line.startswith("It keeps serving"):
                    url = line.split()[4].removesuffix(";")
                    page = urllib.request.urlopen(url, timeout=10).read().decode()  # noqa: S310 - our own
                    break
        finally:
            story.send_signal(signal.SIGTERM)
            story.wait(RUNS)
        assert page, "".join(told[-20:])
    return home / "data", page


def marked(text: bytes | str) -> bool:
    """Whether the person stands in it."""
    data = text.encode() if isinstance(text, str) else text
    return any(mark.encode(charset) in data.lower() for mark in MARKS for charset in CHARSETS)


def test_the_person_is_in_what_was_sent(played: tuple[Path, str]) -> None:
    assert any(marked(file.read_bytes()) for file in (played[0] / "out").rglob("*") if file.is_file())


def test_nobody_is_named_in_the_log(played: tuple[Path, str]) -> None:
    log = (played[0] / "gateway.log").read_bytes()
    assert log
    assert not marked(log)


def test_nobody_is_named_in_the_metrics(played: tuple[Path, str]) -> None:
    assert "gateway_messages" in played[1]
    assert not marked(played[1])


def test_nobody_is_named_in_the_name_of_a_file(played: tuple[Path, str]) -> None:
    assert [file.name for file in played[0].rglob("*") if marked(file.name)] == []


@pytest.mark.parametrize("table", SILENT)
def test_nobody_is_named_in_what_operators_read(played: tuple[Path, str], table: str) -> None:
    database = sqlite3.connect(played[0] / "gateway.db")
    try:
        there = [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]
        assert set(SILENT[table]) <= set(there)
        for column in SILENT[table]:
            rows = [row[0] for row in database.execute(f'SELECT "{column}" FROM "{table}"')]  # noqa: S608 - our own
            assert rows
            assert [row for row in rows if row is not None and marked(row)] == []
    finally:
        database.close()
