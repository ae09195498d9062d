"""Tasks through the FHIR API: new ones, moves, and what an update may not do (workflow.md, "On every write")."""

from gateway.domain.system import BUSINESS_STATUS
from tests.pipeline.rest.client import Client, body, codes, task


def test_a_referral_made_at_the_desk_gets_its_number_its_case_and_its_site(desk: Client) -> None:
    case = desk.referral()
    assert case["groupIdentifier"]["value"] == case["id"]
    assert {"https://kuemmerer-gateway.de/fhir/sid/task"} <= {i["system"] for i in case["identifier"]}
    assert case["owner"]["reference"] == "Organization/stelle-senne"
    assert [(d.partner, d.about) for d in desk.world.outbox()] == [("stelle-senne", "referral")]


def test_a_new_task_has_a_draft_and_then_its_request_in_its_history(desk: Client) -> None:
    history = desk.world.store.history("Task", desk.referral()["id"])
    assert [version.resource["status"] for version in history] == ["requested", "draft"]


def test_a_draft_is_nobodys_yet_and_nobody_hears_of_it(desk: Client) -> None:
    case = desk.referral(status="draft")
    assert (case["status"], "owner" in case, desk.world.outbox()) == ("draft", False, [])


def test_a_draft_that_is_requested_goes_to_the_site(desk: Client) -> None:
    case = desk.referral(status="draft")
    assert desk.move(case, "requested").status == 200
    assert desk.stored(case)["owner"]["reference"] == "Organization/stelle-senne"


def test_a_task_does_not_begin_as_accepted(desk: Client) -> None:
    request = desk.request(desk.person())
    told = desk.create(task(request, status="accepted"))
    assert (told.status, codes(told)) == (422, ["task.move"])


def test_a_task_without_focus_and_person_is_refused_with_both_findings(desk: Client) -> None:
    told = desk.create({"resourceType": "Task", "status": "requested", "intent": "order"})
    assert [(p.code, p.place) for p in told.problems] == [
        ("rest.task.needs", "Task.focus"), ("rest.task.needs", "Task.for"),
    ]  # fmt: skip


def test_a_request_has_one_open_task(desk: Client) -> None:
    request = desk.request(desk.person())
    desk.made(task(request))
    told = desk.create(task(request))
    assert (told.status, codes(told)) == (409, ["rest.task.twice"])


def test_a_task_for_another_person_than_its_request_is_refused(desk: Client) -> None:
    other = desk.person(name=[{"family": "Brinkmann"}])
    wrong = {**task(desk.request(desk.person())), "for": {"reference": f"Patient/{other['id']}"}}
    told = desk.create(wrong)
    assert codes(told) == ["rest.task.person"]


def test_the_first_measure_brings_the_referral_into_progress_and_goes_to_its_owner(desk: Client) -> None:
    case, (measure,) = desk.planned("elsey")
    assert case["status"] == "in-progress"
    assert measure["groupIdentifier"]["value"] == case["id"]
    assert measure["focus"]["identifier"]["value"].startswith("M-")
    assert [d.about for d in desk.world.outbox("elsey")] == ["measures"]


def test_an_owner_accepts_and_the_site_hears_of_it(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    told = desk.partner("elsey").move(measure, "accepted", "scheduled")
    assert (told.status, desk.stand(measure)) == (200, "accepted scheduled")
    assert "task accepted" in [d.about for d in desk.world.outbox("stelle-senne")]


def test_a_partner_that_is_no_side_of_a_task_is_refused(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    told = desk.partner("ravensberg").move(measure, "accepted")
    assert (told.status, codes(told)) == (422, ["rest.task.stranger"])


def test_an_illegal_move_is_refused_with_what_the_caller_may_do_instead(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    told = desk.partner("elsey").move(measure, "completed", "outcome-helped")
    assert (told.status, codes(told)) == (422, ["task.move"])
    assert {action["status"] for action in told.actions} == {"received", "accepted", "rejected"}
    assert desk.stored(measure)["status"] == "requested"
    line = desk.world.store.audit(object=f"Task/{measure['id']}")[0]
    assert (line.outcome, line.detail) == ("refused 422", "task.move")


def test_whoever_declines_says_why(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    told = desk.partner("elsey").move(measure, "rejected", "no-capacity")
    assert codes(told) == ["task.reason"]


def test_what_was_said_of_the_old_status_goes_with_it(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    desk.move(measure, "accepted", "scheduled")
    told = desk.patch(measure, {"op": "replace", "path": "/status", "value": "in-progress"})
    assert (told.status, desk.stand(measure)) == (200, "in-progress")


def test_a_business_status_gets_its_german_name(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    told = desk.move(measure, "accepted", "scheduled")
    assert body(told)["businessStatus"]["coding"][0]["display"] == "Beginn vereinbart"


def test_the_owner_changes_only_by_a_hand_over(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    told = desk.update({**desk.stored(measure), "owner": {"reference": "Organization/ravensberg"}})
    assert codes(told) == ["rest.task.owner"]


def test_an_owner_may_add_a_note_but_no_priority(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    owner, now = desk.partner("elsey"), desk.stored(measure)
    assert owner.update({**now, "note": [{"text": "Anruf am Montag"}]}).status == 200
    told = owner.update({**desk.stored(measure), "priority": "urgent"})
    assert [(p.code, p.place) for p in told.problems] == [("rest.task.element", "Task.priority")]


def test_a_note_is_no_news_for_anybody(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    desk.move(measure, "accepted")
    before = len(desk.world.outbox())
    desk.update({**desk.stored(measure), "note": [{"text": "Anruf am Montag"}]})
    assert len(desk.world.outbox()) == before


def test_a_task_that_has_ended_does_not_change_any_more(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    desk.move(measure, "rejected", "no-capacity", "kein Platz")
    told = desk.update({**desk.stored(measure), "note": [{"text": "doch"}]})
    assert codes(told) == ["rest.task.final"]
    assert codes(desk.move(measure, "accepted")) == ["task.final"]


def test_with_the_last_word_about_an_ended_task_nothing_else_of_it_changes(desk: Client) -> None:
    case, (measure,) = desk.planned("elsey")
    desk.move(measure, "rejected", "no-capacity", "kein Platz")
    assert desk.move(case, "completed", "outcome-helped").status == 200
    now = desk.stored(case)
    said = {"businessStatus": {"coding": [{"system": BUSINESS_STATUS, "code": "outcome-acknowledged"}]}}
    told = desk.update({**now, **said, "note": [{"text": "doch noch etwas"}]})
    assert "rest.task.final" in codes(told)
    assert desk.stored(case) == now


def test_a_case_number_and_our_numbers_stay_even_if_a_client_forgets_them(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    now = desk.stored(measure)
    bare = {key: value for key, value in now.items() if key not in ("identifier", "groupIdentifier", "authoredOn")}
    told = desk.update({**bare, "note": [{"text": "x"}]})
    assert told.status == 200
    assert {key: body(told)[key] for key in ("identifier", "groupIdentifier")} == {
        key: now[key] for key in ("identifier", "groupIdentifier")
    }
