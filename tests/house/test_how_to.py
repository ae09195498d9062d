"""The how-to pages, played: each file they show is written, each command they show is run and says what is shown."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.source import ROOT

PAGES = ("add-a-format", "adapt-for-a-partner", "read-check-findings")
BLOCK = re.compile(r"^(?:`(?P<file>[^`\n]+)`:\n)?```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
MAIN = "from gateway.cli.main import main; main()"


@dataclass(frozen=True, slots=True)
class Said:
    """A command of a page, what the page shows of its answer, and the whole answer."""

    command: str
    shown: list[str]
    answer: list[str]

    def missing(self) -> list[str]:
        """Lines shown that the answer lacks; `…` stands for anything."""
        wanted = [re.compile(".*".join(map(re.escape, levelled(line).split("…")))) for line in self.shown]
        return [line.pattern for line in wanted if not any(line.fullmatch(found) for found in self.answer)]


def levelled(line: str) -> str:
    return " ".join(line.split())


def run(command: str, folder: Path) -> list[str]:
    words = command.split()[1:]
    done = subprocess.run(
        [sys.executable, "-c", MAIN, *words],
        cwd=folder,
        capture_output=True,
        check=False,
        env={"PYTHONPATH": str(ROOT)},
    )
    return [levelled(line) for line in (done.stdout + b"\n" + done.stderr).decode("utf-8").splitlines()]


def played(page: str, folder: Path) -> list[Said]:
    said = []
    for block in BLOCK.finditer((ROOT / "docs" / "how-to" / f"{page}.md").read_text(encoding="utf-8")):
        if block["file"]:
            path = folder / block["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block["text"], encoding="utf-8")
        elif block["kind"] == "console":
            for part in block["text"].split("$ ")[1:]:
                command, *shown = part.rstrip("\n").split("\n")
                said.append(Said(command, shown, run(command, folder)))
    return said


@pytest.mark.parametrize("page", PAGES)
def test_what_a_how_to_shows_is_what_happens(page: str, tmp_path: Path) -> None:
    missing = [(said.command, said.missing(), said.answer) for said in played(page, tmp_path) if said.missing()]
    assert missing == []
