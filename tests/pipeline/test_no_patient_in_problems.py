"""No problem ever holds a patient's data: every example, with values spoilt, against every word it holds."""

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from gateway.domain.codec import Tree
from gateway.domain.problem import Problem
from gateway.mapping.format import Format
from gateway.mapping.run import leaves
from gateway.mapping.runtime import clone
from gateway.mapping.shelf import Shelf
from gateway.pipeline.translate import translate
from gateway.wiring import Codecs, folders

ROOT = Path(__file__).resolve().parents[2]
SHELF = Shelf(folders(), Codecs())
FILES = sorted((ROOT / "mappings").glob("*/examples/*.in.*"))
CANARY = "Kanarienvogel"
SPOILT = (
    CANARY,
    f"{CANARY} {CANARY}",
    f"1941{CANARY}",
    f"{CANARY}\x07",
    f"={CANARY}",
    CANARY * 400,
    f"2026-13-99 {CANARY}",
)
NUMBER = "94418273"


def form_of(path: Path) -> Format:
    form = SHELF.get(path.parents[1].name)
    assert form is not None
    return form


def spoilt(tree: Tree, seed: int) -> Tree:
    """A copy in which a third of all texts cannot be what their place asks for."""
    random = Random(seed)
    copy: Tree = clone(tree)
    for holder, key, _, value in list(leaves(copy)):
        if isinstance(value, str) and random.random() < 0.3 and key not in {"resourceType", "fullUrl"}:
            holder[key] = random.choice((*SPOILT, NUMBER))
    return copy


def said(problems: list[Problem]) -> str:
    return "\n".join(str(problem) for problem in problems)


def runs(path: Path) -> Iterator[list[Problem]]:
    """Problems of each message of a file, spoilt in several ways, there, back and written."""
    form = form_of(path)
    for tree in form.codec.decode(path.read_bytes(), form.spec).trees:
        for seed in range(8):
            wrong = spoilt(tree, seed)
            yield list(form.codec.encode([wrong], form.spec).problems)
            result = form.to_fhir(wrong, "s")
            yield result.problems
            if form.goes("from_fhir"):
                yield form.from_fhir(spoilt(result.tree, seed)).problems


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_spoilt_values_do_not_show_in_problems(path: Path) -> None:
    for problems in runs(path):
        assert CANARY not in said(problems)
        assert NUMBER not in said(problems)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_bytes_of_a_broken_file_do_not_show_in_problems(path: Path) -> None:
    form, fhir = form_of(path), SHELF.get("fhir")
    assert fhir is not None
    data = path.read_bytes()
    random = Random(path.name)
    head = data.index(b"\n") if path.suffix == ".csv" else 0  # headers of a table are no patient's data
    for _ in range(8):
        at = random.randrange(head, len(data))
        for broken in (data[:at] + CANARY.encode() + data[at:], data[:at] + b"\xff" + data[at + 1 :], data[:at]):
            text = said(translate(broken, form, fhir).problems)
            assert CANARY not in text
            assert not [name for name in names(path) if re.search(rf"\b{re.escape(name)}\b", text)]


def names(path: Path) -> set[str]:
    """Family names of the people in an example, as its canonical form has them."""
    form = form_of(path)
    found = set()
    for tree in form.codec.decode(path.read_bytes(), form.spec).trees:
        found |= {value for _, key, _, value in leaves(form.to_fhir(tree, "s", "plain").tree) if key == "family"}
    return found
