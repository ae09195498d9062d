"""Whatever the audit can say of an action stands in its reference page."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.source import ROOT, parsed

PAGE = (ROOT / "docs" / "reference" / "audit.md").read_text(encoding="utf-8")


def actions() -> Iterator[str]:
    """The third field of each line that is made, where it stands in the code as it is."""
    for _, tree in parsed("gateway"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Audit" and len(node.args) > 2:
                said = node.args[2]
                yield from [str(said.value)] if isinstance(said, ast.Constant) else []


FOUND = sorted(set(actions()))


@pytest.mark.parametrize("action", FOUND)
def test_every_action_of_the_audit_is_explained(action: str) -> None:
    assert f"`{action}`" in PAGE


def test_most_actions_are_found_here() -> None:
    assert {"login", "disclose", "erase", "consent ends"} <= set(FOUND)
    assert len(FOUND) > 20
