"""The cost of a leaf does not grow with the message: no quadratic step in run, account, merge and explain."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from gateway.mapping.explain import explain
from gateway.mapping.format import Format
from tests.mapping.shelves import Desk, rows

SMALL, LARGE = 200, 2000


def steps(work: Callable[[], object]) -> int:
    """How many lines of Python a piece of work runs: the same on every machine."""
    count = 0

    def line(_frame: FrameType, event: str, _given: Any) -> Any:
        nonlocal count
        count += event == "line"
        return line

    before = sys.gettrace()
    sys.settrace(line)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def ratio(
    form: Format, work: Callable[[Format, dict[str, Any]], object], row: Callable[[int], dict[str, str]]
) -> float:
    """Steps per row of a large table against those of a small one."""
    counts = []
    for size in (SMALL, LARGE):
        tree = rows(*(row(number) for number in range(size)))
        work(form, tree)
        counts.append(steps(lambda: work(form, tree)) / size)  # noqa: B023 - called at once
    return counts[1] / counts[0]


def distinct(number: int) -> dict[str, str]:
    return {"a": str(number), "b": "x"}


WORK: dict[str, Callable[[Format, dict[str, Any]], object]] = {
    "plain": lambda form, tree: form.to_fhir(tree, "s", "plain"),
    "account": lambda form, tree: form.to_fhir(tree, "s"),
    "explain": lambda form, tree: explain(form, form.to_fhir(tree, "s", "lineage")),
    "back": lambda form, tree: form.from_fhir(form.to_fhir(tree, "s").tree),
    "original": lambda form, tree: form.from_fhir(form.to_fhir(tree, "s").tree, tree),
}


@pytest.mark.parametrize("work", WORK)
def test_rows_cost_the_same_in_a_large_table(desk: Desk, work: str) -> None:
    desk.table("- a <-> identifier[system=http://x].value\n- b <-> birthDate | as date", more="unmapped: warn\n")
    assert ratio(desk.load(), WORK[work], distinct) < 1.3


@pytest.mark.parametrize("work", WORK)
def test_unmapped_leaves_cost_the_same_in_a_large_table(desk: Desk, work: str) -> None:
    assert ratio(desk.table("- a <-> gender").load(), WORK[work], lambda _: {"a": "male", "b": "x"}) < 1.3


@pytest.mark.parametrize("work", ["plain", "account", "explain"])
def test_merging_costs_the_same_in_a_large_table(desk: Desk, work: str) -> None:
    desk.table("- a <-> identifier.value\n- b <-> name.text")
    desk.map("one", "row", "Patient", "- a <-> identifier.value\n- b <-> name.text", "key: [identifier.value]\n")
    assert ratio(desk.load(), WORK[work], lambda number: {"a": str(number // 2), "b": "x"}) < 1.3


def test_many_items_of_one_list_cost_the_same_each(desk: Desk) -> None:
    form = desk.message("- PID <-> Patient:\n    - 3 <-> identifier:\n        - 1 <-> value").load()
    counts = []
    for size in (SMALL, LARGE):
        tree = {"PID": [{"3": [{"1": str(number)} for number in range(size)]}]}
        form.to_fhir(tree, "s")
        counts.append(steps(lambda: form.to_fhir(tree, "s")) / size)  # noqa: B023 - called at once
    assert counts[1] / counts[0] < 1.3
