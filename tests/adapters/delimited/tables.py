"""What the tests of this adapter share: columns of an invented list and short ways to the codec."""

from pathlib import Path
from typing import Any

from gateway.adapters.delimited import codec
from gateway.domain.codec import Tree
from gateway.domain.problem import Problem

FOLDER = Path(__file__).parent / "tables"
COLUMNS: list[dict[str, Any]] = [
    {"name": "name", "header": "Name", "aliases": ["Nachname"]},
    {"name": "plz", "header": "PLZ"},
    {"name": "betrag", "header": "Betrag", "type": "decimal"},
]


def spec(**options: Any) -> dict[str, Any]:
    """Options with the three columns, and what a test adds."""
    return {"columns": COLUMNS, **options}


def rows(data: bytes | str, **options: Any) -> list[dict[str, str]]:
    """The rows of a file."""
    trees = codec.decode(data.encode() if isinstance(data, str) else data, spec(**options)).trees
    return trees[0]["row"] if trees else []


def problems(data: bytes | str, **options: Any) -> list[Problem]:
    """What is said about a file."""
    return codec.decode(data.encode() if isinstance(data, str) else data, spec(**options)).problems


def said(data: bytes | str, **options: Any) -> list[tuple[str, str]]:
    """Code and place of everything said about a file."""
    return [(problem.code, problem.place) for problem in problems(data, **options)]


def written(*lines: dict[str, str], **options: Any) -> bytes:
    """The file of some rows."""
    return codec.encode([table(*lines)], spec(**options)).data


def refused(*lines: dict[str, str], **options: Any) -> list[tuple[str, str]]:
    """Code and place of everything said about rows that are not written."""
    done = codec.encode([table(*lines)], spec(**options))
    assert not done.data
    return [(problem.code, problem.place) for problem in done.problems]


def table(*lines: dict[str, str]) -> Tree:
    """A tree of rows."""
    return {"row": list(lines)}
