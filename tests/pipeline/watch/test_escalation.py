"""What is not done in time is told to the owner, then the requester, then the lead, each once."""

import json

import pytest

from gateway.domain.ledger import Save
from tests.pipeline.line.world import ELSEY, RAVENSBERG, measure
from tests.pipeline.subscribing.world import subscription
from tests.pipeline.watch.clock import Watched, berlin

HOSPITAL, SITE, LEAD = "senneklinik", "stelle-senne", "stelle-mitte"


@pytest.fixture
def world() -> Watched:
    return Watched(moment=berlin("2026-03-12T12:00"))  # a Thursday


@pytest.fixture
def received(world: Watched) -> Watched:
    """A referral that has arrived at its site, which has one working day to accept it."""
    world.referred()
    world.taken()
    assert world.stand() == "received delivered"
    world.settle_down()
    return world


def test_nobody_is_told_before_the_time_is_up(received: Watched) -> None:
    received.set(berlin("2026-03-13T11:59"))
    assert (received.overdue(), received.flags()) == ([], [])


def test_who_listens_hears_of_a_notice_in_the_commit_that_writes_it(received: Watched) -> None:
    listens = subscription("http://127.0.0.1:1/hook", criteria="Communication?status=in-progress", status="active")
    received.store.commit([Save(listens, 0, (), received.now())]).result()
    received.set(berlin("2026-03-13T12:00"))
    (event,) = received.store.announced(listens["id"], 0, 10)
    assert event.focus.startswith("Communication/")
    assert event.number == 1


def test_the_owner_is_told_first_then_the_requester_then_the_lead_a_working_day_apart(received: Watched) -> None:
    received.set(berlin("2026-03-13T12:00"))
    assert received.overdue() == [(SITE, "overdue")]
    received.set(berlin("2026-03-14T12:00"))  # a Saturday
    assert received.overdue() == [(SITE, "overdue")]
    received.set(berlin("2026-03-16T11:59"))
    assert received.overdue() == [(SITE, "overdue")]
    received.change(SITE, timers={"referral-contact": "99 working-days"})
    received.set(berlin("2026-03-16T12:00"))
    assert received.overdue() == [(SITE, "overdue"), (HOSPITAL, "overdue")]
    received.set(berlin("2026-03-17T12:00"))
    assert received.overdue() == [(SITE, "overdue"), (HOSPITAL, "overdue"), (LEAD, "overdue")]
    received.set(berlin("2026-04-17T12:00"))
    assert len(received.overdue()) == 3


def test_overdue_changes_no_status(received: Watched) -> None:
    received.later(days=30)
    assert received.stand() == "received delivered"
    assert len(received.store.history("Task", received.case()["id"])) == 3


def test_the_flag_says_what_is_overdue_since_when_of_which_task_and_who_was_told(received: Watched) -> None:
    received.set(berlin("2026-03-16T13:00"))
    flag, task = received.flag("referral-accepted"), received.case()
    assert flag["subject"] == task["for"]
    assert flag["category"][0]["coding"][0]["code"] == "overdue"
    assert flag["period"] == {"start": "2026-03-13T11:00:00.000+00:00"}
    assert flag["identifier"][0]["value"] == task["id"]
    values = [e.get("valueCode") or e["valueReference"]["reference"] for e in flag["extension"]]
    assert values == [f"Task/{task['id']}", "owner", "requester"]


def test_the_flag_ends_when_the_task_moves_on(received: Watched) -> None:
    received.set(berlin("2026-03-13T12:00"))
    assert received.flags() == ["referral-accepted"]
    received.says(SITE, "accepted")
    received.settle_down()
    assert received.flags() == []
    flag = received.flag("referral-accepted")
    assert (flag["status"], flag["period"]["end"]) == ("inactive", "2026-03-13T11:00:00.000+00:00")


def test_a_communication_stands_for_each_who_was_told_and_names_task_and_flag(received: Watched) -> None:
    received.set(berlin("2026-03-13T12:00"))
    (said,) = [c for c in received.all("Communication") if c.get("topic") == {"text": "overdue"}]
    assert said["partOf"] == [{"reference": f"Task/{received.case()['id']}"}]
    assert said["about"] == [{"reference": f"Flag/{received.flag('referral-accepted')['id']}"}]
    assert said["recipient"] == [{"reference": f"Organization/{SITE}"}]
    assert said["status"] == "in-progress"
    received.taken()
    (said,) = [c for c in received.all("Communication") if c.get("topic") == {"text": "overdue"}]
    assert said["status"] == "completed"


