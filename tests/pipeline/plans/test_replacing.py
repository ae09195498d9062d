"""A new agreement takes the place of the old."""

import pytest

from gateway.pipeline.plans.replacing import replaced
from tests.pipeline.plans.plan import GOAL, NEED, PLAN, but

NEW = but(PLAN, id="neu", replaces=[{"reference": "CarePlan/plan"}])


def test_the_old_plan_and_its_needs_are_revoked() -> None:
    assert replaced(NEW, [PLAN, NEED, GOAL]) == [but(PLAN, status="revoked"), but(NEED, status="revoked")]


def test_a_need_that_is_part_of_the_new_plan_stays() -> None:
    shared = but(NEED, partOf=[{"reference": "CarePlan/plan"}, {"reference": "CarePlan/neu"}])
    assert replaced(NEW, [PLAN, shared]) == [but(PLAN, status="revoked")]


@pytest.mark.parametrize("status", ["completed", "revoked", "entered-in-error"])
def test_what_has_ended_stays_as_it_ended(status: str) -> None:
    assert replaced(NEW, [but(PLAN, status=status), but(NEED, status=status)]) == []


@pytest.mark.parametrize("new", [but(NEW, status="draft"), but(NEW, replaces=None), but(NEW, id="plan")])
def test_a_draft_a_plan_that_replaces_nothing_and_one_that_names_itself_revoke_nothing(new: dict[str, object]) -> None:
    assert replaced(new, [PLAN, NEED]) == []
