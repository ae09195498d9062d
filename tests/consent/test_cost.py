"""What a decision with the projection of a case costs, in calls: they are the same on every machine."""

import sys
from typing import Any

import pytest

from gateway.consent.decide import Asking, decide
from gateway.consent.project import project
from gateway.pipeline.policies.load import standard
from tests.bench.protecting import NOW, PARTY, PERSON, case, consents

MOST = 40_000
"""Calls of Python and of C. 33,000, the most of any role, took 3.6 ms of processor time; the goal is 5 ms."""


def calls(role: str) -> int:
    """How many one decision and one projection make, where a role was asked for before."""
    tree, given, asked, found = case(), consents(), Asking(PARTY, role, "", PERSON), 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal found
        found += event in {"call", "c_call"}

    assert sum(map(len, tree.values())) == 50
    before = sys.getprofile()
    for hear in (None, count):
        sys.setprofile(hear)
        project(tree, decide(standard(), given, asked, NOW))
    sys.setprofile(before)
    return found


@pytest.mark.parametrize("role", standard().roles)
def test_fifty_resources_cost_few_calls(role: str) -> None:
    assert 1_000 < calls(role) < MOST
