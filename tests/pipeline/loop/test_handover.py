"""A case goes to another site: proposed, approved, and then all of it belongs there (workflow.md, phase 9)."""

from tests.pipeline.line.world import ELSEY, RAVENSBERG, World, answer, bundle, measure, url
from tests.pipeline.loop.handing import approval, proposal


def proposed(world: World) -> None:
    world.planned(measure("A-1", ELSEY), measure("A-2", RAVENSBERG))
    world.sends("stelle-senne", proposal(world))


def owner(world: World) -> str:
    return str(world.case()["owner"]["reference"])


def test_a_proposal_is_shown_at_the_case_and_asks_the_other_site(world: World) -> None:
    proposed(world)
    assert world.stand() == "in-progress handover-proposed"
    assert [(d.partner, d.about) for d in world.outbox()][-1] == ("stelle-mitte", "approve")
    assert owner(world) == "Organization/stelle-senne"


def test_approved_the_case_its_team_and_its_plan_change_hands_together(world: World) -> None:
    proposed(world)
    message = world.sends("stelle-mitte", answer(approval(world), "completed"))
    assert (owner(world), world.stand()) == ("Organization/stelle-mitte", "in-progress active-support")
    assert world.told(message) == [("stelle-mitte", "handover"), ("stelle-senne", "approve completed")]
    (team,) = world.all("CareTeam")
    assert {"member": {"reference": "Organization/stelle-mitte"}} in team["participant"]
    assert {"member": {"reference": "Organization/stelle-senne"}} not in team["participant"]
    assert {task["requester"]["reference"] for task in (world.task("A-1"), world.task("A-2"))} == {
        "Organization/stelle-mitte"
    }


def test_the_new_site_gets_the_referral_and_all_that_was_planned(world: World) -> None:
    proposed(world)
    world.sends("stelle-mitte", answer(approval(world), "completed"))
    assert len(world.sent("stelle-mitte", "ServiceRequest")) == 3
    assert len(world.sent("stelle-mitte", "CarePlan")) == 1
    assert {task["status"] for task in world.sent("stelle-mitte", "Task")} >= {"in-progress", "requested"}


def test_from_then_on_answers_go_to_the_new_site_and_it_may_change_the_plan(world: World) -> None:
    proposed(world)
    world.sends("stelle-mitte", answer(approval(world), "completed"))
    told = world.sends("elsey", answer(world.task("A-1"), "accepted"))
    assert world.told(told) == [("stelle-mitte", "task accepted")]
    world.sends("stelle-mitte", world.plan(measure("A-2", RAVENSBERG, status="revoked")))
    assert world.stand("A-2") == "cancelled withdrawn-by-requester"


def test_who_has_a_measure_hears_whom_to_call_from_now_on(world: World) -> None:
    role = {
        "resourceType": "PractitionerRole", "id": "role", "organization": {"reference": "Organization/stelle-senne"},
    }  # fmt: skip
    world.referred()
    plan = world.plan(measure("A-1", ELSEY, requester={"reference": url("role")}), author={"reference": url("role")})
    plan["entry"] += bundle(role)["entry"]
    world.sends("stelle-senne", plan)
    world.sends("stelle-senne", proposal(world))
    message = world.sends("stelle-mitte", answer(approval(world), "completed"))
    assert ("elsey", "measures") in world.told(message)
    names = {o["id"]: o["name"] for o in world.sent("elsey", "Organization")}
    assert names["stelle-mitte"] == "Kümmererstelle Mitte"


def test_the_old_site_may_not_change_it_any_more(world: World) -> None:
    proposed(world)
    world.sends("stelle-mitte", answer(approval(world), "completed"))
    world.sends("stelle-senne", world.plan(measure("A-2", RAVENSBERG, status="revoked")))
    assert world.stand("A-2") == "requested dispatched"


