"""The header line -> the key of each column in the tree, tolerant of case, blanks, aliases and order."""

from collections.abc import Sequence

from gateway.adapters.delimited.dialect import Dialect, level
from gateway.adapters.delimited.findings import Findings
from gateway.adapters.delimited.formula import unescape
from gateway.domain.problem import Problem, Severity

_OTHER_DELIMITERS = ";,\t|"


def heading(cells: Sequence[str], dialect: Dialect, findings: Findings, line: int = 1) -> list[str]:
    """One key per column: the short name of a declared one, `+Header` of another, `+7` where nothing else is free."""
    known = {title: column.name for column in dialect.columns for title in column.titles}
    keys: list[str] = []
    taken: set[str] = set()
    for position, cell in enumerate(cells, start=1):
        text = unescape(cell).strip()
        key = known.get(level(text)) or (text and "+" + text)
        if not key or key in taken:
            _report_unusable(key, position, findings, line)
            key = surplus_key(position, taken)
        elif key.startswith("+"):
            _report(findings, ("delimited.header.unknown", "warning"), f"column {position} (line {line})", _UNKNOWN)
        keys.append(key)
        taken.add(key)
    _compare(keys, dialect, findings, line)
    return keys


def surplus_key(position: int, taken: set[str] | frozenset[str]) -> str:
    """The key of a cell that has no header of its own: `+` and its position from 1."""
    key = f"+{position}"
    while key in taken:
        key = "+" + key
    return key


_UNKNOWN = (
    "The header is none of the declared columns; its cells are kept and reported as unmapped.",
    "Declare the column, or add the header to the aliases of one.",
)
_TWICE = ("The header stands twice.", "Keep one of the two columns, or give them different headers.")
_UNNAMED = ("The column has no header.", "Give it a header, or declare it.")
_MISSING = ("The file has no such column.", "Ask the sender for the column, or add its header to the aliases.")
_NONE = ("No header of the file is a declared one.", "Check that the file has a header line and is of this format.")
_SEPARATOR = ("The header line holds a single text with another delimiter in it.", "Check `delimiter` of the format.")


def _report_unusable(key: str, position: int, findings: Findings, line: int) -> None:
    place = f"column {position} (line {line})"
    if not key:
        _report(findings, ("delimited.header.unnamed", "information"), place, _UNNAMED)
    else:
        severity: Severity = "warning" if key.startswith("+") else "error"
        _report(findings, ("delimited.header.twice", severity), place, _TWICE)


def _compare(keys: Sequence[str], dialect: Dialect, findings: Findings, line: int) -> None:
    place = f"header (line {line})"
    missing = [column for column in dialect.columns if column.name not in keys]
    if len(missing) == len(dialect.columns):
        alone = len(keys) == 1 and any(char in keys[0] for char in _OTHER_DELIMITERS)
        code = "delimited.delimiter" if alone else "delimited.header.none"
        _report(findings, (code, "error"), place, _SEPARATOR if alone else _NONE)
        return
    for column in missing:
        severity: Severity = "error" if column.required else "warning"
        _report(findings, ("delimited.header.missing", severity), f"column {column.name} (line {line})", _MISSING)


def _report(findings: Findings, kind: tuple[str, Severity], place: str, words: tuple[str, str]) -> None:
    findings.add(Problem(kind[0], place, words[0], words[1], kind[1]))