def test_each_is_told_in_its_own_format_with_the_sentence_in_it(received: Watched) -> None:
    received.set(berlin("2026-03-13T12:00"))
    (task,) = received.sent(SITE, "Task")
    assert task["note"][-1]["text"] == (
        "Überfällig seit 13.03.2026, 12:00 Uhr: Anfrage ist noch nicht angenommen "
        "(overdue since 13.03.2026, 12:00: referral not accepted)"
    )
    received.set(berlin("2026-03-16T12:00"))
    letter = received.outbox(HOSPITAL)[-1].data.decode()
    assert letter.startswith("MSH|")
    assert "Überfällig seit 13.03.2026" in letter
    assert "note" not in received.case()


def test_a_measure_that_nobody_answers_is_told_to_whom_it_was_sent_by_its_own_list(world: Watched) -> None:
    world.planned(measure("M-1", RAVENSBERG))
    world.taken()
    world.settle_down()
    world.set(berlin("2026-03-16T12:00"))
    assert ("ravensberg", "overdue measure") in world.overdue()
    assert world.rows("ravensberg")[-1]["Maßnahme-Nr."] == "M-1"
    world.set(berlin("2026-03-17T12:00"))
    assert world.overdue()[-1] == (SITE, "overdue")


def test_a_reminder_that_arrives_moves_nothing(world: Watched) -> None:
    world.planned(measure("M-1", RAVENSBERG))
    world.settle_down()
    assert world.stand("M-1") == "requested dispatched"
    world.later(hours=4)
    assert world.overdue() == [(SITE, "overdue")]
    for delivery in world.outbox():
        if delivery.about.startswith("overdue"):
            world.arrives(delivery)
    assert world.stand("M-1") == "requested dispatched"


def test_whoever_has_no_road_for_it_is_left_out_and_said_so_and_the_next_is_told_in_its_turn(world: Watched) -> None:
    world.planned(measure("M-1", ELSEY))
    world.taken()
    world.change("elsey", receives=[])
    world.set(berlin("2026-03-16T12:00"))
    missed = [c for c in world.all("Communication") if c["status"] == "not-done"]
    assert [c["recipient"] for c in missed] == [[{"reference": "Organization/elsey"}]]
    (entry, *_) = world.store.entries({"partner": ""})
    assert (entry.state, [p.code for p in entry.problems]) == ("done", ["watch.road"])
    world.set(berlin("2026-03-17T12:00"))
    assert world.overdue()[-1] == (SITE, "overdue")


def test_the_journal_has_what_was_told_with_its_case_and_no_persons_data(received: Watched) -> None:
    received.set(berlin("2026-03-13T12:00"))
    (entry,) = received.store.entries({"partner": ""})
    assert (entry.state, entry.kind, entry.road) == ("done", "overdue referral-accepted", "watch")
    assert entry.case == f"Task/{received.case()['id']}"
    assert entry.outcome == {"sent": [{"to": SITE, "about": "overdue"}]}
    kept = received.store.entry(entry.id)
    assert kept is not None
    assert json.loads(kept.data)["resourceType"] == "Flag"
    assert "Grünewälder" not in kept.data.decode()


def test_a_measure_on_its_way_counts_from_the_last_rung(world: Watched) -> None:
    world.planned(measure("M-1", ELSEY))
    world.settle_down()
    world.later(hours=3.9)
    assert world.overdue() == []
    world.later(hours=0.2)
    assert world.flags() == ["measure-delivered"]


def test_a_lead_that_is_the_owner_too_is_told_once_of_what_came_up_at_once() -> None:
    world = Watched(moment=berlin("2026-03-12T12:00"), fallback=SITE)
    world.referred()
    world.taken()
    world.change(SITE, timers={"referral-contact": "99 working-days"})
    world.later(days=30)
    assert world.overdue() == [(SITE, "overdue"), (HOSPITAL, "overdue")]
    told = [e["valueCode"] for e in world.flag("referral-accepted")["extension"] if "valueCode" in e]
    assert told == ["owner", "requester", "lead"]


def test_a_fault_of_ours_costs_one_task_and_is_tried_again_later(
    received: Watched, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("gateway.pipeline.watch.judge.notices", lambda *_: int("x"))
        received.set(berlin("2026-03-13T12:00"))
    assert received.overdue() == []
    assert "ValueError" in str([record.__dict__ for record in caplog.records])
    received.later(hours=1)
    assert received.overdue() == [(SITE, "overdue")]
