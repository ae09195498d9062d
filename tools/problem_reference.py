"""Writes docs/reference/problems.md: every problem code in the source with its sentence, repair and file.

`python tools/problem_reference.py` writes the page, `--check` only says whether it is up to date (exit 1 if not).
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "problems.md"
CODE = re.compile(r"[a-z][a-z0-9]*(\.[a-z0-9]+(-[a-z0-9]+)*)+")
ENDINGS = (".py", ".yaml", ".yml", ".json", ".csv", ".xml", ".hl7", ".md", ".txt", ".gz")
Function = ast.FunctionDef | ast.AsyncFunctionDef
HEAD = """# Problems

Generated from the source by `tools/problem_reference.py`. Every problem has one of these codes, a place, a sentence
and a repair; `…` stands for a part that the gateway fills in, never with a person's data.

| code | says | repair | from |
|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the page; `says` and `repair` are empty where the source puts them together elsewhere."""

    code: str
    says: str
    repair: str
    file: str


def text_of(node: ast.expr) -> str | None:
    """The text of a literal or f-string, with … for what is filled in."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) or "…" for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return f"{text_of(node.left) or '…'}{text_of(node.right) or '…'}"
    return None


def is_code(text: object) -> bool:
    """Whether a literal has the form of a problem code and not of a file name."""
    return isinstance(text, str) and CODE.fullmatch(text) is not None and not text.endswith(ENDINGS)


def siblings(node: ast.AST) -> list[ast.expr]:
    """The expressions that stand together in a tuple, a list or the arguments of a call."""
    if isinstance(node, ast.Call):
        return [*node.args, *(keyword.value for keyword in node.keywords)]
    return list(node.elts) if isinstance(node, ast.Tuple | ast.List) else []


def groups(tree: ast.AST) -> Iterator[list[ast.expr]]:
    """Every group of expressions of a module that may hold a code beside its sentence: rows of tables."""
    for node in unlogged(tree):
        yield siblings(node)
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if key is not None:
                    yield [key, *(siblings(value) or [value])]
        if isinstance(node, ast.Assign | ast.Return | ast.IfExp):
            yield [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.Constant)]


def unlogged(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes of a module but those of log lines: an event's name looks like a code."""
    yield tree
    for child in ast.iter_child_nodes(tree):
        if not (isinstance(child, ast.Call) and ast.unparse(child.func).lower().startswith("log.")):
            yield from unlogged(child)


def counted() -> set[str]:
    """The names of counts (`Store.counts`): they look like codes too."""
    sys.path.insert(0, str(ROOT))
    from gateway.domain.ledger import Standing, State  # noqa: PLC0415 - the checkout, not an installed wheel

    return {f"message.{state}" for state in get_args(State)} | {f"delivery.{word}" for word in get_args(Standing)}


def makers(trees: Iterable[ast.Module]) -> dict[str, list[str]]:
    """What makes problems, with its parameters: `Problem`, and functions that hand a parameter on as its code."""
    known = {"Problem": ["code", "place", "sentence", "repair"]}
    functions = [node for tree in trees for node in ast.walk(tree) if isinstance(node, Function)]
    size = 0
    while size < len(known):
        size = len(known)
        for function in functions:
            names = [
                arg.arg for arg in (*function.args.args, *function.args.kwonlyargs) if arg.arg not in {"self", "cls"}
            ]
            handed = (bound(call, known).get("code") for call in calls(function, known))
            if any(isinstance(code, ast.Name) and code.id in names for code in handed):
                known[function.name] = names
    return known


def calls(tree: ast.AST, known: Mapping[str, list[str]]) -> Iterator[ast.Call]:
    """All calls of makers of problems."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node) in known:
            yield node


def name_of(call: ast.Call) -> str:
    """The last word of what is called."""
    return str(getattr(call.func, "id", None) or getattr(call.func, "attr", ""))


def bound(call: ast.Call, known: Mapping[str, list[str]]) -> dict[str, ast.expr]:
    """A call's arguments by parameter."""
    return dict(zip(known[name_of(call)], call.args, strict=False)) | {k.arg: k.value for k in call.keywords if k.arg}


def assigned(function: ast.AST) -> dict[str, list[tuple[int, str]]]:
    """The texts a function gives to its variables, with their lines."""
    found: dict[str, list[tuple[int, str]]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
                for name, value in zip(names, values, strict=False):
                    text = text_of(value)
                    if isinstance(name, ast.Name) and text is not None:
                        found.setdefault(name.id, []).append((node.lineno, text))
    return found


def worded(tree: ast.AST, known: Mapping[str, list[str]]) -> Iterator[tuple[str, str, str]]:
    """Code, sentence and repair of every call of a maker; variables are looked up where they were last given a text."""
    for function in (node for node in ast.walk(tree) if isinstance(node, Function)):
        texts = assigned(function)
        for call in calls(function, known):
            given = bound(call, known)
            words = [said(given.get(key), texts, call.lineno) for key in ("code", "sentence", "repair")]
            if is_code(words[0]):
                yield words[0], words[1], words[2]


def said(node: ast.expr | None, texts: Mapping[str, list[tuple[int, str]]], line: int) -> str:
    """The text of an argument, empty where it cannot be told from the function alone."""
    if isinstance(node, ast.Name):
        before = [text for at, text in sorted(texts.get(node.id, ())) if at <= line]
        return before[-1] if before else ""
    return (text_of(node) if node is not None else None) or ""


def entries(source: Path) -> list[Entry]:
    """All codes below `source`, one entry each, sorted; the fullest wording wins, calls before tables."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(source.rglob("*.py"))}
    known = makers(trees.values())
    shown = {path: path.relative_to(source.parent).as_posix() for path in trees}
    from_calls = [Entry(*words, shown[path]) for path, tree in trees.items() for words in worded(tree, known)]
    families, counts = {entry.code.split(".")[0] for entry in from_calls}, counted()
    from_tables = [
        entry for path, tree in trees.items() for group in groups(tree) for entry in read(group, shown[path])
    ]
    found: dict[str, Entry] = {}
    rows = (e for e in from_tables if e.code.split(".")[0] in families and e.code not in counts)
    for entry in (*from_calls, *rows):
        other = found.get(entry.code)
        if other is None or wording(other) < wording(entry):
            found[entry.code] = entry
    return [found[code] for code in sorted(found)]


def read(group: list[ast.expr], file: str) -> Iterator[Entry]:
    """The entries of one row of a table: each code with the first two sentences beside it."""
    texts = [text_of(node) for node in group]
    sentences = [text for text in texts if text and " " in text and (text.endswith(".") or text.count(" ") > 1)]
    says, repair = (*sentences, "", "")[:2]
    for text in texts:
        if text is not None and is_code(text):
            yield Entry(text, says, repair, file)


def wording(entry: Entry) -> tuple[bool, bool]:
    """How much of its wording an entry has."""
    return bool(entry.says), bool(entry.repair)


def page(found: list[Entry]) -> str:
    """The whole page as Markdown."""

    def cell(text: str) -> str:
        return " ".join(text.split()).replace("|", "\\|")

    rows = (f"| `{e.code}` | {cell(e.says)} | {cell(e.repair)} | `{e.file}` |\n" for e in found)
    return HEAD + "".join(rows)


def main() -> int:
    """Write or check the page."""
    text = page(entries(ROOT / "gateway"))
    if "--check" not in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    print(f"{PAGE.relative_to(ROOT)} is not up to date: python tools/problem_reference.py")
    return 1


if __name__ == "__main__":
    sys.exit(main())
