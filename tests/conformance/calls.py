"""The gateway as others call it: its command line, over copies of the files of a corpus."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("GATEWAY_SHARED", ROOT.parent / "shared"))
DATA = SHARED / "data"
CLI = [sys.executable, "-c", "import sys; from gateway.cli.main import main; sys.exit(main())"]
PATIENCE = 900  # seconds for one call


@dataclass(frozen=True, slots=True)
class Run:
    """How one call of the command line ended."""

    code: int
    output: str
    errors: str

    @property
    def escaped(self) -> bool:
        """Whether an exception reached the user instead of a problem."""
        return self.code not in (0, 1) or "Traceback (most recent call last)" in self.errors


@dataclass(frozen=True, slots=True)
class Conversion:
    """Where the results of a folder's conversion lie."""

    inputs: list[Path]
    source: Path
    out: Path
    ending: str
    run: Run

    def result(self, path: Path) -> Path:
        return self.out / f"{path.relative_to(self.source)}{self.ending}"

    def problems(self, path: Path) -> list[Any]:
        """The problems of one input; [] where there are none."""
        file = self.out / f"{path.relative_to(self.source)}.problems.json"
        found = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
        return list(found.get("problems", [found]) if isinstance(found, dict) else found)

    @property
    def accepted(self) -> list[Path]:
        return [path for path in self.inputs if self.result(path).exists()]

    @property
    def refused(self) -> list[Path]:
        """Inputs without a result that are answered by at least one problem."""
        return [path for path in self.inputs if not self.result(path).exists() and self.problems(path)]


def gateway(*arguments: str) -> Run:
    """Call the command line in a process of its own."""
    done = subprocess.run(
        [*CLI, *arguments],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
        timeout=PATIENCE,
        encoding="utf-8",
        errors="replace",
    )
    return Run(done.returncode, done.stdout, done.stderr)


def gathered(files: Iterable[tuple[Path, bytes]], folder: Path) -> list[Path]:
    """Write (relative path, content) pairs below a folder and tell where they lie."""
    made = []
    for relative, content in files:
        target = folder / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        made.append(target)
    return made


def convert(files: Iterable[tuple[Path, bytes]], source: str, target: str, room: Path) -> Conversion:
    """Convert many files in one call; `room` is an empty folder for inputs and results."""
    given, out = room / "in", room / "out"
    for folder in (given, out):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    inputs = gathered(files, given)
    run = gateway("convert", str(given), "--from", source, "--to", target, "--out", str(out))
    return Conversion(inputs, given, out, ending(out, target), run)


def ending(out: Path, target: str) -> str:
    """The ending that results have: `.json` for fhir, else what the command chose."""
    if target == "fhir":
        return ".json"
    found = [path.suffix for path in out.rglob("*") if path.is_file() and not path.name.endswith(".problems.json")]
    return max(set(found), key=found.count) if found else ".json"


def explain(path: Path, source: str) -> tuple[Run, dict[str, Any]]:
    """Where each value of one file came from, and what was not taken."""
    run = gateway("explain", str(path), "--from", source, "--json")
    try:
        return run, json.loads(run.output or "{}")
    except ValueError:
        return run, {}
