"""What the code of the gateway calls and imports, read once for all tests of this folder."""

import ast
from functools import cache

from tests.house.source import called, name, parsed


@cache
def calls() -> tuple[tuple[str, str], ...]:
    """(file, dotted name) of every call."""
    return tuple((file, call) for file, tree in trees() for _, call in called(tree))


@cache
def imports() -> tuple[tuple[str, str], ...]:
    """(file, full name) of everything that is imported."""
    found = []
    for file, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found += [(file, each.name) for each in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found += [(file, f"{node.module}.{each.name}") for each in node.names]
    return tuple(found)


@cache
def trees() -> tuple[tuple[str, ast.Module], ...]:
    return tuple((name(path), tree) for path, tree in parsed("gateway"))
