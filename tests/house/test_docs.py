"""What the code can do, the pages say; what they say is true."""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer

from gateway.cli.main import app
from tests.house.source import ROOT, kept, name

PAGES = sorted(path for path in kept() if path.suffix == ".md" and not name(path).startswith("tests/"))
WORDED_ELSEWHERE = {"map.syntax"}  # the parser's own sentence, one per fault


def verbs(command: Any, words: tuple[str, ...] = ()) -> list[str]:
    """All verbs below a command, as they are typed."""
    below = getattr(command, "commands", {})
    return [verb for word, each in below.items() for verb in verbs(each, (*words, word))] or [" ".join(words)]


VERBS = verbs(typer.main.get_command(app))


def links(page: Path) -> list[str]:
    """What a page links to in this repository."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = [match.split("#")[0] for match in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in match]
    return [target for target in targets if target]


def tool(stem: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(stem, ROOT / "tools" / f"{stem}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[stem] = module
    spec.loader.exec_module(module)
    return module


def test_the_page_of_problems_is_up_to_date() -> None:
    reference = tool("problem_reference")
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page(reference.entries(ROOT / "gateway"))


def test_the_page_of_formats_is_up_to_date() -> None:
    reference = tool("format_reference")
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page(ROOT / "mappings")


def test_every_problem_says_what_is_wrong() -> None:
    reference = tool("problem_reference")
    silent = {entry.code for entry in reference.entries(ROOT / "gateway") if not entry.says}
    assert sorted(silent - WORDED_ELSEWHERE) == []


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_explained(verb: str) -> None:
    text = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    assert f"`gateway {verb}" in text


@pytest.mark.parametrize("verb", sorted({verb.split()[0] for verb in VERBS} - {"new"} | {"new format"}))
def test_every_verb_is_in_the_readme_and_in_the_german_overview(verb: str) -> None:
    for page in ("README.md", "docs/de/ueberblick.md"):
        assert f"gateway {verb}" in (ROOT / page).read_text(encoding="utf-8"), page


def test_every_page_of_the_docs_can_be_reached_from_the_readme() -> None:
    start = ROOT / "README.md"
    reached, waiting = {start}, [start]
    while waiting:
        page = waiting.pop()
        found = {(page.parent / target).resolve() for target in links(page)}
        found |= {below for folder in found if folder.is_dir() for below in folder.glob("*.md")}
        fresh = {target for target in found if target.suffix == ".md" and target.exists()} - reached
        reached |= fresh
        waiting += fresh
    docs = {page for page in PAGES if name(page).startswith("docs/")}
    assert sorted(map(name, docs - reached)) == []


def test_every_format_is_named_in_the_docs() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES if "mappings" not in page.parts)
    formats = sorted(path.parent.name for path in (ROOT / "mappings").glob("*/format.yaml"))
    assert [known for known in formats if f"`{known}`" not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    assert [target for target in links(page) if not (page.parent / target).exists()] == []
