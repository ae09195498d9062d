"""What a Task of the API means for others of its case: questions, stops, requests taken back, death, closure."""

import pytest

from tests.pipeline.rest.client import Client, body, codes, task

SOURCE = "senneklinik"


def helped(desk: Client, measure: dict[str, object]) -> None:
    """A measure that was done."""
    for to, business in (("accepted", ""), ("in-progress", "active-support"), ("completed", "outcome-helped")):
        assert desk.move(measure, to, business).status == 200


def test_a_question_stops_the_clock_of_the_task_until_it_is_answered(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    told = desk.partner("elsey").create(task(measure, kind="question", part=measure, description="Wann passt es?"))
    assert (told.status, desk.stand(measure)) == (201, "received awaiting-information")
    assert body(told)["owner"]["reference"] == "Organization/stelle-senne"
    question = body(told)
    for to in ("accepted", "in-progress", "completed"):
        assert desk.partner("stelle-senne").move(question, to).status == 200
    assert desk.stand(measure) == "received under-review"


def test_what_is_merely_asked_is_answered_with_its_last_word_as_by_a_message(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    question = body(desk.partner("elsey").create(task(measure, kind="question", part=measure, description="Wann?")))
    assert desk.partner("stelle-senne").move(question, "completed").status == 200
    assert desk.stand(question) == "completed"
    kept = [v.resource["status"] for v in reversed(desk.world.store.history("Task", question["id"]))]
    assert kept == ["draft", "requested", "accepted", "in-progress", "completed"]


def test_a_word_that_comes_too_late_is_refused_and_not_turned_into_another(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    question = body(desk.partner("elsey").create(task(measure, kind="question", part=measure, description="Wann?")))
    desk.partner("stelle-senne").move(question, "accepted")
    assert codes(desk.partner("stelle-senne").move(question, "rejected", reason="doch nicht")) == ["task.move"]


def test_a_measure_goes_one_step_at_a_time(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    assert codes(desk.partner("elsey").move(measure, "completed", "outcome-helped")) == ["task.move"]


def test_a_new_measure_is_on_its_way(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    assert desk.stand(measure) == "requested dispatched"


def test_a_referral_does_not_end_without_a_word_how(desk: Client) -> None:
    case, (measure,) = desk.planned("elsey")
    helped(desk, measure)
    assert codes(desk.partner("stelle-senne").move(case, "completed")) == ["closure.outcome"]
    assert desk.partner("stelle-senne").move(case, "completed", "outcome-helped").status == 200


def test_a_question_needs_no_focus_if_it_says_what_it_is_part_of(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    bare = task(measure, kind="question", part=measure)
    told = desk.partner("elsey").create({k: v for k, v in bare.items() if k not in ("focus", "for")})
    assert (body(told)["focus"]["reference"], body(told)["for"]) == (measure["focus"]["reference"], measure["for"])


def test_nobody_outside_a_case_asks_in_it(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    assert codes(desk.partner("ravensberg").create(task(measure, kind="question", part=measure))) == [
        "rest.task.stranger"
    ]


def test_nobody_outside_a_case_is_asked_in_it(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    question = task(measure, kind="question", part=measure, owner={"reference": "Organization/ravensberg"})
    assert codes(desk.partner("elsey").create(question)) == ["rest.task.addressee"]


def test_who_is_asked_to_stop_sees_it_at_the_task_and_refuses_or_stops(desk: Client) -> None:
    case, (measure,) = desk.planned("elsey")
    desk.move(measure, "accepted")
    desk.move(measure, "in-progress", "active-support")
    stop = body(desk.create(task(measure, kind="abort", part=case)))
    assert desk.stand(measure) == "in-progress cancellation-requested"
    assert desk.partner("elsey").move(stop, "rejected", reason="sie braucht es noch").status == 200
    assert desk.stand(measure) == "in-progress active-support"


def test_a_measure_that_is_declined_opens_a_decision_for_its_site(desk: Client) -> None:
    case, (measure,) = desk.planned("elsey")
    desk.partner("elsey").move(measure, "rejected", "no-capacity", "kein Platz")
    found = [t for t in desk.world.all("Task") if t.get("reasonCode")]
    assert [t["owner"]["reference"] for t in found] == ["Organization/stelle-senne"]
    assert found[0]["groupIdentifier"]["value"] == case["id"]


def test_a_request_that_is_revoked_takes_its_task_back(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    request = desk.stored({"resourceType": "ServiceRequest", "id": measure["focus"]["reference"].partition("/")[2]})
    assert desk.update({**request, "status": "revoked"}).status == 200
    assert desk.stand(measure) == "cancelled withdrawn-by-requester"
    assert [d.about for d in desk.world.outbox("elsey")] == ["measures", "measures"]


def test_a_death_that_is_recorded_ends_what_is_open(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    person = desk.stored({"resourceType": "Patient", "id": measure["for"]["reference"].partition("/")[2]})
    desk.update({**person, "deceasedBoolean": True})
    assert desk.stand(measure) == "cancelled deceased"


def test_a_consent_that_is_withdrawn_ends_what_has_not_begun(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    coded = [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "treatment"}]}]
    consent = desk.made({
        "resourceType": "Consent", "status": "active", "scope": coded[0], "category": coded,
        "patient": measure["for"], "policyRule": coded[0],
    })  # fmt: skip
    desk.update({**consent, "status": "inactive"})
    assert desk.stand(measure) == "cancelled consent-withdrawn"


# --- the end ---------------------------------------------------------------------------------------------------------


def test_a_referral_is_not_closed_while_a_measure_is_open(desk: Client) -> None:
    case, _ = desk.planned("elsey")
    told = desk.move(case, "completed", "outcome-helped")
    assert (told.status, codes(told)) == (422, ["closure.measure"])
    (ends,) = [a for a in told.actions if a["status"] == "completed"]
    assert [o["code"] for o in ends["obstacles"]] == ["closure.measure"]


def test_a_referral_is_not_closed_before_each_goal_was_assessed(desk: Client) -> None:
    case, (measure,) = desk.planned("elsey")
    helped(desk, measure)
    goal = desk.made({
        "resourceType": "Goal", "lifecycleStatus": "active", "description": {"text": "Sicher gehen"},
        "subject": case["for"],
    })  # fmt: skip
    desk.made({
        "resourceType": "CarePlan", "status": "active", "intent": "plan", "subject": case["for"],
        "supportingInfo": [case["focus"]], "goal": [{"reference": f"Goal/{goal['id']}"}],
    })  # fmt: skip
    assert codes(desk.move(case, "completed", "outcome-helped")) == ["closure.goal"]
    reached = {"achievementStatus": {"coding": [{"code": "achieved"}]}}
    desk.update({**goal, **reached})
    assert desk.move(case, "completed", "outcome-helped").status == 200


def test_a_second_person_closes_a_case_all_the_same_with_a_warning(desk: Client) -> None:
    case, _ = desk.planned("elsey")
    told = desk.proxy("author", "verifier", reason="Familie ist verzogen").move(case, "completed", "outcome-partial")
    assert (told.status, [(p.code, p.severity) for p in told.problems]) == (200, [("closure.measure", "warning")])
    (kept,) = [p for p in desk.world.all("Provenance") if p.get("reason")]
    assert (kept["target"], kept["reason"][0]["text"]) == (
        [{"reference": f"Task/{case['id']}"}], "Familie ist verzogen",
    )  # fmt: skip
    assert [kinds_of(agent) for agent in kept["agent"]] == [["author"], ["verifier"]]


@pytest.mark.parametrize(("kinds", "reason"), [(("author", "verifier"), ""), (("author",), "weil")])
def test_nobody_closes_a_case_alone_or_without_a_reason(desk: Client, kinds: tuple[str, ...], reason: str) -> None:
    case, _ = desk.planned("elsey")
    assert desk.proxy(*kinds, reason=reason).move(case, "completed", "outcome-partial").status == 422


# --- proxy entry -----------------------------------------------------------------------------------------------------


def test_a_phone_call_is_recorded_as_a_proxy_entry(desk: Client) -> None:
    _, (measure,) = desk.planned("ravensberg")
    assert desk.proxy("enterer", "informant").move(measure, "accepted", "scheduled").status == 200
    told = [p for p in desk.world.all("Provenance") if f"Task/{measure['id']}" in p["target"][0]["reference"]]
    assert any(code == "enterer" for p in told for a in p["agent"] for code in kinds_of(a))


def kinds_of(agent: dict[str, object]) -> list[str]:
    """Type codes of an agent."""
    codings = agent.get("type", {}).get("coding", [])  # type: ignore[attr-defined]  # a resource is any JSON
    return [coding["code"] for coding in codings]


def test_a_proxy_takes_nothing_back(desk: Client) -> None:
    _, (measure,) = desk.planned("ravensberg")
    assert codes(desk.proxy("enterer", "informant").move(measure, "cancelled", reason="x")) == ["task.actor"]


def test_the_site_enters_what_its_recipient_said_and_a_stranger_does_not(desk: Client) -> None:
    _, (measure,) = desk.planned("ravensberg")
    assert desk.partner("elsey").proxy("enterer", "author").move(measure, "accepted").status == 422
    assert desk.partner("stelle-senne").proxy("enterer", "author").move(measure, "accepted").status == 200


def test_the_word_of_another_house_is_not_entered_for_the_owner(desk: Client) -> None:
    _, (measure,) = desk.planned("ravensberg")
    on_behalf = {"onBehalfOf": {"reference": "Organization/elsey"}}
    agents = [{"type": {"coding": [{"code": "enterer"}]}, "who": {"reference": "Practitioner/e"}, **on_behalf}]
    said = Client(desk.world, provenance={"resourceType": "Provenance", "agent": agents})
    assert codes(said.move(measure, "accepted")) == ["rest.task.behalf"]
    assert desk.stand(measure).startswith("requested")


def test_a_question_of_the_requester_keeps_no_owner_waiting(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    assert desk.partner("stelle-senne").create(task(measure, kind="question", part=measure)).status == 201
    assert desk.stand(measure).startswith("requested")


def test_a_case_changes_hands_once_the_new_owner_approves(desk: Client) -> None:
    case, _ = desk.planned("elsey")
    handed = task(case, kind="approve", part=case, owner={"reference": "Organization/stelle-mitte"})
    approval = body(desk.partner("stelle-senne").create(handed))
    assert desk.stand(case) == "in-progress handover-proposed"
    for to in ("accepted", "in-progress", "completed"):
        assert desk.partner("stelle-mitte").move(approval, to).status == 200
    assert desk.stand(case) == "in-progress active-support"
    assert desk.stored(case)["owner"]["reference"] == "Organization/stelle-mitte"


def test_whoever_asks_is_told_that_somebody_cannot_be_reached(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    desk.world.change("elsey", receives=[])
    told = desk.partner("stelle-senne").move(measure, "cancelled", "withdrawn-by-requester", "nicht mehr nötig")
    assert (told.status, [(p.code, p.severity) for p in told.problems]) == (200, [("encode.road", "warning")])


def test_the_desk_decides_who_takes_a_measure_over(desk: Client) -> None:
    case, (measure,) = desk.planned("elsey")
    desk.partner("elsey").move(measure, "rejected", "no-capacity", "kein Platz")
    (decision,) = [t for t in desk.world.all("Task") if t.get("reasonCode")]
    chosen = [{"type": {"text": "Übernahme"}, "valueReference": {"reference": "Organization/ravensberg"}}]
    for to in ("accepted", "in-progress"):
        assert desk.move(decision, to).status == 200
    told = desk.move(decision, "completed", output=chosen)
    assert told.status == 200, told.problems
    owners = [t["owner"]["reference"] for t in desk.world.all("Task") if t["code"] == measure["code"] and "partOf" in t]
    assert owners == ["Organization/elsey", "Organization/ravensberg"]
    assert [d.about for d in desk.world.outbox("ravensberg")] == ["measures"]
    assert desk.stored(case)["status"] == "in-progress"


def test_a_measure_that_replaces_another_takes_its_place(desk: Client) -> None:
    case, (measure,) = desk.planned("elsey")
    person = desk.stored({"resourceType": "Patient", "id": case["for"]["reference"].partition("/")[2]})
    other = desk.request(person, intent="filler-order", replaces=[{"reference": measure["focus"]["reference"]}])
    desk.made(task(other, part=case, owner={"reference": "Organization/ravensberg"}))
    assert desk.stand(measure) == "cancelled superseded"


def test_a_changed_measure_is_offered_to_who_is_bound_to_it(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    desk.move(measure, "accepted")
    request = desk.stored({"resourceType": "ServiceRequest", "id": measure["focus"]["reference"].partition("/")[2]})
    assert desk.update({**request, "patientInstruction": "vormittags"}).status == 200
    offered = [t for t in desk.world.all("Task") if t["code"]["coding"][0]["code"] == "change"]
    assert [t["owner"]["reference"] for t in offered] == ["Organization/elsey"]


def test_a_stay_in_hospital_pauses_what_is_under_way(desk: Client) -> None:
    case, (measure,) = desk.planned("elsey")
    for to in ("accepted", "in-progress"):
        desk.move(measure, to)
    stay = {"resourceType": "Encounter", "status": "in-progress", "class": {"code": "IMP"}, "subject": case["for"]}
    desk.made(stay)
    assert (desk.stand(measure), desk.stand(case)) == ("on-hold client-in-hospital", "on-hold client-in-hospital")


def test_a_provenance_that_is_none_is_refused_with_the_change(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    desk.provenance = {"resourceType": "Provenance", "agent": [{"onBehalfOf": {"reference": "Patient/x"}}]}
    told = desk.move(measure, "accepted")
    assert (told.status, told.problems[0].place) == (422, "X-Provenance: Provenance.agent[0].who")
    assert desk.stored(measure)["status"] == "requested"


def test_a_case_is_proposed_to_one_at_a_time(desk: Client) -> None:
    case, _ = desk.planned("elsey")
    mitte = {"reference": "Organization/stelle-mitte"}
    desk.move(case, "accepted")
    assert desk.create(task(case, kind="approve", part=case, owner=mitte)).status == 201
    told = desk.create(task(case, kind="approve", part=case, owner=mitte))
    assert (told.status, codes(told)) == (422, ["record.task.proposed"])


def test_a_requester_that_asks_for_an_end_by_the_status_alone_opens_the_task_that_asks(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    desk.partner("elsey").move(measure, "accepted")
    desk.partner("elsey").move(measure, "in-progress")
    told = desk.partner("stelle-senne").move(measure, "in-progress", "cancellation-requested")
    assert told.status == 200, told.problems
    stops = [t for t in desk.world.all("Task") if t["code"]["coding"][0]["code"] == "abort"]
    assert [stop["focus"]["reference"] for stop in stops] == [f"Task/{measure['id']}"]
    assert ("elsey", "abort") in [(d.partner, d.about) for d in desk.world.outbox()]
