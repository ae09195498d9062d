"""A plan is an agreement: a new one takes the place of the old, and whoever writes one without a yes is told."""

from typing import Any

from tests.pipeline.line.world import ELSEY, World, measure
from tests.pipeline.rest.client import Client, Resource, body, codes


def plan(case: Resource, **more: Any) -> Resource:
    """An active agreement for the referral of a case."""
    return {
        "resourceType": "CarePlan", "status": "active", "intent": "plan", "subject": case["for"],
        "supportingInfo": [case["focus"]], **more,
    }  # fmt: skip


def link(resource: Resource) -> Resource:
    return {"reference": f"{resource['resourceType']}/{resource['id']}"}


def test_a_new_agreement_ends_the_old_one_and_its_needs_in_the_same_write(desk: Client) -> None:
    case, _ = desk.planned()
    old = desk.made(plan(case, title="Zu Hause"))
    need = desk.made(plan(case, title="Einkaufen", partOf=[link(old)]))
    stays = desk.made(plan(case, title="etwas anderes"))
    told = desk.create(plan(case, title="Weiter zu Hause", replaces=[link(old)]))
    assert (told.status, body(told)["status"]) == (201, "active")
    assert [desk.stored(one)["status"] for one in (old, need, stays)] == ["revoked", "revoked", "active"]


def test_a_draft_ends_nothing_before_it_is_agreed(desk: Client) -> None:
    case, _ = desk.planned()
    old = desk.made(plan(case))
    draft = desk.made(plan(case, status="draft", replaces=[link(old)]))
    assert desk.stored(old)["status"] == "active"
    assert desk.update({**draft, "status": "active"}).status == 200
    assert desk.stored(old)["status"] == "revoked"


def test_a_plan_to_which_nobody_agreed_is_kept_with_a_warning(desk: Client) -> None:
    case, _ = desk.planned()
    told = desk.create(plan(case))
    assert (told.status, codes(told)) == (201, ["plan.agreement"])
    assert codes(desk.create(plan(case, contributor=[case["for"]]))) == []


def test_a_new_agreement_of_a_site_ends_the_old_one_by_message_too() -> None:
    world = World()
    world.planned(measure("A-1", ELSEY))
    (old,) = world.all("CarePlan")
    again = world.plan(measure("A-1", ELSEY), id="plan-2", contributor=[], replaces=[link(old)])
    message = world.sends("stelle-senne", again)
    assert message.stopped == ""
    assert sorted(one["status"] for one in world.all("CarePlan")) == ["active", "revoked"]
    assert "plan.agreement" in [problem.code for problem in message.problems]