def test_the_plan_its_needs_and_its_goals_belong_to_the_new_site(world: World) -> None:
    world.referred()
    own = {"reference": "Organization/stelle-senne"}
    plan = world.plan(measure("A-1", ELSEY), author=own, goal=[{"reference": url("goal")}])
    about = {"status": "active", "intent": "plan", "subject": {"reference": url("person")}, "author": own}
    need = {"resourceType": "CarePlan", "id": "need", "partOf": [{"reference": url("plan")}], **about}
    goal = {
        "resourceType": "Goal", "id": "goal", "lifecycleStatus": "active", "description": {"text": "zu Hause leben"},
        "subject": {"reference": url("person")},
    }  # fmt: skip
    plan["entry"] += bundle(need, goal)["entry"]
    world.sends("stelle-senne", plan)
    world.sends("stelle-senne", proposal(world))
    world.sends("stelle-mitte", answer(approval(world), "completed"))
    agreed, asked = world.all("CarePlan"), world.all("ServiceRequest")
    assert [one["author"]["reference"] for one in agreed] == ["Organization/stelle-mitte"] * 2
    kept = [*agreed, *world.all("Goal"), *(one for one in asked if "basedOn" in one)]
    assert len(kept) == 4
    assert {one["meta"]["source"].rpartition(":")[2] for one in kept} == {"stelle-mitte"}


def test_declined_nothing_changes_and_the_proposer_hears_why(world: World) -> None:
    proposed(world)
    message = world.sends("stelle-mitte", answer(approval(world), "rejected", "no-capacity", "Team voll"))
    assert (owner(world), world.stand()) == ("Organization/stelle-senne", "in-progress active-support")
    assert world.told(message) == [("stelle-senne", "approve declined")]


def test_who_began_to_take_it_over_and_could_not_leaves_all_as_it_was(world: World) -> None:
    proposed(world)
    world.sends("stelle-mitte", answer(approval(world), "in-progress"))
    world.sends("stelle-mitte", answer(approval(world), "failed", "", "Team voll"))
    assert (owner(world), world.stand()) == ("Organization/stelle-senne", "in-progress active-support")
    assert b"Team voll" in world.outbox("stelle-senne")[-1].data


def test_a_proposal_that_is_taken_back_leaves_the_case_where_it_was_and_the_other_site_hears_it(world: World) -> None:
    proposed(world)
    message = world.sends("stelle-senne", answer(approval(world), "cancelled", "", "doch kein Umzug"))
    assert (owner(world), world.stand()) == ("Organization/stelle-senne", "in-progress active-support")
    assert world.told(message) == [("stelle-mitte", "approve")]
    assert world.sent("stelle-mitte", "Task")[0]["status"] == "cancelled"


def test_who_does_not_have_the_case_may_not_propose_it(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    message = world.sends("elsey", proposal(world))
    assert (message.stopped, world.stand()) == ("record", "in-progress active-support")


def test_a_case_that_came_to_rest_meanwhile_stays_with_its_site_and_the_approval_says_so(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    world.sends("elsey", answer(world.task("A-1"), "in-progress"))
    world.sends("stelle-senne", proposal(world))
    world.sends("elsey", answer(world.task("A-1"), "on-hold", "client-unreachable", "seit Montag nicht da"))
    message = world.sends("stelle-mitte", answer(approval(world), "completed"))
    assert [problem.code for problem in message.problems if problem.severity == "warning"] == ["handover.stand"]
    assert (owner(world), world.stand()) == ("Organization/stelle-senne", "on-hold client-unreachable")
    assert world.task("A-1")["requester"] == {"reference": "Organization/stelle-senne"}


def test_running_the_approval_again_changes_nothing(world: World) -> None:
    proposed(world)
    message = world.sends("stelle-mitte", answer(approval(world), "completed"))
    before = (len(world.outbox()), len(world.store.history("Task", world.case()["id"])))
    world.again(message)
    assert (len(world.outbox()), len(world.store.history("Task", world.case()["id"]))) == before
