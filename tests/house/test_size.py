"""Small things are read; large ones are searched."""

import ast

from tests.house.source import modules, name, parsed

LINES_OF_A_MODULE = 300
LINES_OF_A_FUNCTION = 40
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> list[Function]:
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def length(function: Function) -> int:
    """Lines of the body, without decorators, signature and docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None and len(function.body) > 1 else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


def test_no_module_is_longer_than_300_lines() -> None:
    long = {
        name(path): count
        for path in modules("gateway", "tests", "tools", "docker")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > LINES_OF_A_MODULE
    }
    assert not long


def test_no_function_is_longer_than_40_lines() -> None:
    long = {
        f"{name(path)}:{function.lineno} {function.name}": length(function)
        for path, tree in parsed("gateway", "tests", "tools", "docker")
        for function in functions(tree)
        if length(function) > LINES_OF_A_FUNCTION
    }
    assert not long


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [name(path) for path in modules("gateway", "tools") if path.stem in VAGUE or path.parent.name in VAGUE] == []
