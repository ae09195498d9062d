"""What is imported is declared, and what is declared is locked."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from tests.house.source import ROOT, name, parsed

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
OURS = {"gateway", "tests", "tools", "standins", "deployment", "story"}
CLIENTS = ROOT / "tests/conformance/clients/python/requirements.txt"  # have an environment of their own
WHERE_INSTALLED = {"atheris"}  # tests/fuzz looks whether it is there
GENERATORS = {"hl7apy"}  # read once by tools/ to make facts; nothing else needs it


def plain(requirement: str) -> str:
    """A requirement's package in the spelling of the lock."""
    return re.split(r"[\s<>=!~;\[]", requirement, maxsplit=1)[0].lower().replace("_", "-").replace(".", "-")


RUNTIME = {plain(requirement) for requirement in PROJECT["dependencies"]}
PEERS = {plain(line) for line in CLIENTS.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"}
DEVELOPMENT = RUNTIME | {plain(requirement) for extra in EXTRAS.values() for requirement in extra}


def foreign(tree: ast.AST) -> set[str]:
    """First words of everything that a module imports from elsewhere."""
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
    return {word.split(".")[0] for word in imported} - OURS - set(sys.stdlib_module_names) - GENERATORS


@pytest.mark.parametrize(
    ("folder", "allowed"),
    [("gateway", RUNTIME), ("tests", DEVELOPMENT | PEERS | WHERE_INSTALLED), ("tools", DEVELOPMENT)],
)
def test_what_is_imported_is_declared(folder: str, allowed: set[str]) -> None:
    packages = packages_distributions()
    missing = [
        f"{name(path)}: {word}"
        for path, tree in parsed(folder)
        for word in sorted(foreign(tree))
        if not {plain(package) for package in packages.get(word, [word])} & allowed
    ]
    assert missing == []


def test_what_is_declared_is_locked() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    assert sorted(DEVELOPMENT - locked) == []
