"""`gateway cases`: the open cases, the tasks of one, and what is overdue."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.pipeline.watch.watch import Watch
from tests.cli.command import Call
from tests.cli.deployed import HOSPITAL, SITE, Deployed, told_of_nobody


@pytest.fixture
def late(deployed: Deployed) -> Deployed:
    """Thirty days later, after the watch has looked."""
    with deployed.open() as rooms:
        watch = Watch(replace(rooms, now=lambda: datetime.now(UTC) + timedelta(days=30)))
        while watch.round():
            pass
    return deployed


@pytest.mark.usefixtures("deployed")
def test_the_open_cases_are_listed_with_what_is_next(gateway: Call) -> None:
    rows = gateway("cases", "list", "--json").json
    received = [row for row in rows if row["status"] == "received"]
    assert {row["site"] for row in received} == {SITE}
    assert {(row["business status"], row["what"]) for row in received} == {("delivered", "referral-accepted")}
    assert all(datetime.fromisoformat(row["next due"]) > datetime.fromisoformat(row["since"]) for row in received)
    assert gateway("cases", "list", "--site", "nobody").text == "no open cases\n"
    assert len(gateway("cases", "list", "--limit", "1", "--json").json) == 1


def test_a_case_is_shown_with_who_moved_it_when_and_on_which_evidence(gateway: Call, deployed: Deployed) -> None:
    case = gateway("trace", deployed.known["first"], "--json").json["case"]
    (task,) = gateway("cases", "show", case, "--json").json
    assert (task["task"], task["kind"], task["owner"]) == (case, "referral", SITE)
    moves = [(m["status"], m["business status"], m["who"], m["evidence"]) for m in task["moves"]]
    assert moves[1:] == [
        ("requested", "dispatched", HOSPITAL, "E1"),
        ("received", "delivered", "Kümmerer Gateway", "E4"),
    ]
    assert {clock["timer"] for clock in task["due"]} == {"referral-accepted", "referral-contact"}
    text = gateway("cases", "show", case.removeprefix("Task/")[:8]).text
    assert f"referral {case}, owner {SITE}, for {task['person']}" in text
    assert gateway("consent", "show", "--person", task["person"]).code == 0
    assert "referral-accepted, by owner" in text


@pytest.mark.usefixtures("deployed")
def test_a_case_that_does_not_exist_is_a_wrong_call(gateway: Call) -> None:
    done = gateway("cases", "show", "Task/none")
    assert (done.code, done.out) == (2, b"")
    assert "gateway cases list" in done.err


@pytest.mark.usefixtures("deployed")
def test_nothing_is_overdue_at_first(gateway: Call) -> None:
    assert gateway("cases", "overdue").text == "nothing is overdue\n"


@pytest.mark.usefixtures("late")
def test_what_is_overdue_is_listed_with_who_was_told(gateway: Call) -> None:
    rows = gateway("cases", "overdue", "--site", SITE, "--json").json
    accepted = [row for row in rows if row["timer"] == "referral-accepted"]
    assert accepted
    assert {(row["site"], row["what"], row["told"]) for row in accepted} == {
        (SITE, "referral not accepted", "owner, requester, lead")
    }
    assert gateway("cases", "overdue", "--site", "nobody", "--json").json == []


@pytest.mark.usefixtures("late")
def test_no_view_of_cases_holds_anything_of_a_person(gateway: Call) -> None:
    case = gateway("cases", "list", "--json").json[0]["case"]
    for call in (("list",), ("show", case), ("overdue",), ("list", "--json"), ("overdue", "--json")):
        done = gateway("cases", *call)
        assert done.code == 0
        assert told_of_nobody(done.text)
