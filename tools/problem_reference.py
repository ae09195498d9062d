"""Writes docs/reference/problems.md: every problem code in the source with its sentence, repair and file.

`python tools/problem_reference.py` writes the page, `--check` only says whether it is up to date (exit 1 if not).
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "problems.md"
CODE = re.compile(r"[a-z][a-z0-9]*(\.[a-z0-9]+(-[a-z0-9]+)*)+")
ENDINGS = (".py", ".yaml", ".yml", ".json", ".csv", ".xml", ".hl7", ".md", ".txt", ".gz")
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
    """The expressions that stand together in a call, a tuple or one line of a dict."""
    if isinstance(node, ast.Call):
        return [*node.args, *(keyword.value for keyword in node.keywords)]
    return list(node.elts) if isinstance(node, ast.Tuple | ast.List) else []


def groups(tree: ast.AST) -> Iterator[list[ast.expr]]:
    """Every group of expressions of a module that may hold a code beside its sentence."""
    for node in ast.walk(tree):
        found = siblings(node)
        if found:
            yield found
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if key is not None:
                    yield [key, *(siblings(value) or [value])]
        if isinstance(node, ast.Assign | ast.Return | ast.IfExp):
            yield [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.Constant)]


def makers(trees: list[ast.Module]) -> set[str]:
    """Names of what makes problems: `Problem` and the functions that hand their own `code` on to one of these."""
    known = {"Problem"}
    functions = [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    while True:
        new = {function.name for function in functions if hands_on(function, known)} - known
        if not new:
            return known
        known |= new


def hands_on(function: ast.FunctionDef | ast.AsyncFunctionDef, known: set[str]) -> bool:
    """Whether one of a function's parameters becomes the code of a problem."""
    names = {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}
    return any(isinstance(first, ast.Name) and first.id in names for first in codes(function, known))


def codes(tree: ast.AST, known: set[str]) -> Iterator[ast.expr]:
    """What stands as code in each call of a maker of problems."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if (getattr(call.func, "id", None) or getattr(call.func, "attr", None)) in known:
            yield from call.args[:1]
            yield from (keyword.value for keyword in call.keywords if keyword.arg == "code")


def called(tree: ast.AST, known: set[str]) -> set[str]:
    """Codes given to makers of problems: their first words name the families of codes."""
    texts = (text_of(node) for node in codes(tree, known))
    return {text for text in texts if text is not None and is_code(text)}


def entries(source: Path) -> list[Entry]:
    """All codes below `source`, one entry each, sorted; the fullest wording wins."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(source.rglob("*.py"))}
    known = makers(list(trees.values()))
    families = {code.split(".")[0] for tree in trees.values() for code in called(tree, known)}
    found: dict[str, Entry] = {}
    for path, tree in trees.items():
        for group in groups(tree):
            for entry in read(group, path.relative_to(source.parent).as_posix()):
                other = found.get(entry.code)
                if entry.code.split(".")[0] in families and (other is None or wording(other) < wording(entry)):
                    found[entry.code] = entry
    return [found[code] for code in sorted(found)]


def read(group: list[ast.expr], file: str) -> Iterator[Entry]:
    """The entries of one group: each code with the first two sentences beside it."""
    texts = [text_of(node) for node in group]
    sentences = [text for text in texts if text and " " in text.strip()]
    says, repair = (*sentences, "", "")[:2]
    for text in texts:
        if text is not None and is_code(text):
            yield Entry(text, says, repair, file)


def wording(entry: Entry) -> int:
    """How much of its wording an entry has (0 to 2)."""
    return bool(entry.says) + bool(entry.repair)


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
