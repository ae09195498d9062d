"""Periods: what is over goes, what is not stays, and a run a day sees to it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.domain.ledger import Conclude, Save
from gateway.pipeline.by_hand import Person, replay
from gateway.pipeline.link.record import Link, saved
from gateway.pipeline.rights.daily import Daily, next_run
from gateway.pipeline.rights.deletion import certificates
from gateway.pipeline.rights.restriction import Asked, restrict, suspend
from gateway.pipeline.rights.retention import Due, last_run, over, run
from tests.pipeline.line.world import START, World, discharge
from tests.pipeline.rights.test_deletion import closed, ended, left

DAYS = {"cases": 1095.0, "strangers": 180.0, "bodies": 90.0, "parked": 180.0, "links": 30.0, "announcements": 30.0}


@dataclass
class Aging(World):
    """The clock is set by hand."""

    moment: datetime = START

    def now(self) -> datetime:
        return self.moment

    def later(self, days: float) -> None:
        self.moment += timedelta(days=days)

    def runs(self, **days: float) -> Any:
        return run({**DAYS, **days}, "operator pohl", self.rooms)


def case(world: Aging) -> str:
    """A closed case of which everything was delivered; gives the person."""
    person = closed(world)
    for one in world.outbox():
        world.store.commit([Conclude(one.id, {"standing": "delivered", "settled": world.now()})]).result()
    return person


def test_a_person_goes_when_the_last_case_is_closed_for_long_enough() -> None:
    world = Aging()
    person = case(world)
    world.later(1094)
    world.runs()
    assert world.all("Patient") != []
    world.later(2)
    assert list(over(DAYS, world.rooms)) == [Due("cases", person)]
    assert world.runs() == {"cases": 1}
    assert left(world) == set()
    (made,) = certificates(person, world.rooms)
    assert (made["by"], made["reason"]) == ("operator pohl", "retention.cases: 1095 days")


def test_an_open_case_keeps_what_was_before_it() -> None:
    world = Aging()
    case(world)
    world.later(1000)
    world.sends("senneklinik", discharge(key="SK-2", visit="3"))
    world.later(1000)
    world.runs()
    assert len(world.all("Patient")) == 1


def test_a_case_that_was_closed_later_keeps_the_one_before_as_long() -> None:
    world = Aging()
    person = case(world)
    world.later(1000)
    world.sends("senneklinik", discharge(key="SK-2", visit="3"))
    ended(world, world.case(), "cancelled")
    world.later(200)
    assert [due for due in over(DAYS, world.rooms) if due.period == "cases"] == []
    world.later(900)
    assert Due("cases", person) in list(over(DAYS, world.rooms))


@pytest.mark.parametrize("verb", [suspend, restrict])
def test_what_must_be_kept_outlives_its_period(verb: Any) -> None:
    world = Aging()
    person = case(world)
    world.store.commit(verb(Asked(person, "o", "x"), world.rooms).changes).result()
    world.later(2000)
    assert [due for due in over(DAYS, world.rooms) if due.period == "cases"] == []


def test_bytes_go_long_before_the_case_and_the_trace_of_it_stays() -> None:
    world = Aging()
    case(world)
    for entry in world.store.entries({"state": "parked"}):
        world.settle(entry, state="done")
    before = [(entry.id, entry.state) for entry in world.store.entries({})]
    world.later(91)
    assert world.runs()["bodies"] == len(before) + len(world.outbox())
    assert [(entry.id, entry.state) for entry in world.store.entries({})] == before
    assert {world.store.entry(key).data for key, _ in before} == {b""}
    assert {one.data for one in world.outbox()} == {b""}
    assert world.runs() == {}


def test_what_may_still_go_out_keeps_its_bytes() -> None:
    world = Aging()
    closed(world)
    waiting = {one.id for one in world.outbox() if one.standing == "waiting"}
    world.later(400)
    world.runs()
    assert {one.id for one in world.outbox() if one.data} == waiting


def test_a_parked_message_waits_no_longer_than_its_period_and_does_not_come_back() -> None:
    world = Aging()
    entry = world.keep("senneklinik", b"PID|1||G405718932", key="SK-X")
    world.settle(entry, state="parked", step="decode")
    world.later(181)
    assert world.runs() == {"parked": 1}
    assert world.store.entry(entry.id) is None
    again = world.sends("senneklinik", discharge(), key="SK-X")
    assert [p.code for p in world.entry(again).problems] == ["rights.came-again"]


def test_a_person_who_never_had_a_case_goes_sooner() -> None:
    world = Aging()
    patient = {"resourceType": "Patient", "id": "p", "name": [{"family": "Grünewälder"}]}
    world.store.commit([Save(patient, 0, (), world.now())]).result()
    world.later(179)
    assert world.runs() == {}
    world.later(2)
    assert world.runs() == {"strangers": 1}
    assert world.all("Patient") == []


def test_a_link_that_has_ended_goes() -> None:
    world = Aging()
    ends = (START + timedelta(days=60)).isoformat()
    world.store.commit([saved(Link("t", "p", START.isoformat(), ends, key="k"), START)]).result()
    world.later(80)
    assert world.runs() == {}
    world.later(11)
    assert world.runs() == {"links": 1}
    assert world.store.read("SecureLink", "t") is None


def test_a_period_of_nothing_means_for_ever() -> None:
    world = Aging()
    case(world)
    world.later(10_000)
    assert run(dict.fromkeys(DAYS, 0.0), "o", world.rooms) == {}
    assert left(world) != set()


def test_a_run_stands_in_the_audit_with_numbers_only() -> None:
    world = Aging()
    case(world)
    world.later(91)
    world.runs()
    line = world.store.audit()[0]
    assert (line.actor, line.action, line.object) == ("operator pohl", "retention", "gateway")
    assert line.detail.startswith("bodies ")


def test_it_runs_once_a_day_at_its_time_and_later_if_the_gateway_stood_still() -> None:
    world = Aging(moment=datetime(2026, 3, 12, 12, tzinfo=UTC))
    given: list[int] = []
    daily = Daily(world.rooms, DAYS, "03:00", lambda: given.append(1))
    assert not daily.round()
    world.later(0.7)
    assert daily.round()
    assert not daily.round()
    assert last_run(world.store) == world.moment
    world.later(3)
    assert Daily(world.rooms, DAYS, "03:00", lambda: given.append(1)).round()
    assert given == [1, 1]


def test_the_time_of_day_is_a_german_one_in_summer_too() -> None:
    assert next_run(datetime(2026, 7, 1, 0, 30, tzinfo=UTC), "03:00") == datetime(2026, 7, 1, 1, tzinfo=UTC)
    assert next_run(datetime(2026, 7, 1, 1, tzinfo=UTC), "03:00") == datetime(2026, 7, 2, 1, tzinfo=UTC)
    assert next_run(datetime(2026, 1, 1, 1, tzinfo=UTC), "03:00") == datetime(2026, 1, 1, 2, tzinfo=UTC)


def test_a_store_that_cannot_be_written_is_told_and_tried_again(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = Aging()
    daily = Daily(world.rooms, DAYS, "03:00", lambda: None)
    world.later(1)
    world.store.close()
    monkeypatch.setattr(Daily, "unwell", 0.01)
    assert daily.once()
    assert [record.__dict__["code"] for record in caplog.records] == ["retention.store"]


def test_the_thread_ends_when_it_is_told_to() -> None:
    daily = Daily(Aging().rooms, DAYS, "03:00", lambda: None)
    daily.start()
    daily.stop(10)
    assert daily.thread is not None
    assert not daily.thread.is_alive()


def test_a_message_without_its_bytes_is_not_run_again() -> None:
    world = Aging()
    case(world)
    world.later(91)
    world.runs()
    entry = next(world.store.entry(one.id) for one in world.store.entries({"state": "done"}))
    decided = replay(entry, Person("o", world.now()))
    assert [problem.code for problem in decided.problems] == ["message.emptied"]
