"""Every verb has help with an example, and stands in the reference; the help itself is quick."""

import re
import subprocess
import sys
import time
from typing import Any

import pytest
import typer.main

from gateway.cli.main import app
from tests.cli.command import ROOT, Call

PAGE = (ROOT / "docs/reference/cli.md").read_text(encoding="utf-8")
HEAVY = ("sqlalchemy", "pydantic", "fastapi", "uvicorn", "alembic", "requests", "lxml", "rapidfuzz", "gateway.store")
"""What no verb needs before it is called."""


def verbs(group: Any, *before: str) -> list[tuple[tuple[str, ...], Any]]:
    """Every verb with the words that call it."""
    if not hasattr(group, "commands"):
        return [(before, group)]
    return [found for name, each in group.commands.items() for found in verbs(each, *before, name)]


ALL = verbs(typer.main.get_command(app))


@pytest.mark.parametrize(("words", "verb"), ALL, ids=lambda part: " ".join(part) if isinstance(part, tuple) else "")
def test_every_verb_has_help_with_an_example(gateway: Call, words: tuple[str, ...], verb: Any) -> None:
    done = gateway(*words, "--help")
    assert done.code == 0
    assert re.search(rf"^ +(GATEWAY_\S+ )?gateway {' '.join(words)}\b", done.text, re.MULTILINE)
    for option in verb.params:
        assert getattr(option, "help", "") or option.name == "help" or option.param_type_name == "argument", option.name


@pytest.mark.parametrize(("words", "verb"), ALL, ids=lambda part: " ".join(part) if isinstance(part, tuple) else "")
def test_every_verb_stands_in_the_reference_with_its_options(words: tuple[str, ...], verb: Any) -> None:
    assert re.search(rf"^`gateway {' '.join(words)}\b", PAGE, re.MULTILINE)
    chapter = PAGE.split(f"\n## {words[0]}", 1)[1].split("\n## ", 1)[0]
    options = {name for option in verb.params for name in option.opts if name.startswith("--")}
    assert sorted(name for name in options - {"--help", "--config"} if name not in chapter) == []


def test_the_help_is_quick_and_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['gateway', '--help']\n"
        "from gateway.cli.main import app\n"
        "app(standalone_mode=False)\n"
        f"print(sorted(name for name in sys.modules if name in {HEAVY!r}), file=sys.stderr)\n"
    )
    best = 9.9
    for _ in range(3):
        began = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
        best = min(best, time.perf_counter() - began)
        assert done.stderr.strip() == "[]"
    assert best < 1.0  # 0.2 s on an idle machine
