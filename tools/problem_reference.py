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


def called(tree: ast.AST) -> set[str]:
    """Codes given to `Problem` itself: their first words name the families of codes."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    firsts = (
        [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "code")]
        for call in calls
        if (getattr(call.func, "id", None) or getattr(call.func, "attr", None)) == "Problem"
    )
    return {str(text_of(first)) for group in firsts for first in group if is_code(text_of(first))}


def entries(source: Path) -> list[Entry]:
    """All codes below `source`, one entry each, sorted; the fullest wording wins."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(source.rglob("*.py"))}
    families = {code.split(".")[0] for tree in trees.values() for code in called(tree)}
    found: dict[str, Entry] = {}
    for path, tree in trees.items():
        for group in groups(tree):
            for entry in read(group, path.relative_to(source.parent).as_posix()):
                known = found.get(entry.code)
                if entry.code.split(".")[0] in families and (known is None or wording(known) < wording(entry)):
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
