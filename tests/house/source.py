"""Where the house's files are, for the tests that look at them."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GATEWAY = ROOT / "gateway"
SKIPPED = {".git", ".venv", ".venv-peers", "target", "node_modules", "__pycache__", "build", "dist", ".hypothesis"}


def name(path: Path) -> str:
    """A file's path as people write it."""
    return path.relative_to(ROOT).as_posix()


def modules(*folders: str) -> list[Path]:
    """All Python files below folders of the repository, sorted."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py") if not SKIPPED & set(path.parts))


def parsed(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    """All Python files below folders, each with its syntax tree."""
    for path in modules(*folders):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def kept() -> list[Path]:
    """The files that are or will be committed; without git, every file that is no product of a build."""
    try:
        command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
        paths = [ROOT / line for line in listed if line]
    except (OSError, subprocess.CalledProcessError):
        paths = [path for path in ROOT.rglob("*") if not SKIPPED & set(path.relative_to(ROOT).parts)]
    return sorted(path for path in paths if path.is_file())


def called(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every call as (line, dotted name): `lxml.etree.parse`, `eval`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func) if isinstance(node.func, ast.Attribute | ast.Name) else ""
