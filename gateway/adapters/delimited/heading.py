"""The header line -> the key of each column in the tree, tolerant of case, blanks, aliases and order."""

from collections.abc import Sequence

from gateway.adapters.delimited.dialect import Dialect, level
from gateway.adapters.delimited.findings import Findings
from gateway.adapters.delimited.formula import unescape
from gateway.adapters.delimited.sentences import problem

_OTHER_DELIMITERS = ";,\t|"


def heading(cells: Sequence[str], dialect: Dialect, findings: Findings, line: int = 1) -> list[str]:
    """One key per column: the short name of a declared one, `+Header` of another, `+7` where nothing else is free."""
    known = {title: column.name for column in dialect.columns for title in column.titles}
    keys: list[str] = []
    taken: set[str] = set()
    for position, cell in enumerate(cells, start=1):
        place = f"column {position} (line {line})"
        text = unescape(cell).strip()
        key = known.get(level(text)) or (text and "+" + text)
        if not key or key in taken:
            _report_unusable(key, place, findings)
            key = surplus_key(position, taken)
        elif key.startswith("+"):
            findings.add(problem("delimited.header.unknown", place))
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


def _report_unusable(key: str, place: str, findings: Findings) -> None:
    if not key:
        findings.add(problem("delimited.header.unnamed", place))
    elif key.startswith("+"):
        findings.add(problem("delimited.header.repeated", place))
    else:
        findings.add(problem("delimited.header.twice", place))


def _compare(keys: Sequence[str], dialect: Dialect, findings: Findings, line: int) -> None:
    missing = [column for column in dialect.columns if column.name not in keys]
    if len(missing) == len(dialect.columns):
        alone = len(keys) == 1 and any(char in keys[0] for char in _OTHER_DELIMITERS)
        found = problem("delimited.delimiter" if alone else "delimited.header.none", f"header (line {line})")
        (findings.stop if keys else findings.add)(found)  # cells of a first row must not become headers, and so places
        return
    for code, required in (("delimited.header.required", True), ("delimited.header.missing", False)):
        lacking = (column for column in missing if not column.optional)
        if names := ", ".join(column.name for column in lacking if column.required is required):
            findings.add(problem(code, f"header (line {line})", names=names))
